// Profiles made for the tests, each showing one family of APIs, and short ways to ask them.

import Ledger
import Providers
import Wire

enum Fixture {
  /// A queue whose follow-up URLs are data, whose result is fetched apart, and whose failures are a
  /// finished word with an error, or an HTTP error of the result.
  static let queue: JSON = [
    "profile": 1, "name": "queue", "base_url": "https://queue.example.com",
    "other_base_urls": ["https://old.example.com/v0"],
    "hosts": ["*.cdn.example.com"],
    "model_aliases": ["short": "owner/app/long/path"],
    "auth": [
      "headers": ["Authorization": "Key {{env.QUEUE_ID}}:{{env.QUEUE_SECRET}}"],
      "query": ["token": "{{env.QUEUE_TOKEN?}}"],
    ],
    "idempotency": ["header": "Idempotency-Key"],
    "submit": [
      "url": "/{{job.model}}", "body": "{{job.input}}", "headers": ["X-Trace": "{{job.id}}"],
      "accepted": [200, 202],
      "transient": [["status": [400], "matches": ["/detail": "concurrent requests"]]],
      "account_problem": [["status": [403]]],
      "proof_of_non_acceptance": [["status": [503], "header": ["x-accepted": "^no$"]]],
    ],
    "status": [
      "query": ["logs": "1"], "grace_404_s": 20,
      "variants": [
        [
          "model": "^((?:flows/)?[^/]+/[^/]+)",
          "url": "/{{match}}/requests/{{handle.external_id}}/status",
        ]
      ],
    ],
    "result": [
      "url": "/{{job.model}}/requests/{{handle.external_id}}",
      "final_errors": [
        ["when": ["matches": ["/detail/*/type": "policy"]], "is": "moderated"],
        ["when": ["status": [400, 422, "500-504"]]],
      ],
    ],
    "cancel": [
      "method": "PUT", "url": "/requests/{{handle.external_id}}/cancel",
      "accepted": [202], "too_late": [400], "words": ["CANCELLATION_REQUESTED": "pending"],
    ],
    "handle": [
      "external_id": ["/request_id", "/0/request_id"], "status_url": "/status_url",
      "result_url": "/response_url", "cancel_url": "/cancel_url",
    ],
    "envelope": ["pointers": "/code", "ok": [0, "0"]],
    "state": [
      "pointers": "/status",
      "words": ["IN_QUEUE": "pending", "IN_PROGRESS": "pending", "COMPLETED": "finished"],
    ],
    "rules": [["when": ["word": ["completed"], "present": "/error"], "is": "failed"]],
    "outputs": [
      [
        "items": ["/images/*", "/response/images/*"],
        "media_type": ["pointers": "/content_type"], "expires_at": "/expires_at",
      ],
      ["items": "/video", "needs_auth": true, "media_type": ["default": "video/mp4"]],
    ],
    "progress": [["pointers": "/percent", "scale": 100]],
    "stage": "/phase", "queue_position": "/queue_position",
    "error": ["pointers": ["/error", "/detail"], "type": "/error_type", "type_header": "X-Error"],
    "classify": [
      ["when": ["header": ["x-retryable": "^true$"]], "class": "transient"],
      ["when": ["equals": ["/code": 1102]], "class": "insufficient_credit"],
      ["when": ["matches": ["/detail/*/type": "policy"]], "class": "moderated"],
    ],
    "retry_after": [
      ["header": "Retry-After"], ["header_ms": "x-poll-after-ms"], ["pointer": "/retry_after"],
      ["pointer": "/detail", "pattern": "resets in ~(\\d+)s"],
    ],
    "billing": [
      "charge": "reported", "reported": ["pointers": "/metrics/cost", "rate": "0.5"],
      "charge_customer": ["moderated"], "charge_completed_steps": true,
      "provider_charges": ["provider_failed": "not_charged"],
    ],
    "limits": [
      "in_flight": 3, "patience_s": 600, "retention_s": 7200, "output_life_s": 60,
      "poll": [
        "start_s": .number("0.5"), "max_s": 8, "factor": 2, "jitter": .number("0.1"), "slow_s": 60,
      ],
    ],
  ]

  /// The smallest profile there is.
  static let small: JSON = [
    "profile": 1, "name": "small", "base_url": "https://small.example.com/api",
    "submit": ["url": "/jobs", "body": "{{job.input}}"],
    "status": ["url": "/jobs/{{handle.external_id}}"],
    "handle": ["external_id": "/id"],
    "state": [
      "pointers": "/state", "words": ["run": "pending", "done": "succeeded", "bad": "failed"],
    ],
    "outputs": [["items": "/url"]],
  ]

  /// `small` with members changed, added or (nil) removed.
  static func small(_ changes: [String: JSON?]) -> JSON {
    guard case .object(var object) = small else { return small }
    for (name, value) in changes { object[name] = value }
    return .object(object)
  }

  static func profile(_ json: JSON) throws -> Profile { try Profile(parsing: json.bytes) }

  static func builtIn(_ name: String) throws -> Profile { try ProfileRegistry().profile(name) }
}

extension RequestContext {
  static func job(
    _ id: String = "job-1", model: String? = "owner/app/long/path", input: JSON? = ["prompt": "a"],
    handle: ProviderHandle = ProviderHandle()
  ) -> RequestContext {
    RequestContext(jobID: id, model: model, input: input, handle: handle)
  }
}

extension Profile {
  /// The reading of a JSON body.
  func reading(
    _ phase: RequestPhase, _ status: Int, _ body: JSON,
    headers: [String: String] = [:], _ context: RequestContext = .job()
  ) -> ReplyReading {
    let reply = Reply(
      status: status, headers: headers.map { Reply.Header($0.key, $0.value) }, body: body.bytes)
    return read(phase, reply, for: context)
  }

  /// The reading of raw bytes.
  func reading(
    _ phase: RequestPhase, _ status: Int, raw: String, _ context: RequestContext = .job()
  ) -> ReplyReading {
    read(phase, Reply(status: status, body: Array(raw.utf8)), for: context)
  }
}

/// Secrets of the fixtures.
func secrets(_ name: String) -> String? {
  [
    "QUEUE_ID": "id-7", "QUEUE_SECRET": "s3cret", "QUEUE_TOKEN": "t/k",
    "REPLICATE_API_TOKEN": "r8_secret",
  ][name]
}
