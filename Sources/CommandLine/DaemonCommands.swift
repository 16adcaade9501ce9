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

      LEDGER_DEV=1 allows loopback, LEDGER_BASE_URL_<PROVIDER> points a provider elsewhere.
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

  /// `simulate`
  package static let simulate = Command(
    "simulate", .providers, "The providers on loopback, with faults",
    details: """
      Prints its address first and what it saw last.

      A fault is [PHASE/]KIND: 503:0.1 (a status and how often), 429:0.1:5 (and Retry-After), \
      drop-before:P, drop-after:P, delay:P:SECONDS, html:P, 404:SECONDS, 401, 402. PHASE is \
      submit, status, cancel, list, output or any.

      An outcome is WORD:SHARE with succeeded, failed, canceled, aborted or moderated.
      """,
    options: [
      .value("port", .integer(0...65_535), "Where to listen; 0: any free port", default: "0"),
      .repeated("recording", .path, "Replies of a real provider, played back"),
      .value("fault", .text, "What goes wrong", as: "SPEC"),
      .value("seed", .integer(0...Int.max), "Repeats a run", default: "1"),
      .value("pace", .text, "Seconds a job lasts", as: "A-B", default: "2-6"),
      .value("outcomes", .text, "How jobs end; the rest succeeds", as: "SPEC"),
    ],
    examples: [
      "ledger simulate --port 8080",
      "ledger simulate --fault 503:0.1,submit/drop-after:0.02 --outcomes failed:0.1",
    ])
}
