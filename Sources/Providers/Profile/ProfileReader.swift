// A profile's JSON → Profile. Every mistake is noted by its place; what is missing gets a harmless
// stand-in, so that reading goes on to the next mistake.

import Wire

struct ProfileReader {
  static let names = [
    "$schema", "profile", "name", "title", "aliases", "model_aliases", "sources", "base_url",
    "other_base_urls", "hosts", "auth", "idempotency", "submit", "status", "result", "cancel",
    "handle", "envelope", "state", "rules", "outputs", "progress", "stage", "queue_position",
    "error", "classify", "retry_after", "billing", "limits", "webhook",
    "reconcile", "stream", "log", "invoice",
  ]

  let problems: Problems

  func read(_ json: JSON) -> Profile {
    let top = Members(json, at: [], problems, names: ProfileReader.names)
    if top.required("profile") != nil { _ = top.int("profile", 1...1) }
    let base = self.base(top)
    let result = members(top, .result)
    var requests: [RequestPhase: RequestRule] = [:]
    for phase in RequestPhase.sections {
      requests[phase] = request(top, phase)
    }
    let reconcile = reconcile(top, &requests)
    let stream = stream(top, &requests)
    let profile = Profile(
      name: name(top), title: top.text("title") ?? "", aliases: top.texts("aliases", max: 16),
      modelAliases: modelAliases(top), sources: top.texts("sources"), declaredBase: base,
      otherBases: otherBases(top), base: base, hosts: hosts(top), auth: auth(top),
      idempotency: idempotency(top), submit: submit(top), webhook: webhook(top), requests: requests,
      notFoundGraceSeconds: members(top, .status)?.int("grace_404_s", 0...3600) ?? 0,
      cancel: cancel(top),
      finalErrors: result?.rules("final_errors", consequence: "is", fallback: .failed) ?? [],
      handleRule: handle(top), envelope: envelope(top), state: state(top),
      rules: top.rules("rules", consequence: "is"), outputRules: outputs(top),
      progress: progress(top), stage: top.pointers("stage"),
      queuePosition: top.pointers("queue_position"), error: error(top),
      classes: top.rules("classify", consequence: "class"), retryAfter: retryAfter(top),
      billing: billing(top), limits: limits(top), reconcile: reconcile,
      stream: stream, log: log(top), invoice: invoice(top),
      idempotencyLifeSeconds: idempotencyLife(top), canonicalBytes: json.canonicalBytes)
    ProfileJudge(profile: profile, problems: problems).judge()
    judgeStream(profile)
    return profile
  }

  private func name(_ top: Members) -> String {
    guard top.required("name") != nil, let name = top.text("name", max: 64) else { return "" }
    if !ProfileReader.isName(name) { top.error("name", "a name is made of a-z, 0-9 and '-'") }
    return name
  }

  static func isName(_ text: String) -> Bool {
    (1...64).contains(text.utf8.count)
      && text.utf8.allSatisfy { byte in
        (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x2D
      }
  }

  private func base(_ top: Members) -> WebAddress {
    let stand = WebAddress(scheme: "https", host: "invalid", port: 443, path: "", query: nil)
    guard top.required("base_url") != nil, let text = top.text("base_url") else { return stand }
    guard let base = WebAddress(text)?.asBase else {
      top.error("base_url", "expected an http(s) URL without user, query or fragment")
      return stand
    }
    return base
  }

  private func otherBases(_ top: Members) -> [WebAddress] {
    top.list("other_base_urls", max: 8) { json, place in
      if let base = json.string.flatMap(WebAddress.init)?.asBase { return base }
      problems.error(place, "expected an http(s) URL without user, query or fragment")
      return nil
    }
  }

  private func hosts(_ top: Members) -> [HostPattern] {
    top.list("hosts", max: 32) { json, place in
      if let host = json.string.flatMap(HostPattern.init) { return host }
      problems.error(place, "expected a host such as api.example.com or *.example.com")
      return nil
    }
  }

  private func modelAliases(_ top: Members) -> [String: String] {
    let entries = top.entries("model_aliases") { (_, value, place) -> String? in
      if value.string == nil { problems.error(place, "expected the model's full name") }
      return value.string
    }
    return Dictionary(entries.map { ($0.name, $0.value) }) { first, _ in first }
  }

  private func idempotencyLife(_ top: Members) -> Int {
    guard let json = top["idempotency"], let object = json.object else { return 3600 }
    let members = Members(
      json, at: ["idempotency"], problems, names: object.members.map(\.name))
    return members.int("life_s", 1...31_536_000) ?? 3600
  }

  private func idempotency(_ top: Members) -> IdempotencyRule? {
    guard let json = top["idempotency"] else { return nil }
    let members = Members(json, at: ["idempotency"], problems, names: ["header", "body", "life_s"])
    if let header = members.text("header", max: 128) {
      if !HeaderText.isName(header) { members.error("header", "'\(header)' is no header name") }
      if members["body"] != nil {
        members.error("body", "the key goes to header or body, not both")
      }
      return .header(header)
    }
    if let name = members.text("body", max: 128) { return .body(name) }
    problems.error(["idempotency"], "expected 'header' or 'body'")
    return nil
  }
}

extension WebAddress {
  /// A base URL: no query, no '/' at the end.
  var asBase: WebAddress? {
    guard query == nil else { return nil }
    var path = path
    while path.hasSuffix("/") { path.removeLast() }
    return WebAddress(scheme: scheme, host: host, port: port, path: path, query: nil)
  }
}
