// The sections that say how a job is told of while it runs: stream and log.

import Wire

extension ProfileReader {
  static let streamNames = ["after_status", "auth", "by", "messages", "heartbeat_s"]
  static let messageNames = [
    "event", "is", "as", "at", "log", "stage", "progress", "about",
  ]

  /// The section's own request goes to `requests`, like those of the other phases.
  func stream(
    _ top: Members, _ requests: inout [RequestPhase: RequestRule]
  ) -> StreamRule? {
    guard let json = top["stream"] else { return nil }
    requests[.stream] = request(top, .stream)
    let members = Members(
      json, at: ["stream"], problems,
      names: ProfileReader.requestNames + ProfileReader.streamNames)
    var rule = StreamRule()
    rule.afterStatus = members.text("after_status", max: 200)
    if let suffix = rule.afterStatus, WebAddress("https://a" + suffix)?.path != suffix {
      members.error("after_status", "expected a path beginning with '/'")
    }
    if members["auth"] != nil { rule.auth = auth(members) }
    if let by = members.text("by"), by != "event" {
      rule.key = .pointer(members.pointers("by"))
    }
    rule.messages = members.list("messages", max: 32) { message($0, at: $1) }
    if rule.messages.isEmpty { members.error("messages", "without them the stream says nothing") }
    rule.heartbeatSeconds = members.int("heartbeat_s", 1...3600) ?? rule.heartbeatSeconds
    return rule
  }

  private func message(_ json: JSON, at place: [String]) -> MessageRule? {
    let members = Members(json, at: place, problems, names: ProfileReader.messageNames)
    guard members.required("is") != nil, let kind: MessageRule.Kind = members.word("is") else {
      return nil
    }
    var rule = MessageRule(names: Set(members.texts("event", max: 32)), kind: kind)
    if let form = members.text("as") {
      if form != "text" && form != "json" { members.error("as", "expected text or json") }
      rule.isText = form == "text"
    }
    if rule.isText, kind == .status { members.error("as", "a status is JSON") }
    rule.at = members.pointers("at")
    rule.log = log(members)
    if members["stage"] != nil { rule.stage = members.pointers("stage") }
    if members["progress"] != nil { rule.progress = progress(members) }
    return rule
  }

  func log(_ holder: Members) -> LogRule? {
    guard let json = holder["log"] else { return nil }
    let members = Members(
      json, at: holder.place + ["log"], problems, names: ["pointers", "cumulative"])
    _ = members.required("pointers")
    return LogRule(
      pointers: members.pointers("pointers"), isCumulative: members.flag("cumulative") ?? false)
  }

  /// A stream must be somewhere.
  func judgeStream(_ profile: Profile) {
    guard let rule = profile.stream, let request = profile.requests[.stream] else { return }
    if rule.afterStatus == nil, request.url == nil, request.variants.isEmpty,
      profile.handleRule.streamURL.paths.isEmpty
    {
      problems.error(["stream", "url"], "needs a url here, after_status, or /handle/stream_url")
    }
  }
}
