// Ids for jobs whose author names none: short, and not to be guessed by whoever knows another one.

import Posix
import Wire

package enum JobID {
  /// Whether a job, or a key, can be called that: `[A-Za-z0-9._:-]{1,128}`.
  package static func isValid(_ text: String) -> Bool {
    do throws(Refusal) {
      try Bounds.id(text, "id")
      return true
    } catch {
      return false
    }
  }

  /// `job-` and 16 base32 characters (RFC 4648 §6, in lower case): 80 random bits.
  package static func random() -> String { name(Machine.randomBytes(10)) }

  /// The same for a command that brings an idempotency key: the same key always means the same id,
  /// or its repetition would be another command. The ledger's own id keeps it from being guessed.
  package static func derived(from key: String, ledgerID: [UInt8]) -> String {
    name(Array(SHA256.digest(ledgerID, [0], Array(key.utf8)).bytes.prefix(10)))
  }

  private static func name(_ bytes: [UInt8]) -> String {
    let alphabet = Array("abcdefghijklmnopqrstuvwxyz234567".utf8)
    var text = Array("job-".utf8)
    var bits: UInt32 = 0
    var count = 0
    for byte in bytes {
      bits = bits << 8 | UInt32(byte)
      count += 8
      while count >= 5 {
        count -= 5
        text.append(alphabet[Int(bits >> UInt32(count) & 31)])
      }
    }
    return String(decoding: text, as: UTF8.self)
  }
}
