// `Prefer: wait`: the submit's answer is held back until the run is done or patience ends.

/// Replicate's synchronous mode.
enum ReplicateWait {
  /// The seconds of `Prefer: wait` (60) or `wait=N` (1 to 60); nil when the header asks for nothing
  /// of the kind (RFC 7240 §2: unknown or malformed preferences are ignored).
  static func seconds(in prefer: String?) -> Int? {
    for preference in (prefer ?? "").split(separator: ",") {
      let parts = preference.split(separator: "=").map { $0.filter { $0 != " " && $0 != "\"" } }
      guard parts.first?.lowercased() == "wait" else { continue }
      if parts.count == 1 { return 60 }
      if let seconds = Int(parts[1]), (1...60).contains(seconds) { return seconds }
    }
    return nil
  }

  /// 201 when the run has ended, 202 when it has not in time (OpenAPI `predictions.create`).
  static func answer(
    _ index: Int, until patience: Int64, preference: String, _ world: World
  ) -> Answer {
    let job = world.jobs[index]
    let hasEnded = job.state(at: world.now).hasEnded
    guard hasEnded || world.now >= patience else {
      return .wait(until: min(job.endsAt, patience)) { world in
        answer(index, until: patience, preference: preference, world)
      }
    }
    let body = ReplicatePrediction.json(job, in: world, as: .waited)
    return .reply(
      Reply.json(hasEnded ? 201 : 202, body)
        .adding("preference-applied", preference)
        .adding("ratelimit-remaining", "599").adding("ratelimit-reset", "1"))
  }
}
