// How an app's own job table is to be read: which column is what (schemas/import-map.schema.json).

import Wire

/// A map, read and checked.
package struct ImportMap: Sendable {
  /// Where a value comes from.
  struct Source: Sendable {
    /// A column; for NDJSON a member, or a JSON Pointer (RFC 6901) when it begins with `/`.
    var column: String?
    /// When the column is absent, empty or null, or when there is no column.
    var value: String?
    /// What words of the app become; others stay as they are.
    var words: [String: String] = [:]
  }

  /// What the app's status comes to. Only `skip` leaves a row out: the rest is for the count and
  /// the labels, for a local word is no verdict.
  package enum LocalStatus: String, Sendable, CaseIterable {
    case open, succeeded, failed, canceled, skip
  }

  package enum Format: String, Sendable { case csv, ndjson }

  /// Nil: by the first byte of the file.
  let format: Format?
  /// What names the app's table in `job.submitted`.
  let table: String
  let jobPrefix: String
  let rowID: Source
  let account: Source
  let provider: Source
  let model: Source?
  let externalID: Source?
  /// By `status`, `result`, `cancel`.
  let urls: [(name: String, source: Source)]
  let status: Source?
  let hold: Source?
  let charged: Source?
  let createdAt: Source?
  /// Labels of the job, by name.
  let meta: [(name: String, source: Source)]

  /// Longest map, bytes.
  package static let bytesMax = 256 << 10

  /// - Throws: `ImportError` naming the member that is wrong.
  package init(parsing bytes: [UInt8]) throws(ImportError) {
    let object: JSONObject
    do {
      object =
        try JSON(parsing: bytes, limits: JSONLimits(bytes: ImportMap.bytesMax, depth: 8)).object
        ?? JSONObject()
    } catch {
      throw ImportError(line: 0, "of the map is no JSON: \(error)")
    }
    let reader = MapReader(object)
    try reader.refuseUnknown()
    format = try reader.word("format", Format.self)
    table = try reader.text("table") ?? "rows"
    jobPrefix = try reader.text("job_prefix") ?? ""
    rowID = try reader.required("row_id")
    account = try reader.required("account")
    provider = try reader.required("provider")
    model = try reader.source("model")
    externalID = try reader.source("external_id")
    urls = try ["status", "result", "cancel"].map { name throws(ImportError) in
      (name, try reader.source("\(name)_url"))
    }.compactMap { name, source in source.map { (name, $0) } }
    status = try reader.source("status")
    for word in status?.words.values.sorted() ?? [] where LocalStatus(rawValue: word) == nil {
      throw MapReader.flaw("status.words", "may only mean open, succeeded, failed, canceled, skip")
    }
    hold = try reader.source("hold")
    charged = try reader.source("charged")
    createdAt = try reader.source("created_at")
    meta = try reader.sources("meta")
  }
}

/// Reads the members of a map.
private struct MapReader {
  private static let names: Set = [
    "$schema", "description", "format", "table", "job_prefix", "row_id", "account", "provider",
    "model", "external_id", "status_url", "result_url", "cancel_url", "status", "hold", "charged",
    "created_at", "meta",
  ]
  let object: JSONObject

  init(_ object: JSONObject) { self.object = object }

  static func flaw(_ name: String, _ what: String) -> ImportError {
    ImportError(line: 0, "of the map: \(name) \(what)")
  }

  func refuseUnknown() throws(ImportError) {
    for member in object.members where !MapReader.names.contains(member.name) {
      throw MapReader.flaw(String(member.name.prefix(64)), "is not a member of a map")
    }
  }

  func text(_ name: String) throws(ImportError) -> String? {
    guard let value = object[name] else { return nil }
    guard let text = value.string, text.utf8.count <= 64 else {
      throw MapReader.flaw(name, "is a text of at most 64 bytes")
    }
    return text
  }

  func word<Word: RawRepresentable<String>>(
    _ name: String, _: Word.Type
  ) throws(ImportError) -> Word? {
    guard let text = try text(name) else { return nil }
    guard let word = Word(rawValue: text) else { throw MapReader.flaw(name, "is an unknown word") }
    return word
  }

  func required(_ name: String) throws(ImportError) -> ImportMap.Source {
    guard let source = try source(name) else { throw MapReader.flaw(name, "is missing") }
    return source
  }

  func source(_ name: String) throws(ImportError) -> ImportMap.Source? {
    try object[name].map { value throws(ImportError) in try MapReader.source(name, value) }
  }

  func sources(_ name: String) throws(ImportError) -> [(name: String, source: ImportMap.Source)] {
    guard let value = object[name] else { return [] }
    guard let members = value.object?.members, members.count <= 64 else {
      throw MapReader.flaw(name, "is an object of at most 64 columns")
    }
    return try members.map { member throws(ImportError) in
      (member.name, try MapReader.source("\(name).\(member.name)", member.value))
    }
  }

  /// A column's name, or `{"column", "value", "words"}`.
  private static func source(
    _ name: String, _ value: JSON
  ) throws(ImportError) -> ImportMap.Source {
    if let column = value.string { return ImportMap.Source(column: column) }
    guard let object = value.object else {
      throw flaw(name, "is a column's name or an object with column, value or words")
    }
    var source = ImportMap.Source()
    for member in object.members {
      switch (member.name, member.value) {
      case ("column", .string(let text)): source.column = text
      case ("value", .string(let text)), ("value", .number(let text)): source.value = text
      case ("words", .object(let words)):
        for word in words.members {
          guard let meaning = word.value.string else {
            throw flaw(name, "has a word that means no text")
          }
          source.words[word.name] = meaning
        }
      default: throw flaw(name, "has a member that is none of column, value and words")
      }
    }
    guard source.column != nil || source.value != nil else {
      throw flaw(name, "names neither a column nor a value")
    }
    return source
  }
}
