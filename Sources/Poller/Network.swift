// What the poller asks of a network: libcurl's, or one that a simulated world keeps in its hand.

package import HTTP
package import Posix

/// Runs requests for one thread. See `Multi`, which is the real one.
package protocol Network: AnyObject {
  /// Whether `start` may be called.
  var hasCapacity: Bool { get }
  /// For other threads: ends a wait.
  var waker: Waker { get }

  /// Begins a request; its end, whatever it is, is returned by a later `wait` under `tag`.
  func start(_ request: HTTPRequest, tag: UInt64, into sink: (any BodySink)?)
  /// Breaks a request off; it is returned by no `wait`.
  func cancel(tag: UInt64)
  /// What ended, after at most so long.
  func wait(timeoutMilliseconds: Int) -> [Multi.Completion]
  /// Has `wait` return, too, when the file is written, by whichever process; false when it cannot.
  func watch(file path: String) -> Bool
  func unwatch()
}

extension Network {
  func start(_ request: HTTPRequest, tag: UInt64) { start(request, tag: tag, into: nil) }
}

extension Multi: Network {}
