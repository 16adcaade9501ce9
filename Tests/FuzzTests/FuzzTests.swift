// Every reader under fire, briefly in each run of the tests; and every input that once did harm,
// for ever.

import FuzzTargets
import Posix
import Support
import Testing
import Wire

extension FuzzTarget: CustomTestStringConvertible {
  package var testDescription: String { name }
}

@Suite("Bytes from anywhere", .serialized) struct FuzzTests {
  @Test("every target has seeds, and takes them", arguments: FuzzTarget.all)
  func seeds(_ target: FuzzTarget) {
    #expect(!target.seeds().isEmpty)
    for seed in target.seeds() { target.run(seed) }
  }

  /// Traps end the process: the seed is named on standard error before the first input.
  @Test("flipped, cut, doubled and mixed seeds do no harm", .seeded, arguments: FuzzTarget.all)
  func mutated(_ target: FuzzTarget) {
    var random = Seed.generator(for: "fuzz \(target.name)")
    let seeds = target.seeds()
    for _ in 0..<300 {
      guard var bytes = seeds.randomElement(using: &random) else { return }
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        Mutation.any(using: &random).apply(to: &bytes, seeds, &random)
      }
      target.run(Array(bytes.prefix(target.bytesMax)))
    }
    target.run([])
  }

  @Test("what once did harm does none", arguments: FuzzTarget.all)
  func regressions(_ target: FuzzTarget) throws {
    let folder = Self.folder + "/" + target.name
    guard FileSystem.exists(folder) else { return }
    for name in try FileSystem.list(folder) {
      target.run(try FileSystem.read("\(folder)/\(name)") ?? [])
    }
  }

  @Test("every kept input belongs to a target")
  func folders() throws {
    let names = try FileSystem.list(Self.folder).filter { !$0.hasPrefix(".") }
    #expect(Set(names).subtracting(FuzzTarget.all.map(\.name) + ["README.md"]) == [])
  }

  private static let folder: String = {
    let here = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast()
    return here.joined(separator: "/") + "/Regressions"
  }()
}

/// A way to spoil an input.
private enum Mutation: CaseIterable {
  case flip, number, cut, double, mix

  static func any(using random: inout SplitMix64) -> Mutation {
    allCases.randomElement(using: &random) ?? .flip
  }

  func apply(to bytes: inout [UInt8], _ seeds: [[UInt8]], _ random: inout SplitMix64) {
    guard !bytes.isEmpty else { return }
    let at = Int.random(in: 0..<bytes.count, using: &random)
    switch self {
    case .flip: bytes[at] ^= 1 << UInt8.random(in: 0..<8, using: &random)
    case .number: bytes[at] = [0, 0x7F, 0x80, 0xFF, 0x22, 0x5B][at % 6]
    case .cut: bytes.removeSubrange(at..<min(bytes.count, at + 1 + at % 16))
    case .double: bytes.insert(contentsOf: bytes[at...].prefix(64), at: at)
    case .mix:
      let other = seeds.randomElement(using: &random) ?? []
      bytes = Array(bytes[..<at]) + other.suffix(from: min(at, other.count))
    }
  }
}
