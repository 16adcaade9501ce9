// What an exit code means, for manuals.

extension ExitCode {
  /// One sentence without a full stop.
  package var meaning: String {
    switch self {
    case .ok: "Done, and the answer is yes"
    case .no:
      "The answer is no: a job ended otherwise than succeeded, verify found damage, audit has "
        + "findings, replay --check differs"
    case .conflict: "Something else is already there: an id or key of another command"
    case .insufficientCredits: "The account has too little for the hold"
    case .usage: "The command line is wrong"
    case .damagedData: "The data is damaged"
    case .notFound: "No such job or account"
    case .unreachable: "A provider or server cannot be reached"
    case .bug: "A mistake in this program"
    case .io: "Reading or writing failed"
    case .tryAgain: "Nothing is lost: try again, or the job is still open"
    case .notAllowed: "The operation is not allowed"
    case .configuration:
      "The surroundings are not right: no home yet, a newer home, a network file system, another "
        + "PID namespace, a missing setting"
    case .interrupted: "Stopped by the user"
    }
  }
}
