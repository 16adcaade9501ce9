// An output on its way from the provider into a file: counted, hashed and judged as it comes.

import Glibc
import HTTP
import Posix
import Providers
import Wire

/// Takes the pieces of one output, over one or more connections. Used by the poller's thread.
final class Download: BodySink {
  /// Bytes between two looks at how much room the disk has.
  static let roomEveryBytes = 16 << 20

  /// Why the file is not the output.
  enum Problem: Sendable, Equatable {
    /// A page or an error text in an output's stead; the type as received.
    case wrongType(String)
    /// An answer that is no whole body: 204, or a part that was not asked for.
    case wrongAnswer(Int)
    case tooLarge
    case noRoom
    case disk(String)
  }

  let path: String
  private let expectedType: String?
  private let bytesMax: Int
  private let diskFloor: UInt64
  private let file: File
  private var hash = SHA256()
  private var nextRoomCheck = 0
  /// Bytes in the file so far.
  private(set) var received = 0
  /// What names this very version of the output: a strong ETag or a date (RFC 9110 §13.1.5).
  private(set) var validator: String?
  private(set) var mediaType: String?
  private(set) var problem: Problem?

  /// - Parameters:
  ///   - expectedType: what the provider said it is.
  ///   - bytesMax: a larger output is refused.
  ///   - diskFloor: free bytes that must stay.
  init(
    _ path: String, expectedType: String?, bytesMax: Int, diskFloor: UInt64
  ) throws(PosixError) {
    self.path = path
    self.expectedType = expectedType
    self.bytesMax = bytesMax
    self.diskFloor = diskFloor
    file = try File(path, O_WRONLY | O_CREAT | O_TRUNC)
  }

  /// Whether the next connection can go on where the last one ended.
  var canResume: Bool { received > 0 && validator != nil }

  /// What to ask for: all, or what is missing, if it is still the same.
  var headers: [(name: String, value: String)] {
    var fields = [("Accept", "*/*")]
    if canResume, let validator {
      fields.append(("Range", "bytes=\(received)-"))
      fields.append(("If-Range", validator))
    }
    return fields
  }

  /// Bytes that may still come.
  var bytesLeft: Int { max(1, bytesMax - (canResume ? received : 0)) }

  func begin(status: Int, headers: HTTPHeaders) -> Bool {
    problem = nil
    if status == 206, isNext(headers["Content-Range"]) { return hasRoom(headers) }
    guard status == 200 else { return stop(.wrongAnswer(status)) }
    let type = headers["Content-Type"].flatMap(MediaType.checked)
    if let type, MediaTypes.isNot(type, expectedType) { return stop(.wrongType(type)) }
    mediaType = type
    validator = Download.validator(headers)
    do throws(PosixError) { try startOver() } catch { return stop(.disk("\(error)")) }
    return hasRoom(headers)
  }

  func receive(_ piece: RawSpan) -> BodySinkAnswer {
    guard piece.byteCount <= bytesMax - received else {
      _ = stop(.tooLarge)
      return .stop
    }
    if received >= nextRoomCheck, !hasRoom([:]) { return .stop }
    do throws(PosixError) {
      try file.write(piece, at: received)
    } catch {
      _ = stop(.disk("\(error)"))
      return .stop
    }
    hash.update(piece)
    received += piece.byteCount
    return .more
  }

  /// Makes the file durable.
  func finish() throws(PosixError) -> WholeFile {
    try file.flush()
    var whole = SHA256()
    swap(&whole, &hash)
    return WholeFile(
      path: path, bytes: received, sha256: whole.finish().bytes, mediaType: mediaType)
  }

  private func startOver() throws(PosixError) {
    guard received > 0 else { return }
    try file.truncate()
    hash = SHA256()
    received = 0
    nextRoomCheck = 0
  }

  private func stop(_ problem: Problem) -> Bool {
    self.problem = problem
    return false
  }

  /// `bytes FIRST-LAST/SIZE` (RFC 9110 §14.4), and FIRST is what we asked for.
  private func isNext(_ range: String?) -> Bool {
    canResume && range?.hasPrefix("bytes \(received)-") == true
  }

  private func hasRoom(_ headers: HTTPHeaders) -> Bool {
    nextRoomCheck = received + Download.roomEveryBytes
    let announced = headers["Content-Length"].flatMap(UInt64.init) ?? 0
    if announced > UInt64(max(0, bytesMax - received)) { return stop(.tooLarge) }
    let free = (try? FileSystem.freeBytes(path)) ?? 0
    return free >= diskFloor && free - diskFloor >= announced ? true : stop(.noRoom)
  }

  private static func validator(_ headers: HTTPHeaders) -> String? {
    if let tag = headers["ETag"], !tag.hasPrefix("W/"), tag.utf8.count <= 256 { return tag }
    return headers["Last-Modified"].flatMap { $0.utf8.count <= 64 ? $0 : nil }
  }
}

extension File {
  /// Writes all of a piece at `offset`.
  fileprivate func write(_ piece: RawSpan, at offset: Int) throws(PosixError) {
    var done = 0
    while done < piece.byteCount {
      let part = unsafe piece.withUnsafeBytes { bytes in
        unsafe pwrite(descriptor, bytes.baseAddress! + done, bytes.count - done, offset + done)
      }
      if part < 0, errno == EINTR { continue }
      guard part > 0 else { throw PosixError("write", path) }
      done += part
    }
  }
}
