// Where an incident is played: addresses, paths and ids that its script needs beforehand.
import Wire

/// One running provider and a place for books.
struct IncidentStage: Sendable {
  /// The provider's, without a slash at the end.
  let address: String
  /// For books and files.
  let directory: String
  let provider: any ProviderModel
  /// `whsec_...`
  let webhookSecret: String
  private let options: SimulatorOptions

  init(address: String, directory: String, options: SimulatorOptions) {
    self.address = address
    self.directory = directory
    self.options = options
    let name = options.providers.first
    provider = Door.providers.first { $0.name == name } ?? Door.providers[0]
    webhookSecret = WebhookKeys(seed: options.seed, secret: options.webhookSecret).sharedText
  }

  func file(_ name: String) -> String { directory + "/" + name }

  /// The header by which the simulated provider knows its customer, as its own clients send it.
  private var credential: (name: String, value: String) {
    let isKey = ["fal", "higgsfield"].contains(provider.name)
    return ("Authorization", isKey ? "Key id:secret" : "Bearer token")
  }

  /// The customer's own application submits, past `ledger`.
  /// - Parameter patienceSeconds: after which it hangs up.
  func appSubmits(_ path: String, _ body: String, patienceSeconds: Int? = nil) -> IncidentStep {
    let patience = patienceSeconds.map { ["--max-time", "\($0)"] } ?? []
    return .run(
      [
        "curl", "-sS", "-H", "\(credential.name): \(credential.value)", "-H",
        "Content-Type: application/json", "-d", body,
      ] + patience + [address + path],
      // curl(1), EXIT CODES: 28 is a timeout.
      exit: patience.isEmpty ? 0 : 28, note: "the app submits by itself")
  }

  /// The id that the provider gives to the first submit of this body: ids follow from the seed and
  /// the request, so that the same submit in a world that nobody sees tells it.
  func id(of path: String, _ body: String) -> String {
    var options = options
    options.faults = []
    let engine = Engine(
      options: options, clock: .still(), address: address, directory: .null)
    let request = Request(
      method: "POST", path: path,
      headers: [
        credential.name.lowercased(): credential.value, "content-type": "application/json",
      ], body: Array(body.utf8))
    let answer = engine.answer(
      request, at: Door(address: address, providers: Door.behind(provider)))
    guard case .reply(let reply) = answer, let json = try? JSON(parsing: reply.body) else {
      return ""
    }
    return json[provider.fields.id]?.string ?? ""
  }

  /// The back end receives the `number`th message of a kind and hands it over.
  func takesWebhook(_ kind: String, _ number: Int = 1, exit: Int = 0) -> [IncidentStep] {
    let stem = "\(kind)-\(number)"
    return ["headers", "body"].map { part in
      .run([
        // Answered 503 until the message has been sent.
        "curl", "-sSf", "--retry", "60", "-o", file("\(stem).\(part)"),
        "\(address)/_simulator/webhooks/\(kind)/\(number)/\(part)",
      ])
    } + [ingest(stem, exit: exit)]
  }

  /// The same message once more.
  func ingest(_ stem: String, exit: Int = 0) -> IncidentStep {
    .run(
      [
        "ledger", "webhook", "ingest", "--provider", provider.name, "--headers",
        file("\(stem).headers"), "--body", file("\(stem).body"),
      ], exit: exit)
  }

  /// The provider's bill, compared with the books.
  var takesInvoice: [IncidentStep] {
    [
      .run([
        "curl", "-sSf", "-o", file("invoice.csv"), "\(address)/_simulator/invoice.csv",
      ]),
      .ledger("bill", file("invoice.csv"), "--provider", provider.name, needs: "bill"),
    ]
  }

  /// What every command needs to know, in the order to type it.
  var environment: [(name: String, value: String)] {
    let suffix = provider.name.uppercased().split(separator: "-").joined(separator: "_")
    let credentials: [String: [(String, String)]] = [
      "fal": [("FAL_KEY", "id:secret")], "higgsfield": [("HF_KEY", "id:secret")],
      "replicate": [
        ("REPLICATE_API_TOKEN", "token"), ("REPLICATE_WEBHOOK_SECRET", webhookSecret),
      ],
      "superduperai": [("SUPERDUPERAI_TOKEN", "token")],
    ]
    return [
      ("LEDGER_HOME", file("books")), ("LEDGER_DEV", "1"), ("LEDGER_BASE_URL_\(suffix)", address),
    ] + (credentials[provider.name] ?? [])
  }
}
