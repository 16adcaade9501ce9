// What is fed with bytes from anywhere: each reader of something that a provider, a client or a
// file can write, with seeds to begin from and what must hold whatever comes.

/// One reader under fire. It must not trap, hang or take more memory than its bound, and what its
/// own checks say must hold; a refusal is an answer like any other.
package struct FuzzTarget: Sendable {
  package let name: String
  /// The largest input worth trying, bytes.
  package let bytesMax: Int
  /// Real inputs, to be changed.
  package let seeds: @Sendable () -> [[UInt8]]
  package let run: @Sendable ([UInt8]) -> Void

  init(
    _ name: String, bytesMax: Int = 4096, seeds: @escaping @Sendable () -> [[UInt8]],
    run: @escaping @Sendable ([UInt8]) -> Void
  ) {
    self.name = name
    self.bytesMax = bytesMax
    self.seeds = seeds
    self.run = run
  }

  /// Every target, those of the log first.
  package static let all: [FuzzTarget] = [
    record, cbor, json, home, profile, reply, stream, webhook, arguments, values, configuration,
    csv, importMap, importRows, importLog, invoice, plan,
  ]

  package static func named(_ name: String) -> FuzzTarget? { all.first { $0.name == name } }
}

extension [UInt8] {
  init(_ text: String) { self = Array(text.utf8) }
}
