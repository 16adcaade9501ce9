// A job's row in the views: every event of the job writes it, so it is kept small. Only a
// pipeline's row has its steps behind it.

import Wire

extension Job: Row {
  /// What the lists of states and of due times sort it by.
  var listed: (state: JobState, dueAt: Timestamp?) { (state, dueAt) }

  init(_ bytes: RawSpan) {
    var row = RowReader(bytes)
    state = JobState(rawValue: row.integer()) ?? .none
    stateBeforeParking = JobState(rawValue: row.integer()) ?? .none
    parkReason = ParkReason(rawValue: row.integer())
    failureClass = FailureClass(rawValue: row.integer())
    replyClass = ReplyClass(rawValue: row.integer())
    flags = Flags(rawValue: row.varint())
    step = row.varint()
    steps = row.varint()
    attempts = row.varint()
    polls = row.varint()
    failedPolls = row.varint()
    provider = row.varint()
    account = row.varint()
    hold = row.packedCredits()
    captured = row.packedCredits()
    released = row.packedCredits()
    refunded = row.packedCredits()
    writtenOff = row.packedCredits()
    last = row.varint()
    submitted = row.varint()
    handle = row.varint()
    verdict = row.varint()
    answer = row.varint()
    progress = row.varint()
    parked = row.varint()
    cancel = row.varint()
    storing = row.varint()
    outputCount = row.varint()
    storedCount = row.varint()
    storeAttempts = row.varint()
    patienceMilliseconds = row.varint()
    fraction = Job.optional(row.varint())
    queuePlace = Job.optional(row.varint())
    readTimes(from: &row)
    while !row.isAtEnd { pipeline.append(PipelineStep(&row)) }
  }

  func encode(to bytes: inout [UInt8]) {
    bytes.append(state.rawValue)
    bytes.append(stateBeforeParking.rawValue)
    bytes.append(parkReason?.rawValue ?? 0)
    bytes.append(failureClass?.rawValue ?? 0)
    bytes.append(replyClass?.rawValue ?? 0)
    bytes.append(varint: flags.rawValue)
    bytes.append(varint: step)
    bytes.append(varint: steps)
    bytes.append(varint: attempts)
    bytes.append(varint: polls)
    bytes.append(varint: failedPolls)
    bytes.append(varint: provider)
    bytes.append(varint: account)
    bytes.append(packed: hold)
    bytes.append(packed: captured)
    bytes.append(packed: released)
    bytes.append(packed: refunded)
    bytes.append(packed: writtenOff)
    bytes.append(varint: last)
    bytes.append(varint: submitted)
    bytes.append(varint: handle)
    bytes.append(varint: verdict)
    bytes.append(varint: answer)
    bytes.append(varint: progress)
    bytes.append(varint: parked)
    bytes.append(varint: cancel)
    bytes.append(varint: storing)
    bytes.append(varint: outputCount)
    bytes.append(varint: storedCount)
    bytes.append(varint: storeAttempts)
    bytes.append(varint: patienceMilliseconds)
    bytes.append(varint: fraction.map { $0 + 1 } ?? 0)
    bytes.append(varint: queuePlace.map { $0 + 1 } ?? 0)
    appendTimes(to: &bytes)
    for step in pipeline { step.append(to: &bytes) }
  }

  /// A bit for each moment there is, then those, the first as it is and the others as the time from
  /// it.
  private func appendTimes(to bytes: inout [UInt8]) {
    var mask: UInt8 = 0
    if submittedAt != nil { mask |= 1 }
    if dispatchedAt != nil { mask |= 2 }
    if updatedAt != nil { mask |= 4 }
    if nextAt != nil { mask |= 8 }
    if holdExpires != nil { mask |= 16 }
    if overdueAt != nil { mask |= 32 }
    bytes.append(mask)
    let base = submittedAt?.microseconds ?? 0
    if let submittedAt { bytes.append(zigzag: submittedAt.microseconds) }
    if let dispatchedAt { bytes.append(zigzag: dispatchedAt.microseconds &- base) }
    if let updatedAt { bytes.append(zigzag: updatedAt.microseconds &- base) }
    if let nextAt { bytes.append(zigzag: nextAt.microseconds &- base) }
    if let holdExpires { bytes.append(zigzag: holdExpires.microseconds &- base) }
    if let overdueAt { bytes.append(zigzag: overdueAt.microseconds &- base) }
  }

  private mutating func readTimes(from row: inout RowReader) {
    let mask: UInt8 = row.integer()
    submittedAt = mask & 1 == 0 ? nil : row.time(after: 0)
    let base = submittedAt?.microseconds ?? 0
    dispatchedAt = mask & 2 == 0 ? nil : row.time(after: base)
    updatedAt = mask & 4 == 0 ? nil : row.time(after: base)
    nextAt = mask & 8 == 0 ? nil : row.time(after: base)
    holdExpires = mask & 16 == 0 ? nil : row.time(after: base)
    overdueAt = mask & 32 == 0 ? nil : row.time(after: base)
  }

  /// Zero stands for none, every other number for the one before it.
  private static func optional(_ value: UInt32) -> UInt32? { value == 0 ? nil : value - 1 }
}

extension RowReader {
  @_lifetime(self: copy self)
  fileprivate mutating func time(after base: Int64) -> Timestamp {
    Timestamp(microseconds: zigzag() &+ base)
  }
}

extension PipelineStep {
  fileprivate init(_ row: inout RowReader) {
    self.init(share: row.packedCredits())
    succeeded = row.varint()
    handle = row.varint()
    attempts = row.varint()
    polls = row.varint()
    let hasCharge: UInt8 = row.integer()
    let charge = row.packedCredits()
    self.charge = hasCharge == 1 ? charge : nil
    isEarned = row.integer(UInt8.self) == 1
  }

  fileprivate func append(to bytes: inout [UInt8]) {
    bytes.append(packed: share)
    bytes.append(varint: succeeded)
    bytes.append(varint: handle)
    bytes.append(varint: attempts)
    bytes.append(varint: polls)
    bytes.append(charge == nil ? 0 : 1)
    bytes.append(packed: charge ?? .zero)
    bytes.append(isEarned ? 1 : 0)
  }
}
