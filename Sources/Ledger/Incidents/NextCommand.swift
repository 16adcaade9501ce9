// A command line to copy into a shell. Values come from providers and apps, so every word that a
// shell could take for something else is quoted.

/// A command of `ledger` with a job's own values in it.
struct NextCommand {
  /// Words that a person has to replace are in capitals, as in the command's own help.
  private static let plain = Set(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:=,+@%".utf8)
  /// Of one value, bytes; a longer one is for the person to fill in.
  private static let valueBytesMax = 256

  private(set) var text: String

  /// - Parameter name: the command's words, e.g. `webhook ingest`.
  init(_ name: String) { text = "ledger \(name)" }

  func operand(_ value: String) -> NextCommand {
    adding(value.hasPrefix("-") ? "-- \(NextCommand.word(value, "JOB"))" : word(value, "JOB"))
  }

  /// - Parameter value: nil, or one that no shell can be given: the option's name in capitals.
  func option(_ name: String, _ value: String?) -> NextCommand {
    let place = name.uppercased().split(separator: "-").joined(separator: "_")
    let word = value.map { NextCommand.word($0, place) } ?? place
    return adding(word.hasPrefix("-") ? "--\(name)=\(word)" : "--\(name) \(word)")
  }

  private func adding(_ words: String) -> NextCommand {
    var command = self
    command.text += " \(words)"
    return command
  }

  private func word(_ value: String, _ place: String) -> String { NextCommand.word(value, place) }

  /// POSIX shell, "Quoting": between single quotes everything stands for itself.
  private static func word(_ value: String, _ place: String) -> String {
    guard !value.isEmpty, value.utf8.count <= valueBytesMax,
      !value.unicodeScalars.contains(where: { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) })
    else { return place }
    if value.utf8.allSatisfy(plain.contains) { return value }
    return "'"
      + value.split(separator: "'", omittingEmptySubsequences: false)
      .joined(separator: #"'\''"#) + "'"
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
