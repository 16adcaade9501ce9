// ledger poll: the poller as a program.

import CommandLine
import Glibc
import Ledger
import Poller
import Posix
import Wire

enum PollCommand {
  static func run(_ surroundings: Surroundings, _ arguments: Arguments) throws -> ExitCode {
    let output = surroundings.output
    var options = PollerOptions(
      arguments.flag("once") ? .once : arguments.flag("drain") ? .drain : .daemon)
    options.inFlight = arguments.integer("in-flight") ?? PollerOptions.inFlightDefault
    options.streams = arguments.integer("streams") ?? PollerOptions.streamsDefault
    options.allowLoopback = Machine.environment("LEDGER_DEV") == "1"
    if options.allowLoopback {
      options.certificateAuthorityFile = Machine.environment("LEDGER_CA_FILE")
    }
    options.version = Product.version
    Descriptors.raiseLimit()
    let books = try surroundings.books()
    let stop = options.stop
    let pulse = options.pulse
    let supervision = Supervision("polling") { pulse.busySeconds < PollerThread.stuckSeconds }
    defer { supervision.stop() }
    let watch = SignalWatch {
      supervision.ending()
      stop.request()
    }
    watch.start()
    let isVerbose = arguments.flag("verbose")
    let poller = Poller(books, options) { notice in
      switch notice.level {
      case .warning: output.warning(notice.text)
      case .note: output.note(notice.text)
      case .detail: if isVerbose { output.note(notice.text) }
      }
    }
    switch try poller.run() {
    case .stopped: return watch.exitCode
    case .done: return .ok
    case .drained(let open):
      list(open, output)
      return open.isEmpty ? .ok : .tryAgain
    }
  }

  private static func list(_ open: [OpenJob], _ output: Output) {
    for job in open {
      if output.settings.isJSON {
        output.json([
          "job": .string(job.id), "state": .string(job.state.name), "reason": .string(job.reason),
        ])
      } else {
        output.line("\(job.state.name)  \(job.id)  \(job.reason)")
      }
    }
  }
}
