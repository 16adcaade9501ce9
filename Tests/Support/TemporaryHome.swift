// A home that lives as long as its test.

package import Ledger
import Posix

/// A fresh directory with a ledger in it, in memory where the machine offers that; removed when the
/// last reference goes.
package final class TemporaryHome: Sendable {
  package let home: Home

  /// - Parameter isCreated: false leaves the directory without a ledger.
  package init(isCreated: Bool = true) throws {
    let base = FileSystem.exists("/dev/shm") ? "/dev/shm" : "/tmp"
    home = Home(try FileSystem.makeTemporaryDirectory(prefix: base + "/ledger-test-"))
    if isCreated { try Books.create(home, program: "test", by: "tester") }
  }

  deinit { try? FileSystem.removeTree(home.path) }

  package var path: String { home.path }

  /// A file or directory of the home.
  package func path(_ name: String) -> String { home.path + "/" + name }
}
