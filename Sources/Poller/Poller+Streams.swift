// Streams of events beside the polls: opened for jobs at their provider, read as they come, closed
// with their jobs. A stream spares polls; whatever becomes of it, the job is looked after.

import HTTP
import Ledger
import Posix
import Providers
import Wire

extension Poller {
  /// States in which a provider may have something to tell.
  private static let streamed: Set<JobState> = [.dispatching, .dispatched, .running, .overdue]

  /// A job that a stream could be opened for. Wishes are repeated with each poll, so that one that
  /// finds no room is no loss.
  func wishStream(_ number: SubjectNumber) {
    guard options.mode != .once, options.streams > 0, streams[number] == nil,
      !unstreamed.contains(number)
    else { return }
    wished.insert(number)
  }

  /// Everything a turn does about streams, before jobs are picked.
  func tendStreams(_ snapshot: inout Snapshot, _ now: Timestamp) throws {
    for number in wished where streams.count < options.streams {
      try admit(number, &snapshot, now)
    }
    wished = []
    for (number, stream) in streams {
      guard let job = try snapshot.job(number), isStreamed(job) else {
        closeStream(number)
        continue
      }
      try tend(stream, job, now)
    }
  }

  private func isStreamed(_ job: Job) -> Bool {
    Poller.streamed.contains(job.state) && job.flags.contains(.hasHandle)
      && !job.flags.contains(.duplicate)
  }

  private func admit(
    _ number: SubjectNumber, _ snapshot: inout Snapshot, _ now: Timestamp
  ) throws {
    guard let details = try snapshot.details(number), isStreamed(details.job),
      case .ready(let ready) = shelf.profile(details.provider), ready.profile.stream != nil
    else { return }
    streams[number] = LiveStream(details, ready.profile, provider: details.provider, now: now)
  }

  private func tend(_ stream: LiveStream, _ job: Job, _ now: Timestamp) throws {
    var stream = stream
    for event in stream.sink?.take() ?? [] where streams[stream.job] != nil {
      take(event, &stream, job, now)
    }
    if let tag = stream.tag, stream.isSilent {
      closing.append(tag)
      streamTags[tag] = nil
      stream.wantsLook = true
      stream.disconnect(now, failed: true, using: &dice)
    }
    if let connectAt = stream.connectAt, connectAt <= now { connect(&stream, job, now) }
    if let due = stream.fold.dueAt, due <= now { tell(&stream, job, now) }
    // A verdict among the events has closed it; one that is over is not asked for again, but stays
    // as long as its last wish for a look is open.
    guard streams[stream.job] != nil else { return }
    streams[stream.job] = stream
    if stream.isOver, stream.tag == nil, !stream.wantsLook {
      if unstreamed.count >= Poller.cursorsMax { unstreamed = [] }
      unstreamed.insert(stream.job)
      closeStream(stream.job)
    }
  }

  private func connect(_ stream: inout LiveStream, _ job: Job, _ now: Timestamp) {
    stream.connectAt = nil
    guard case .ready(let ready) = shelf.profile(stream.provider) else {
      return stream.disconnect(now, failed: true, using: &dice)
    }
    do {
      var request = try HTTPRequest(
        ready.profile.request(.stream, for: stream.context, secrets: ready.secret))
      request.maxResponseBytes = StreamSink.totalBytesMax
      if !stream.lastEventID.isEmpty,
        stream.lastEventID.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F })
      {
        request.headers.append("Last-Event-ID", stream.lastEventID)
      }
      lastTag += 1
      let sink = StreamSink()
      stream.tag = lastTag
      stream.sink = sink
      streamTags[lastTag] = stream.job
      opening.append((lastTag, request, sink))
    } catch {
      stream.isOver = true
      // Some models of a provider have a stream, some do not.
      if !error.isWithoutStream { refuse(stream, job, .permanent, error.description) }
    }
  }

  /// What one message comes to.
  private func take(
    _ event: ServerSentEvent, _ stream: inout LiveStream, _ job: Job, _ now: Timestamp
  ) {
    stream.failures = 0
    stream.context.progressBefore = stream.fold.fraction
    let reading = stream.profile.readMessage(event, for: stream.context)
    for warning in reading.warnings { tellOnce(.warning, "\(stream.provider): \(warning)") }
    guard reading.kind != .ignored else { return }
    relay(reading, &stream, now)
    stream.fold.add(
      fraction: reading.progress, stage: reading.stage, queuePlace: reading.status?.queuePosition,
      word: reading.status?.word)
    switch reading.kind {
    case .ignored, .news: break
    case .look: stream.wantsLook = true
    case .end:
      stream.wantsLook = true
      stream.isOver = true
    case .status:
      guard let status = reading.status else { break }
      if status.isVerdict { return conclude(status, event, &stream, job, now) }
      if status.mustFetchResult || status.state == .unknown { stream.wantsLook = true }
      // The first word that it runs is an event of its own.
      if job.state == .dispatched, status.state == .pending, !stream.isTold {
        tell(&stream, job, now, evenIfEmpty: true)
      }
    }
  }

  /// The provider's definitive word, on a stream that we opened: it counts as a poll (rule 8).
  private func conclude(
    _ status: ReplyReading, _ event: ServerSentEvent, _ stream: inout LiveStream, _ job: Job,
    _ now: Timestamp
  ) {
    if !stream.fold.isEmpty { tell(&stream, job, now) }
    var observation = Observation(
      status, to: .status, exchange: Exchange(reply: Array(event.data.utf8)),
      billing: stream.profile.billing, nextAt: nil)
    observation.source = .notification(.sse, id: event.id.isEmpty ? nil : event.id, verified: true)
    observation.step = stream.step
    outbox.append(
      Entry(job: stream.job, id: stream.id, command: .observe(observation), isAnswer: true))
    closeStream(stream.job)
  }

  /// Writes down what the stream said since the last time.
  private func tell(
    _ stream: inout LiveStream, _ job: Job, _ now: Timestamp, evenIfEmpty: Bool = false
  ) {
    guard evenIfEmpty || !stream.fold.isEmpty else { return }
    let fold = stream.fold
    let id = stream.sink?.lastEventID ?? ""
    var observation = Observation(
      source: .notification(.sse, id: id.isEmpty ? nil : id, verified: true),
      exchange: Exchange(reply: fold.log.isEmpty ? nil : fold.log), word: fold.word,
      reading: .pending, nextAt: job.nextAt ?? now)
    observation.step = stream.step
    observation.fraction = fold.fraction.map { UInt64(clamping: $0) }
    observation.stage = fold.newStage
    observation.queuePlace = fold.queuePlace.map { UInt64(clamping: $0) }
    stream.fold.settle(at: now)
    stream.isTold = true
    outbox.append(
      Entry(job: stream.job, id: stream.id, command: .observe(observation), isAnswer: true))
  }

  /// A stream that cannot be had, written down once per step and reason: never a verdict.
  private func refuse(
    _ stream: LiveStream, _ job: Job, _ replyClass: ReplyClass, _ why: String
  ) {
    if refusals.count >= Poller.cursorsMax { refusals = [] }
    guard refusals.insert("\(stream.job) \(stream.step) \(why)").inserted else { return }
    var observation = Observation(
      source: .notification(.sse, id: nil, verified: true),
      exchange: Exchange(message: "the stream was refused: \(why); the job is polled"),
      replyClass: replyClass, reading: .unknown, nextAt: job.nextAt)
    observation.step = stream.step
    outbox.append(
      Entry(job: stream.job, id: stream.id, command: .observe(observation), isAnswer: true))
  }

  /// A connection has ended by itself.
  /// - Returns: false when the completion is no stream's.
  func settleStream(
    _ completion: Multi.Completion, _ snapshot: inout Snapshot, _ now: Timestamp
  ) throws -> Bool {
    guard let number = streamTags.removeValue(forKey: completion.tag) else { return false }
    guard var stream = streams[number], stream.tag == completion.tag, let sink = stream.sink,
      let job = try snapshot.job(number)
    else { return true }
    for event in sink.take() where streams[number] != nil { take(event, &stream, job, now) }
    guard streams[number] != nil else { return true }
    if sink.isOpen {
      // It stood, and is gone: perhaps because there is nothing more to say.
      stream.wantsLook = true
      stream.disconnect(now, failed: sink.isBroken || stream.failures > 0, using: &dice)
      if case .failure = completion.result, !stream.isOver { stream.failures += 1 }
    } else {
      let end = StreamEnd(completion.result, sink.refusal, stream.profile, stream.context)
      if let why = end.why { refuse(stream, job, end.replyClass, why) }
      stream.isOver = end.isFinal
      stream.disconnect(now, failed: true, using: &dice)
    }
    streams[number] = stream
    return true
  }

  func closeStream(_ number: SubjectNumber) {
    guard let stream = streams.removeValue(forKey: number) else { return }
    guard let tag = stream.tag else { return }
    streamTags[tag] = nil
    closing.append(tag)
  }

  /// Makes and ends connections; after the snapshot, for it may take a moment.
  func moveStreams(_ network: any Network) {
    for tag in closing { network.cancel(tag: tag) }
    for (tag, request, sink) in opening where streamTags[tag] != nil && network.hasCapacity {
      network.start(request, tag: tag, into: sink)
    }
    closing = []
    opening = []
    guard !liveLines.isEmpty else { return }
    // Nobody's truth: what cannot be passed on is lost.
    try? relay?.append(liveLines)
    liveLines = []
  }

  /// Ends all streams; what they said and no event has is written down.
  func endStreams(_ snapshot: inout Snapshot, _ now: Timestamp) throws {
    for (number, stream) in streams {
      var stream = stream
      if let job = try snapshot.job(number), !stream.fold.isEmpty { tell(&stream, job, now) }
      closeStream(number)
    }
  }
}
