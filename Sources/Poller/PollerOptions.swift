// What a poller is told, what it says, and how it ends.

package import Ledger
package import Posix

/// How a poller works.
package struct PollerOptions: Sendable {
  package enum Mode: Sendable, Equatable {
    /// Until it is stopped.
    case daemon
    /// All that is due now.
    case once
    /// Until nothing is submitted, dispatching, dispatched, running or storing.
    case drain
  }

  package var mode = Mode.daemon
  /// Requests at once, 1 to `HTTPLimits.connections`.
  package var inFlight = PollerOptions.inFlightDefault
  package static let inFlightDefault = 64
  /// Streams of events at once, besides; 0: none, every job is only polled.
  package var streams = PollerOptions.streamsDefault
  package static let streamsDefault = 32
  /// Loopback may be reached (`LEDGER_DEV=1`).
  package var allowLoopback = false
  /// A PEM file in place of the system's certificate authorities (`LEDGER_CA_FILE`, development).
  package var certificateAuthorityFile: String?
  /// How long a stop waits for the answers of submits under way, seconds.
  package var graceSeconds = 10.0
  /// When outputs that could not be saved are tried again.
  package var savePace = SavePace()
  /// When messages to hooks that did not arrive are sent again.
  package var hookPace = HookPace()
  package var version = "0"
  package var clock = PollClock()
  package var environment: @Sendable (String) -> String? = { Machine.environment($0) }
  package var stop = Stop()
  /// Beats with every turn, also while another poller is active.
  package var pulse = Pulse()

  package init(_ mode: Mode = .daemon) { self.mode = mode }
}

/// One thing a poller has to say; a line, without secrets.
package struct Notice: Sendable, Equatable {
  package enum Level: Sendable, Equatable {
    /// Worth a person's look.
    case warning
    /// Comings and goings.
    case note
    /// Each verdict, each command that the books refused.
    case detail
  }

  package let level: Level
  package let text: String

  package init(_ level: Level, _ text: String) {
    self.level = level
    self.text = text
  }
}

/// How a poller ended by itself.
package enum PollerEnding: Sendable, Equatable {
  /// It was asked to stop.
  case stopped
  /// All that was due is done (`once`).
  case done
  /// Nothing moves any more by itself; this stays open.
  case drained([OpenJob])
}

/// A job that a drain left open.
package struct OpenJob: Sendable, Equatable {
  package let id: String
  package let state: JobState
  package let reason: String
}

/// Why a poller did not run.
package enum PollerError: Error, Equatable {
  /// Another poller is active on this home.
  case active
  /// The network could not be set up; the text says why.
  case network(String)
}
