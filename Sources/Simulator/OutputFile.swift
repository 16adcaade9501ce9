// The bytes behind an output's URL: small, of the right kind, and different for every job, so that
// a client that saves outputs can be seen to have saved the right ones.

/// Output files of simulated jobs.
enum OutputFile {
  /// A 1 × 1 pixel PNG (ISO/IEC 15948), black.
  private static let png: [UInt8] = [
    0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0x00, 0x00, 0x00, 0x0D, 0x49, 0x48, 0x44, 0x52,
    0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x01, 0x08, 0x00, 0x00, 0x00, 0x00, 0x3A, 0x7E, 0x9B,
    0x55, 0x00, 0x00, 0x00, 0x0A, 0x49, 0x44, 0x41, 0x54, 0x78, 0xDA, 0x63, 0x60, 0x00, 0x00, 0x00,
    0x02, 0x00, 0x01, 0xE5, 0x27, 0xDE, 0xFC, 0x00, 0x00, 0x00, 0x00, 0x49, 0x45, 0x4E, 0x44, 0xAE,
    0x42, 0x60, 0x82,
  ]

  /// The file's reply; nil for a kind of file that no job makes.
  static func reply(job: String, file: Substring) -> Reply? {
    let name = Array("\(job)/\(file)".utf8)
    if file.hasSuffix(".png") {
      // Decoders stop at IEND; what follows tells one file from another.
      return Reply(200, type: "image/png", body: png + name)
    }
    guard file.hasSuffix(".mp4") else { return nil }
    // ISO/IEC 14496-12: a file type box, then a box of free space.
    let type = box("ftyp", Array("isom".utf8) + [0, 0, 2, 0] + Array("isommp41".utf8))
    return Reply(200, type: "video/mp4", body: type + box("free", name))
  }

  private static func box(_ type: String, _ content: [UInt8]) -> [UInt8] {
    let size = UInt32(content.count + 8)
    return [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: size >> UInt32($0)) }
      + Array(type.utf8) + content
  }
}
