// The few things asked of the operating system: is this a terminal, how wide, write, who, exit.

import Glibc

package enum Terminal {
  package static let standardOutput: Int32 = 1
  package static let standardError: Int32 = 2

  /// True when the descriptor is a terminal.
  package static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

  /// The terminal's width (ioctl_tty(2), TIOCGWINSZ); nil when it is no terminal or unknown.
  package static func columns(_ descriptor: Int32) -> Int? {
    var size = winsize()
    guard unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
      return nil
    }
    return Int(size.ws_col)
  }

  /// An environment variable; nil when unset or empty.
  package static func environment(_ name: String) -> String? {
    guard let value = unsafe getenv(name) else { return nil }
    let text = unsafe String(cString: value)
    return text.isEmpty ? nil : text
  }

  /// Who is typing: `$USER`, else `$LOGNAME`, else the user's number. A static executable has no
  /// name service to ask.
  package static var loginName: String {
    environment("USER") ?? environment("LOGNAME") ?? "uid \(getuid())"
  }

  private static let started = ContinuousClock.now

  /// Seconds since the first call, on a clock that never goes back.
  package static var monotonicSeconds: Double {
    let passed = started.duration(to: .now).components
    return Double(passed.seconds) + Double(passed.attoseconds) / 1e18
  }

  /// A reader that leaves is then an error of write(2) instead of a signal that ends the process.
  package static func ignoreBrokenPipes() { _ = signal(SIGPIPE, SIG_IGN) }

  package enum WriteResult: Sendable, Equatable {
    case done
    /// EPIPE: nobody reads any more.
    case readerGone
    /// Any other errno of write(2).
    case failed(Int32)
  }

  /// Writes all bytes, through interruptions and non-blocking descriptors (write(2), poll(2)).
  package static func write(_ bytes: [UInt8], to descriptor: Int32) -> WriteResult {
    var offset = 0
    while offset < bytes.count {
      let count = unsafe bytes.withUnsafeBytes { buffer in
        unsafe Glibc.write(descriptor, buffer.baseAddress! + offset, bytes.count - offset)
      }
      if count >= 0 {
        offset += count
        continue
      }
      switch errno {
      case EINTR: continue
      case EAGAIN:
        var wait = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        _ = unsafe poll(&wait, 1, -1)
      case EPIPE: return .readerGone
      case let error: return .failed(error)
      }
    }
    return .done
  }

  /// The words of strerror(3) for an errno.
  package static func words(for error: Int32) -> String {
    var buffer = [CChar](repeating: 0, count: 128)
    guard unsafe strerror_r(error, &buffer, buffer.count) == 0 else { return "error \(error)" }
    return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  package static func exit(_ code: ExitCode) -> Never { Glibc.exit(code.rawValue) }
}
