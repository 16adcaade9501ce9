// A profile and a job → an HTTP request. Secrets come from a closure at this moment, go into the
// request and are kept nowhere else.

import Wire

extension Profile {
  /// The request of one phase.
  /// - Parameter secrets: the value of an environment variable or secret file, by name.
  /// - Throws: `RequestError`; nothing has been sent then.
  package func request(
    _ phase: RequestPhase, for context: RequestContext, secrets: (String) -> String?
  ) throws(RequestError) -> ProviderRequest {
    guard let rule = requests[phase] else { throw .noSuchPhase(phase) }
    let form = try form(of: rule, phase, context)
    var url = try address(phase, form, context)
    var body = try body(form, context)
    var headers = try headers(rule, phase, context, secrets)
    url = url.appending(
      query: try query(rule, phase, context)
        + (try authQuery(phase, secrets, now: context.now)))
    var key: String?
    if phase == .submit, let idempotency {
      key = context.idempotencyKey
      switch idempotency {
      case .header(let name):
        guard HeaderText.isValue(context.idempotencyKey) else { throw .badHeader(name) }
        headers.append(.init(name: name, value: context.idempotencyKey))
      case .body(let name):
        guard case .object(var object)? = body else { throw .inputNotObject }
        object[name] = .string(context.idempotencyKey)
        body = .object(object)
      }
    }
    if phase == .submit { try addWebhook(context, url: &url, body: &body) }
    if body != nil { headers.append(.init(name: "Content-Type", value: "application/json")) }
    return ProviderRequest(
      phase: phase, method: rule.method, url: url, headers: headers, body: body?.bytes,
      timeoutSeconds: rule.timeoutSeconds, idempotencyKey: key)
  }

  /// The model's full name, its alias resolved.
  func model(_ context: RequestContext) -> String? {
    context.model.map { modelAliases[$0] ?? $0 }
  }

  /// A request in the form the job's model asks for.
  struct Form {
    var url: Template?
    var body: BodyTemplate?
    var match: String?
  }

  func form(
    of rule: RequestRule, _ phase: RequestPhase, _ context: RequestContext
  ) throws(RequestError) -> Form {
    let usual = Form(url: rule.url, body: rule.body, match: nil)
    guard !rule.variants.isEmpty else { return usual }
    let model = model(context)
    for variant in rule.variants {
      guard let model, let match = variant.model.first(in: model) else { continue }
      return Form(url: variant.url ?? rule.url, body: variant.body ?? rule.body, match: match)
    }
    // A follow-up URL of the provider's own needs no variant.
    if rule.url != nil || given(phase, context) != nil { return usual }
    guard let model else { throw .handleIncomplete(missing: "job.model") }
    throw .unsupportedModel(model)
  }

  private func body(_ form: Form, _ context: RequestContext) throws(RequestError) -> JSON? {
    guard let body = form.body else { return nil }
    return try body.render(input: context.input, values(context, form.match))
  }

  /// Values of a template's names.
  func values(_ context: RequestContext, _ match: String?) -> (TemplateVariable) -> String? {
    let model = model(context)
    return { variable in
      switch variable {
      case .jobID: context.jobID
      case .jobModel: model
      case .jobStep: String(context.step)
      case .jobStepID: context.stepID
      case .externalID: context.handle.externalID ?? handleRule.ownID(context)
      case .match: match
      case .reply(let path): context.lastReply.flatMap { PointerList([path]).text(in: $0) }
      case .jobInput, .environment, .token: nil
      }
    }
  }

  private func headers(
    _ rule: RequestRule, _ phase: RequestPhase, _ context: RequestContext,
    _ secrets: (String) -> String?
  ) throws(RequestError) -> [ProviderRequest.Header] {
    var headers: [ProviderRequest.Header] = []
    for header in rule.headers {
      guard let value = try header.template.render(.plain, values(context, nil)) else { continue }
      guard HeaderText.isValue(value) else { throw .badHeader(header.name) }
      headers.append(.init(name: header.name, value: value))
    }
    if !headers.contains(where: { $0.name.lowercased() == "accept" }) {
      headers.append(
        .init(name: "Accept", value: phase == .stream ? "text/event-stream" : "application/json"))
    }
    return headers + (try authHeaders(phase, secrets, now: context.now))
  }

  private func query(
    _ rule: RequestRule, _ phase: RequestPhase, _ context: RequestContext
  ) throws(RequestError) -> [String] {
    var parts: [String] = []
    if phase == .list, let page = context.listPage {
      // The URL of a page has its own parameters.
      guard given(phase, context) == nil else { return [] }
      guard let name = reconcile?.cursorParameter else { throw .badURL("the list's next page") }
      parts.append("\(PercentEncoding.component(name))=\(PercentEncoding.component(page))")
    }
    for parameter in rule.query {
      guard let value = try parameter.template.render(.plain, values(context, nil)) else {
        continue
      }
      parts.append(
        "\(PercentEncoding.component(parameter.name))=\(PercentEncoding.component(value))")
    }
    return parts
  }
}
