// tools/store.py as a process: an object store that checks every signature by itself, and outputs
// to be fetched.

import Foundation
import FoundationNetworking
import Synchronization
package import Wire

/// A store and a place of outputs on loopback.
package final class StoreServer {
  private let running: RunningBinary
  package let address: String

  package init(_ words: String...) throws {
    let root = #filePath.split(separator: "/").dropLast(3).reduce(into: "") { $0 += "/" + $1 }
    running = try RunningBinary(
      "/usr/bin/env", ["python3", root + "/tools/store.py"] + words,
      environment: ["PATH": "/usr/bin:/bin"], input: "")
    guard running.waitForOutput({ $0.contains("\n") }),
      let address = try JSON(parsing: String(running.outputSoFar.prefix { $0 != "\n" }))[
        "listening"]?.string
    else { throw StoreServerError(reason: running.errorSoFar) }
    self.address = address
  }

  package func stop() {
    running.signal(15)
    _ = running.wait()
  }

  deinit { running.signal(15) }

  /// An output's address.
  package func file(_ how: String, _ size: Int, _ name: String = "clip.mp4") -> String {
    "\(address)/files/\(how)/\(size)/\(name)"
  }

  /// The bytes behind it, by the server's own rule: asked for, not computed here.
  package func content(_ size: Int) throws -> [UInt8] { try get(file("ok", size, "reference")) }

  /// Requests so far: method, path, headers by lower-case name.
  package var log: [JSON] {
    get throws { try JSON(parsing: get("\(address)/control/log")).array ?? [] }
  }

  /// Requests whose path begins so.
  package func requests(_ path: String) throws -> [JSON] {
    try log.filter { $0["path"]?.string?.hasPrefix(path) == true }
  }

  /// What is stored: path → sha256, bytes, type.
  package var objects: JSONObject {
    get throws { try JSON(parsing: get("\(address)/control/objects")).object ?? JSONObject() }
  }

  /// The next PUTs fail.
  package func fail(_ count: Int, status: Int) throws {
    _ = try get("\(address)/control/fail?n=\(count)&status=\(status)")
  }

  /// - Throws: `StoreServerError` for any status but 200.
  package func get(_ url: String) throws -> [UInt8] {
    guard let url = URL(string: url) else { throw StoreServerError(reason: "no URL") }
    do {
      return Array(try Data(contentsOf: url))
    } catch {
      throw StoreServerError(reason: "\(error)")
    }
  }
}

extension StoreServer {
  /// The status of a GET.
  package func status(_ url: String) throws -> Int {
    guard let url = URL(string: url) else { throw StoreServerError(reason: "no URL") }
    let done = DispatchSemaphore(value: 0)
    let status = Mutex(0)
    URLSession.shared.dataTask(with: url) { _, response, _ in
      status.withLock { $0 = (response as? HTTPURLResponse)?.statusCode ?? 0 }
      done.signal()
    }.resume()
    done.wait()
    return status.withLock { $0 }
  }
}

package struct StoreServerError: Error { package let reason: String }
