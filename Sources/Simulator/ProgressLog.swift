// Logs that grow as tqdm writes them: the only progress that many Replicate models tell.

/// Progress in the format of tqdm (https://github.com/tqdm/tqdm, `format_meter`).
enum ProgressLog {
  static let steps = 50

  /// All lines up to `fraction`, one per two steps, as recorded from sdxl:
  /// `  4%|▍         | 2/50 [00:00<00:03, 15.01it/s]`.
  static func text(fraction: Double, elapsedSeconds: Double) -> String {
    let done = min(Int(fraction * Double(steps)), steps)
    let rate = elapsedSeconds > 0 ? fraction * Double(steps) / elapsedSeconds : 0
    var text = ""
    for step in stride(from: 0, through: done, by: 2) {
      text += line(step: step, rate: rate)
    }
    return text
  }

  private static func line(step: Int, rate: Double) -> String {
    let percent = String(step * 100 / steps)
    let padded = String(repeating: " ", count: 3 - percent.utf8.count) + percent
    let speed = step > 0 && rate > 0 ? hundredths(rate) : "?"
    let spent = rate > 0 ? clock(Double(step) / rate) : "00:00"
    let left = step > 0 && rate > 0 ? clock(Double(steps - step) / rate) : "?"
    return "\(padded)%|\(bar(step))| \(step)/\(steps) [\(spent)<\(left), \(speed)it/s]\n"
  }

  /// Ten cells filled by eighths.
  private static func bar(_ step: Int) -> String {
    let eighths = step * 80 / steps
    let full = String(repeating: "█", count: eighths / 8)
    let part = eighths % 8 == 0 ? "" : String(Array("▏▎▍▌▋▊▉")[eighths % 8 - 1])
    return full + part + String(repeating: " ", count: 10 - full.count - part.count)
  }

  private static func clock(_ seconds: Double) -> String {
    let whole = Int(min(seconds, 86_400))
    func two(_ value: Int) -> String { value < 10 ? "0\(value)" : String(value) }
    return "\(two(whole / 60)):\(two(whole % 60))"
  }

  private static func hundredths(_ rate: Double) -> String {
    let value = Int((min(rate, 1e6) * 100).rounded())
    return "\(value / 100)." + (value % 100 < 10 ? "0" : "") + "\(value % 100)"
  }
}
