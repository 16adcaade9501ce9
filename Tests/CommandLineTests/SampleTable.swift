// A table with the odd cases of the finished product: families, one-of options, selectors, choices.

import CommandLine
import Support

enum Sample {
  static let grant = Command(
    "grant", .money, "Give an account credits; opens it",
    operands: [
      .required("ACCOUNT", .account, "who gets them"), .required("CREDITS", .credits, "how many"),
    ],
    options: [
      .value("expires", .futureTime, "When the rest is taken back"),
      .value("priority", .integer(0...1000), "Lower is spent first", default: "100"),
      .value("reason", .text, "Kept with the grant", as: "R"),
      .value("key", .identifier, "Makes a repetition harmless", as: "K"),
    ],
    examples: ["ledger grant acme 100 --expires 90d --reason 'launch offer'"])

  static let submit = Command(
    "submit", .run, "Write down a job and its hold; the poller sends it",
    details: """
      The intent and the hold are one commit; the HTTP request comes after it.

      With the same --id or --key the first answer is given again.
      """,
    options: [
      .required("provider", .identifier, "Who does the work", as: "P"),
      .required("account", .account, "Who pays", as: "A"),
      .required("hold", .credits, "The most it may cost"),
      .value("input", .json, "What the provider gets"),
      .value("input-file", .path, "The same from a file"),
      .value("patience", .duration, "After this the job is overdue"),
      .repeated("meta", .pair, "Your own words on the job"),
      .repeated("attach", .attachment, "Upload a file into the input"),
      .flag("wait", "Wait for the verdict"),
    ],
    rules: [.exactlyOne(["input", "input-file"])],
    examples: [
      #"""
      ledger submit --provider fal --account acme --hold 27 \
        --input '{"prompt":"a cat"}' --wait
      """#
    ])

  static let status = Command(
    "status", .watch, "The board, or one job",
    operands: [.optional("JOB", .identifier, "the job")],
    options: [
      .flag("summary", "Counts only"),
      .value("as-of", .positionOrTime, "As it was then"),
      .value("after", .integer(0...Int.max), "Changed after this position", as: "POS"),
    ], selector: true, examples: ["ledger status --account acme --state running,parked --since 7d"])

  static let cancel = Command(
    "cancel", .operate, "Ask the provider to stop",
    operands: [.optional("JOB", .identifier, "the job")],
    options: [.flag("dry-run", "Only show which"), .flag("yes", "Do not ask")], selector: true,
    rules: [
      .atLeastOne(["JOB", "account", "provider", "model", "state", "meta", "since", "until"]),
      .atMostOne(["dry-run", "yes"]),
    ])

  static let adjust = Command(
    "adjust", .money, "Correct an account",
    operands: [
      .required("ACCOUNT", .account, "whose"), .required("CREDITS", .signedCredits, "how many"),
    ],
    options: [.required("reason", .text, "Why", as: "R")],
    examples: ["ledger adjust acme -5 --reason 'counted twice'"])

  static let audit = Command(
    "audit", .check, "Add the books up again from events alone",
    options: [
      .value("invoice", .path, "Compare a provider's invoice"),
      .value("columns", .list, "Which column is which", as: "MAP"),
    ], selector: true, rules: [.needs("invoice", "provider"), .needs("columns", "invoice")])

  static let resolve = Command(
    "resolve", .operate, "Decide an open job as a person",
    operands: [.required("JOB", .identifier, "the job")],
    options: [
      .required("as", .choice(["succeeded", "failed"]), "The verdict"),
      .required("reason", .text, "Why", as: "R"),
    ])

  static let track = Command(
    "track", .run, "Adopt a job submitted elsewhere",
    options: [
      .required("provider", .identifier, "Where it runs", as: "P"),
      .value("external-id", .text, "The provider's id", as: "X"),
      .value("status-url", .url, "Where to ask", as: "U"),
      .value("step", .step, "Which step of how many"),
    ], rules: [.exactlyOne(["external-id", "status-url"])])

  static let providerTry = Command(
    "provider try", .providers, "Feed a captured reply to a profile",
    operands: [.required("P", .identifier, "the provider")],
    options: [
      .required("phase", .choice(["submit", "status", "result"]), "What was asked"),
      .required("reply", .path, "The captured reply"),
    ], examples: ["ledger provider try fal --phase status --reply reply.json"])

  static let providerList = Command("provider list", .providers, "Profiles, built in and your own")
  static let providerLint = Command(
    "provider lint", .providers, "Explain what is wrong with a profile",
    operands: [.rest("FILE", .path, "profiles")])
  static let accountSet = Command(
    "account set", .money, "Set an account's limit",
    operands: [.required("ACCOUNT", .account, "whose")],
    options: [.required("limit", .credits, "How far below zero it may go")])
  static let completions = Command(
    "completions", .operate, "Print a completion script",
    operands: [.required("SHELL", .choice(["bash", "zsh", "fish"]), "for this shell")])
  static let fail = Command("fail", .check, "Is refused")
  static let crash = Command("crash", .check, "Meets an error nobody foresaw")
  static let many = Command("many", .watch, "Prints many lines")

  static let commands = [
    submit, track, status, grant, adjust, accountSet, cancel, resolve, completions, providerList,
    providerTry, providerLint, audit, fail, crash, many,
  ]

  static let parser = Parser(program: "ledger", commands: commands)
  static let help = Help(
    program: "ledger", summary: "flight recorder and cash box of AI generation jobs",
    commands: commands)

  struct Surprise: Error { let secret = "sk-canary" }

  static func table() -> CommandTable {
    CommandTable(
      program: "ledger", version: "1.2.3",
      summary: "flight recorder and cash box of AI generation jobs",
      commands.map { command in
        CommandTable.Entry(command.name, command) { _, output in
          try run(command.name, output)
        }
      })
  }

  private static func run(_ name: String, _ output: Output) throws -> ExitCode {
    switch name {
    case "fail":
      throw Failure(.insufficientCredits, "insufficient_credits", "acme has 12", next: "x")
    case "crash": throw Surprise()
    case "audit": return .no
    case "many": for number in 0..<100_000 { output.line("line \(number)") }
    default: output.line(name)
    }
    return .ok
  }

  /// The arguments of a line that must be right.
  static func arguments(_ words: String...) throws -> Arguments {
    guard case .run(let arguments) = try parser.parse(words) else { throw Surprise() }
    return arguments
  }

  /// The failure of a line that must be wrong; nil when it is accepted.
  static func refusal(_ words: [String]) -> Failure? {
    do {
      _ = try parser.parse(words)
      return nil
    } catch { return error }
  }
}
