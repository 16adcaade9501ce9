// How each kind of field stands in CBOR (schemas/record-format.md, "Kinds").

import Wire

extension CBORWriter {
  mutating func field(_ key: Int64, _ value: UInt64) {
    integer(key)
    unsigned(value)
  }

  mutating func field(_ key: Int64, _ value: Int64) {
    integer(key)
    integer(value)
  }

  mutating func field(_ key: Int64, _ value: Bool) {
    integer(key)
    bool(value)
  }

  mutating func field(_ key: Int64, _ value: String) {
    integer(key)
    text(value)
  }

  mutating func field(_ key: Int64, _ value: [UInt8]) {
    integer(key)
    byteString(value)
  }

  mutating func field(_ key: Int64, _ value: Credits) { field(key, value.micros) }

  mutating func field(_ key: Int64, _ value: Timestamp) { field(key, value.microseconds) }

  mutating func field(_ key: Int64, _ value: some NamedCode) { field(key, UInt64(value.rawValue)) }

  /// - Precondition: the blob is stored; the log stores it before it encodes the event.
  mutating func field(_ key: Int64, _ value: BlobReference) {
    guard case .stored(let name) = value else {
      preconditionFailure("an event was encoded before its free text was kept")
    }
    integer(key)
    array(count: 2)
    unsigned(name.ordinal)
    byteString(name.digest.bytes)
  }

  mutating func field(_ key: Int64, _ value: [BucketLine]) {
    integer(key)
    array(count: value.count)
    for line in value {
      array(count: 2)
      unsigned(line.bucket)
      integer(line.amount.micros)
    }
  }

  mutating func field(_ key: Int64, _ value: [Credits]) {
    integer(key)
    array(count: value.count)
    for amount in value { integer(amount.micros) }
  }
}

extension CBORReader {
  @_lifetime(self: copy self)
  mutating func field() throws(CBORError) -> UInt64 { try unsigned() }

  @_lifetime(self: copy self)
  mutating func field() throws(CBORError) -> Int64 { try integer() }

  @_lifetime(self: copy self)
  mutating func field() throws(CBORError) -> Bool { try bool() }

  @_lifetime(self: copy self)
  mutating func field() throws(CBORError) -> String { try text() }

  @_lifetime(self: copy self)
  mutating func field() throws(CBORError) -> [UInt8] { try byteString() }

  @_lifetime(self: copy self)
  mutating func field() throws(CBORError) -> Credits { Credits(micros: try integer()) }

  @_lifetime(self: copy self)
  mutating func field() throws(CBORError) -> Timestamp { Timestamp(microseconds: try integer()) }

  @_lifetime(self: copy self)
  mutating func field<Code: NamedCode>() throws(CBORError) -> Code {
    let start = offset
    guard let raw = UInt8(exactly: try unsigned()), let code = Code(rawValue: raw) else {
      throw CBORError(reason: "no such \(Code.self)", offset: start, isNewer: true)
    }
    return code
  }

  @_lifetime(self: copy self)
  mutating func field() throws(CBORError) -> BlobReference {
    try pair("a blob reference")
    let ordinal = try unsigned()
    let start = offset
    let digest = try byteSpan()
    guard digest.byteCount == SaltedDigest.byteCount else {
      throw CBORError(reason: "a blob's digest has 16 bytes", offset: start)
    }
    return .stored(BlobName(ordinal: ordinal, digest: SaltedDigest(digest)))
  }

  @_lifetime(self: copy self)
  mutating func field() throws(CBORError) -> [BucketLine] {
    let count = try array()
    var lines: [BucketLine] = []
    lines.reserveCapacity(count)
    for _ in 0..<count {
      try pair("a bucket line")
      lines.append(
        BucketLine(bucket: try unsigned(), amount: Credits(micros: try integer())))
    }
    return lines
  }

  @_lifetime(self: copy self)
  mutating func field() throws(CBORError) -> [Credits] {
    let count = try array()
    var amounts: [Credits] = []
    amounts.reserveCapacity(count)
    for _ in 0..<count { amounts.append(Credits(micros: try integer())) }
    return amounts
  }

  @_lifetime(self: copy self)
  private mutating func pair(_ name: String) throws(CBORError) {
    let start = offset
    guard try array() == 2 else {
      throw CBORError(reason: "\(name) is an array of two", offset: start)
    }
  }
}
