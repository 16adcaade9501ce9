// A request's body that is a file: sent as it is read, however large it is.

import Glibc
import Posix

/// Names the file; it is opened when the request starts and must not change meanwhile.
package struct FileBody: Sendable, Equatable {
  package let path: String
  /// The file's size, which becomes `Content-Length`; at most `HTTPLimits.fileBodyBytes`.
  package let bytes: Int

  package init(path: String, bytes: Int) {
    self.path = path
    self.bytes = bytes
  }
}

/// An open file on its way out. Used by one thread, inside libcurl's callbacks.
final class FileUpload {
  private let file: File
  private let size: Int
  private var offset = 0

  /// - Throws: `HTTPError` of kind `malformedRequest`: there is no such file of that size.
  init(_ body: FileBody) throws(HTTPError) {
    do throws(PosixError) {
      file = try File(body.path, O_RDONLY)
    } catch {
      throw .refused(.malformedRequest, "the body's file cannot be read: \(error)")
    }
    size = body.bytes
    var status = stat()
    guard unsafe fstat(file.descriptor, &status) == 0, Int(status.st_size) == size else {
      throw .refused(.malformedRequest, "the body's file has not the size announced")
    }
  }

  /// Fills the buffer as far as there are bytes left.
  /// - Returns: how many; nil when the file is shorter than announced or cannot be read.
  func read(into buffer: UnsafeMutableRawBufferPointer) -> Int? {
    let wanted = min(buffer.count, size - offset)
    guard wanted > 0, let start = buffer.baseAddress else { return 0 }
    let count = unsafe pread(file.descriptor, start, wanted, offset)
    guard count > 0 else { return nil }
    offset += count
    return count
  }

  /// From this byte again: a connection was lost before any reply.
  func rewind(to offset: Int) -> Bool {
    guard (0...size).contains(offset) else { return false }
    self.offset = offset
    return true
  }
}
