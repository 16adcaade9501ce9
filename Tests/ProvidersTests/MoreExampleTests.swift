// The other example profiles: outputs made of members, outputs nobody names, words with spaces.

import Ledger
import Providers
import Testing
import Wire

@Suite("More example profiles")
struct MoreExampleTests {
  typealias Reply = ExampleProfileTests.Reply

  static let replies: [Reply] = [
    Reply("openai-video", ["id": "v", "status": "queued"], .pending),
    Reply("openai-video", ["id": "v", "status": "in_progress", "progress": 33], .pending),
    Reply("openai-video", ["id": "v", "status": "completed", "progress": 100], .succeeded),
    Reply(
      "openai-video", ["id": "v", "status": "failed", "error": ["code": "x", "message": "m"]],
      .failed, .providerFailed),
    Reply(
      "openai-video", ["id": "v", "status": "failed", "error": ["code": "moderation_blocked"]],
      .failed, .moderated),
    Reply("openai-video", ["id": "v", "status": "expired"], .failed, .expired),
    Reply("runpod", ["id": "v", "status": "IN_QUEUE"], .pending),
    Reply("runpod", ["id": "v", "status": "IN_PROGRESS"], .pending),
    Reply("runpod", ["id": "v", "status": "COMPLETED", "output": ["any": [1, 2]]], .succeeded),
    Reply("runpod", ["id": "v", "status": "FAILED", "error": "boom"], .failed, .providerFailed),
    Reply("runpod", ["id": "v", "status": "CANCELLED"], .canceled, .canceled),
    Reply("runpod", ["id": "v", "status": "TIMED_OUT"], .failed, .expired),
    Reply("wavespeed", ["code": 200, "data": ["id": "v", "status": "created"]], .pending),
    Reply("wavespeed", ["code": 200, "data": ["id": "v", "status": "processing"]], .pending),
    Reply(
      "wavespeed",
      [
        "code": 200,
        "data": ["id": "v", "status": "completed", "outputs": ["https://x.example/o"]],
      ],
      .succeeded),
    Reply(
      "wavespeed", ["code": 200, "data": ["id": "v", "status": "failed", "error": "e"]], .failed,
      .providerFailed),
    Reply("together", ["id": "v", "status": "in_progress"], .pending),
    Reply(
      "together",
      [
        "id": "v", "status": "completed",
        "outputs": ["cost": 1, "video_url": "https://x.example/o"],
      ],
      .succeeded),
    Reply("together", ["id": "v", "status": "failed"], .failed, .providerFailed),
    Reply("bfl", ["id": "v", "status": "Pending"], .pending),
    Reply(
      "bfl", ["id": "v", "status": "Ready", "result": ["sample": "https://x.example/o"]], .succeeded
    ),
    Reply("bfl", ["id": "v", "status": "Error"], .failed, .providerFailed),
    Reply("bfl", ["id": "v", "status": "Request Moderated"], .failed, .moderated),
    Reply("bfl", ["id": "v", "status": "Content Moderated"], .failed, .moderated),
    Reply("bfl", ["id": "v", "status": "Task not found"], .failed, .gone),
    Reply("comfyui", [:], .pending),
    Reply("comfyui", ["v": ["status": ["status_str": "success"], "outputs": images]], .succeeded),
    Reply(
      "comfyui", ["v": ["status": ["status_str": "success"], "outputs": [:]]], .failed, .noOutput),
    Reply(
      "comfyui",
      [
        "v": [
          "outputs": [:],
          "status": [
            "status_str": "error",
            "messages": [
              ["execution_start", [:]], ["execution_error", ["exception_message": "m"]],
            ],
          ],
        ]
      ], .failed, .providerFailed),
  ]

  private static let images: JSON = [
    "9": [
      "images": [
        ["filename": "a b.png", "subfolder": "", "type": "output"],
        ["filename": "c.png", "subfolder": "x/y", "type": "temp"],
      ]
    ]
  ]

  private let job = RequestContext.job(handle: ProviderHandle(externalID: "v"))

  @Test("every word is read as its provider means it", arguments: replies)
  func words(_ reply: Reply) throws {
    let reading = try ExampleProfileTests.profile(reply.provider).reading(
      reply.phase, 200, reply.body, job)
    #expect(reading.state == reply.state)
    #expect(reading.failureClass == reply.failure)
    #expect(reading.outputs.isEmpty == (reply.state != .succeeded))
  }

  @Test("an output's URL is made of its members, each kept in its place")
  func made() throws {
    let reading = try ExampleProfileTests.profile("comfyui").reading(
      .status, 200,
      ["v": ["status": ["status_str": "success"], "outputs": MoreExampleTests.images]], job)
    let view = "http://127.0.0.1:8188/view?filename="
    #expect(
      reading.outputs.map(\.url) == [
        view + "a%20b.png&subfolder=&type=output", view + "c.png&subfolder=x%2Fy&type=temp",
      ])
  }

  @Test("an output nobody names is at a place of its own, and needs the key")
  func binary() throws {
    let profile = try ExampleProfileTests.profile("openai-video")
    let reading = profile.reading(
      .status, 200, ["id": "v", "status": "completed", "expires_at": 1_767_225_600], job)
    #expect(reading.outputs.map(\.url) == ["https://api.openai.com/v1/videos/v/content"])
    #expect(reading.outputs.first?.needsAuth == true)
    #expect(reading.outputs.first?.expiresAt == "1767225600")
    let later = profile.reading(
      .status, 200, ["id": "v", "status": "queued"], headers: ["openai-poll-after-ms": "2500"], job)
    #expect(later.retryAfterSeconds == 3)
  }
}
