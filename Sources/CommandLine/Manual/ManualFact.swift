// What a manual must tell besides the commands: the variables and files that the programs heed.

/// A name and what it means, in whole sentences.
package struct ManualFact: Sendable {
  let name: String
  let meaning: String

  init(_ name: String, _ meaning: String) {
    self.name = name
    self.meaning = meaning
  }

  /// Variables that every command reads.
  static let environment = [
    ManualFact("LEDGER_HOME", "Where the books are, when --home does not say."),
    ManualFact(
      "XDG_DATA_HOME, HOME",
      "Without either the books are in $XDG_DATA_HOME/ledger, else in ~/.local/share/ledger."),
    ManualFact(
      "USER, LOGNAME",
      "Who acts, when --by does not say; kept in the log. Without them it is the user's number."),
    ManualFact(
      "NO_COLOR, TERM, COLUMNS",
      "Plain text when NO_COLOR is set or TERM is dumb; how wide screens are."),
    ManualFact(
      "LEDGER_DISK_FLOOR",
      "Free bytes below which nothing is written, before ledger config set disk_floor says "
        + "otherwise."),
    ManualFact("TMPDIR", "Where import --dry-run without a home tries what it would do."),
  ]

  /// Variables of the commands that talk to the world.
  static let daemonEnvironment = [
    ManualFact(
      "REPLICATE_API_TOKEN, FAL_KEY, HF_KEY and others",
      "What providers are paid by. ledger provider show P names each provider's own; a file "
        + "HOME/secrets/P serves as well. They are never written to the log."),
    ManualFact(
      "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN",
      "Keys of the bucket that outputs are saved to; or lines in HOME/secrets/store."),
    ManualFact("LEDGER_CA_FILE", "Certificate authorities to trust instead of the system's."),
    ManualFact("LEDGER_DEV", "1: this machine's own addresses may be called, and http."),
    ManualFact(
      "LEDGER_BASE_URL_PROVIDER", "Where that provider is instead, e.g. a simulator's address."),
    ManualFact(
      "NOTIFY_SOCKET, WATCHDOG_USEC, WATCHDOG_PID, LISTEN_FDS, LISTEN_PID",
      "Set by systemd: readiness and signs of life are told, a socket is taken over "
        + "(sd_notify(3), sd_listen_fds(3))."),
  ]

  /// What lies in a home.
  static let files = [
    ManualFact("HOME/log/", "The truth: flushed at every commit, only appended to."),
    ManualFact("HOME/HEAD", "Where the log ended when the last command was acknowledged."),
    ManualFact("HOME/views/", "A cache; may be deleted at any moment."),
    ManualFact("HOME/config.json", "Hooks, and digests of tokens. Policies are in the log."),
    ManualFact("HOME/providers/P.json", "Profiles of yours, which stand in for built-in ones."),
    ManualFact("HOME/secrets/", "Tokens and hooks' secrets, readable by their owner alone."),
    ManualFact("HOME/keys/", "What signs checkpoints and webhook addresses."),
    ManualFact("HOME/LOCK, HOME/POLLER", "Locks of the writer and of the one active poller."),
    ManualFact(
      "HOME/attachments/, HOME/store-tmp/", "Files on their way to a provider or to the store."),
    ManualFact("HOME/hooks/", "How far each hook is; found again in the log when it is gone."),
  ]
}
