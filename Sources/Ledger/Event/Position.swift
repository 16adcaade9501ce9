// The numbers that name things in the log.

/// An event's place in the log: 1, 2, 3, ... without gaps; 0 stands for "none". The one cursor
/// everywhere (CLI `--after`, SSE `id`, ETag, `--as-of`).
package typealias Position = UInt64

/// A subject's number: order of first appearance in the log, from 1; 0 stands for "none".
package typealias SubjectNumber = UInt64
