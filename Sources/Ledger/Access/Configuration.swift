// HOME/config.json: who may come in (digests of tokens), and whom we tell (hooks). Everything else
// that can be set is an event of the log.

import Glibc
import Posix
import Wire

/// What is wrong with config.json.
package struct ConfigurationError: Error, Equatable, CustomStringConvertible {
  package let description: String
  package init(_ description: String) { self.description = description }
}

/// The content of config.json.
package struct Configuration: Sendable, Equatable {
  package static let tokensMax = 10_000
  package static let hooksMax = 64
  private static let bytesMax = 16 << 20

  package var tokens: [AccessToken] = []
  package var hooks: [Hook] = []
  /// Members that this file does not speak of, as they were.
  private var others = JSONObject()

  package init() {}

  package init(parsing bytes: [UInt8]) throws(ConfigurationError) {
    guard let json = try? JSON(parsing: bytes), var object = json.object else {
      throw ConfigurationError("it is no JSON object")
    }
    for kept in object["tokens"]?.array ?? [] { tokens.append(try AccessToken(kept: kept)) }
    guard tokens.count <= Configuration.tokensMax else {
      throw ConfigurationError("it holds more than \(Configuration.tokensMax) tokens")
    }
    for kept in object["hooks"]?.array ?? [] { hooks.append(try Hook(kept: kept)) }
    guard hooks.count <= Configuration.hooksMax else {
      throw ConfigurationError("it holds more than \(Configuration.hooksMax) hooks")
    }
    object["tokens"] = nil
    object["hooks"] = nil
    others = object
  }

  /// Of a home; empty when there is no file.
  /// - Throws: `ConfigurationError` with the path, `PosixError`.
  package static func read(_ home: Home) throws -> Configuration {
    guard let bytes = try FileSystem.read(home.configuration, limit: bytesMax) else {
      return Configuration()
    }
    do {
      return try Configuration(parsing: bytes)
    } catch {
      throw ConfigurationError("\(home.configuration): \(error)")
    }
  }

  /// Reads, changes and writes it, alone: two people may add a token at the same time.
  package static func change<Value>(
    _ home: Home, _ body: (inout Configuration) throws -> Value
  ) throws -> Value {
    let lock = try File(home.configuration + ".lock", O_RDWR | O_CREAT, mode: 0o600)
    _ = try lock.lock(.exclusive, wait: true)
    defer { lock.unlock() }
    var configuration = try read(home)
    let value = try body(&configuration)
    try FileSystem.replace(
      home.configuration, with: Array((configuration.json.text + "\n").utf8), mode: 0o600)
    return value
  }

  private var json: JSON {
    var object = others
    object["tokens"] = .array(tokens.map(\.kept))
    object["hooks"] = .array(hooks.map(\.kept))
    return .object(object)
  }
}
