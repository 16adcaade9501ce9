// Lines passed on as they come, to whoever watches.

import Ledger
import Providers
import Wire

extension Poller {
  /// Jobs that something is remembered of; beyond, all is forgotten and learnt anew.
  static let cursorsMax = 10_000

  /// What a message of a stream says, line by line; log lines are folded too.
  func relay(_ reading: StreamReading, _ stream: inout LiveStream, _ now: Timestamp) {
    if let log = reading.log, let new = cut(log, of: stream.job) {
      stream.fold.add(log: new, at: now)
      say(.log, new, stream.id, now)
    }
    if let stage = reading.stage, stage != stream.fold.stage { say(.stage, stage, stream.id, now) }
    if let progress = reading.progress, progress > stream.fold.fraction ?? -1 {
      say(.progress, ReplyReading.fraction(millionths: progress), stream.id, now)
    }
  }

  /// Log lines of a polled reply. Beside a healthy stream they are known already.
  func relay(_ reading: ReplyReading, of flight: Flight, _ now: Timestamp) {
    guard let log = reading.log, let new = cut(log, of: flight.job) else { return }
    if streams[flight.job]?.isHealthy == true { return }
    say(.log, new, flight.id, now)
  }

  private func cut(_ log: LogText, of job: SubjectNumber) -> String? {
    if cursors.count >= Poller.cursorsMax { cursors = [:] }
    return cursors[job, default: LogCursor()].new(in: log)
  }

  private func say(_ kind: LiveLine.Kind, _ text: String, _ id: String, _ now: Timestamp) {
    let texts = kind == .log ? text.split(separator: "\n").map(String.init) : [text]
    for text in texts where !text.isEmpty {
      liveLines.append(LiveLine(job: id, kind, text, at: now))
    }
  }

  /// Nothing more will be said of the job.
  func forgetStream(_ number: SubjectNumber) {
    closeStream(number)
    unstreamed.remove(number)
    cursors[number] = nil
  }
}
