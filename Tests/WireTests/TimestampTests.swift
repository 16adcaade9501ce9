// RFC 3339 in and out, against the standard's own examples and Foundation's calendar.

import Foundation
import Support
import Testing

@testable import Wire

@Suite("A timestamp", .seeded) struct TimestampTests {
  @Test(
    "the examples of RFC 3339 §5.8 are read",
    arguments: [
      ("1985-04-12T23:20:50.52Z", "1985-04-12T23:20:50.520000Z"),
      ("1996-12-19T16:39:57-08:00", "1996-12-20T00:39:57.000000Z"),
      ("1990-12-31T23:59:60Z", "1991-01-01T00:00:00.000000Z"),
      ("1990-12-31T15:59:60-08:00", "1991-01-01T00:00:00.000000Z"),
      ("1937-01-01T12:00:27.87+00:20", "1937-01-01T11:40:27.870000Z"),
    ])
  func standard(_ text: String, _ utc: String) throws {
    #expect(try #require(Timestamp(text)).description == utc)
  }

  @Test(
    "variants are read",
    arguments: [
      ("2026-11-21", "2026-11-21T00:00:00.000000Z"),
      ("2026-11-21t09:30:00z", "2026-11-21T09:30:00.000000Z"),
      ("2026-11-21 09:30:00Z", "2026-11-21T09:30:00.000000Z"),
      ("2026-11-21T09:30:00.1Z", "2026-11-21T09:30:00.100000Z"),
      ("2026-11-21T09:30:00.123456789Z", "2026-11-21T09:30:00.123456Z"),
      ("2026-11-21T09:30:00.999999999Z", "2026-11-21T09:30:00.999999Z"),
      ("2026-11-21T09:30:00+00:00", "2026-11-21T09:30:00.000000Z"),
      ("2026-11-21T09:30:00-00:00", "2026-11-21T09:30:00.000000Z"),
      ("2026-11-21T00:30:00+05:45", "2026-11-20T18:45:00.000000Z"),
      ("2026-12-31T23:30:00-23:59", "2027-01-01T23:29:00.000000Z"),
      ("0000-01-01T00:00:00Z", "0000-01-01T00:00:00.000000Z"),
      ("9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z"),
      ("1969-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999999Z"),
    ])
  func variants(_ text: String, _ utc: String) throws {
    #expect(try #require(Timestamp(text)).description == utc)
  }

  @Test(
    "anything else is refused",
    arguments: [
      "", "2026", "2026-11", "2026-11-2", "26-11-21", "2026-13-01", "2026-00-01", "2026-11-00",
      "2026-11-31", "2026-02-29", "1900-02-29", "2026-11-21T", "2026-11-21T09:30",
      "2026-11-21T09:30Z",
      "2026-11-21T09:30:00", "2026-11-21T24:00:00Z", "2026-11-21T09:60:00Z", "2026-11-21T09:30:61Z",
      "2026-11-21T09:30:00.Z", "2026-11-21T09:30:00.1234567890Z", "2026-11-21T09:30:00,5Z",
      "2026-11-21T09:30:00+0100", "2026-11-21T09:30:00+24:00", "2026-11-21T09:30:00+01:60",
      "2026-11-21T09:30:00 Z", "2026-11-21T09:30:00ZZ", " 2026-11-21", "2026-11-21 ", "-026-11-21",
      "+026-11-21", "2026/11/21", "2026-11-21T9:30:00Z", "\u{FF12}026-11-21", "12026-11-21",
      "2026-11-21T09:30:00Z\0",
    ])
  func refused(_ text: String) { #expect(Timestamp(text) == nil) }

  @Test(
    "leap years follow the Gregorian rule",
    arguments: [
      (2024, true), (2026, false), (2000, true), (1900, false), (2100, false), (2400, true),
      (1600, true),
    ])
  func leapYears(_ year: Int, _ leap: Bool) {
    #expect((Timestamp("\(year)-02-29") != nil) == leap)
    let february = Timestamp("\(year)-02-28")!
    #expect(
      february.advanced(seconds: 86_400).description.hasPrefix(
        leap ? "\(year)-02-29" : "\(year)-03-01"))
  }

  @Test("every day from year 1600 to 2400 follows the day before it")
  func everyDay() {
    var previous: (year: Int64, month: Int64, day: Int64) = (1599, 12, 31)
    let first = Timestamp.days(fromCivil: 1600, 1, 1)
    var wrong: [Int64] = []
    for number in first...Timestamp.days(fromCivil: 2400, 12, 31) {
      let date = Timestamp.civil(fromDays: number)
      let follows =
        date == (previous.year, previous.month, previous.day + 1)
        || date == (previous.year, previous.month + 1, 1) || date == (previous.year + 1, 1, 1)
      if !follows || Timestamp.days(fromCivil: date.year, date.month, date.day) != number {
        wrong.append(number)
      }
      previous = date
    }
    #expect(wrong.isEmpty)
    #expect(previous == (2400, 12, 31))
  }

  @Test("a thousand random moments agree with Foundation and come back unchanged")
  func againstFoundation() throws {
    var random = Seed.generator(for: "timestamps")
    let formatter = ISO8601DateFormatter()
    // 1600 to 9999: before 1582 Foundation changes to the Julian calendar, we and RFC 3339 do not.
    let range = Timestamp("1600-01-01")!.microseconds...Timestamp("9999-12-31")!.microseconds
    for _ in 0..<1_000 {
      let moment = Timestamp(microseconds: .random(in: range, using: &random))
      #expect(Timestamp(moment.description) == moment)
      let seconds = moment.microseconds.quotientAndRemainder(dividingBy: 1_000_000)
      let floor = seconds.remainder < 0 ? seconds.quotient - 1 : seconds.quotient
      let theirs = formatter.string(from: Date(timeIntervalSince1970: Double(floor)))
      #expect(moment.description.prefix(19) == theirs.prefix(19))
      #expect(formatter.date(from: theirs)?.timeIntervalSince1970 == Double(floor))
      #expect(Timestamp(theirs)?.microseconds == floor * 1_000_000)
    }
  }

  @Test("an offset moves the moment by exactly that much", arguments: 0..<200)
  func offsets(_ index: Int) throws {
    var random = Seed.generator(for: "offset \(index)")
    let moment = Timestamp(microseconds: .random(in: 0...4_000_000_000_000_000, using: &random))
    let minutes = Int.random(in: -1439...1439, using: &random)
    let local = moment.advanced(seconds: Double(minutes * 60)).description.dropLast()
    let zone = String(
      format: "%@%02d:%02d", minutes < 0 ? "-" : "+", abs(minutes) / 60, abs(minutes) % 60)
    #expect(Timestamp(local + zone) == moment)
  }

  @Test("text order is time order inside years 0000 to 9999")
  func order() {
    var random = Seed.generator(for: "timestamp order")
    let range = Timestamp("0000-01-01")!.microseconds...Timestamp("9999-12-31")!.microseconds
    let moments = (0..<500).map { _ in Timestamp(microseconds: .random(in: range, using: &random)) }
    #expect(moments.sorted().map(\.description) == moments.map(\.description).sorted())
  }

  @Test("adding seconds stops at the ends of the range and a NaN adds nothing")
  func saturation() {
    let epoch = Timestamp(microseconds: 0)
    #expect(epoch.advanced(seconds: 1.5).microseconds == 1_500_000)
    #expect(epoch.advanced(seconds: -0.000001).microseconds == -1)
    #expect(epoch.advanced(seconds: 1e300).microseconds == .max)
    #expect(epoch.advanced(seconds: -.infinity).microseconds == .min)
    #expect(epoch.advanced(seconds: .nan) == epoch)
    #expect(Timestamp(microseconds: .max).advanced(seconds: 1).microseconds == .max)
    #expect(Timestamp(microseconds: .min).advanced(seconds: -1).microseconds == .min)
  }

  @Test("the difference of the farthest moments is a number, not a trap")
  func farDifference() {
    let difference = Timestamp(microseconds: .max).seconds(since: Timestamp(microseconds: .min))
    #expect(difference > 1.8e13 && difference < 1.9e13)
    #expect(Timestamp(microseconds: 2_500_000).seconds(since: Timestamp(microseconds: 0)) == 2.5)
  }

  @Test("the ends of the range have a text too", arguments: [Int64.min, Int64.max])
  func ends(_ microseconds: Int64) {
    #expect(Timestamp(microseconds: microseconds).description.hasSuffix("Z"))
  }
}
