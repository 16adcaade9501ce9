// Time and rate of one measurement.

import Posix
import Wire

/// A stopwatch that prints what it measured.
struct Watch {
  private let start = Clock.bootMicroseconds()

  func report(_ name: String, _ events: Int, _ more: JSON = [:]) {
    let seconds = Double(Clock.bootMicroseconds() - start) / 1e6
    var line = JSONObject()
    line["bench"] = .string(name)
    for member in more.object?.members ?? [] { line[member.name] = member.value }
    line["events"] = .int(events)
    line["seconds"] = .number("\(seconds)")
    line["events_per_second"] = .int(Int(Double(events) / seconds))
    print(JSON.object(line).text)
  }
}
