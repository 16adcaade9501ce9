// Messages of streams, read as their providers mean them.

import Ledger
import Testing
import Wire

@testable import Providers

@Suite("Messages of streams") struct StreamTests {
  /// A queue's status stream: unnamed status objects with log deltas.
  private static let queue: JSON = Fixture.small([
    "handle": ["external_id": "/id", "status_url": "/status_url"],
    "log": ["pointers": "/logs/*/message", "cumulative": true],
    "stage": "/stage",
    "stream": [
      "after_status": "/stream", "query": ["logs": "1"],
      "messages": [["is": "status", "log": ["pointers": "/logs/*/message"]]],
    ],
  ])

  /// One channel with many kinds of messages, and a token in the query.
  private static let channel: JSON = Fixture.small([
    "auth": ["headers": ["Authorization": "Bearer {{env.A}}"]],
    "stream": [
      "url": "/events/file.{{handle.external_id}}", "by": "/type",
      "auth": ["query": ["token": "{{env.B}}"]],
      "messages": [
        ["event": ["file"], "is": "status", "at": "/object"],
        [
          "event": ["render_progress"], "is": "news", "stage": "/object/step",
          "progress": [["pointers": "/object/progress", "scale": 100]],
        ],
        ["event": ["task", "render_result"], "is": "look"], ["event": ["bye"], "is": "end"],
      ],
    ],
  ])

  private let context = RequestContext(
    jobID: "j", handle: ProviderHandle(externalID: "x1"), progressBefore: 250_000)

  private func read(
    _ profile: JSON, _ data: String, event: String = "message"
  ) throws -> StreamReading {
    try Fixture.profile(profile).readMessage(
      ServerSentEvent(name: event, data: data), for: context)
  }

  @Test("a status message is read like a status reply; its log lines are the new ones")
  func status() throws {
    let running = try read(
      StreamTests.queue,
      #"{"state":"run","stage":"denoise","logs":[{"message":"a"},{"message":"b"}]}"#)
    #expect(running.kind == .status && running.status?.state == .pending)
    #expect(running.log == LogText(text: "a\nb", isCumulative: false))
    #expect(running.stage == "denoise")
    let done = try read(StreamTests.queue, #"{"state":"done","url":"https://a.example.com/o.mp4"}"#)
    #expect(done.status?.state == .succeeded && done.status?.outputs.count == 1)
    let failed = try read(StreamTests.queue, #"{"state":"bad"}"#)
    #expect(failed.status?.failureClass == .providerFailed)
  }

  @Test("a success that shows no output only asks for a look")
  func hint() throws {
    let reading = try read(StreamTests.queue, #"{"state":"done"}"#)
    #expect(reading.kind == .look && reading.status == nil)
  }

  @Test("a status of another job is passed over, and said")
  func otherJob() throws {
    let reading = try read(StreamTests.queue, #"{"id":"y2","state":"bad"}"#)
    #expect(reading.kind == .ignored && reading.status == nil && !reading.warnings.isEmpty)
  }

  @Test("without a word a status is news; what is no JSON, or no object, is nothing")
  func wordless() throws {
    let news = try read(StreamTests.queue, #"{"stage":"warming up"}"#)
    #expect(news.kind == .news && news.stage == "warming up" && news.warnings.isEmpty)
    for text in ["", "<html>", "[]", "7"] {
      #expect(try read(StreamTests.queue, text).kind == .ignored, "\(text)")
    }
  }

  @Test("messages are told apart by a text in them")
  func pointer() throws {
    let file = try read(StreamTests.channel, #"{"type":"file","object":{"state":"run"}}"#)
    #expect(file.kind == .status && file.status?.word == "run")
    let progress = try read(
      StreamTests.channel, #"{"type":"render_progress","object":{"progress":40,"step":"2/5"}}"#)
    #expect(progress.kind == .news && progress.progress == 400_000 && progress.stage == "2/5")
    let earlier = try read(
      StreamTests.channel, #"{"type":"render_progress","object":{"progress":10}}"#)
    #expect(earlier.progress == 250_000, "progress does not go back")
    #expect(try read(StreamTests.channel, #"{"type":"task"}"#).kind == .look)
    #expect(try read(StreamTests.channel, #"{"type":"bye"}"#).kind == .end)
    #expect(try read(StreamTests.channel, #"{"type":"scene"}"#).kind == .ignored)
  }

  @Test("replicate's log lines are text, and done is the end")
  func replicate() throws {
    let profile = try Fixture.builtIn("replicate")
    func read(_ name: String, _ data: String) -> StreamReading {
      profile.readMessage(ServerSentEvent(name: name, data: data), for: context)
    }
    let log = read("logs", " 58%|#####8    | 29/50 [00:02<00:01]\n{not json")
    #expect(log.kind == .news && log.progress == 580_000)
    #expect(log.log?.text.hasPrefix(" 58%") == true && log.log?.isCumulative == false)
    #expect(read("output", "Soft").kind == .ignored)
    #expect(read("done", "{}").kind == .end && read("done", "").kind == .end)
    #expect(read("error", "boom").kind == .look)
  }

  @Test("fal's messages are statuses with the new log lines; COMPLETED has its result fetched")
  func fal() throws {
    let profile = try Fixture.builtIn("fal")
    func read(_ data: String) -> StreamReading {
      profile.readMessage(ServerSentEvent(name: "message", data: data), for: context)
    }
    let queued = read(#"{"status":"IN_QUEUE","request_id":"x1","queue_position":3,"logs":null}"#)
    #expect(queued.kind == .status && queued.status?.queuePosition == 3)
    let log = #"{"message":" 58%|#####8    | 29/50 [00:02<00:01]","level":"INFO"}"#
    let running = read(#"{"status":"IN_PROGRESS","request_id":"x1","logs":[\#(log)]}"#)
    #expect(running.status?.state == .pending && running.progress == 580_000)
    #expect(running.log?.text.hasPrefix(" 58%") == true && running.log?.isCumulative == false)
    let done = read(#"{"status":"COMPLETED","request_id":"x1","logs":[],"metrics":{}}"#)
    #expect(done.status?.mustFetchResult == true && done.status?.isVerdict == false)
    let failed = read(#"{"status":"COMPLETED","request_id":"x1","error":"out of memory"}"#)
    #expect(failed.status?.failureClass == .providerFailed)
    #expect(read(#"{"status":"COMPLETED","request_id":"y2","error":"no"}"#).kind == .ignored)
    let request = try profile.request(
      .stream, for: RequestContext(jobID: "j", model: "a/b/c", handle: context.handle),
      secrets: { _ in "secret" })
    #expect(
      request.url.description == "https://queue.fal.run/a/b/requests/x1/status/stream?logs=1")
  }

  @Test(
    "superduperai's progress is a fraction or in percent; other kinds ask for a look, or nothing",
    arguments: [
      ("render_progress", #"{"progress":0.4}"#, .news, 400_000),
      ("render_progress", #"{"progress":50}"#, .news, 500_000),
      ("render_progress", #"{"progress":1.0}"#, .news, 1_000_000),
      ("render_progress", "{}", .news, nil),
      ("render_result", #"{"file_url":"https://a.example.com/o.mp4"}"#, .look, nil),
      ("file", #"{"id":"x1","url":"https://a.example.com/o.mp4"}"#, .look, nil),
      ("task", #"{"status":"error"}"#, .look, nil), ("data", "{}", .ignored, nil),
      ("entity", "{}", .ignored, nil), ("scene", "{}", .ignored, nil),
      ("task_status", "{}", .ignored, nil),
    ] as [(String, String, StreamReading.Kind, Int?)])
  func superduperai(
    _ type: String, _ object: String, _ kind: StreamReading.Kind, _ progress: Int?
  ) throws {
    let profile = try Fixture.builtIn("superduperai")
    let reading = profile.readMessage(
      ServerSentEvent(name: "message", data: #"{"type":"\#(type)","object":\#(object)}"#),
      for: context)
    #expect(reading.kind == kind && reading.status == nil && reading.progress == progress)
  }

  @Test(
    "superduperai's channel is a file's or a project's",
    arguments: [("video/ltx", "file.x1"), ("project/video", "project.x1")])
  func channels(_ model: String, _ channel: String) throws {
    let profile = try Fixture.builtIn("superduperai")
    let request = try profile.request(
      .stream, for: RequestContext(jobID: "j", model: model, handle: context.handle),
      secrets: { _ in "secret" })
    #expect(request.url.description.hasSuffix("/api/v1/events/\(channel)"))
  }

  @Test("a stream is asked for where its profile says, with its own credentials")
  func requests() throws {
    let secrets: (String) -> String? = { ["A": "aa", "B": "bb"][$0] }
    let channel = try Fixture.profile(StreamTests.channel)
    let request = try channel.request(.stream, for: context, secrets: secrets)
    #expect(
      request.url.description == "https://small.example.com/api/events/file.x1?token=bb")
    #expect(request.header("Authorization") == nil)
    #expect(request.header("Accept") == "text/event-stream" && request.timeoutSeconds == 3600)
    #expect(channel.secretNames == ["A", "B"])
    var context = context
    context.handle.statusURL = "https://small.example.com/q/x1/status?old=1"
    let queue = try Fixture.profile(StreamTests.queue)
    #expect(
      try queue.request(.stream, for: context, secrets: secrets).url.description
        == "https://small.example.com/q/x1/status/stream?logs=1")
  }

  @Test("a stream that is nowhere, says nothing or reads text as a status is refused")
  func lint() {
    func pointers(_ stream: JSON) -> [String] {
      Profile.lint(Fixture.small(["stream": stream])).map(\.pointer)
    }
    #expect(pointers(["messages": [["is": "status"]]]) == ["/stream/url"])
    #expect(pointers(["url": "/s"]) == ["/stream/messages"])
    #expect(
      pointers(["url": "/s", "messages": [["is": "status", "as": "text"], ["is": "verdict"]]])
        == ["/stream/messages/0/as", "/stream/messages/1/is"])
    #expect(
      pointers(["after_status": "?x", "messages": [["is": "look"]]]) == ["/stream/after_status"])
    for profile in [StreamTests.queue, StreamTests.channel] {
      #expect(Profile.lint(profile).filter { $0.severity == .error }.isEmpty)
    }
  }
}
