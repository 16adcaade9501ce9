// One field of an event's body, from JSON to CBOR: the inverse of what an export writes.

import Wire

/// A member of an event line's `data`.
struct FieldWriter {
  let data: JSONObject
  let name: String

  func write(
    _ kind: FieldKind, to writer: inout CBORWriter,
    number: (Subject.Name) throws -> SubjectNumber?
  ) throws {
    switch kind {
    case .uint, .position: writer.unsigned(try data.unsigned(name))
    case .int: writer.integer(try integer())
    case .bool: writer.bool(try bool())
    case .text: writer.text(try data.text(name))
    case .bytes: writer.byteString(try data.hex(name))
    case .credits: writer.integer(try credits(data[name]).micros)
    case .time: writer.integer(try data.time(name).microseconds)
    case .subject:
      let subject = try ExchangeEvent.name(try data.text(name))
      guard let number = try number(subject) else {
        throw Flaw("\(name) is a subject that has no event yet")
      }
      writer.unsigned(number)
    case .blob, .textBlob, .jsonBlob: try blob(to: &writer)
    case .lines: try lines(to: &writer)
    case .creditsList:
      let amounts = try array()
      writer.array(count: amounts.count)
      for amount in amounts { writer.integer(try credits(amount).micros) }
    case .code(let codes): writer.unsigned(UInt64(try code(codes)))
    }
  }

  private func integer() throws(Flaw) -> Int64 {
    guard case .number(let text)? = data[name], let value = Int64(text) else {
      throw Flaw("\(name) is no whole number")
    }
    return value
  }

  private func bool() throws(Flaw) -> Bool {
    guard let value = data[name]?.bool else { throw Flaw("\(name) is neither true nor false") }
    return value
  }

  private func credits(_ value: JSON?) throws(Flaw) -> Credits {
    guard let credits = (value?.string).flatMap({ Credits($0) }) else {
      throw Flaw("\(name) is no amount of at most \(Credits.limit) credits")
    }
    return credits
  }

  private func array() throws(Flaw) -> [JSON] {
    guard let items = data[name]?.array, items.count <= Limits.bucketsPerAccount + 1 else {
      throw Flaw("\(name) is no list of at most \(Limits.bucketsPerAccount + 1) items")
    }
    return items
  }

  private func lines(to writer: inout CBORWriter) throws(Flaw) {
    let lines = try array()
    writer.array(count: lines.count)
    for line in lines {
      guard let pair = line.array, pair.count == 2, case .number(let text) = pair[0],
        let bucket = UInt64(text)
      else { throw Flaw("\(name) holds no pair of a bucket and an amount") }
      writer.array(count: 2)
      writer.unsigned(bucket)
      writer.integer(try credits(pair[1]).micros)
    }
  }

  private func blob(to writer: inout CBORWriter) throws(Flaw) {
    guard let object = data[name]?.object else { throw Flaw("\(name) names no text") }
    writer.array(count: 2)
    writer.unsigned(try object.unsigned("blob"))
    writer.byteString(try object.hex("digest"))
  }

  private func code<Code: NamedCode>(_ codes: Code.Type) throws(Flaw) -> UInt8 {
    guard let code = Code(name: try data.text(name)) else {
      throw Flaw("\(name) is a word that this ledger does not know", isNewer: true)
    }
    return code.rawValue
  }
}
