// Provider tokens: from the environment, else from a file of the owner's alone. Never printed.

import Glibc
import Posix

/// A secret that is there and must not be used.
package struct SecretError: Error, Equatable, CustomStringConvertible {
  package let description: String
}

/// Finds the tokens that a profile asks for.
package struct Secrets: Sendable {
  /// The longest secret file, bytes.
  package static let bytesMax = 16 << 10

  private let directory: String
  private let environment: @Sendable (String) -> String?

  /// - Parameters:
  ///   - directory: holds one file per provider.
  ///   - environment: a variable's value.
  package init(directory: String, environment: @escaping @Sendable (String) -> String?) {
    self.directory = directory
    self.environment = environment
  }

  /// The values of `names` that there are: the variables of these names, else the provider's file,
  /// which holds either one bare value, the first name's, or lines `NAME=VALUE`.
  /// - Parameter names: in the profile's order; the first is the one that a bare value stands for.
  /// - Throws: `SecretError` for a file that others could read; its text holds no secret.
  package func values(
    of names: [String], provider: String
  ) throws(SecretError) -> [String: String] {
    var values: [String: String] = [:]
    for name in names {
      if let value = environment(name), !value.isEmpty { values[name] = value }
    }
    guard values.count < names.count, let text = try file(provider) else { return values }
    for (name, value) in Secrets.parse(text, bareName: names.first) where names.contains(name) {
      values[name] = values[name] ?? value
    }
    return values
  }

  /// Names and values of a file's lines. The last line of a name wins, as in a shell.
  private static func parse(_ text: String, bareName: String?) -> [String: String] {
    let lines = text.split(whereSeparator: \.isNewline).filter { !$0.allSatisfy(\.isWhitespace) }
    var values: [String: String] = [:]
    for line in lines {
      if let equals = line.firstIndex(of: "="), isName(line[..<equals]) {
        values[String(line[..<equals])] = String(line[line.index(after: equals)...])
      } else if lines.count == 1, let bareName {
        values[bareName] = String(line)
      }
    }
    return values
  }

  /// Upper case as variables are written, so that a bare value that ends in `=` is no line of its
  /// own.
  private static func isName(_ text: Substring) -> Bool {
    guard let first = text.utf8.first, !(0x30...0x39).contains(first) else { return false }
    return text.utf8.allSatisfy { byte in
      (0x41...0x5A).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x5F
    }
  }

  /// The provider's file; nil when there is none.
  private func file(_ provider: String) throws(SecretError) -> String? {
    let path = directory + "/" + provider
    do {
      let file = try File(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
      var status = stat()
      guard unsafe fstat(file.descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
        throw SecretError(description: "\(path) is no plain file")
      }
      guard status.st_uid == geteuid() else {
        throw SecretError(description: "\(path) belongs to another user")
      }
      guard status.st_mode & 0o777 == 0o600 else {
        throw SecretError(description: "\(path) must be readable by its owner alone: chmod 600 it")
      }
      guard status.st_size <= Secrets.bytesMax else {
        throw SecretError(description: "\(path) is longer than \(Secrets.bytesMax) bytes")
      }
      return String(decoding: try file.read(count: Secrets.bytesMax), as: UTF8.self)
    } catch let error as SecretError {
      throw error
    } catch let error as PosixError where error.isMissing {
      return nil
    } catch {
      throw SecretError(description: "\(error)")
    }
  }
}
