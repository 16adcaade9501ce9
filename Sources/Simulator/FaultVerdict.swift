// What the faults together do to one request.
import Wire

/// The faults that struck a request, thrown with dice that depend only on the seed, the request and
/// how often it was made: one client's faults do not move when another one appears.
struct FaultVerdict {
  /// What is answered instead of processing the request.
  private(set) var instead: Answer?
  private(set) var delayMicroseconds: Int64 = 0
  /// What is done to the answer of a processed request.
  private(set) var harm: Fault?
  /// What happens to the job that the request makes or is about.
  private(set) var marks: Set<FaultKind> = []

  private let provider: any ProviderModel

  init(
    phase: Phase, request: Request, provider: any ProviderModel, jobID: Substring?,
    _ world: inout World
  ) {
    self.provider = provider
    let faults = world.options.faults
    guard !faults.isEmpty else { return }
    var content = world.fingerprint("fault", request.method, request.path)
    content.add(request.body)
    content.add(world.occurrence(of: content))
    var dice = content.dice
    let age = jobID.flatMap { world.index(of: String($0), provider: provider.name) }
      .map { Double(world.now - world.jobs[$0].createdAt) / 1e6 }
    for (place, fault) in faults.enumerated()
    where fault.strikes(phase, jobAgeSeconds: age, dice: &dice) {
      // Only the first of those that decide the answer does; delays add up, marks stand beside.
      guard instead == nil && harm == nil || fault.kind == .delay || fault.isMark,
        world.mayStrike(place)
      else { continue }
      world.tally.note(fault: fault.name)
      apply(fault, world)
    }
  }

  private mutating func apply(_ fault: Fault, _ world: World) {
    switch fault.kind {
    case .delay: delayMicroseconds += Int64(((fault.number ?? 0) * 1e6).rounded())
    case .rerun, .regret, .deaf, .stale: marks.insert(fault.kind)
    default:
      instead = FaultAnswer.instead(fault, provider, world)
      if instead == nil { harm = fault }
    }
  }

  /// The answer of a processed request, as it leaves.
  func harmed(_ answer: Answer, _ world: World) -> Answer {
    guard let harm else { return answer }
    if harm.kind == .dropAfter { return .drop }
    return answer.mapped(world) { [provider] reply, world in
      Mangle.apply(harm, to: reply, provider, world)
    }
  }
}

extension Fault {
  fileprivate var isMark: Bool {
    [.rerun, .regret, .deaf, .stale].contains(kind)
  }
}
