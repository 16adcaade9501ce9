// What a user can type: one line per command.

import CommandLine

enum Commands {
  static var table: CommandTable {
    CommandTable(
      program: "ledger", version: Product.version, summary: Product.summary,
      [
        entry("submit", Submit.declaration, Submit.run),
        entry("track", Track.declaration, Track.run),
        entry("poll", .poll, Daemon.run),

        entry("status", Status.declaration, Status.run),
        entry("events", Events.declaration, Events.run),
        entry("find", FindText.declaration, FindText.run),
        entry("timeline", ShowTimeline.declaration, ShowTimeline.run),
        entry("explain", Explain.declaration, Explain.run),
        entry("incidents", Incidents.declaration, Incidents.run),

        entry("grant", GiveCredits.declaration, GiveCredits.run),
        entry("refund", GiveBack.declaration, GiveBack.run),
        entry("adjust", Adjust.declaration, Adjust.run),
        entry("balance", Balance.declaration, Balance.run),
        entry("statement", ShowStatement.declaration, ShowStatement.run),
        entry("accounts", AccountList.declaration, AccountList.run),
        entry("account show", AccountShow.declaration, AccountShow.run),
        entry("account set", AccountSet.declaration, AccountSet.run),

        entry("init", Initialise.declaration, Initialise.run),
        entry("check", Check.declaration, Check.run),
        entry("cancel", Cancel.declaration, Cancel.run),
        entry("unpark", Unpark.declaration, Unpark.run),
        entry("resolve", ResolveJob.declaration, ResolveJob.run),
        entry("pause", PauseSubmission.declaration, PauseSubmission.run),
        entry("unpause", Unpause.declaration, Unpause.run),
        entry("config list", ConfigList.declaration, ConfigList.run),
        entry("config get", ConfigGet.declaration, ConfigGet.run),
        entry("config set", ConfigSet.declaration, ConfigSet.run),
        entry("backup", Backup.declaration, Backup.run),
        entry("restore", Restore.declaration, Restore.run),
        entry("forget", Forget.declaration, Forget.run),
        entry("prune", Prune.declaration, Prune.run),

        entry("provider list", ProviderList.declaration, ProviderList.run),
        entry("provider show", ProviderShow.declaration, ProviderShow.run),
        entry("provider lint", ProviderLint.declaration, ProviderLint.run),
        entry("provider try", ProviderTry.declaration, ProviderTry.run),
        entry("provider reread", ProviderReread.declaration, ProviderReread.run),

        entry("webhook ingest", IngestWebhook.declaration, IngestWebhook.run),

        entry("doctor", Doctor.declaration, Doctor.run),
        entry("replay", ReplayViews.declaration, ReplayViews.run),
        entry("verify", VerifyHome.declaration, VerifyHome.run),
        entry("audit", AuditBooks.declaration, AuditBooks.run),
        entry("bill", BillInvoice.declaration, BillInvoice.run),
        entry("checkpoint", SignCheckpoint.declaration, SignCheckpoint.run),
        entry("export", Export.declaration, Export.run),
        entry("import", ImportBooks.declaration, ImportBooks.run),
        entry("serve", .serve, Daemon.run),
        entry("token create", TokenCreate.declaration, TokenCreate.run),
        entry("token list", TokenList.declaration, TokenList.run),
        entry("token revoke", TokenRevoke.declaration, TokenRevoke.run),
        entry("hook add", HookAdd.declaration, HookAdd.run),
        entry("hook list", HookList.declaration, HookList.run),
        entry("hook remove", HookRemove.declaration, HookRemove.run),
        entry("hook resend", HookResend.declaration, HookResend.run),
        entry("simulate", .simulate, Daemon.run),
        entry("completions", Completions.declaration, Completions.run),
        entry("man", Manual.declaration, Manual.run),
        entry("parse", ParseLines.declaration, ParseLines.run),
      ])
  }

  /// A command whose errors name the home they happened in.
  private static func entry(
    _ name: String, _ declaration: @autoclosure @escaping @Sendable () -> Declaration,
    _ run: @escaping (Session, Arguments) throws -> ExitCode
  ) -> CommandTable.Entry {
    CommandTable.Entry(name, declaration()) { arguments, output in
      let session = try Session(arguments, output)
      do {
        return try run(session, arguments)
      } catch {
        throw session.located(error as? Failure ?? Failure(error))
      }
    }
  }
}
