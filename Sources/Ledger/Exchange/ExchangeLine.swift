// A line of an export, read by somebody who believes nothing: every member has its kind and its
// bound, and what is not known is refused.

import Wire

/// One line of an NDJSON export.
enum ExchangeLine {
  case header(ExchangeHeader)
  /// A kept text; nil: erased.
  case blob(UInt64, StoredBlob?)
  case event(JSONObject)

  /// - Throws: a `Flaw` in words.
  init(_ bytes: [UInt8]) throws(Flaw) {
    let limits = JSONLimits(bytes: Limits.exchangeLineBytes, depth: 16, values: 1 << 16)
    let json: JSON
    do {
      json = try JSON(parsing: bytes, limits: limits)
    } catch {
      throw Flaw("\(error)")
    }
    guard let object = json.object else { throw Flaw("no JSON object") }
    if object["position"] != nil {
      self = .event(object)
    } else if object["blob"] != nil {
      self = try ExchangeLine.blob(object)
    } else if object["export"] != nil {
      self = .header(try ExchangeHeader(object))
    } else {
      throw Flaw("neither a header, nor a text, nor an event of an export")
    }
  }

  private static func blob(_ object: JSONObject) throws(Flaw) -> ExchangeLine {
    let ordinal = try object.unsigned("blob")
    if object["erased"] == true { return .blob(ordinal, nil) }
    let content: [UInt8]
    if let text = object["text"]?.string {
      content = Array(text.utf8)
    } else {
      content = try object.hex("hex")
    }
    let salt = try object.hex("salt")
    guard salt.count == StoredBlob.saltBytes else {
      throw Flaw("a salt has \(StoredBlob.saltBytes) bytes")
    }
    guard content.count <= Limits.replyBytes else {
      throw Flaw("a text of more than \(Limits.replyBytes) bytes")
    }
    return .blob(ordinal, StoredBlob(salt: salt, content: content))
  }
}

/// The first line of an export.
struct ExchangeHeader: Sendable, Equatable {
  let ledgerID: [UInt8]
  let incarnation: UInt64
  let head: Position

  /// - Throws: a `Flaw`: not whole, or of a newer form.
  init(_ object: JSONObject) throws(Flaw) {
    guard object["export"] == "ledger" else { throw Flaw("an export of something else") }
    guard object["format"] == .int(NDJSONExport.format) else {
      throw Flaw(
        "written by a newer ledger: this one reads form \(NDJSONExport.format)", isNewer: true)
    }
    guard object["whole"] == true else {
      throw Flaw("the export is of a selection; only a whole one makes a ledger again")
    }
    ledgerID = try object.hex("ledger_id")
    incarnation = try object.unsigned("incarnation")
    head = try object.unsigned("head")
    guard ledgerID.count == 16, incarnation > 0, head > 0 else {
      throw Flaw("ledger_id, incarnation and head do not name a log")
    }
  }
}

/// What is wrong with a line; where it stands is known to whoever reads the lines.
struct Flaw: Error, Equatable {
  let reason: String
  let isNewer: Bool

  init(_ reason: String, isNewer: Bool = false) {
    self.reason = reason
    self.isNewer = isNewer
  }
}

extension JSONObject {
  func unsigned(_ name: String) throws(Flaw) -> UInt64 {
    guard case .number(let text)? = self[name], let value = UInt64(text) else {
      throw Flaw("\(name) is no whole number")
    }
    return value
  }

  func text(_ name: String) throws(Flaw) -> String {
    guard let text = self[name]?.string else { throw Flaw("\(name) is no text") }
    guard text.utf8.count <= Limits.reasonBytes else {
      throw Flaw("\(name) is longer than \(Limits.reasonBytes) bytes")
    }
    return text
  }

  /// Nil when it is absent or null.
  func optionalText(_ name: String) throws(Flaw) -> String? {
    self[name].map(\.isNull) ?? true ? nil : try text(name)
  }

  func hex(_ name: String) throws(Flaw) -> [UInt8] {
    guard let text = self[name]?.string, let bytes = Hex.bytes(text) else {
      throw Flaw("\(name) is not hexadecimal")
    }
    return bytes
  }

  func time(_ name: String) throws(Flaw) -> Timestamp {
    switch self[name] {
    case .string(let text)?: if let time = Timestamp(text) { return time }
    case .number(let text)?:
      if let value = Int64(text) { return Timestamp(microseconds: value) }
    default: break
    }
    throw Flaw("\(name) is no time")
  }
}
