// One line of `doctor`: what was looked at, how it is, and what mends it.

package import Wire

/// What was found of one thing.
package struct HealthFinding: Sendable, Equatable {
  package enum Level: String, Sendable {
    case ok
    /// Works, and will not for ever.
    case warn
    /// Does not work, or must not be so.
    case bad
  }

  /// What was looked at: `disk`, `poller`, ...
  package let check: String
  package let level: Level
  /// One line without a full stop and without a secret.
  package let detail: String
  /// What mends it, to be typed; nil where nothing is to be mended.
  package let mend: String?

  package init(_ check: String, _ level: Level, _ detail: String, do mend: String? = nil) {
    self.check = check
    self.level = level
    self.detail = detail
    self.mend = mend
  }

  package var json: JSON {
    [
      "check": .string(check), "level": .string(level.rawValue), "detail": .string(detail),
      "do": .text(mend),
    ]
  }

  /// A finding that another process printed; nil when it is none.
  package init?(_ json: JSON) {
    guard let check = json["check"]?.string, let detail = json["detail"]?.string,
      let level = json["level"]?.string.flatMap(Level.init)
    else { return nil }
    self.init(check, level, detail, do: json["do"]?.string)
  }
}

/// Lengths of time and sizes in findings, roughly.
enum Rough {
  /// `40 s`, `12 min`, `5 h`, `3 d`.
  static func length(_ seconds: Double) -> String {
    switch max(0, seconds) {
    case ..<120: "\(Int(seconds)) s"
    case ..<7200: "\(Int(seconds / 60)) min"
    case ..<172_800: "\(Int(seconds / 3600)) h"
    case let seconds where seconds < 1e12: "\(Int(seconds / 86_400)) d"
    default: "for ever"
    }
  }

  /// `512 MiB`, `76 GiB`.
  static func bytes(_ count: UInt64) -> String {
    let units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]
    var (count, unit) = (count, 0)
    while count >= 10_240 || count >= 1024 && count % 1024 == 0 {
      count /= 1024
      unit += 1
    }
    return "\(count) \(units[unit])"
  }

  /// `1 job`, `2 jobs`.
  static func count(_ count: some BinaryInteger, _ noun: String) -> String {
    "\(count) \(noun)\(count == 1 ? "" : "s")"
  }
}
