// Zstandard frames: what comes out is what went in, or nothing.

import Support
import Testing
import Wire

@Suite("Zstandard", .seeded) struct ZstdTests {
  @Test("what gets shorter comes back", arguments: [200, 1000, 100_000, 1 << 20])
  func roundTrip(_ count: Int) throws {
    let text = (0..<count).map { UInt8(truncatingIfNeeded: $0 % 61 + 32) }
    let frame = try #require(Zstd.compress(text))
    #expect(frame.count < text.count)
    #expect(Zstd.decompress(frame, count: count) == text)
  }

  @Test("what would not get shorter is not compressed", arguments: [0, 1, 8, 500, 5000])
  func incompressible(_ count: Int) {
    var random = Seed.generator(for: "zstd")
    let noise = (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &random) }
    #expect(Zstd.compress(noise) == nil)
  }

  @Test("a frame of another size than told is refused, so none can grow beyond it")
  func wrongCount() throws {
    let bomb = try #require(Zstd.compress([UInt8](repeating: 0, count: 1 << 22)))
    #expect(bomb.count < 1024)
    for count in [0, 1, 1000, (1 << 22) - 1, (1 << 22) + 1] {
      #expect(Zstd.decompress(bomb, count: count) == nil, "\(count)")
    }
  }

  @Test("damaged frames are refused or come out the right size, and never crash")
  func damage() throws {
    var random = Seed.generator(for: "zstd damage")
    let text = Array(String(repeating: "one two three four ", count: 50).utf8)
    let frame = try #require(Zstd.compress(text))
    for count in 0..<frame.count {
      #expect(Zstd.decompress(Array(frame[..<count]), count: text.count) == nil, "\(count)")
    }
    for _ in 0..<2000 {
      var damaged = frame
      let index = Int.random(in: 0..<frame.count, using: &random)
      damaged[index] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      let content = Zstd.decompress(damaged, count: text.count)
      #expect(content == nil || content?.count == text.count)
    }
    #expect(Zstd.decompress(Array("no frame at all".utf8), count: 4) == nil)
  }
}
