// Values of the command line as the books take them; what the shapes of the declarations cannot
// check is checked here, before anything is opened.

import CommandLine
import Ledger
import Wire

extension Arguments {
  /// Credits; the declaration has seen to their shape, the books bound their size.
  func credits(_ name: String) throws(Failure) -> Credits? {
    guard let text = string(name) else { return nil }
    guard let credits = Credits(text) else {
      throw .usage("\(label(name)) is more than \(Credits.limit) credits")
    }
    return credits
  }

  /// The selector's options.
  func selector(now: Timestamp) throws(Failure) -> Selector {
    var selector = Selector(
      account: string("account"), provider: string("provider"), model: string("model"),
      since: time("since", now: now), until: time("until", now: now), limit: integer("limit"))
    for name in list("state") { selector.states.append(try state(name)) }
    selector.meta = pairs("meta").map { JSONObject.Member($0.key, .string($0.value)) }
    return selector
  }

  private func state(_ name: String) throws(Failure) -> JobState {
    if let state = JobState(name: name), state != .none { return state }
    let names = JobState.allCases.filter { $0 != .none }.map(\.name)
    let near = Suggest.nearest(to: name, among: names).map { "; did you mean \"\($0)\"?" } ?? ""
    throw .usage(
      "--state knows no \"\(Escaping.terminal(name))\"\(near)",
      next: "--state " + names.joined(separator: ","))
  }

  /// A person's words for the log.
  func reason() throws(Failure) -> String? {
    guard let text = string("reason") else { return nil }
    guard text.utf8.count <= Limits.reasonBytes else {
      throw .usage("--reason is longer than \(Limits.reasonBytes) bytes")
    }
    return text
  }

  /// The job's labels.
  func meta() throws(Failure) -> JSONObject {
    var meta = JSONObject()
    for pair in pairs("meta") {
      guard meta[pair.key] == nil else { throw .usage("--meta names one key twice") }
      meta[pair.key] = .string(pair.value)
    }
    guard JSON.object(meta).bytes.count <= Limits.metaBytes else {
      throw .usage("--meta is larger than \(Limits.metaBytes) bytes in all")
    }
    return meta
  }

  /// A provider's id, model or name for something.
  func word(_ name: String) throws(Failure) -> String? {
    guard let text = string(name) else { return nil }
    guard (1...Limits.wordBytes).contains(text.utf8.count) else {
      throw .usage("--\(name) expects 1 to \(Limits.wordBytes) bytes")
    }
    return text
  }

  /// A duration, whole milliseconds, more than none.
  func milliseconds(_ name: String) throws(Failure) -> UInt64? {
    guard let length = duration(name) else { return nil }
    guard length.milliseconds > 0 else { throw .usage("--\(name) expects more than nothing") }
    return UInt64(length.milliseconds)
  }

  /// An end: a length from now on stays a length, so that repeating the command is the same.
  func deadline(_ name: String, now: Timestamp) -> Deadline? {
    guard let text = string(name) else { return nil }
    if let length = Duration(compact: text) {
      return .after(UInt64(max(0, length.milliseconds)))
    }
    return time(name, now: now).map(Deadline.at)
  }

  private func label(_ name: String) -> String {
    name == name.uppercased() ? name : "--\(name)"
  }
}

extension Session {
  /// The account named, with a warning where it should have another name.
  func account(_ id: String) -> String {
    let parts = id.split(separator: "@", omittingEmptySubsequences: false)
    if parts.count == 2, !parts[0].isEmpty, parts[1].dropFirst().contains(".") {
      output.warning(
        "account \(id) looks like an e-mail address; ids stay in the log for ever: "
          + "use an opaque one")
    }
    return id
  }
}
