// Bytes of the log itself: records, CBOR, the files beside it.

import Glibc
import Ledger
import Posix
import Synchronization
import Wire

extension FuzzTarget {
  static let record = FuzzTarget("record") {
    SeedFiles.records
  } run: { bytes in
    guard let record = try? Record(bytes.bytes) else { return }
    _ = record.isIntact
    _ = record.isChained(to: .zero)
    // The header's type is a small number: every decoder is reached, not only by luck.
    for type in [record.header.type, UInt16(bytes[4]) % 64] {
      var changed = bytes
      (changed[4], changed[5], changed[6]) = (UInt8(type & 0xFF), UInt8(type >> 8), 1)
      guard let again = try? Record(changed.bytes) else { continue }
      if let event = try? again.decoded(at: 1) { _ = "\(event.event)".utf8.count }
    }
  }

  static let cbor = FuzzTarget("cbor") {
    SeedFiles.records.map { Array($0.dropFirst(32).dropLast(32)) }
  } run: { bytes in
    walk(bytes) { reader throws(CBORError) in try reader.skip() }
    walk(bytes) { reader throws(CBORError) in
      switch reader.nextMajor {
      case 0: _ = try reader.unsigned()
      case 1: _ = try reader.integer()
      case 2: _ = try reader.byteString()
      case 3: _ = try reader.text()
      case 4, 5:
        let count = reader.nextMajor == 4 ? try reader.array() : try reader.map()
        precondition(count <= bytes.count, "items cannot outnumber their bytes")
      default: _ = try reader.bool()
      }
    }
  }

  private static func walk(
    _ bytes: [UInt8], _ step: (inout CBORReader) throws(CBORError) -> Void
  ) {
    var reader = CBORReader(bytes.bytes)
    while !reader.isAtEnd {
      let before = reader.offset
      do throws(CBORError) { try step(&reader) } catch { return }
      precondition(reader.offset > before && reader.offset <= bytes.count, "the reader goes on")
    }
  }

  /// The first byte chooses which file is damaged: HEAD (even) or CURRENT.
  static let home = FuzzTarget("home", bytesMax: 8192) {
    [[0] + FuzzedHome.shared.head, [1] + FuzzedHome.shared.current]
  } run: { bytes in
    guard let first = bytes.first else { return }
    FuzzedHome.shared.open(isHead: first % 2 == 0, with: Array(bytes.dropFirst()))
  }
}

/// A small home whose files beside the log are replaced before each opening.
final class FuzzedHome: Sendable {
  static let shared = FuzzedHome()
  let head: [UInt8]
  let current: [UInt8]
  private let home: Home
  private let end: Position

  private init() {
    do {
      let folder = FileSystem.exists("/dev/shm") ? "/dev/shm" : "/tmp"
      let path = try FileSystem.makeTemporaryDirectory(prefix: "\(folder)/ledger-fuzz-")
      FuzzedHome.path.withLock { $0 = path }
      atexit { FuzzedHome.path.withLock { path in try? FileSystem.removeTree(path) } }
      home = Home(path + "/books")
      try Books.create(home, program: "fuzz", by: nil)
      let books = try Books(home)
      for number in 1...3 {
        let grant = Grant(account: "acme", amount: Credits("\(number)")!, reason: nil)
        _ = try books.append(Command(.grant(grant), actor: .cli, by: "fuzz"))
      }
      end = try books.read { $0.head }
    } catch {
      fatalError("the home to damage cannot be made: \(error)")
    }
    head = ((try? FileSystem.read(home.head)) ?? nil) ?? []
    current = ((try? FileSystem.read(home.path + "/views/CURRENT")) ?? nil) ?? []
  }

  private static let path = Mutex("")

  /// Opens the home with one file damaged: it is refused, or everything is there.
  func open(isHead: Bool, with bytes: [UInt8]) {
    do {
      try FileSystem.replace(home.head, with: isHead ? bytes : head)
      try FileSystem.replace(home.path + "/views/CURRENT", with: isHead ? current : bytes)
      let books = try Books(home)
      let seen = try books.read { snapshot in
        (snapshot.head, try snapshot.accountStatus("acme")?.account.available)
      }
      precondition(seen.0 == end && seen.1 == Credits("6"), "a short or wrong log was served")
    } catch is BooksError {
    } catch {
      fatalError("an error that no command explains: \(error)")
    }
  }
}
