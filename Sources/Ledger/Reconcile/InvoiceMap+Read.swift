// A map of an invoice's columns, from JSON or from words of a command line.

package import Wire

extension InvoiceMap {
  /// Members of a map.
  package static let names = [
    "$schema", "description", "columns", "time", "ignore", "rate",
  ]

  /// - Throws: `InvoiceError` naming the member that is wrong.
  package init(parsing bytes: [UInt8]) throws(InvoiceError) {
    let json: JSON
    do {
      json = try JSON(parsing: bytes, limits: JSONLimits(bytes: InvoiceMap.bytesMax, depth: 8))
    } catch {
      throw InvoiceError(map: [], "is no JSON: \(error)")
    }
    try self.init(json)
  }

  /// - Throws: `InvoiceError` naming the member that is wrong.
  package init(_ json: JSON) throws(InvoiceError) {
    guard let object = json.object else { throw InvoiceError(map: [], "is no JSON object") }
    for member in object.members where !InvoiceMap.names.contains(member.name) {
      throw InvoiceError(map: [InvoiceError.shown(member.name)], "is not a member of a map")
    }
    guard let members = object["columns"]?.object?.members else {
      throw InvoiceError(map: ["columns"], "an object of columns is needed")
    }
    var columns: [Field: Column] = [:]
    for member in members {
      columns[try InvoiceMap.field(member.name)] = try InvoiceMap.column(
        member.value, at: ["columns", member.name])
    }
    var time = InvoiceTime.rfc3339
    if let value = object["time"] { time = try InvoiceMap.time(value.string) }
    let ignored = object["ignore"]?.string ?? ""
    guard object["ignore"] == nil || (1...8).contains(ignored.utf8.count),
      ignored.utf8.allSatisfy({ !(0x30...0x39).contains($0) && $0 != UInt8(ascii: "-") })
    else { throw InvoiceError(map: ["ignore"], "is a text of 1 to 8 bytes without digits and -") }
    var rate: Credits?
    if let value = object["rate"] {
      rate = value.string.flatMap { Credits($0) }
      guard let rate, rate > .zero else {
        throw InvoiceError(map: ["rate"], "is credits for one unit, a decimal in quotes: \"0.5\"")
      }
    }
    try self.init(columns, time, ignored, rate)
  }

  /// `external_id=id,quantity=cost,unit==usd,time=unix_s`: a field and its column; with `==` a
  /// fixed value.
  /// - Throws: `InvoiceError` naming the word that is wrong.
  package init(words text: String) throws(InvoiceError) {
    var columns: [Field: Column] = [:]
    var time = InvoiceTime.rfc3339
    for word in text.split(separator: ",", omittingEmptySubsequences: false) {
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, !parts[1].isEmpty, parts[1] != "=" else {
        throw InvoiceError(
          map: [InvoiceError.shown(String(word))], "is not FIELD=COLUMN or FIELD==VALUE")
      }
      if parts[0] == "time" {
        time = try InvoiceMap.time(String(parts[1]))
        continue
      }
      let field = try InvoiceMap.field(String(parts[0]))
      guard columns[field] == nil else {
        throw InvoiceError(map: [field.rawValue], "stands there twice")
      }
      columns[field] =
        parts[1].hasPrefix("=")
        ? Column(value: String(parts[1].dropFirst())) : Column(names: [String(parts[1])])
    }
    try self.init(columns, time, "", nil)
  }

  private init(
    _ columns: [Field: Column], _ time: InvoiceTime, _ ignored: String, _ rate: Credits?
  ) throws(InvoiceError) {
    self.columns = columns
    self.time = time
    self.ignored = ignored
    self.rate = rate
    guard columns[.quantity] != nil || columns[.amount] != nil else {
      throw InvoiceError(map: ["columns"], "quantity or amount is needed: how much a line bills")
    }
    let unit: Field = columns[.quantity] == nil ? .currency : .unit
    guard columns[unit] != nil else {
      throw InvoiceError(map: ["columns"], "\(unit.rawValue) is needed: a column or a fixed value")
    }
    guard columns[.externalID] != nil || columns[.billedAt] != nil else {
      throw InvoiceError(
        map: ["columns"], "external_id or billed_at is needed: by what else is a job found")
    }
  }

  private static func field(_ name: String) throws(InvoiceError) -> Field {
    guard let field = Field(rawValue: name) else {
      let known = Field.allCases.map(\.rawValue).joined(separator: ", ")
      throw InvoiceError(
        map: ["columns", InvoiceError.shown(name)], "is no field; there are \(known)")
    }
    return field
  }

  private static func time(_ text: String?) throws(InvoiceError) -> InvoiceTime {
    guard let text, let time = InvoiceTime(text) else {
      throw InvoiceError(
        map: ["time"], "is rfc3339, unix_s, unix_ms, or a pattern such as DD.MM.YYYY hh:mm:ss")
    }
    return time
  }

  /// A name, a list of names, or `{"column", "value", "words", "optional"}`.
  private static func column(_ json: JSON, at place: [String]) throws(InvoiceError) -> Column {
    var column = Column()
    guard let object = json.object else {
      column.names = try names(json, at: place)
      return column
    }
    for member in object.members {
      switch (member.name, member.value) {
      case ("column", let value): column.names = try names(value, at: place + ["column"])
      case ("value", .string(let text)) where !text.isEmpty && text.utf8.count <= 128:
        column.value = text
      case ("optional", .bool(let flag)): column.isOptional = flag
      case ("words", .object(let words)) where words.members.count <= wordsMax:
        for word in words.members {
          guard let meaning = word.value.string else {
            throw InvoiceError(map: place + ["words", word.name], "means no text")
          }
          column.words[word.name] = meaning
        }
      default:
        throw InvoiceError(
          map: place + [InvoiceError.shown(member.name)],
          "a column has column, value, words (texts) and optional (true or false)")
      }
    }
    guard !column.names.isEmpty || column.value != nil else {
      throw InvoiceError(map: place, "names neither a column nor a value")
    }
    return column
  }

  private static func names(_ json: JSON, at place: [String]) throws(InvoiceError) -> [String] {
    let items = json.array ?? [json]
    let names = items.compactMap(\.string).filter { !$0.isEmpty && $0.utf8.count <= 256 }
    guard (1...namesMax).contains(items.count), names.count == items.count else {
      throw InvoiceError(map: place, "is a column's name, or a list of up to \(namesMax) names")
    }
    return names
  }
}
