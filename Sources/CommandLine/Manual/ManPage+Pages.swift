// The two pages: ledger(1) for who keeps books, ledgerd(8) for who runs what talks to the world.

extension ManPage {
  /// The pages' names, as `ledger man` takes them.
  package static let names = ["ledger", "ledgerd"]
  /// Commands of ledgerd(8); the rest of the world is ledger(1)'s.
  private static let ofDaemon: Set = ["poll", "serve", "simulate"]

  /// - Parameters:
  ///   - name: one of `names`.
  ///   - commands: all that users are shown.
  package static func named(_ name: String, program: String, commands: [Command]) -> ManPage {
    name == "ledgerd"
      ? daemon(program, commands.filter { ofDaemon.contains($0.name) }) : books(program, commands)
  }

  private static func books(_ program: String, _ commands: [Command]) -> ManPage {
    ManPage(
      name: program, section: 1, program: program, summary: Product.summary,
      description: [
        """
        A backend hands over a job for an outside provider. The intent is written down, the \
        credits are held, the job is submitted and watched, and the provider's verdict captures \
        or releases the credits, verdict and money in one commit. Everything is one append-only \
        log; status, balances and schedules are views of it.
        """,
        """
        A network error is never taken for a verdict, nothing is submitted twice without proof \
        that the first time was not accepted, and nothing is charged without evidence.
        """,
        """
        Data goes to standard output, words to standard error. Whatever is refused names the next \
        command to type. HOME in this page is the directory of the books.
        """,
      ],
      commands: commands,
      chapters: [
        Chapter(
          title: "ENVIRONMENT", items: ManualFact.environment + ManualFact.daemonEnvironment),
        Chapter(title: "FILES", items: ManualFact.files),
      ],
      related: ["ledgerd(8)"])
  }

  private static func daemon(_ program: String, _ commands: [Command]) -> ManPage {
    ManPage(
      name: "ledgerd", section: 8, program: program,
      summary: "what talks to the world for \(program)(1): poller, server, simulator",
      description: [
        """
        ledger keeps the books and knows no network; ledgerd submits, polls, streams, saves \
        outputs, tells hooks and serves HTTP. It is not typed by its name: ledger poll, ledger \
        serve and ledger simulate become it, so both must lie in one directory.
        """,
        """
        One poller works on a home, others stand by. Any number of other processes on the same \
        machine may read and write meanwhile. In a container run ledger serve --poll as its only \
        process, with the home on a volume of a local file system.
        """,
        """
        The units ledger-poll.service and ledger-serve.service run both under systemd as user \
        ledger with the books in /var/lib/ledger, and tokens from /etc/ledger/environment.
        """,
      ],
      commands: commands,
      chapters: [
        Chapter(
          title: "SIGNALS",
          items: [
            ManualFact(
              "SIGTERM, SIGINT",
              "Ends without cutting anybody off: streams are told when to come again, submits "
                + "under way are waited for, for up to 10 seconds. A second signal ends it at "
                + "once, and even that loses nothing.")
          ]),
        Chapter(
          title: "ENVIRONMENT", items: ManualFact.environment + ManualFact.daemonEnvironment),
        Chapter(title: "FILES", items: ManualFact.files),
      ],
      related: ["\(program)(1)", "systemctl(1)", "journalctl(1)"])
  }
}
