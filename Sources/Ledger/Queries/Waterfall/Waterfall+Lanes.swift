// The lanes of a waterfall, in the order they are drawn; what a job never did has no lane.

package import Wire

extension Waterfall {
  /// - Parameters:
  ///   - end: where the axis ends: now, or for a job that ended its newest event.
  ///   - length: says a length of seconds.
  package func lanes(until end: Timestamp, length: (Double) -> String) -> [Lane] {
    let verdict = verdict ?? end
    return [
      holdLane(end), submitLane(end, length), workLane(.queue, work.queue, verdict, length),
      workLane(.run, work.run, verdict, length), pollLane(verdict, length), toldLane,
      savingLane(end, length), clientLane(end, length),
    ].compactMap { $0 }
  }

  private func holdLane(_ end: Timestamp) -> Lane? {
    guard let from = hold.from else { return nil }
    var lane = Lane(.hold)
    lane.bars = [LaneBar(from: from, to: hold.settled ?? end, kind: .work)]
    if hold.settled == nil { lane.bars[0].kind = .going }
    lane.ticks = hold.ticks
    lane.words = hold.words
    return lane
  }

  private func submitLane(_ end: Timestamp, _ length: (Double) -> String) -> Lane? {
    guard let first = submits.first else { return nil }
    var lane = Lane(.submit)
    lane.bars = submits.map { bar in
      var bar = bar
      if bar.kind == .going { bar.to = end }
      return bar
    }
    lane.words =
      attempts > 1 ? "\(attempts) attempts" : length(first.to.seconds(since: first.from))
    if first.kind == .going { lane.words = "no answer" }
    return lane
  }

  private func workLane(
    _ kind: LaneKind, _ stays: [ProviderLanes.Stay], _ end: Timestamp,
    _ length: (Double) -> String
  ) -> Lane? {
    guard !stays.isEmpty else { return nil }
    var lane = Lane(kind)
    lane.bars = stays.map { stay in
      LaneBar(from: stay.from, to: stay.to ?? end, kind: stay.to == nil ? .going : .work)
    }
    if self.verdict != nil, let last = lane.bars.indices.last { lane.bars[last].kind = .work }
    lane.words = length(lane.bars.reduce(0) { $0 + max(0, $1.to.seconds(since: $1.from)) })
    return lane
  }

  private func pollLane(_ end: Timestamp, _ length: (Double) -> String) -> Lane? {
    guard let dispatched else { return nil }
    var lane = Lane(.polls)
    let moments = [dispatched] + heard.filter { $0 <= end } + [end]
    let pauses = zip(moments, moments.dropFirst()).map { $1.seconds(since: $0) }
    let usual = pauses.sorted()[pauses.count / 2]
    let long = max(Waterfall.silenceSeconds, pauses.count > 2 ? 3 * usual : 0)
    for (index, pause) in pauses.enumerated() where pause >= long {
      lane.bars.append(LaneBar(from: moments[index], to: moments[index + 1], kind: .silence))
    }
    lane.ticks = polled
    let silent = lane.bars.reduce(0) { $0 + $1.to.seconds(since: $1.from) }
    lane.words = "\(polled.count)" + (silent > 0 ? ", silent \(length(silent))" : "")
    return lane
  }

  private var toldLane: Lane? {
    guard !told.ticks.isEmpty else { return nil }
    var lane = told
    lane.words = "\(told.ticks.count)"
    return lane
  }

  private func savingLane(_ end: Timestamp, _ length: (Double) -> String) -> Lane? {
    var lane = Lane(.download)
    lane.bars = saving.bars(until: end)
    guard let first = lane.bars.map(\.from).min(), let last = lane.bars.map(\.to).max() else {
      return nil
    }
    lane.ticks = saving.failures.map { LaneTick(at: $0, isTrouble: true) }
    lane.words = length(last.seconds(since: first))
    return lane
  }

  /// From the verdict until somebody outside had it.
  private func clientLane(_ end: Timestamp, _ length: (Double) -> String) -> Lane? {
    guard verdict != nil || !seen.isEmpty else { return nil }
    var lane = Lane(.client)
    lane.ticks = seen
    guard let verdict else { return lane }
    let until = max(verdict, hadAt ?? end)
    lane.bars = [LaneBar(from: verdict, to: until, kind: hadAt == nil ? .silence : .work)]
    lane.words =
      hadAt.map { "seen after \(length(max(0, $0.seconds(since: verdict))))" } ?? "not confirmed"
    return lane
  }
}
