// Random JSON values, texts and mutations of texts, all from one seeded generator.

import Support

import Wire

enum RandomJSON {
  /// A value at most `depth` levels deep, with unique names and small enough to print.
  static func value(_ random: inout SplitMix64, depth: Int = 4) -> JSON {
    switch Int.random(in: 0..<(depth > 0 ? 9 : 5), using: &random) {
    case 0: return .null
    case 1: return .bool(.random(using: &random))
    case 2: return .number(number(&random))
    case 3, 4: return .string(string(&random))
    case 5, 6:
      return .array(
        (0..<Int.random(in: 0...5, using: &random)).map { _ in value(&random, depth: depth - 1) })
    default:
      var object = JSONObject()
      for _ in 0..<Int.random(in: 0...24, using: &random) / (5 - depth) {
        object[string(&random)] = value(&random, depth: depth - 1)
      }
      return .object(object)
    }
  }

  /// A number as the grammar of RFC 8259 §6 makes it, with weight on the edges of machine integers.
  static func number(_ random: inout SplitMix64) -> String {
    let edges = [
      "0", "-0", "9223372036854775807", "-9223372036854775808", "9223372036854775808",
      "18446744073709551615", "18446744073709551616", "17454220438242315174", "0.1", "1e308",
    ]
    if Int.random(in: 0..<5, using: &random) == 0 { return edges.randomElement(using: &random)! }
    var text = Bool.random(using: &random) ? "-" : ""
    text += String(
      UInt64.random(in: 0...(.max), using: &random) >> UInt64.random(in: 0..<64, using: &random))
    if Int.random(in: 0..<3, using: &random) == 0 {
      text += "." + digits(upTo: 12, &random)
    }
    if Int.random(in: 0..<5, using: &random) == 0 {
      text += ["e", "E", "e+", "E-"].randomElement(using: &random)! + digits(upTo: 2, &random)
    }
    return text
  }

  private static func digits(upTo count: Int, _ random: inout SplitMix64) -> String {
    (0..<Int.random(in: 1...count, using: &random))
      .map { _ in String(Int.random(in: 0...9, using: &random)) }.joined()
  }

  /// Up to twelve scalars from every length of UTF-8, controls and quotes among them.
  static func string(_ random: inout SplitMix64) -> String {
    let ranges: [ClosedRange<UInt32>] = [
      0x61...0x7A, 0x61...0x7A, 0x20...0x7E, 0x00...0x1F, 0x22...0x22, 0x5C...0x5C, 0x7F...0x9F,
      0xA0...0x7FF, 0x300...0x36F, 0x800...0xD7FF, 0xE000...0xFFFF, 0x2028...0x202E,
      0x1_0000...0x10_FFFF,
    ]
    var view = String.UnicodeScalarView()
    for _ in 0..<Int.random(in: 0...12, using: &random) {
      let range = ranges.randomElement(using: &random)!
      view.append(Unicode.Scalar(.random(in: range, using: &random))!)
    }
    return String(view)
  }

  /// The same value with the members of every object in another order.
  static func shuffled(_ value: JSON, _ random: inout SplitMix64) -> JSON {
    switch value {
    case .array(let items): return .array(items.map { shuffled($0, &random) })
    case .object(let object):
      return .object(
        JSONObject(
          object.members.shuffled(using: &random).map {
            JSONObject.Member($0.name, shuffled($0.value, &random))
          }))
    default: return value
    }
  }

  /// One to four small damages: a byte changed, dropped, doubled or inserted, the end cut off, two
  /// places exchanged, a stretch repeated.
  static func mutated(_ bytes: [UInt8], _ random: inout SplitMix64) -> [UInt8] {
    let telling = Array("{}[]:,\"\\u0019-+.eEtfn \n\t\0/".utf8) + [0x80, 0xC3, 0xED, 0xFF, 0xEF]
    var bytes = bytes
    for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
      let place = Int.random(in: bytes.indices, using: &random)
      switch Int.random(in: 0..<7, using: &random) {
      case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      case 1: bytes[place] = telling.randomElement(using: &random)!
      case 2: bytes.remove(at: place)
      case 3: bytes.insert(telling.randomElement(using: &random)!, at: place)
      case 4: bytes.removeSubrange(place...)
      case 5: bytes.swapAt(place, Int.random(in: bytes.indices, using: &random))
      default:
        let end = min(bytes.count, place + .random(in: 1...8, using: &random))
        bytes.insert(contentsOf: bytes[place..<end], at: place)
      }
    }
    return bytes
  }
}
