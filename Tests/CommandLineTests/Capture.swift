// Runs a command against real descriptors and reads what it wrote.

import CommandLine
import Foundation

/// Two unnamed files to write to.
struct Capture {
  let output = Capture.temporaryFile()
  let error = Capture.temporaryFile()

  private static func temporaryFile() -> FileHandle {
    var template = Array((NSTemporaryDirectory() + "ledger-cli-XXXXXX").utf8CString)
    let descriptor = mkstemp(&template)
    precondition(descriptor >= 0)
    unlink(template)
    return FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
  }

  func settings(_ change: (inout Output.Settings) -> Void = { _ in }) -> Output.Settings {
    var settings = Output.Settings()
    change(&settings)
    return settings
  }

  func make(_ settings: Output.Settings) -> Output {
    Output(
      program: "ledger", settings: settings, output: output.fileDescriptor,
      error: error.fileDescriptor)
  }

  var outputText: String { Capture.text(output) }
  var errorText: String { Capture.text(error) }

  private static func text(_ file: FileHandle) -> String {
    try? file.seek(toOffset: 0)
    return String(decoding: (try? file.readToEnd()) ?? Data(), as: UTF8.self)
  }
}
