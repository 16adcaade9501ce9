// The built-in profile of files whose tasks hold the state, and whose URL is the result.

import Ledger
import Providers
import Testing
import Wire

@Suite("Reading SuperDuperAI")
struct FileReadingTests {
  private func profile() throws -> Profile { try Fixture.builtIn("superduperai") }

  private let job = RequestContext.job(handle: ProviderHandle(externalID: "file-1"))

  private func file(_ url: JSON, _ tasks: String...) -> JSON {
    [
      "id": "file-1", "url": url, "project_id": nil,
      "tasks": .array(tasks.map { ["type": "video-generation-flow", "status": .string($0)] }),
    ]
  }

  @Test("a video's answer is the file, an image's a list of files")
  func submits() throws {
    for body in [file(nil), .array([file(nil, "in_progress")])] {
      let reading = try profile().reading(.submit, 200, body)
      #expect(reading.proof == .accepted)
      #expect(reading.externalID == "file-1")
      #expect(reading.state == .pending)
    }
  }

  @Test("the file's tasks are its state, and its URL the result")
  func states() throws {
    let url: JSON = "https://cdn.superduperai.co/a/b.mp4"
    let cases: [(JSON, Reading, FailureClass?)] = [
      (file(nil), .pending, nil), (file(nil, "in_progress"), .pending, nil),
      (file(nil, "completed", "in_progress"), .pending, nil),
      (file(url, "completed"), .succeeded, nil), (file(url, "COMPLETED"), .succeeded, nil),
      (file(url, "in_progress"), .succeeded, nil), (file(url), .succeeded, nil),
      (file(nil, "error"), .failed, .providerFailed),
      (file(url, "error"), .failed, .providerFailed),
      (file(nil, "completed"), .failed, .noOutput), (file(nil, "melting"), .unknown, nil),
    ]
    for (body, state, failure) in cases {
      let reading = try profile().reading(.status, 200, body, job)
      #expect(reading.state == state, "\(body)")
      #expect(reading.failureClass == failure, "\(body)")
      #expect(reading.outputs.map(\.url) == (state == .succeeded ? [url.string] : []))
    }
  }

  @Test(
    "the model says which endpoint, and where the job is asked for",
    arguments: [
      (nil, "file/generate-video", "file", ["config": ["prompt": "a"]]),
      ("generate-image", "file/generate-image", "file", ["config": ["prompt": "a"]]),
      (
        "image/azure/gpt-image", "file/generate-image", "file",
        ["config": ["config": ["prompt": "a"], "generation_config_name": "azure/gpt-image"]]
      ),
      (
        "video/comfyui/ltx", "file/generate-video", "file",
        ["config": ["config": ["prompt": "a"], "generation_config_name": "comfyui/ltx"]]
      ),
      ("project/video", "project/video", "project", ["config": ["prompt": "a"]]),
    ] as [(String?, String, String, JSON)])
  func endpoints(_ model: String?, _ path: String, _ kind: String, _ body: JSON) throws {
    let context = RequestContext.job(
      model: model, input: ["config": ["prompt": "a"]], handle: ProviderHandle(externalID: "x"))
    let submit = try profile().request(.submit, for: context) { _ in "token" }
    let base = "https://dev-editor.superduperai.co/api/v1/"
    #expect(submit.url.description == base + path)
    #expect(submit.header("authorization") == "Bearer token")
    #expect(try JSON(parsing: submit.body ?? []) == body)
    let status = try profile().request(.status, for: context) { _ in "token" }
    #expect(status.url.description == base + kind + "/x")
  }
}
