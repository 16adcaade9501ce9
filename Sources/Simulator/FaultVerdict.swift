// What the faults together do to one request.

/// The faults that struck a request, thrown with dice that depend only on the seed, the request and
/// how often it was made: one client's faults do not move when another one appears.
struct FaultVerdict {
  /// What is answered instead of processing the request.
  private(set) var instead: Answer?
  private(set) var dropsAfter = false
  private(set) var delayMicroseconds: Int64 = 0

  init(
    phase: Phase, request: Request, provider: any ProviderModel, jobID: Substring?,
    _ world: inout World
  ) {
    let faults = world.options.faults
    guard !faults.isEmpty else { return }
    var content = world.fingerprint("fault", request.method, request.path)
    content.add(request.body)
    content.add(world.occurrence(of: content))
    var dice = content.dice
    let age = jobID.flatMap { world.index(of: String($0), provider: provider.name) }
      .map { Double(world.now - world.jobs[$0].createdAt) / 1e6 }
    for fault in faults where fault.strikes(phase, jobAgeSeconds: age, dice: &dice) {
      // Only the first of those that decide the answer does; delays add up.
      guard instead == nil && !dropsAfter || fault.isDelay else { continue }
      world.tally.note(fault: fault.name)
      apply(fault.kind, provider)
    }
  }

  private mutating func apply(_ kind: Fault.Kind, _ provider: any ProviderModel) {
    switch kind {
    case .unavailable(let status, _):
      instead = .reply(provider.refuse(.unavailable(status: status)))
    case .throttled(_, let seconds):
      instead = .reply(provider.refuse(.throttled(retryAfterSeconds: seconds)))
    case .dropBefore: instead = .drop
    case .dropAfter: dropsAfter = true
    case .delay(_, let seconds): delayMicroseconds += Int64((seconds * 1e6).rounded())
    case .missing: instead = .reply(provider.refuse(.notFound))
    case .html: instead = .reply(FaultVerdict.page)
    case .unauthenticated: instead = .reply(provider.refuse(.unauthenticated))
    case .insufficientCredit: instead = .reply(provider.refuse(.insufficientCredit))
    }
  }

  /// What a proxy says in place of the provider.
  private static let page = Reply(
    200, type: "text/html; charset=utf-8",
    body: Array(
      "<!DOCTYPE html><html><head><title>Just a moment...</title></head><body></body></html>\n"
        .utf8))
}

extension Fault {
  fileprivate var isDelay: Bool { if case .delay = kind { true } else { false } }
}
