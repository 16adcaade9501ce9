// Waiting for news: the log's head is looked at ten times a second, which costs microseconds and
// needs no cooperation from whoever writes.

import CommandLine
import Glibc
import Ledger

extension Session {
  /// Between two looks at the head, microseconds.
  private static var lookMicroseconds: UInt32 { 100_000 }

  /// Returns when the head has passed `position`, or after `seconds` when that comes first.
  func waitForNews(after position: Position, seconds: Double = .infinity) throws {
    let begin = Terminal.monotonicSeconds
    while try read({ $0.head }) <= position, Terminal.monotonicSeconds - begin < seconds {
      usleep(Session.lookMicroseconds)
    }
  }

  /// The same, with what providers say meanwhile.
  func waitForNews(
    after position: Position, seconds: Double = .infinity, _ live: inout LiveTail
  ) throws {
    let begin = Terminal.monotonicSeconds
    while try read({ $0.head }) <= position, Terminal.monotonicSeconds - begin < seconds,
      !output.isReaderGone
    {
      live.show()
      usleep(Session.lookMicroseconds)
    }
    live.show()
  }

  /// Draws a screen over the one before; a terminal only.
  func redraw(_ screen: Screen) {
    output.raw(Array("\u{1b}[H\u{1b}[2J".utf8))
    output.lines(screen.lines)
    output.flush()
  }
}
