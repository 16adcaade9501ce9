// Files in the place of input members: brought to the store before the job is submitted. Nothing of
// it is in the log but the file's digest and name, so a crash only sends the same bytes under the
// same key again.

import Glibc
import HTTP
import Ledger
import Posix
import Wire

extension Poller {
  /// The input with addresses in place of the files.
  /// - Returns: nil while a file is under way, or something hinders it: the job waits as it is.
  func furnished(
    _ target: Target, _ input: JSON, _ snapshot: inout Snapshot
  ) throws -> JSON? {
    guard let kept = target.details.submitted.attachments, target.details.job.step == 0 else {
      return input
    }
    let number = target.details.number
    guard !storeroom.busy.contains(number) else { return nil }
    guard let attachments = [Attachment](try snapshot.json(kept)) else {
      cannotAsk(target, .handleIncomplete, "its attachments were erased before it was sent")
      return nil
    }
    let answer = try store(&snapshot)
    var input = input
    for attachment in attachments {
      guard let url = address(of: attachment, target, answer) else { return nil }
      guard let pointer = JSONPointer(attachment.pointer),
        let changed = input.replacing(pointer, with: .string(url))
      else {
        cannotAsk(target, .handleIncomplete, "its input has no place \(attachment.pointer)")
        return nil
      }
      input = changed
    }
    storeroom.stuck[number] = nil
    return input
  }

  /// The job's files are not needed any more, for this poller.
  func forgetAttachments(of job: SubjectNumber) {
    storeroom.attached[job] = nil
    storeroom.attachFailures[job] = nil
  }

  /// Nil: not yet.
  private func address(
    of attachment: Attachment, _ target: Target, _ answer: StoreAnswer
  ) -> String? {
    let details = target.details
    let path = attachment.path(of: details.id, in: books.home)
    guard FileSystem.exists(path) else {
      cannotAsk(target, .handleIncomplete, "its attachment \(attachment.name) is gone from \(path)")
      return nil
    }
    switch answer {
    case .ready(let store) where store.hasAddresses:
      let key = store.place.key(attachment.key(account: details.account, job: details.id))
      guard storeroom.attached[details.number]?.contains(key) == true else {
        bring(attachment, from: path, as: key, target, store)
        return nil
      }
      return address(of: key, target, store)
    case .blocked(let why): wait(details.number, details.id, why, target.now)
    case .ready, .none:
      guard attachment.bytes <= Limits.inlineAttachmentBytes else {
        let why = "attachments of job \(details.id) need a store with an address (store_url)"
        wait(details.number, details.id, why, target.now)
        return nil
      }
      guard let bytes = content(attachment, path, target) else { return nil }
      return DataURI.text(bytes, mediaType: attachment.mediaType)
    }
    return nil
  }

  /// The public address, else one that is signed for a while.
  private func address(of key: String, _ target: Target, _ store: ReadyStore) -> String {
    guard store.base == nil, case .bucket(let bucket) = store.kind else {
      return store.place.url(of: key, base: store.base)
    }
    let since = target.details.job.submittedAt ?? target.now
    return bucket.signedURL(of: key, since: since, now: target.now)
  }

  /// Brings one file to the store.
  private func bring(
    _ attachment: Attachment, from path: String, as key: String, _ target: Target,
    _ store: ReadyStore
  ) {
    let number = target.details.number
    guard storeroom.hasRoom else { return }
    let attaching = Attaching(job: number, id: target.details.id, key: key)
    let file = WholeFile(
      path: path, bytes: Int(attachment.bytes), sha256: attachment.sha256,
      mediaType: attachment.mediaType)
    switch store.kind {
    case .bucket(let bucket):
      storeroom.busy.insert(number)
      storeroom.leaving.append(
        StoreDeparture(errand: .attach(attaching), request: put(file, as: key, in: bucket)))
    case .folder(let folder):
      // A copy: the file in the home is removed one day, and may lie on another file system.
      guard let bytes = content(attachment, path, target) else { return }
      do throws(PosixError) {
        let place = "\(folder)/\(key)"
        try FileSystem.makeDirectories(FileSystem.parent(of: place) ?? folder)
        try FileSystem.replace(place, with: bytes)
        storeroom.attached[number, default: []].insert(key)
      } catch {
        postpone(attaching, "the store cannot be written to: \(error)", wish: nil, target.now)
      }
    }
  }

  /// The file's bytes, if they are still what was handed in.
  private func content(
    _ attachment: Attachment, _ path: String, _ target: Target
  ) -> [UInt8]? {
    let bytes = try? FileSystem.read(path, limit: Limits.attachmentBytes)
    guard let bytes, SHA256.digest(bytes).bytes == attachment.sha256 else {
      cannotAsk(
        target, .handleIncomplete, "its attachment \(attachment.name) is not what was handed in")
      return nil
    }
    return bytes
  }

  /// The store's answer.
  func settleAttach(
    _ attaching: Attaching, _ result: Result<HTTPResponse, HTTPError>, _ now: Timestamp
  ) {
    storeroom.busy.remove(attaching.job)
    if case .success(let response) = result, (200...299).contains(response.status) {
      storeroom.attached[attaching.job, default: []].insert(attaching.key)
      storeroom.attachFailures[attaching.job] = nil
      storeroom.stuck[attaching.job] = nil
      return
    }
    let refusal = StoreRefusal(result)
    postpone(attaching, refusal.message, wish: refusal.retryAfterSeconds, now)
  }

  /// The job stays submitted; nothing was sent to its provider.
  private func postpone(_ attaching: Attaching, _ why: String, wish: Int?, _ now: Timestamp) {
    let failures = (storeroom.attachFailures[attaching.job] ?? 0) + 1
    storeroom.attachFailures[attaching.job] = failures
    quiet[attaching.job] = options.savePace.next(
      attempts: failures, deadline: nil, wish: wish, now: now, using: &dice)
    tellOnce(.warning, "the attachment of job \(attaching.id) waits: \(why)")
  }
}
