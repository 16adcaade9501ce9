// Every mistake in a profile is named by its place, all of them at once.

import Providers
import Testing
import Wire

@Suite("Linting profiles")
struct LintTests {
  @Test("the profiles of the fixtures and the built-in ones have no problems")
  func clean() throws {
    #expect(Profile.lint(Fixture.queue).isEmpty)
    #expect(Profile.lint(Fixture.small).isEmpty)
    for name in ProfileRegistry().names {
      let problems = Profile.lint(try #require(ProfileRegistry().source(of: name)))
      #expect(problems.isEmpty, "\(name): \(problems)")
    }
  }

  @Test(
    "a mistake is named by its JSON Pointer",
    arguments: [
      (["profile": 2], "/profile", "from 1 to 1"),
      (["name": "Not Good"], "/name", "a-z"),
      (["base_url": "https://u:p@h/"], "/base_url", "http(s) URL"),
      (["other_base_urls": ["x"]], "/other_base_urls/0", "http(s) URL"),
      (["hosts": ["*"]], "/hosts/0", "expected a host"),
      (["sumbit": [:]], "/sumbit", "did you mean 'submit'?"),
      (["auth": ["headers": ["A": "{{job.id}}"]]], "/auth/headers/A", "only env.NAME"),
      (["auth": ["headers": ["A B": "x"]]], "/auth/headers/A B", "no name"),
      (["auth": ["headers": ["A": "{{env.}}"]]], "/auth/headers/A", "unknown name"),
      (["auth": ["headers": ["A": "{{env.X"]]], "/auth/headers/A", "without '}}'"),
      (["auth": ["headers": ["A": []]]], "/auth/headers/A", "expected a text"),
      (
        ["auth": ["headers": ["A": ["x {{env.A}}", "{{job.id}}"]]]], "/auth/headers/A/1",
        "only env.NAME"
      ),
      (["auth": ["headers": ["A": "{{jwt}}"]]], "/auth/jwt", "needs this section"),
      (
        ["auth": ["jwt": ["issuer": "{{env.I}}", "secret": "{{env.S}}"]]], "/auth/jwt",
        "nothing uses it"
      ),
      (
        ["auth": ["headers": ["A": "{{jwt}}"], "jwt": ["issuer": "me", "secret": "{{env.S}}"]]],
        "/auth/jwt/issuer", "{{env.NAME}}"
      ),
      (
        ["auth": ["headers": ["A": "{{jwt}}"], "jwt": ["issuer": "{{env.I}}"]]],
        "/auth/jwt/secret", "required"
      ),
      (
        [
          "auth": [
            "headers": ["A": "{{jwt}}"],
            "jwt": ["issuer": "{{env.I}}", "secret": "{{env.S}}", "ttl": 60],
          ]
        ], "/auth/jwt/ttl", "did you mean 'ttl_s'?"
      ),
      (
        ["status": ["url": "/{{reply/id}}"]], "/status/url",
        "reply/POINTER to the url of the result"
      ),
      (["result": ["url": "/{{reply.id}}"]], "/result/url", "unknown name"),
      (["rules": [["when": ["about": "x"], "is": "failed"]]], "/rules/0/when", "needs one of"),
      (["idempotency": [:]], "/idempotency", "'header' or 'body'"),
      (["status": ["url": "jobs"]], "/status/url", "beginning with '/'"),
      (["status": ["url": "/{{env.KEY}}"]], "/status/url", "cannot be used here"),
      (["status": ["url": "/{{match}}"]], "/status/url", "cannot be used here"),
      (["status": ["method": "FETCH", "url": "/"]], "/status/method", "GET"),
      (["status": ["url": "/", "timeout_s": 0]], "/status/timeout_s", "from 1"),
      (
        ["status": ["url": "/", "grace_404": 1]], "/status/grace_404", "did you mean 'grace_404_s'"
      ),
      (["status": [:]], "/status/url", "/handle/status_url"),
      (["status": nil], "/status", "required"),
      (
        ["submit": ["url": "/", "body": ["a": "x {{job.input}}"]]], "/submit/body/a",
        "must stand alone"
      ),
      (
        ["submit": ["url": "/", "transient": [["status": [99]]]]], "/submit/transient/0/status/0",
        "HTTP status"
      ),
      (["submit": ["url": "/", "transient": [[:]]]], "/submit/transient/0", "needs one of"),
      (
        ["submit": ["variants": [["model": "(a)(b)", "url": "/"]]]], "/submit/variants/0/model",
        "one capturing group"
      ),
      (["submit": ["url": "/", "accepted": [302]]], "/submit/accepted/0", "200 to 299"),
      (["handle": [:]], "/handle", "found again"),
      (["handle": ["external_id": "id"]], "/handle/external_id", "JSON Pointer"),
      (["handle": ["client_id": "{{job.model}}"]], "/handle/client_id", "job.id and job.step"),
      (["state": ["pointers": "/s", "words": ["a": "won"]]], "/state/words/a", "expected one of"),
      (
        ["state": ["pointers": "/s", "words": ["a": "suceeded"]]], "/state/words/a",
        "did you mean 'succeeded'?"
      ),
      (
        ["state": ["pointers": "/s", "words": ["Done": "succeeded", "done": "failed"]]],
        "/state/words/done", "another case"
      ),
      (
        ["state": ["pointers": "/s", "words": ["r": "pending"]]], "/state/words", "no word or rule"
      ),
      (["state": ["pointers": "/s", "words": [" ": "failed"]]], "/state/words/ ", "a word has"),
      (
        ["state": ["pointers": "/s", "absent": "failed", "words": ["d": "succeeded"]]],
        "/state/absent", "never a verdict"
      ),
      (["state": ["http": ["404": "gone"]]], "/state/http/404", "never verdicts"),
      (["state": ["words": ["d": "succeeded"]]], "/state", "'pointers'"),
      (
        ["state": ["pointers": "/s", "words": ["d": "finished"]]], "/state/words/d",
        "'result' section"
      ),
      (["outputs": []], "/outputs", "no_output"),
      (["outputs": [[:]]], "/outputs/0", "either 'items' or 'url'"),
      (
        ["outputs": [["items": "/u", "media_type": ["default": "mp4"]]]],
        "/outputs/0/media_type/default", "media type"
      ),
      (["rules": [["is": "failed"]]], "/rules/0/when", "required"),
      (["rules": [["when": ["word": ["x"]]]]], "/rules/0/is", "required"),
      (
        ["rules": [["when": ["matches": ["/a": "["]], "is": "failed"]]],
        "/rules/0/when/matches/~1a",
        "bad pattern"
      ),
      (
        ["rules": [["when": ["mathces": ["/a": "b"]], "is": "failed"]]], "/rules/0/when/mathces",
        "did you mean 'matches'?"
      ),
      (
        ["classify": [["when": ["status": [404]], "class": "gone"]]], "/classify/0/class",
        "never from here"
      ),
      (["progress": [["pointers": "/p", "scale": 0]]], "/progress/0/scale", "'done'"),
      (["progress": [["scale": 1]]], "/progress/0/pointers", "required"),
      (["retry_after": [[:]]], "/retry_after/0", "expected header"),
      (["billing": ["charge": "half"]], "/billing/charge", "full or reported"),
      (["billing": ["charge": "reported"]], "/billing/reported", "required"),
      (
        [
          "billing": [
            "charge": "reported", "reported": ["pointers": "/c", "rate": .number("0.5")],
          ]
        ],
        "/billing/reported/rate", "in quotes"
      ),
      (["billing": ["charge_customer": ["lost"]]], "/billing/charge_customer/0", "expected one of"),
      (["limits": ["in_flight": 0]], "/limits/in_flight", "from 1"),
      (
        ["limits": ["poll": ["start_s": 9, "max_s": 3]]], "/limits/poll/max_s", "below start_s"
      ),
      (
        ["result": ["url": "/r", "final_errors": [["when": ["status": [400]], "is": "pending"]]]],
        "/result/final_errors/0/is", "kind of failure"
      ),
      (["envelope": ["ok": [0]]], "/envelope/pointers", "required"),
      (["aliases": ["small"]], "/aliases/0", "another name"),
    ] as [([String: JSON?], String, String)])
  func mistakes(_ changes: [String: JSON?], _ pointer: String, _ words: String) {
    let problems = Profile.lint(Fixture.small(changes))
    #expect(
      problems.contains {
        $0.severity == .error && $0.pointer == pointer && $0.message.contains(words)
      }, "\(problems)")
    #expect(throws: ProfileError.self) { try Fixture.profile(Fixture.small(changes)) }
  }

  @Test("all mistakes are named at once")
  func together() {
    let problems = Profile.lint(
      Fixture.small(["nane": "x", "base_url": nil, "limits": ["in_flight": "many"]]))
    #expect(Set(problems.map(\.pointer)) == ["/nane", "/base_url", "/limits/in_flight"])
  }

  @Test("doubts are warnings and do not stop a profile")
  func warnings() throws {
    let doubtful = Fixture.small([
      "limits": ["patience_s": 100, "retention_s": 50],
      "handle": ["external_id": "/id", "status_url": "/u"],
      "state": ["pointers": "/s", "words": ["d": "succeeded"]],
      "base_url": "http://small.example.com", "auth": ["headers": ["A": "{{env.KEY}}"]],
    ])
    let problems = Profile.lint(doubtful)
    #expect(problems.allSatisfy { $0.severity == .warning })
    #expect(
      Set(problems.map(\.pointer)) == ["/limits/patience_s", "/hosts", "/state/words", "/base_url"])
    #expect(try Fixture.profile(doubtful).name == "small")
  }

  @Test("a text that is no JSON, or no object, is one clear problem at the top")
  func noJSON() {
    #expect(Profile.lint(Array("{".utf8)).map(\.pointer) == [""])
    #expect(Profile.lint([] as JSON).first?.message == "expected an object")
    #expect(!Profile.lint(Array(repeating: 0x20, count: 300 << 10)).isEmpty)
  }

  @Test("broken profiles never crash the reader, however broken")
  func mutated() {
    var random = SeededRandom()
    for _ in 0..<400 {
      var json = [Fixture.queue, Fixture.small].randomElement(using: &random) ?? Fixture.small
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        json = json.mutated(using: &random)
      }
      let problems = Profile.lint(json)
      let isUsable = (try? Fixture.profile(json)) != nil
      #expect(isUsable == problems.allSatisfy { $0.severity == .warning }, "\(random)")
    }
  }
}
