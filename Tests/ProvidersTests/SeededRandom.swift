// Repeatable chance, and JSON with something broken in it.

import Glibc
import Providers
import Wire

/// SplitMix64 over `LEDGER_SEED`, or a fresh seed; its description tells the seed.
struct SeededRandom: RandomNumberGenerator, CustomStringConvertible {
  private let seed: UInt64
  private var state: UInt64

  init() {
    let given = getenv("LEDGER_SEED").flatMap { UInt64(String(cString: $0)) }
    seed = given ?? UInt64.random(in: 0...UInt64.max)
    state = seed
  }

  var description: String { "repeat with LEDGER_SEED=\(seed)" }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

extension JSON {
  /// Somewhere inside, one value replaced, one member removed or renamed.
  func mutated(using random: inout SeededRandom) -> JSON {
    switch self {
    case .object(let object)
    where !object.members.isEmpty && Int.random(in: 0..<8, using: &random) > 0:
      var members = object.members
      let index = Int.random(in: 0..<members.count, using: &random)
      switch Int.random(in: 0..<6, using: &random) {
      case 0: members.remove(at: index)
      case 1: members[index].name += "x"
      default: members[index].value = members[index].value.mutated(using: &random)
      }
      return .object(JSONObject(members))
    case .array(var items) where !items.isEmpty && Int.random(in: 0..<8, using: &random) > 0:
      let index = Int.random(in: 0..<items.count, using: &random)
      items[index] = items[index].mutated(using: &random)
      return .array(items)
    default:
      let strange: [JSON] = [
        nil, true, false, 0, -1, .number("17454220438242315174"), .number("1e400"), "", "x", "/",
        "{{", "succeeded", "failed", "https://a.b/c", [], [:], [[nil]], ["a": ["b": []]], "\u{0}",
        .string(String(repeating: "9", count: 300)),
      ]
      return strange.randomElement(using: &random) ?? nil
    }
  }
}
