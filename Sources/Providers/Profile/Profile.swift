// A provider, described: everything `ledger` knows about it, as data. No provider's name stands in
// Swift; a new provider is a new JSON file. The vocabulary is described for people and editors in
// schemas/profile.schema.json.

package import Ledger
import Wire

/// A checked provider profile.
package struct Profile: Sendable {
  /// `[a-z0-9-]{1,64}`.
  package let name: String
  package let title: String
  /// Other names a user may type.
  package let aliases: [String]
  /// Short model names and what they stand for.
  package let modelAliases: [String: String]
  /// Where the facts come from.
  package let sources: [String]

  /// The provider's own address, and others that mean the same.
  package let declaredBase: WebAddress
  let otherBases: [WebAddress]
  /// Where requests go: `declaredBase`, or an override (`resolve(baseOverride:)`).
  package internal(set) var base: WebAddress
  let hosts: [HostPattern]

  let auth: AuthRule
  let idempotency: IdempotencyRule?
  let submit: SubmitRule
  /// How the provider tells us of a job by itself; nil: it does not.
  package let webhook: WebhookRule?
  let requests: [RequestPhase: RequestRule]
  /// After the submit a 404 is ordinary for this long, seconds.
  package let notFoundGraceSeconds: Int
  let cancel: CancelRule
  let finalErrors: [Rule<Outcome>]

  let handleRule: HandleRule
  let envelope: EnvelopeRule?
  let state: StateRule
  let rules: [Rule<Outcome>]
  let outputRules: [OutputRule]
  let progress: [ProgressRule]
  let stage: PointerList
  let queuePosition: PointerList
  let error: ErrorRule
  let classes: [Rule<ReplyClass>]
  let retryAfter: [RetryAfterRule]

  package let billing: BillingRule
  package let limits: ProfileLimits
  /// How a job whose submit had no answer is found; nil: it cannot be.
  package let reconcile: ReconcileRule?
  /// What it tells of a job by itself while it runs; nil: it must be asked.
  package let stream: StreamRule?
  /// Log lines in status replies.
  let log: LogRule?
  /// Which column of its invoice is what; nil: the user must say.
  package let invoice: InvoiceMap?
  /// How long the provider surely remembers an idempotency key, seconds.
  package let idempotencyLifeSeconds: Int

  /// The same profile always as the same bytes, whatever its layout: what a digest is taken of.
  package let canonicalBytes: [UInt8]

  /// First 8 bytes of SHA-256 of `canonicalBytes`: which text of the profile was in force.
  package var digest: [UInt8] { Array(SHA256.digest(canonicalBytes).bytes.prefix(8)) }

  /// Whether an uncertain submit may be repeated with the same key and body.
  package var honoursIdempotencyKeys: Bool { idempotency != nil }

  /// Whether the provider can be asked this at all.
  package func offers(_ phase: RequestPhase) -> Bool { requests[phase] != nil }

  /// Names of the environment variables the profile's auth reads.
  package var secretNames: [String] {
    var names = auth.secretNames
    for name in stream?.auth?.secretNames ?? [] where !names.contains(name) { names.append(name) }
    return names
  }

  /// The same without forms that are not used: of several the first all of whose variables are set.
  package func secretNames(where isSet: (String) -> Bool) -> [String] {
    var names = auth.secretNames(where: isSet)
    for name in stream?.auth?.secretNames(where: isSet) ?? [] where !names.contains(name) {
      names.append(name)
    }
    return names
  }

  /// Whether the result can only be fetched with what the status answer said.
  package var resultNeedsReply: Bool {
    guard let rule = requests[.result] else { return false }
    let urls = [rule.url].compactMap(\.self) + rule.variants.compactMap(\.url)
    return urls.contains { $0.variables.contains(where: \.isReply) }
  }

  /// The same and what notifications are verified with, in the order that secret files are read by.
  package var allSecretNames: [String] {
    let names = secretNames
    return names + (webhook?.signature.secretNames.filter { !names.contains($0) } ?? [])
  }

  /// The handle that is known before the submit, where our own id is the handle: poll it, a lost
  /// answer is not uncertain.
  package func handleBeforeSubmit(_ context: RequestContext) -> ProviderHandle? {
    handleRule.ownID(context).map { ProviderHandle(externalID: $0) }
  }
}

/// A name with a template for its value: a header, a query parameter.
struct NamedTemplate: Sendable, Equatable {
  let name: String
  let template: Template
  /// Taken in turn where the template's secrets are not there; only credentials have any.
  var alternatives: [Template] = []

  var forms: [Template] { [template] + alternatives }
}

/// How the provider takes an idempotency key.
enum IdempotencyRule: Sendable, Equatable {
  case header(String)
  /// A member of the body.
  case body(String)
}

/// One request of a profile.
struct RequestRule: Sendable, Equatable {
  /// A form of the request for some models.
  struct Variant: Sendable, Equatable {
    let model: Pattern
    let url: Template?
    let body: BodyTemplate?
  }

  var method: String
  var url: Template?
  var query: [NamedTemplate] = []
  var headers: [NamedTemplate] = []
  var body: BodyTemplate?
  var timeoutSeconds = 60
  var variants: [Variant] = []
}

/// How a submit's answers prove acceptance or its absence.
struct SubmitRule: Sendable, Equatable {
  /// Statuses of acceptance; nil: every 2xx.
  var accepted: Set<Int>?
  var transient: [Condition] = []
  var accountProblem: [Condition] = []
  var proofOfNonAcceptance: [Condition] = []
}

struct CancelRule: Sendable, Equatable {
  var accepted: Set<Int> = [200, 202, 204]
  var tooLate: Set<Int> = []
  /// Words that only cancel's answers use.
  var outcomes: [String: Outcome] = [:]
}

/// A code that must be right before anything else in a 2xx reply is believed.
struct EnvelopeRule: Sendable, Equatable {
  let pointers: PointerList
  let ok: [JSON]

  /// An absent code is right: errors carry one.
  func isOK(_ json: JSON) -> Bool {
    guard let code = pointers.first(in: json) else { return true }
    return ok.contains(code)
  }
}
