// The sections that say how replies are read.

import Wire

extension ProfileReader {
  func handle(_ top: Members) -> HandleRule {
    guard let json = top.required("handle") else { return HandleRule() }
    let members = Members(
      json, at: ["handle"], problems,
      names: [
        "client_id", "external_id", "status_url", "result_url", "cancel_url", "stream_url",
      ])
    return HandleRule(
      clientID: members.template("client_id", .clientID),
      externalID: members.pointers("external_id"), statusURL: members.pointers("status_url"),
      resultURL: members.pointers("result_url"), cancelURL: members.pointers("cancel_url"),
      streamURL: members.pointers("stream_url"))
  }

  func envelope(_ top: Members) -> EnvelopeRule? {
    guard let json = top["envelope"] else { return nil }
    let members = Members(json, at: ["envelope"], problems, names: ["pointers", "ok"])
    _ = members.required("pointers")
    _ = members.required("ok")
    return EnvelopeRule(
      pointers: members.pointers("pointers"), ok: members.list("ok", max: 16) { json, _ in json })
  }

  func state(_ top: Members) -> StateRule {
    guard let json = top.required("state") else { return StateRule() }
    let members = Members(
      json, at: ["state"], problems,
      names: ["pointers", "words", "case_sensitive", "aggregate", "absent", "http"])
    var rule = StateRule()
    rule.pointers = members.pointers("pointers")
    rule.caseSensitive = members.flag("case_sensitive") ?? false
    rule.outcomes = outcomes(members, "words", caseSensitive: rule.caseSensitive)
    rule.aggregate = members.word("aggregate") ?? .first
    rule.absent = members.word("absent") ?? .unknown
    if rule.absent != .pending, rule.absent != .unknown {
      members.error("absent", "a missing word is never a verdict: pending or unknown")
    }
    let byStatus = members.entries("http") { (name, value, place) -> Outcome? in
      guard let status = Int(name), (200...299).contains(status) else {
        problems.error(place, "only a 2xx status can be a state; others are never verdicts")
        return nil
      }
      return Members.word(value, at: place, problems)
    }
    for (name, outcome) in byStatus { rule.byStatus[Int(name) ?? 0] = outcome }
    if rule.pointers.paths.isEmpty, rule.byStatus.isEmpty {
      problems.error(["state"], "expected 'pointers' to the provider's word, or 'http'")
    }
    return rule
  }

  func outputs(_ top: Members) -> [OutputRule] {
    top.list("outputs", max: 16) { (json, place) -> OutputRule? in
      let members = Members(
        json, at: place, problems,
        names: [
          "items", "url", "url_pointers", "media_type", "inline", "relative", "needs_auth",
          "expires_at",
        ])
      var rule = OutputRule()
      rule.items = members.pointers("items")
      rule.url = members.template("url", .outputURL)
      let isMade = rule.url?.variables.contains(where: \.isReply) ?? false
      if rule.items.paths.isEmpty == (rule.url == nil), !isMade {
        problems.error(
          place, "expected either 'items' or 'url', or a url made of {{reply/...}} for each item")
      }
      let urls = members.pointers("url_pointers")
      rule.urlPointers = urls.paths.isEmpty ? PointerList([PointerPath("/url")!]) : urls
      rule.inline = members.flag("inline") ?? false
      rule.relative = members.flag("relative") ?? false
      rule.needsAuth = members.flag("needs_auth") ?? false
      rule.expiresAt = members.pointers("expires_at")
      mediaType(members, &rule)
      return rule
    }
  }

  private func mediaType(_ members: Members, _ rule: inout OutputRule) {
    guard let json = members["media_type"] else { return }
    let inner = Members(
      json, at: members.place + ["media_type"], problems,
      names: ["pointers", "matches", "default"])
    rule.mediaTypePointers = inner.pointers("pointers")
    rule.mediaTypes = inner.entries("matches", max: 16) { (key, value, place) -> MediaTypeRule? in
      guard let pattern = Members.pattern(.string(key), at: place, problems),
        let type = value.string.flatMap(MediaType.checked)
      else {
        problems.error(place, "expected a pattern of the URL and a media type, in lower case")
        return nil
      }
      return MediaTypeRule(pattern: pattern, type: type)
    }.map(\.value)
    if let text = inner.text("default") {
      rule.defaultMediaType = MediaType.checked(text)
      if rule.defaultMediaType == nil { inner.error("default", "expected a media type") }
    }
  }

  func progress(_ top: Members) -> [ProgressRule] {
    top.list("progress", max: 8) { (json, place) -> ProgressRule? in
      let members = Members(
        json, at: place, problems, names: ["pointers", "last_match", "scale"])
      _ = members.required("pointers")
      var scale = DecimalText("1")!
      if let value = members["scale"] {
        guard case .number(let text) = value, let number = DecimalText(text), number.digits > 0
        else {
          members.error("scale", "expected the number that means 'done', such as 1 or 100")
          return nil
        }
        scale = number
      }
      return ProgressRule(
        pointers: members.pointers("pointers"), lastMatch: members.pattern("last_match"),
        scale: scale)
    }
  }

  func error(_ top: Members) -> ErrorRule {
    guard let json = top["error"] else { return ErrorRule() }
    let members = Members(
      json, at: ["error"], problems, names: ["pointers", "type", "type_header"])
    return ErrorRule(
      pointers: members.pointers("pointers"), type: members.pointers("type"),
      typeHeader: members.text("type_header", max: 128))
  }

  func retryAfter(_ top: Members) -> [RetryAfterRule] {
    guard top["retry_after"] != nil else { return [.header("retry-after")] }
    return top.list("retry_after", max: 8) { (json, place) -> RetryAfterRule? in
      let members = Members(
        json, at: place, problems, names: ["header", "header_ms", "pointer", "pattern"])
      let path = members["pointer"].flatMap {
        Members.path($0, at: place + ["pointer"], problems)
      }
      if let pattern = members.pattern("pattern"), let path { return .matches(path, pattern) }
      if let path { return .pointer(path) }
      if let name = members.text("header") { return .header(name) }
      if let name = members.text("header_ms") { return .headerMilliseconds(name) }
      problems.error(place, "expected header, header_ms, or pointer (with or without pattern)")
      return nil
    }
  }
}
