// A job's row in the views: fixed length, so that a million rows are written and read fast; only a
// pipeline's row has its steps behind it.

import Wire

extension Job: Row {
  init(_ bytes: RawSpan) {
    var row = RowReader(bytes)
    state = JobState(rawValue: row.integer()) ?? .none
    stateBeforeParking = JobState(rawValue: row.integer()) ?? .none
    parkReason = ParkReason(rawValue: row.integer())
    failureClass = FailureClass(rawValue: row.integer())
    replyClass = ReplyClass(rawValue: row.integer())
    flags = Flags(rawValue: row.integer())
    step = row.integer()
    steps = row.integer()
    attempts = row.integer()
    polls = row.integer()
    failedPolls = row.integer()
    provider = row.integer()
    account = row.integer()
    hold = row.credits()
    captured = row.credits()
    released = row.credits()
    refunded = row.credits()
    writtenOff = row.credits()
    submitted = row.integer()
    handle = row.integer()
    verdict = row.integer()
    answer = row.integer()
    progress = row.integer()
    parked = row.integer()
    cancel = row.integer()
    storing = row.integer()
    outputCount = row.integer()
    storedCount = row.integer()
    storeAttempts = row.integer()
    submittedAt = row.time()
    dispatchedAt = row.time()
    updatedAt = row.time()
    nextAt = row.time()
    holdExpires = row.time()
    overdueAt = row.time()
    patienceMilliseconds = row.integer()
    fraction = Job.optional(row.integer())
    queuePlace = Job.optional(row.integer())
    while !row.isAtEnd {
      var step = PipelineStep(share: row.credits())
      step.succeeded = row.integer()
      step.handle = row.integer()
      step.attempts = row.integer()
      step.polls = row.integer()
      let hasCharge: UInt8 = row.integer()
      let charge = row.credits()
      step.charge = hasCharge == 1 ? charge : nil
      step.isEarned = row.integer(UInt8.self) == 1
      pipeline.append(step)
    }
  }

  func encode(to bytes: inout [UInt8]) {
    bytes.append(state.rawValue)
    bytes.append(stateBeforeParking.rawValue)
    bytes.append(parkReason?.rawValue ?? 0)
    bytes.append(failureClass?.rawValue ?? 0)
    bytes.append(replyClass?.rawValue ?? 0)
    bytes.append(littleEndian: flags.rawValue)
    for number in [step, steps, attempts, polls, failedPolls, provider] {
      bytes.append(littleEndian: number)
    }
    bytes.append(littleEndian: account)
    for amount in [hold, captured, released, refunded, writtenOff] { bytes.append(amount) }
    for position in [submitted, handle, verdict, answer, progress, parked, cancel, storing] {
      bytes.append(littleEndian: position)
    }
    for count in [outputCount, storedCount, storeAttempts] { bytes.append(littleEndian: count) }
    for time in [submittedAt, dispatchedAt, updatedAt, nextAt, holdExpires, overdueAt] {
      bytes.append(time)
    }
    bytes.append(littleEndian: patienceMilliseconds)
    bytes.append(littleEndian: fraction.map { $0 + 1 } ?? 0)
    bytes.append(littleEndian: queuePlace.map { $0 + 1 } ?? 0)
    for step in pipeline {
      bytes.append(step.share)
      for position in [step.succeeded, step.handle] { bytes.append(littleEndian: position) }
      for count in [step.attempts, step.polls] { bytes.append(littleEndian: count) }
      bytes.append(step.charge == nil ? 0 : 1)
      bytes.append(step.charge ?? .zero)
      bytes.append(step.isEarned ? 1 : 0)
    }
  }

  /// Zero stands for none, every other number for the one before it.
  private static func optional(_ value: UInt32) -> UInt32? { value == 0 ? nil : value - 1 }
}
