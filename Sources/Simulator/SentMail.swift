// What the simulated providers said to webhooks, kept for whoever wants to hand a message over by
// hand: the bytes as they were sent, because signatures cover bytes.

/// One message as it left, whether or not anybody took it.
struct SentMessage: Sendable {
  let provider: String
  /// The provider's id of the job.
  let job: String
  /// The provider's word for the occasion (`Notice.kind`).
  let kind: String
  let url: String
  let headers: [(name: String, value: String)]
  let body: [UInt8]
}

/// The first messages of a run, oldest first; later ones are not kept, so that numbers stay.
struct SentMail: Sendable {
  static let messagesMax = 1000
  static let bytesMax = 16 << 20

  private(set) var messages: [SentMessage] = []
  private var bytes = 0

  mutating func keep(_ message: SentMessage) {
    guard messages.count < SentMail.messagesMax,
      bytes + message.body.count <= SentMail.bytesMax
    else { return }
    bytes += message.body.count
    messages.append(message)
  }

  /// The `number`th message of a kind, counted from 1.
  func message(_ kind: String, _ number: Int) -> SentMessage? {
    guard number >= 1 else { return nil }
    return messages.lazy.filter { $0.kind == kind }.dropFirst(number - 1).first
  }
}
