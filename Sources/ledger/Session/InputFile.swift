// Files that a command line names, and standard input for `-`: read whole, within a bound.

import CommandLine
import Glibc
import Posix

enum InputFile {
  /// The bytes of the file, or of standard input when the path is `-`.
  static func read(_ path: String, bytesMax: Int, as what: String) throws(Failure) -> [UInt8] {
    do {
      let bytes = try path == "-" ? standardInput(bytesMax) : file(path, bytesMax)
      guard bytes.count <= bytesMax else {
        throw Failure.usage("\(what) is larger than \(bytesMax) bytes")
      }
      return bytes
    } catch let error as Failure {
      throw error
    } catch {
      throw Failure.usage("\(what) cannot be read: \((error as? PosixError)?.description ?? "")")
    }
  }

  private static func file(_ path: String, _ bytesMax: Int) throws -> [UInt8] {
    try File(path, O_RDONLY).read(count: bytesMax + 1)
  }

  private static func standardInput(_ bytesMax: Int) throws -> [UInt8] {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    while bytes.count <= bytesMax {
      let count = unsafe chunk.withUnsafeMutableBytes { buffer in
        unsafe Glibc.read(0, buffer.baseAddress, buffer.count)
      }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw PosixError("read", "standard input") }
      if count == 0 { break }
      bytes += chunk[..<count]
    }
    return bytes
  }
}
