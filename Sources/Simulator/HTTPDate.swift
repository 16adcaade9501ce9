// Dates in header fields.
import Wire

/// IMF-fixdate (RFC 9110 §5.6.7): `Sun, 06 Nov 1994 08:49:37 GMT`.
enum HTTPDate {
  static func text(_ timestamp: Timestamp) -> String {
    // `1994-11-06T08:49:37.000000Z`
    let text = timestamp.description
    let date = text.prefix(10).split(separator: "-")
    let months = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    // The epoch was a Thursday.
    let day = Int(timestamp.microseconds / 86_400_000_000)
    let weekday = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"][day % 7]
    let month = months[(Int(date[1]) ?? 1) - 1]
    return "\(weekday), \(date[2]) \(month) \(date[0]) \(text.dropFirst(11).prefix(8)) GMT"
  }
}
