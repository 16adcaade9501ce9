// Time, rate and size of one measurement.

import Ledger
import Posix
import Wire

/// A stopwatch that prints what it measured.
struct Watch {
  private let start = Clock.bootMicroseconds()

  func report(_ name: String, _ events: Int, _ more: JSON, _ home: Home) {
    let seconds = Double(Clock.bootMicroseconds() - start) / 1e6
    var line = JSONObject()
    line["bench"] = .string(name)
    for member in more.object?.members ?? [] { line[member.name] = member.value }
    line["events"] = .int(events)
    line["seconds"] = .number("\(seconds)")
    line["events_per_second"] = .int(Int(Double(events) / seconds))
    line["log_bytes_per_event"] = size(home.path + "/log/data.mdb", events)
    print(JSON.object(line).text)
  }

  private func size(_ path: String, _ events: Int) -> JSON {
    guard let size = try? FileSystem.status(path)?.size else { return .null }
    return .number("\((Double(size) / Double(max(events, 1)) * 10).rounded() / 10)")
  }
}
