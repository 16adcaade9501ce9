// The commands that need the network. Another program runs them; they are declared here, so that
// both show, check and complete them alike.

extension Command {
  /// `poll`
  package static let poll = Command(
    "poll", .run, "Submit and watch jobs at their providers",
    details: """
      One poller works on a home; another one stands by until the first ends. Tokens come from the \
      providers' own variables or from HOME/secrets/PROVIDER, a file that only you can read.

      --drain ends when nothing moves by itself any more and lists what stays open (exit 75).

      LEDGER_DEV=1 allows loopback, LEDGER_BASE_URL_<PROVIDER> points a provider elsewhere, and \
      LEDGER_CA_FILE names the certificate authorities to trust instead of the system's.
      """,
    options: [
      .flag("once", "All that is due now, then exit"),
      .flag("drain", "Until every job has ended or needs a person"),
      // HTTPLimits.connections is the most that one process holds.
      .value("in-flight", .integer(1...4096), "Requests at once", default: "64"),
      .value("streams", .integer(0...1024), "Event streams at once, besides", default: "32"),
      .flag("verbose", "A line for every verdict"),
    ],
    rules: [.atMostOne(["once", "drain"])], examples: ["ledger poll", "ledger poll --drain"])

  /// `serve`
  package static let serve = Command(
    "serve", .run, "HTTP, streams and the page",
    details: """
      Without any token only this machine is let in; ledger token create makes one, and then every \
      request needs one.

      The API describes itself at /openapi.json.
      """,
    options: [
      .value("listen", .text, "Where to listen, HOST:PORT", as: "ADDR", default: "127.0.0.1:8484"),
      .flag("poll", "Poll in the same process"),
      .value("public-url", .url, "Where the world reaches us", as: "U"),
      .repeated("allow-origin", .url, "Pages of this origin may ask (CORS)", as: "O"),
      .value(
        "connections", .integer(16...100_000), "Connections at once", default: "4096"),
      .value(
        "per-address", .integer(0...100_000), "Connections of one address; 0: no bound",
        default: "0"),
      .value(
        "rate", .integer(0...1_000_000), "Requests a second of one caller; 0: no bound",
        default: "200"),
    ],
    examples: ["ledger serve", "ledger serve --poll --listen 127.0.0.1:9000"])

  /// `reach`: the part of `doctor --providers` that needs the network; `ledger` runs it itself.
  package static let reach = Command(
    "reach", .check, "Ask whether each provider in use answers",
    details: "One request without a token to each; any answer of theirs is good.")

  /// `simulate`
  package static let simulate = Command(
    "simulate", .providers, "The providers on loopback, with faults",
    details: """
      Prints its addresses first and what it saw last. The main port serves the providers whose \
      paths are their own; each provider has a port to itself besides.

      A fault is [PHASE/]KIND[:P[:NUMBER]][*TIMES]: status/503:0.1 strikes one status request in \
      ten, submit/drop-after*1 the first submit. PHASE is submit, status, result, cancel, list, \
      output, stream, webhook or any. Not processed: STATUS (408, 500 to 599), 429 and 429-date \
      (:P:SECONDS), 401, 402, 403, 409, 410, 404:SECONDS (a new job is not found), flap, html, \
      empty, redirect, not-http, bad-chunk, drop-before, reset, stall. Answer harmed: \
      drop-after, 504-after, delay:P:SECONDS, half, drip, endless, too-long, gzip, huge-header, \
      many-headers. Answer wrong: wrong-type, wrong-id, no-id, word, no-output, cut-json, \
      not-utf8, two-members, deep-json, huge-number, null, list, controls, error-inside, stale. \
      Job: rerun, regret (failed, then not), deaf (to a cancel). Stream: cut:P:EVENTS, silent. \
      Webhook: lost, twice, reorder, forged, outdated, webhook/delay. Certificate: \
      tls-authority, tls-host, tls-expired.

      An outcome is WORD:SHARE with succeeded, failed, canceled, aborted or moderated.

      --incident CODE plays one of the diagnoses: it tells what to type, on stderr and as JSON at \
      /_simulator/incident, in books of its own. --incident list names them.
      """,
    options: [
      .value("port", .integer(0...65_535), "Where to listen; 0: any free port", default: "0"),
      .repeated("provider", .text, "Only this one, on the main port", as: "P"),
      .repeated("recording", .path, "Replies of a real provider, played back"),
      .value("fault", .text, "What goes wrong", as: "SPEC"),
      .value("incident", .text, "A world in which this happens; or list", as: "CODE"),
      .value("seed", .integer(0...Int.max), "Repeats a run", default: "1"),
      .value("pace", .text, "Seconds a job lasts", as: "A-B", default: "2-6"),
      .value("concurrency", .integer(1...100_000), "Jobs at once, where a provider bounds them"),
      .value("output-life", .integer(0...31_536_000), "Seconds that outputs can be fetched"),
      .value("ca", .path, "Speak https; writes the authority to trust to FILE", as: "FILE"),
      .value("webhook-secret", .text, "Signs Standard Webhooks; else the seed's", as: "WHSEC"),
      .value("webhook-retry", .integer(0...3600), "Seconds until a webhook comes again"),
      .value("outcomes", .text, "How jobs end; the rest succeeds", as: "SPEC"),
    ],
    rules: incidentRules,
    examples: [
      "ledger simulate --port 8080", "ledger simulate --incident NEVER_POLLED",
      "ledger simulate --fault 503:0.1,submit/drop-after:0.02 --outcomes failed:0.1",
    ])

  /// An incident brings its own world.
  private static let incidentRules: [Rule] = [
    "provider", "recording", "fault", "seed", "pace", "concurrency", "output-life", "ca",
    "outcomes", "webhook-secret", "webhook-retry",
  ].map { .atMostOne(["incident", $0]) }
}
