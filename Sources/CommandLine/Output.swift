// Where a command writes: data on standard output, buffered; words on standard error.

import Synchronization
package import Wire

/// The two streams of a command. Safe to use from several threads; a line is never torn.
package final class Output: Sendable {
  /// How to write, decided once from options, environment and terminal.
  package struct Settings: Sendable, Equatable {
    package var isJSON = false
    package var isQuiet = false
    /// Columns for tables and help.
    package var columns = 80
    package var outputIsTerminal = false
    package var errorIsTerminal = false
    /// Colours are wanted where there is a terminal.
    package var colors = true
    package init() {}
  }

  package let settings: Settings
  /// For data lines.
  package let style: Style
  /// For words.
  package let errorStyle: Style
  private let program: String
  private let outputDescriptor: Int32
  private let errorDescriptor: Int32
  private let state = Mutex(State())

  /// Bytes gathered before one write(2).
  static let bufferBytes = 64 << 10

  private struct State {
    var buffer: [UInt8] = []
    var result = Terminal.WriteResult.done
    var showsProgress = false
  }

  package init(
    program: String, settings: Settings, output: Int32 = Terminal.standardOutput,
    error: Int32 = Terminal.standardError
  ) {
    self.program = program
    self.settings = settings
    style = Style(isOn: settings.colors && settings.outputIsTerminal)
    errorStyle = Style(isOn: settings.colors && settings.errorIsTerminal)
    outputDescriptor = output
    errorDescriptor = error
  }

  /// True once nobody reads standard output any more; long listings may stop.
  package var isReaderGone: Bool { state.withLock { $0.result == .readerGone } }

  // MARK: data

  /// One line of data. Control characters are escaped, even where the caller forgot.
  package func line(_ text: String) {
    write(Array(Escaping.line(text, keepingStyle: style.isOn).utf8) + [0x0A])
  }

  package func lines(_ lines: [String]) { for text in lines { line(text) } }

  /// One JSON value on a line of its own.
  package func json(_ value: JSON) { write(value.bytes + [0x0A]) }

  /// Bytes as they are, for exports.
  package func raw(_ bytes: [UInt8]) { write(bytes) }

  /// Writes what is buffered; for listings that go on for ever.
  package func flush() { state.withLock { flush(&$0) } }

  /// Writes the rest and removes the progress line.
  /// - Returns: a failure with exit code 74 when data could not be written; nil when all was, or
  ///   when its reader left early, which is the reader's right (`ledger events | head`).
  package func finish() -> Failure? {
    state.withLock { state in
      clearProgress(&state)
      flush(&state)
      guard case .failed(let error) = state.result else { return nil }
      return Failure(
        .io, "output", "standard output cannot be written: \(Terminal.words(for: error))")
    }
  }

  // MARK: words

  /// A word for a person; not with `--quiet` or `--json`.
  package func note(_ text: String) {
    if !settings.isQuiet, !settings.isJSON { words([text]) }
  }

  /// Something a person should know although the command goes on; always written.
  package func warning(_ text: String) {
    if settings.isJSON {
      words([(["warning": ["message": .string(text)]] as JSON).text])
    } else {
      words(["\(program): \(errorStyle(.attention, "warning")): \(Escaping.terminal(text))"])
    }
  }

  /// Why the command was refused.
  package func failure(_ failure: Failure) {
    words(settings.isJSON ? [failure.json.text] : failure.lines(program: program))
  }

  /// Lines on standard error, after the data written so far when both go to a terminal.
  func words(_ lines: [String]) {
    state.withLock { state in
      if settings.outputIsTerminal { flush(&state) }
      clearProgress(&state)
      let text = lines.map { Escaping.line($0, keepingStyle: errorStyle.isOn) + "\n" }.joined()
      _ = Terminal.write(Array(text.utf8), to: errorDescriptor)
    }
  }

  /// Draws the one progress line again (terminal only); nil removes it.
  func progress(_ text: String?) {
    state.withLock { state in
      clearProgress(&state)
      guard let text else { return }
      let line = DisplayWidth.truncate(Escaping.terminal(text), columns: settings.columns - 1)
      _ = Terminal.write(Array(line.utf8), to: errorDescriptor)
      state.showsProgress = true
    }
  }

  // MARK: bytes

  private func clearProgress(_ state: inout State) {
    guard state.showsProgress else { return }
    _ = Terminal.write(Array("\r\u{1b}[K".utf8), to: errorDescriptor)
    state.showsProgress = false
  }

  private func write(_ bytes: [UInt8]) {
    state.withLock { state in
      guard state.result == .done else { return }
      state.buffer.append(contentsOf: bytes)
      if state.buffer.count >= Output.bufferBytes { flush(&state) }
    }
  }

  private func flush(_ state: inout State) {
    guard !state.buffer.isEmpty, state.result == .done else { return }
    if settings.outputIsTerminal { clearProgress(&state) }
    state.result = Terminal.write(state.buffer, to: outputDescriptor)
    state.buffer.removeAll(keepingCapacity: true)
  }
}
