// Which column of a provider's invoice is what (schemas/invoice-map.schema.json). A provider's
// profile has one as its member `invoice`; for any other export the user gives one.

import Wire

/// A map of an invoice's columns, read and checked.
package struct InvoiceMap: Sendable, Equatable {
  /// What a line says.
  package enum Field: String, Sendable, CaseIterable {
    /// The line's own name; without one it is the external id's, then the row's own.
    case lineID = "line_id"
    /// The provider's id of the request.
    case externalID = "external_id"
    case model
    /// How much, in the provider's own unit.
    case quantity, unit
    /// How much money; taken for the quantity where a line has none.
    case amount, currency
    case billedAt = "billed_at"
    /// Words that mean `skip` leave the line out.
    case status
  }

  /// Where a field's value comes from.
  struct Column: Sendable, Equatable {
    /// The first of these that the file has; of NDJSON a member or a JSON Pointer (RFC 6901).
    var names: [String] = []
    /// When the column is absent or empty, or when there is none.
    var value: String?
    /// What words become; others stay as they are.
    var words: [String: String] = [:]
    /// The file may do without it.
    var isOptional = false
  }

  /// What `status` is where a line does not count.
  static let skip = "skip"
  /// The longest map, bytes.
  package static let bytesMax = 64 << 10
  /// Names of one column, words of one field.
  static let namesMax = 16
  static let wordsMax = 200

  let columns: [Field: Column]
  let time: InvoiceTime
  /// Characters that are left out of quantities and amounts: currency signs, thousands separators.
  let ignored: String
  /// Credits for one of the provider's unit, where the profile's author says so.
  package let rate: Credits?
}
