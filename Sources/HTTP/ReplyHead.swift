// A reply's header, line by line as libcurl gives it (CURLOPT_HEADERFUNCTION(3)): status lines,
// fields, interim replies, and trailers after the body.

struct ReplyHead {
  private enum Expected { case statusLine, fields, nothing }

  private(set) var headers = HTTPHeaders()
  private(set) var isTooLarge = false
  /// Set by the final reply's status line.
  private(set) var status: Int?
  private var bytesLeft = HTTPLimits.replyHeaderBytes
  private var expected = Expected.statusLine

  /// The blank line after the final reply's fields was read.
  var isComplete: Bool { expected == .nothing }

  /// Takes one line with its line end. False: stop the transfer.
  mutating func receive(_ line: UnsafeRawBufferPointer) -> Bool {
    bytesLeft -= line.count
    guard bytesLeft >= 0 else {
      isTooLarge = true
      return false
    }
    switch expected {
    case .statusLine:
      status = unsafe ReplyHead.status(line)
      expected = .fields
    case .fields:
      return unsafe field(line)
    case .nothing:
      break  // trailers are counted, not kept: nothing may override a field after the fact
    }
    return true
  }

  private mutating func field(_ line: UnsafeRawBufferPointer) -> Bool {
    let text = unsafe ReplyHead.trimmed(line[...])
    if unsafe text.isEmpty {
      // An interim reply (RFC 9110 §15.2) is followed by another status line.
      let isFinal = (status ?? 0) >= 200
      expected = isFinal ? .nothing : .statusLine
      if !isFinal { headers = HTTPHeaders() }
      return true
    }
    if unsafe ReplyHead.isSpace(line[0]) {
      unsafe headers.continueLast(with: text)
      return true
    }
    // Without a name it is no field; libcurl has judged the framing by its own reading.
    guard let colon = unsafe text.firstIndex(of: UInt8(ascii: ":")),
      unsafe colon > text.startIndex
    else { return true }
    guard headers.count < HTTPLimits.replyFields else {
      isTooLarge = true
      return false
    }
    unsafe headers.append(
      name: text[..<colon], value: ReplyHead.trimmed(text[(colon + 1)...]))
    return true
  }

  /// The three digits after `HTTP/1.1 ` (RFC 9112 §4).
  private static func status(_ line: UnsafeRawBufferPointer) -> Int? {
    guard let space = unsafe line.firstIndex(of: UInt8(ascii: " ")), line.count >= space + 4 else {
      return nil
    }
    var value = 0
    for offset in 1...3 {
      let byte = unsafe line[space + offset]
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
      value = value * 10 + Int(byte - UInt8(ascii: "0"))
    }
    return value
  }

  private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

  private static func trimmed(
    _ text: UnsafeRawBufferPointer.SubSequence
  ) -> UnsafeRawBufferPointer.SubSequence {
    var text = unsafe text
    while let byte = unsafe text.first, isSpace(byte) { unsafe text.removeFirst() }
    while let byte = unsafe text.last, isSpace(byte) || byte == 0x0D || byte == 0x0A {
      unsafe text.removeLast()
    }
    return unsafe text
  }
}
