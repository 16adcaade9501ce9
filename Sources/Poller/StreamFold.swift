// What a stream said since the job's last event, until it is worth one: a log of a thousand lines
// is a few events, not a thousand. Pure.

import Wire

/// The news of one stream.
struct StreamFold: Equatable {
  /// Between two events of one stream, at least, seconds.
  static let secondsMin = 2.0
  /// Log lines wait for other news no longer than this, seconds.
  static let logSecondsMax = 30.0
  /// Log text of one event, bytes; of more the end is kept.
  static let logBytesMax = 64 << 10
  /// Progress worth an event, millionths.
  static let fractionMin = 10_000

  private(set) var fraction: Int?
  private(set) var stage: String?
  private(set) var queuePlace: Int?
  private(set) var word: String?
  private(set) var log: [UInt8] = []
  /// What the last event said.
  private var toldFraction: Int?
  private var toldStage: String?
  private var toldPlace: Int?
  private var toldAt: Timestamp?
  private var logSince: Timestamp?

  /// - Parameter fraction: known before, millionths.
  init(fraction: Int?) {
    self.fraction = fraction
    toldFraction = fraction
  }

  mutating func add(fraction: Int?, stage: String?, queuePlace: Int?, word: String?) {
    if let fraction { self.fraction = max(fraction, self.fraction ?? 0) }
    self.stage = stage ?? self.stage
    self.queuePlace = queuePlace ?? self.queuePlace
    self.word = word ?? self.word
  }

  mutating func add(log text: String, at now: Timestamp) {
    if log.isEmpty { logSince = now }
    log += Array(text.utf8)
    if log.last != 0x0A { log.append(0x0A) }
    guard log.count > StreamFold.logBytesMax else { return }
    let tail = log.suffix(StreamFold.logBytesMax)
    // From the next line's beginning, so that no character is cut.
    log = Array(tail.drop { $0 != 0x0A }.dropFirst())
  }

  private var hasNews: Bool {
    stage != toldStage || queuePlace != toldPlace
      || (fraction ?? 0) - (toldFraction ?? 0) >= StreamFold.fractionMin
      || log.count > StreamFold.logBytesMax / 2
  }

  /// When what is known is worth an event; nil: nothing is.
  var dueAt: Timestamp? {
    guard let toldAt else { return hasNews || !log.isEmpty ? Timestamp(microseconds: 0) : nil }
    if hasNews { return toldAt.advanced(seconds: StreamFold.secondsMin) }
    return logSince?.advanced(seconds: StreamFold.logSecondsMax)
  }

  /// There is something that no event has said.
  var isEmpty: Bool { !hasNews && log.isEmpty }

  /// All of it was said.
  mutating func settle(at now: Timestamp) {
    toldAt = now
    (toldFraction, toldStage, toldPlace) = (fraction, stage, queuePlace)
    log = []
    logSince = nil
  }

  /// The stage, where no event has said it yet.
  var newStage: String? { stage == toldStage ? nil : stage }
}
