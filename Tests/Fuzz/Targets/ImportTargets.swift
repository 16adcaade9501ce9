// Files that come from elsewhere: another ledger's export, an app's own table, its map.

import Glibc
import Ledger
import Posix
import Synchronization
import Wire

extension FuzzTarget {
  private static let map = Array(
    #"{"row_id":"id","account":"who","provider":{"value":"replicate"},"external_id":"ext","#
      + #""status":{"column":"state","words":{"done":"succeeded","old":"skip"}},"hold":"cost","#
      + #""status_url":"url","created_at":"at","meta":{"m":"note"}}"#)
  private static let rows = [
    "id,who,ext,state,cost,url,at,note\n1,acme,p1,done,0.5,https://a.example,2026-01-01,\"a\nb\"\n",
    #"{"id":1,"who":"acme","ext":"p1","state":"open","cost":"0.5","note":null}"# + "\n",
  ]

  static let importMap = FuzzTarget("import-map") {
    [map] + SeedFiles.contents(of: "schemas/examples", ending: ".json")
  } run: { bytes in
    guard let map = try? ImportMap(parsing: bytes) else { return }
    FuzzedImport.shared.rows(Array(rows[0]), map)
  }

  static let importRows = FuzzTarget("import-rows") {
    rows.map { Array($0) }
  } run: { bytes in
    guard let map = try? ImportMap(parsing: map) else { fatalError("the map is right") }
    FuzzedImport.shared.rows(bytes, map)
  }

  static let importLog = FuzzTarget("import-log", bytesMax: 16384) {
    [FuzzedImport.shared.export]
  } run: { bytes in
    FuzzedImport.shared.log(bytes)
  }
}

/// Imports that are rehearsed: everything is read and checked, nothing is kept.
final class FuzzedImport: Sendable {
  static let shared = FuzzedImport()
  let export: [UInt8]
  private let books: Books
  private let folder: String
  private static let path = Mutex("")

  private init() {
    do {
      let place = FileSystem.exists("/dev/shm") ? "/dev/shm" : "/tmp"
      let folder = try FileSystem.makeTemporaryDirectory(prefix: "\(place)/ledger-fuzz-")
      FuzzedImport.path.withLock { $0 = folder }
      atexit { FuzzedImport.path.withLock { path in try? FileSystem.removeTree(path) } }
      self.folder = folder
      let home = Home(folder + "/books")
      try Books.create(home, program: "fuzz", by: nil)
      books = try Books(home)
      let grant = Grant(account: "acme", amount: Credits("5")!, reason: "why")
      _ = try books.append(Command(.grant(grant), actor: .cli, by: "fuzz"))
      var form = NDJSONExport()
      let lines = try books.read { snapshot in
        let scope = try snapshot.exportScope(EventFilter(), after: 0)
        let events = try snapshot.page(after: 0, EventFilter()).events
        return try form.begin(scope) + events.flatMap { try form.lines($0, in: &snapshot) }
      }
      export = Array(lines.joined(separator: "\n"))
    } catch {
      fatalError("the books to import into cannot be made: \(error)")
    }
  }

  private func file(_ bytes: [UInt8]) throws -> File {
    let path = folder + "/input"
    try FileSystem.replace(path, with: bytes)
    return try File(path, O_RDONLY)
  }

  func rows(_ bytes: [UInt8], _ map: ImportMap) {
    do {
      let file = try file(bytes)
      try books.importRows(
        file, map, by: "fuzz", isRehearsal: true, patienceMilliseconds: { _ in 1000 },
        report: { _ in })
    } catch is ImportError {
    } catch is BooksError {
    } catch {
      fatalError("an error that no command explains: \(error)")
    }
  }

  func log(_ bytes: [UInt8]) {
    do {
      let file = try file(bytes)
      let home = Home(folder + "/new")
      _ = try Books.makeHome(home, from: file, isRehearsal: true) { _, _ in }
    } catch is ImportError {
    } catch is BooksError {
    } catch {
      fatalError("an error that no command explains: \(error)")
    }
  }
}
