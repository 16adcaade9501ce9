// The numbers a command ends with. Scripts branch on them, so they never change.

/// How a command ended; 64 and above follow `sysexits.h`, 130 is the shell's 128 + SIGINT.
package enum ExitCode: Int32, Sendable, CaseIterable {
  /// Done, and the answer is yes.
  case ok = 0
  /// The answer is no: a job ended otherwise than succeeded under `--exit-status` or `--wait`,
  /// `verify` found damage, `audit` has findings, `replay --check` differs.
  case no = 1
  /// Something else is already there: an id or key used by another command, a second `init`.
  case conflict = 2
  /// The account has too little for the hold.
  case insufficientCredits = 3
  /// The command line is wrong (EX_USAGE).
  case usage = 64
  /// The data is damaged (EX_DATAERR).
  case damagedData = 65
  /// No such job or account (EX_NOINPUT).
  case notFound = 66
  /// A provider or server cannot be reached (EX_UNAVAILABLE).
  case unreachable = 69
  /// A mistake in this program (EX_SOFTWARE).
  case bug = 70
  /// Reading or writing failed (EX_IOERR).
  case io = 74
  /// Nothing is lost: try again, or the job is still open (EX_TEMPFAIL).
  case tryAgain = 75
  /// The operation is not allowed (EX_NOPERM).
  case notAllowed = 77
  /// The surroundings are not right: no home yet, a newer home, a network file system, another
  /// PID namespace, a missing setting (EX_CONFIG).
  case configuration = 78
  /// Stopped by the user.
  case interrupted = 130
}
