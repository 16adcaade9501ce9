// What the poller looks at next: (time, job) in order of time.

import Wire

enum DueList {
  /// The key of a job in the due list. Times after the epoch order as unsigned numbers.
  static func key(_ time: Timestamp, _ job: SubjectNumber) -> [UInt8] {
    [UInt8](key: UInt64(clamping: time.microseconds), job)
  }

  /// The parts of such a key.
  static func parts(_ key: RawSpan) -> (time: Timestamp, job: SubjectNumber) {
    (
      Timestamp(microseconds: Int64(clamping: key.field(UInt64.self, at: 0).byteSwapped)),
      key.field(UInt64.self, at: 8).byteSwapped
    )
  }
}
