// Comma-separated values (RFC 4180): one row read from bytes, one row written.

/// A row of a CSV file.
package enum CSVRow {
  /// The fields of a row that ends where the bytes end; quoted fields may hold line breaks.
  /// - Returns: nil when a quote is still open: the row goes on in the next line.
  /// - Throws: `CSVError` for a quote inside an unquoted field, text behind a closing quote, bytes
  ///   that are no UTF-8, and more than `fieldsMax` fields.
  package static func fields(
    _ bytes: [UInt8], fieldsMax: Int = 1000
  ) throws(CSVError) -> [String]? {
    let (quote, comma) = (UInt8(ascii: "\""), UInt8(ascii: ","))
    var fields: [String] = []
    var at = 0
    while true {
      var field: [UInt8] = []
      if at < bytes.count, bytes[at] == quote {
        at += 1
        while true {
          guard at < bytes.count else { return nil }
          if bytes[at] == quote {
            at += 1
            guard at < bytes.count, bytes[at] == quote else { break }
          }
          field.append(bytes[at])
          at += 1
        }
        guard at == bytes.count || bytes[at] == comma else {
          throw CSVError(reason: "text behind a closing quote", field: fields.count + 1)
        }
      } else {
        while at < bytes.count, bytes[at] != comma {
          if bytes[at] == quote {
            throw CSVError(reason: "a quote inside a field", field: fields.count + 1)
          }
          field.append(bytes[at])
          at += 1
        }
      }
      guard let text = String(validating: field, as: UTF8.self) else {
        throw CSVError(reason: "no UTF-8", field: fields.count + 1)
      }
      guard fields.count < fieldsMax else {
        throw CSVError(reason: "more than \(fieldsMax) fields", field: fields.count + 1)
      }
      fields.append(text)
      guard at < bytes.count else { return fields }
      at += 1
    }
  }

  /// A row as text without its line end. A field that a spreadsheet would take for a formula
  /// (beginning with `=`, `+`, `-`, `@`, tab or carriage return; OWASP, "CSV Injection") gets an
  /// apostrophe in front; plain decimal numbers are none.
  package static func text(_ fields: [String]) -> String {
    fields.map(cell).joined(separator: ",")
  }

  private static func cell(_ text: String) -> String {
    let isFormula =
      text.utf8.first.map { Array("=+-@\t\r".utf8).contains($0) } ?? false && !isNumber(text)
    let safe = isFormula ? "'" + text : text
    let needsQuotes =
      isFormula || safe.utf8.contains { $0 == 0x22 || $0 == 0x2C || $0 == 0x0A || $0 == 0x0D }
    guard needsQuotes else { return safe }
    var quoted = "\""
    for scalar in safe.unicodeScalars {
      if scalar == "\"" { quoted += "\"" }
      quoted.unicodeScalars.append(scalar)
    }
    return quoted + "\""
  }

  /// An optional minus, digits, and at most one point.
  private static func isNumber(_ text: String) -> Bool {
    let digits = text.utf8.drop { $0 == UInt8(ascii: "-") }
    return text.utf8.count - digits.count <= 1 && digits.contains { $0 != UInt8(ascii: ".") }
      && digits.allSatisfy { (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }
      && digits.count { $0 == UInt8(ascii: ".") } <= 1
  }
}

/// What is wrong with a row.
package struct CSVError: Error, Equatable, CustomStringConvertible {
  package let reason: String
  /// Which field, from 1.
  package let field: Int

  package var description: String { "field \(field): \(reason)" }
}
