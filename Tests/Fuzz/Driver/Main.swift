// Coverage-guided fuzzing: libFuzzer's loop around one target (tools/fuzz-bytes builds and runs
// it). `--seeds NAME DIR` writes a target's seeds as files, `--list` names the targets.

import CLibFuzzer
import FuzzTargets
import Glibc
import Posix

@main
enum Main {
  /// Set once, before the loop begins; the loop has one thread.
  nonisolated(unsafe) private static var target: FuzzTarget?

  static func main() throws {
    let words = CommandLine.arguments
    guard words.count > 1 else { usage() }
    if words[1] == "--list" { return print(FuzzTarget.all.map(\.name).joined(separator: "\n")) }
    if words[1] == "--seeds", words.count == 4, let target = FuzzTarget.named(words[2]) {
      for (number, seed) in target.seeds().enumerated() {
        try FileSystem.replace("\(words[3])/seed-\(number)", with: seed)
      }
      return
    }
    guard let target = FuzzTarget.named(words[1]) else { usage() }
    Main.target = target
    var arguments = CommandLine.unsafeArgv
    var count = CommandLine.argc
    // libFuzzer reads the options after the target's name.
    arguments[1] = arguments[0]
    arguments += 1
    count -= 1
    var start: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = arguments
    exit(
      LLVMFuzzerRunDriver(&count, &start) { bytes, count in
        Main.target?.run(Array(UnsafeBufferPointer(start: bytes, count: count)))
        return 0
      })
  }

  private static func usage() -> Never {
    let line = Array(
      "usage: fuzz-bytes TARGET [libFuzzer options] | --list | --seeds TARGET DIR\n".utf8)
    _ = write(STDERR_FILENO, line, line.count)
    exit(64)
  }
}
