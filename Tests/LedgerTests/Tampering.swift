// Changes to a closed home, from a flipped bit to a forgery with every checksum and hash made new.

import Glibc
import LMDB
import Posix
import Wire

@testable import Ledger

/// A change, named by what a reader must say of it.
enum Tampering: String, CaseIterable {
  case flippedBit = "position 3: the checksum is wrong"
  case newChecksum = "position 3: the chain is broken"
  case hole = "positions have a gap"
  case lostTail = "acknowledged events are missing"
  case newTail = "the chain hash is not the one HEAD saw"
  case noWitness = "HEAD has no good slot"
  case foreignWitness = "HEAD belongs to another log"
  case cutFile = "reading it ended the reader"
  // From here on with every checksum and hash, and HEAD, made new.
  case previous = "position 3: the subject's previous position is wrong"
  case timeBack = "position 3: time goes back"
  case groupOpen = "position 3: a group begins where it must not, or does not"
  case halfGroup = "the last group is not whole"
  case skippedSubject = "position 2: subject numbers have a gap"
  case unknownType = "position 3: the log does not describe type 999 version 1"
  case forgedAmount = "position 3: lines and amount differ"
  case forgedLine = "position 3: the account has no bucket 77"
  case repeatedKey = "position 3: keys do not rise"
  case trailingByte = "position 3: the body is not one map"
  case misplacedName = "position 3: a subject's name is missing or misplaced"
  case unknownFlag = "position 3: a flag is unknown"
  case lateCause = "position 3: a cause is no earlier event"
  case openedTwice = "position 3: an account or job begins otherwise, or twice"
  case unknownMoney = "position 3: credit type 63 is unknown"
  case zeroLine = "position 3: an amount has a wrong sign"
  case ownHold = "position 3: the account is not the subject's"
  case foreignLedger = "ledger id or incarnation is not the events'"

  /// Position 2 of such a home is account.opened, position 3 credit.granted, in one group.
  func change(_ home: Home) throws {
    switch self {
    case .flippedBit: try edit(home) { if $0 == 3 { $1[40] ^= 1 } }
    case .newChecksum:
      try edit(home) { position, record in
        guard position == 3 else { return }
        record[40] ^= 1
        record.replace(
          at: 0, littleEndian: CRC32C.checksum(record.bytes.extracting(droppingFirst: 4)))
      }
    case .hole: try edit(home) { if $0 == 3 { $1 = [] } }
    case .lostTail: try edit(home, onlyLast: true) { $1 = [] }
    case .newTail:
      try edit(home, onlyLast: true, isResealed: true) { _, record in
        record.replace(at: 8, littleEndian: record.bytes.littleEndian(UInt64.self, at: 8) + 1)
      }
    case .noWitness: try FileSystem.replace(home.head, with: [UInt8](repeating: 0, count: 8192))
    case .foreignWitness: try witness(home) { $0.ledgerID[0] ^= 1 }
    case .cutFile: try cut(home)
    case .unknownMoney:
      try describe(home, [0, 63, 1], as: "{\"type\":\"credit.gone\",\"version\":1,\"fields\":[]}")
      try forge(home)
    default: try forge(home)
    }
  }

  /// Writes a row of `schemas`, which no chain protects.
  private func describe(_ home: Home, _ key: [UInt8], as text: String) throws {
    let environment = try Environment(home.log)
    let transaction = try environment.write()
    let schemas = try Table("schemas", keys: .bytes, in: transaction)
    let row = Array(text.utf8)
    try transaction.put(schemas, key.bytes, row.bytes)
    try transaction.commit()
  }

  private func forge(_ home: Home) throws {
    let hash = try edit(home, onlyLast: self == .halfGroup, isResealed: true) { position, record in
      switch self {
      case .previous where position == 3: record[24] ^= 1
      case .timeBack where position == 3: record.replace(at: 8, littleEndian: UInt64(1))
      case .groupOpen where position == 3: record[7] |= 1
      case .halfGroup: record[7] &= ~2
      case .skippedSubject where position == 2: record[16] += 1
      case .unknownType where position == 3: record.replace(at: 4, littleEndian: UInt16(999))
      case .forgedAmount where position == 3:
        try body(of: &record) { try $0.setting(0, to: [0x01]) }
      case .forgedLine where position == 3:
        try body(of: &record) {
          try $0.setting(0, to: [0x01]).setting(1, to: [0x81, 0x82, 0x18, 77, 0x01])
        }
      case .repeatedKey where position == 3:
        try body(of: &record) {
          var copy = $0
          copy.pairs.insert(copy.pairs[0], at: 0)
          return copy
        }
      case .trailingByte where position == 3:
        record.insert(0, at: record.count - Digest.byteCount)
      case .misplacedName where position == 3:
        try body(of: &record) { $0.adding(-6, [0x02]).adding(-7, [0x61, 0x78]) }
      case .unknownFlag where position == 3: record[7] |= 8
      case .foreignLedger where position == 1: record[40] ^= 1
      default: try forgeSense(position, &record)
      }
    }
    try witness(home) { $0.hash = hash }
  }

  /// Forgeries that only their meaning gives away.
  private func forgeSense(_ position: Position, _ record: inout [UInt8]) throws {
    guard position == 3 else { return }
    switch self {
    case .lateCause: try body(of: &record) { $0.adding(-2, [0x03]) }
    case .openedTwice: record.replace(at: 4, littleEndian: EventType.accountOpened.rawValue)
    case .unknownMoney: record.replace(at: 4, littleEndian: UInt16(63))
    case .zeroLine:
      try body(of: &record) {
        try $0.setting(0, to: [0x00]).setting(1, to: [0x81, 0x82, 0x03, 0x00])
      }
    case .ownHold: record.replace(at: 4, littleEndian: EventType.creditHeld.rawValue)
    default: break
    }
  }

  /// Cuts the data file off behind its two meta pages, which still speak of what followed.
  private func cut(_ home: Home) throws {
    let file = home.log + "/data.mdb"
    let bytes = try FileSystem.read(file, limit: 1 << 28) ?? []
    try FileSystem.replace(file, with: Array(bytes.prefix(2 * 4096)))
  }

  private func body(of record: inout [UInt8], _ change: (Body) throws -> Body) throws {
    let content = RecordHeader.byteCount..<record.count - Digest.byteCount
    record.replaceSubrange(content, with: try change(Body(Array(record[content]))).encoded)
  }

  /// Rewrites records in place; one that comes out empty is deleted.
  /// - Returns: the log's last hash.
  @discardableResult
  private func edit(
    _ home: Home, onlyLast: Bool = false, isResealed: Bool = false,
    _ change: (Position, inout [UInt8]) throws -> Void
  ) throws -> Digest {
    let environment = try Environment(home.log)
    let transaction = try environment.write()
    let events = try Table("events", keys: .integers, in: transaction)
    let last = UInt64(try transaction.count(events))
    var hash = Digest.zero
    for position in 1...last {
      var record = try bytes(transaction, events, position)
      if !onlyLast || position == last { try change(position, &record) }
      if record.isEmpty {
        var key: [UInt8] = []
        key.append(littleEndian: position)
        try transaction.delete(events, key.bytes)
        continue
      }
      hash = isResealed ? reseal(&record, after: hash) : hash
      try transaction.put(events, position, record.bytes)
    }
    try transaction.commit()
    return hash
  }

  private func bytes(
    _ transaction: borrowing WriteTransaction, _ table: Table, _ position: Position
  ) throws -> [UInt8] {
    try transaction.value(table, position)?.array ?? []
  }

  private func reseal(_ record: inout [UInt8], after previous: Digest) -> Digest {
    record.removeLast(Digest.byteCount)
    let hash = SHA256.link(previous, record.bytes.extracting(droppingFirst: 4))
    hash.append(to: &record)
    record.replace(at: 0, littleEndian: CRC32C.checksum(record.bytes.extracting(droppingFirst: 4)))
    return hash
  }

  private func witness(_ home: Home, _ change: (inout HeadMark) -> Void) throws {
    var head = try Head(home.head)
    guard var mark = try head.mark() else { return }
    change(&mark)
    try head.write(mark)
    try head.flush()
  }
}
