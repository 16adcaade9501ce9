// The command that a diagnosis names. Values come from providers and apps: what no person would
// type is left in capitals, as in the command's own help.

import Wire

/// A command of `ledger` with a job's own values in it.
struct NextCommand {
  private(set) var text: String

  /// - Parameter name: the command's words, e.g. `webhook ingest`.
  init(_ name: String) { text = "ledger \(name)" }

  func operand(_ value: String) -> NextCommand {
    let word = ShellText.quoted(foreign: value) ?? "JOB"
    return adding(value.hasPrefix("-") ? "-- \(word)" : word)
  }

  /// - Parameter value: nil, or one that no shell can be given: the option's name in capitals.
  func option(_ name: String, _ value: String?) -> NextCommand {
    let place = name.uppercased().split(separator: "-").joined(separator: "_")
    return adding(ShellText.option(name, ShellText.quoted(foreign: value) ?? place))
  }

  private func adding(_ words: String) -> NextCommand {
    var command = self
    command.text += " \(words)"
    return command
  }
}

extension Story {
  func command(_ name: String) -> NextCommand { NextCommand(name).operand(id) }

  /// Looks after what is due; by hand where a poller is said to run.
  var pollCommand: String {
    poller.isRunning ? command("check").text : NextCommand("poll").text + " --drain"
  }

  /// Gives the job the handle that somebody found.
  func attachCommand(externalID: String?, model: String? = nil, needsModel: Bool = false) -> String
  {
    var command = NextCommand("track").option("provider", provider)
      .option("external-id", externalID)
    if needsModel { command = command.option("model", model) }
    return command.option("account", account).option("id", id).text
  }

  func resolveCommand(as resolution: String, reason: String) -> String {
    command("resolve").option("as", resolution).option("reason", reason).text
  }

  func refundCommand(reason: String) -> String {
    command("refund").option("reason", reason).text
  }

  /// Shows the result; nil where somebody outside has it already.
  var showCommand: String? { isSeen ? nil : command("status").text }
}
