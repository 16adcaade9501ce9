// What is whole goes to the store: renamed into a folder, or PUT into a bucket.

import Glibc
import HTTP
import Ledger
import Posix
import Wire

extension Poller {
  func send(_ saving: Saving) {
    guard let file = saving.file else { return }
    let key = saving.key(of: file)
    switch saving.store.kind {
    case .folder(let folder):
      do throws(PosixError) {
        try Poller.place(file, at: "\(folder)/\(key)", workshop: saving.store.workshop)
      } catch {
        tellOnce(.warning, "the store cannot be written to: \(error)")
        return fail(saving, .transient, Exchange(fault: .interrupted, message: "\(error)"))
      }
      stored(saving, file, key)
    case .bucket(let bucket):
      storeroom.leaving.append(
        StoreDeparture(errand: .send(saving), request: put(file, as: key, in: bucket)))
    }
  }

  func put(_ file: WholeFile, as key: String, in bucket: Bucket) -> HTTPRequest {
    var request = bucket.put(file, as: key, at: options.clock.now)
    request.totalTimeoutSeconds = options.savePace.totalSeconds
    request.idleTimeoutSeconds = options.savePace.idleSeconds
    return request
  }

  /// Puts a file under its name so that a crash leaves the old one or the whole new one. The file
  /// keeps its own name too, until the books have it.
  static func place(_ file: WholeFile, at path: String, workshop: String) throws(PosixError) {
    guard let folder = FileSystem.parent(of: path) else {
      throw PosixError("open", path, code: EINVAL)
    }
    try FileSystem.makeDirectories(folder)
    let link = "\(workshop)/\(Hex.text(SHA256.digest(Array(path.utf8)).bytes)).link"
    try FileSystem.remove(link)
    try FileSystem.link(file.path, as: link)
    try FileSystem.rename(link, to: path)
    // Renaming onto another name of the same file leaves both (rename(2)).
    try FileSystem.remove(link)
    try FileSystem.flushDirectory(folder)
  }

  /// The store's answer.
  func settleSend(_ saving: Saving, _ result: Result<HTTPResponse, HTTPError>) {
    guard let file = saving.file else { return }
    if case .success(let response) = result, (200...299).contains(response.status) {
      return stored(saving, file, saving.key(of: file))
    }
    let refusal = StoreRefusal(result)
    if refusal.replyClass == .permanent { tellOnce(.warning, refusal.message) }
    var exchange = Exchange(result)
    exchange.reply = nil
    exchange.message = refusal.message
    fail(saving, refusal.replyClass, exchange, wish: refusal.retryAfterSeconds)
  }

  private func stored(_ saving: Saving, _ file: WholeFile, _ key: String) {
    let output = StoredOutput(
      output: saving.index, store: saving.store.text, key: key, bytes: UInt64(file.bytes),
      sha256: file.sha256, mediaType: file.mediaType)
    outbox.append(
      Entry(
        job: saving.job, id: saving.id, command: .stored(output), isAnswer: true, saving: saving,
        ends: .save))
  }
}

/// A store that did not take a file.
struct StoreRefusal {
  let replyClass: ReplyClass
  /// Names the status and the store's own code; never a key, a path or a signature.
  let message: String
  let retryAfterSeconds: Int?

  init(_ result: Result<HTTPResponse, HTTPError>) {
    switch result {
    case .success(let response):
      replyClass = .storing(status: response.status)
      let code = StoreRefusal.code(response.body).map { " (\($0))" } ?? ""
      message = "the store answered \(response.status)\(code)"
      retryAfterSeconds = response.headers["Retry-After"].flatMap { Int($0) }
    case .failure(let error):
      replyClass = .transient
      message = "the store cannot be reached: \(error.message)"
      retryAfterSeconds = nil
    }
  }

  /// `<Error><Code>NAME</Code>...` (Amazon S3 API Reference, "Error Responses").
  private static func code(_ body: [UInt8]) -> String? {
    let text = String(decoding: body.prefix(4096), as: UTF8.self)
    guard let start = text.firstRange(of: "<Code>")?.upperBound else { return nil }
    let code = text[start...].prefix { $0.isASCII && ($0.isLetter || $0.isNumber) }
    return (1...64).contains(code.utf8.count) ? String(code) : nil
  }
}
