// An output as the log keeps it: what the provider named, and where it went.

package import Wire

extension Observation.Output {
  /// As kept: what is usual is left out.
  var json: JSON {
    var object = JSONObject()
    object["url"] = .string(url)
    object["media_type"] = .text(mediaType)
    if needsAuth { object["needs_auth"] = true }
    if let expiresAt { object["expires_at"] = .string(expiresAt) }
    return .object(object)
  }

  /// Nil when it has no URL: erased.
  package init?(_ json: JSON) {
    guard let url = json["url"]?.string else { return nil }
    self.init(
      url: url, mediaType: json["media_type"]?.string,
      needsAuth: json["needs_auth"]?.bool ?? false, expiresAt: json["expires_at"]?.string)
  }

  /// `expiresAt` as a time; nil when nothing is said or it cannot be read.
  package var expiry: Timestamp? {
    guard let expiresAt else { return nil }
    if let time = Timestamp(expiresAt) { return time }
    guard let seconds = Int64(expiresAt), (0...253_402_300_799).contains(seconds) else {
      return nil
    }
    return Timestamp(microseconds: seconds * 1_000_000)
  }
}

extension Snapshot {
  /// What the job's success named, in order; erased ones are null.
  package func outputList(of job: Job) throws -> [JSON] {
    let ending = job.verdict == 0 ? nil : try log.event(at: job.verdict)?.event
    let kept: (list: BlobReference?, count: UInt64)
    switch try ending ?? log.event(at: job.storing)?.event {
    case .jobSucceeded(let body): kept = (body.outputs, body.outputCount)
    case .jobRecovered(let body): kept = (body.outputs, body.outputCount)
    case .jobStoring(let body): kept = (body.outputs, body.outputCount ?? 0)
    default: return []
    }
    // Erased ones are still counted.
    let erased = [JSON](repeating: .null, count: Int(min(kept.count, UInt64(Limits.outputs))))
    return try kept.list.map { try json($0)?.array ?? erased } ?? []
  }

  /// Where the job's outputs are kept, by index: its events back to where the storing began.
  mutating func storedOutputs(_ job: Job, last: Position) throws -> [UInt64: JSON] {
    guard job.storedCount > 0 else { return [:] }
    let current = try policy(Policy.store)
    let base = try policy(Policy.storeURL)
    var stored: [UInt64: JSON] = [:]
    var position = last
    while position > job.storing, let event = try log.event(at: position) {
      if case .jobStored(let body) = event.event {
        let key = try text(body.key)
        // The address of another store says nothing about this one.
        let place = StorePlace(body.store)
        let url = key.flatMap { place?.url(of: $0, base: body.store == current ? base : nil) }
        stored[body.output] = [
          "key": .text(key), "url": .text(url), "sha256": .string(Hex.text(body.sha256)),
          "bytes": .int(body.bytes), "at": .time(event.time), "store": .string(body.store),
        ]
      }
      position = event.header.previous
    }
    return stored
  }
}
