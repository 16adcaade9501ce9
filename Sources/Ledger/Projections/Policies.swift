// The rules of the house and what is paused.

import LMDB
import Wire

/// A policy as somebody set it.
package struct PolicySetting: Sendable, Equatable {
  package let value: String
  /// The event that set it.
  package let position: Position

  init(value: String, position: Position) {
    self.value = value
    self.position = position
  }

  init(_ row: RawSpan) {
    position = row.field(at: 0)
    value = String(decoding: row.extracting(droppingFirst: 8).array, as: UTF8.self)
  }

  var encoded: [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(littleEndian: position)
    return bytes + Array(value.utf8)
  }
}

/// Projection: policy name → value and the event that set it; paused scope → the pause.
struct Policies: Sendable {
  private var policies = ByteRows(.policies)
  private var pauses = ByteRows(.pauses)

  mutating func apply(_ event: RecordedEvent) {
    switch event.event {
    case .ledgerPolicySet(let body):
      let key = Array(body.name.utf8)
      if let value = body.value {
        let setting = PolicySetting(value: value, position: event.position)
        policies.put(key, setting.encoded)
      } else {
        policies.delete(key)
      }
    case .ledgerSubmissionPaused(let body):
      var value: [UInt8] = []
      value.append(littleEndian: event.position)
      pauses.put(Policies.key(body.provider, body.account), value)
    case .ledgerSubmissionUnpaused(let body):
      pauses.delete(Policies.key(body.provider, body.account))
    default: break
    }
  }

  /// How a policy is set; nil where its default rules.
  mutating func setting<Source: RowSource & ~Copyable>(
    of name: String, in source: borrowing Source
  ) throws(LMDBError) -> PolicySetting? {
    try policies.row(Array(name.utf8), in: source) { PolicySetting($0) }
  }

  /// The event that paused submission for this provider or account, or for all; nil when none did.
  mutating func pause<Source: RowSource & ~Copyable>(
    provider: String, account: SubjectNumber, in source: borrowing Source
  ) throws(LMDBError) -> Position? {
    if try pauses.isEmpty(in: source) { return nil }
    let scopes: [(String?, SubjectNumber?)] = [
      (nil, nil), (provider, nil), (nil, account), (provider, account),
    ]
    for scope in scopes {
      if let position = try pause(scope.0, scope.1, in: source) { return position }
    }
    return nil
  }

  /// The pause of exactly this scope.
  mutating func pause<Source: RowSource & ~Copyable>(
    _ provider: String?, _ account: SubjectNumber?, in source: borrowing Source
  ) throws(LMDBError) -> Position? {
    try pauses.row(Policies.key(provider, account), in: source) {
      $0.field(Position.self, at: 0)
    }
  }

  mutating func flush(
    into stored: borrowing StoredRows<WriteTransaction>, isNew: Bool
  ) throws(LMDBError) {
    try policies.flush(into: stored, isNew: isNew)
    try pauses.flush(into: stored, isNew: isNew)
  }

  private static func key(_ provider: String?, _ account: SubjectNumber?) -> [UInt8] {
    [UInt8](key: account ?? 0) + Array((provider ?? "").utf8)
  }

  /// The parts of a pause's key.
  static func parts(_ key: RawSpan) -> (provider: String?, account: SubjectNumber?) {
    let account: SubjectNumber = key.field(UInt64.self, at: 0).byteSwapped
    let provider = String(decoding: key.extracting(droppingFirst: 8).array, as: UTF8.self)
    return (provider.isEmpty ? nil : provider, account == 0 ? nil : account)
  }
}
