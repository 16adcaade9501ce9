// Where a reply's body goes: into memory, or a 2xx reply's to whoever asked for it in pieces.

/// A body on its way, bounded. libcurl's own limit looks only at announced lengths, so bytes are
/// counted here as they come.
struct BodyBuffer {
  private(set) var bytes: [UInt8] = []
  private(set) var isTooLarge = false
  /// The sink wanted no more.
  private(set) var isStopped = false
  /// The sink wants to be looked at.
  var wantsLook = false
  private var left: Int
  private let sink: (any BodySink)?
  private var usesSink = false

  init(limit: Int, sink: (any BodySink)? = nil) {
    left = limit
    self.sink = sink
  }

  /// The header is complete. False: stop the transfer.
  mutating func begin(status: Int, headers: HTTPHeaders) -> Bool {
    guard let sink else { return true }
    guard (200...299).contains(status) else {
      // The limit is meant for what the sink takes.
      left = min(left, HTTPLimits.errorBodyBytes)
      return true
    }
    usesSink = true
    wantsLook = true
    isStopped = !sink.begin(status: status, headers: headers)
    return !isStopped
  }

  /// False: stop the transfer.
  mutating func receive(_ data: UnsafeRawBufferPointer) -> Bool {
    guard data.count <= left else {
      isTooLarge = true
      return false
    }
    left -= data.count
    guard usesSink, let sink else {
      unsafe bytes.append(contentsOf: data)
      return true
    }
    switch unsafe sink.receive(data.bytes) {
    case .more: break
    case .look: wantsLook = true
    case .stop: isStopped = true
    }
    return !isStopped
  }
}
