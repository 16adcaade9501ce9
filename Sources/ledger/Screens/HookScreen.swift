// Hooks for people: who is told, how far they are behind, and what went wrong.

import CommandLine
import Ledger
import Wire

extension Screen {
  /// The table, and what keeps a hook from being told.
  mutating func hooks(_ hooks: [HookStatus], _ session: Session) {
    var table = TextTable([
      .init("HOOK", max: 32, min: 6), .init("STATE"), .init("BEHIND", .right), .init("FOR", .right),
      .init("DELIVERED"), .init("ACCOUNT", max: 32, min: 6), .init("URL", max: 60, min: 12),
    ])
    for status in hooks {
      table.append([
        .init(status.hook.name), .init(status.state.rawValue, Screen.tone(status.state)),
        .init(Screen.count(status)), .init(Screen.age(status)),
        .init(status.deliveredAt.map { Human.relative($0, now: now) } ?? ""),
        .init(status.hook.account?.description ?? "all"), .init(status.hook.shownURL),
      ])
    }
    self.table(table)
    hookTrouble(hooks, session)
  }

  /// A sentence for each hook that is not well.
  mutating func hookTrouble(_ hooks: [HookStatus], _ session: Session) {
    for status in hooks {
      let name = status.hook.name
      switch status.state {
      case .ok: break
      case .disabled:
        sentence("hook \(name) is disabled: \(status.hook.disabled?.reason ?? "")", .attention)
        next(session.command("hook resend \(name)"))
      case .failing:
        let noun = status.behindEvents == 1 ? "event" : "events"
        let events = "\(Screen.count(status)) \(noun), for \(Screen.age(status))"
        sentence(
          "hook \(name) is behind by \(events): \(status.failure?.message ?? "")", .attention)
      }
    }
  }

  private static func count(_ status: HookStatus) -> String {
    let more = status.behindEvents >= HookStatus.countMax ? "+" : ""
    return Human.count(status.behindEvents) + more
  }

  private static func age(_ status: HookStatus) -> String {
    guard status.behindEvents > 0 else { return "" }
    return Human.duration(.milliseconds(Int64(status.behindSeconds * 1000)))
  }

  private static func tone(_ state: HookStatus.State) -> Style.Tone {
    switch state {
    case .ok: .good
    case .failing: .attention
    case .disabled: .bad
    }
  }
}
