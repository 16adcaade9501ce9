// Where a reply's body goes. Everything that arrives passes `receive`; a stream of events or a file
// would be another destination behind this one call.

/// A body in memory, bounded. libcurl's own limit looks only at announced lengths, so bytes are
/// counted here as they come.
struct BodyBuffer {
  private(set) var bytes: [UInt8] = []
  private(set) var isTooLarge = false
  let limit: Int

  init(limit: Int) { self.limit = limit }

  /// False: stop the transfer.
  mutating func receive(_ data: UnsafeRawBufferPointer) -> Bool {
    guard data.count <= limit - bytes.count else {
      isTooLarge = true
      return false
    }
    unsafe bytes.append(contentsOf: data)
    return true
  }
}
