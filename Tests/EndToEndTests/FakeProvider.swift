// A provider nobody knows: a small Python server with an API of its own, so that a user's profile
// meets an outside it was written for, and not a simulator of ours.

import Posix
import Support
import Testing
import Wire

/// The server as a process; ended when this goes out of scope.
final class FakeProvider {
  private let child: Child
  let port: Int

  init(in home: CommandHome) throws {
    let script = try home.file("provider.py", FakeProvider.script)
    let child = try Child(["python3", "-u", script])
    self.child = child
    let end = Clock.bootMicroseconds() + 60_000_000
    while child.lines.isEmpty {
      try #require(Clock.bootMicroseconds() < end, "the server did not start")
    }
    port = try #require(Int(child.lines[0]))
  }

  /// `METHOD PATH`, in order.
  var requests: [String] { Array(child.lines.dropFirst()) }

  /// Tokens are checked with another implementation of HMAC; the first submit meets a full house,
  /// inside a status of 200.
  private static let script = #"""
    import base64, hashlib, hmac, json, time, urllib.parse
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

    jobs, busy = {}, [1]

    def pad(text):
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))

    def allowed(header):
        head, claims, signature = header.removeprefix("Bearer ").split(".")
        made = hmac.new(b"farm-secret", (head + "." + claims).encode(), hashlib.sha256).digest()
        said = json.loads(pad(claims))
        return (hmac.compare_digest(made, pad(signature)) and said["iss"] == "farm-key"
                and said["nbf"] <= time.time() < said["exp"])

    class Farm(BaseHTTPRequestHandler):
        def log_message(self, *_): pass

        def do_POST(self): self.go()

        def do_GET(self): self.go()

        def go(self):
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length) or b"{}")
            # In one write: two threads' lines must not run into each other.
            print(self.command + " " + self.path + "\n", end="", flush=True)
            if not allowed(self.headers["X-Farm-Token"]):
                return self.say(401, {"code": 9, "why": "who are you?"})
            url = urllib.parse.urlparse(self.path)
            if self.command == "POST":
                if busy.pop() if busy else 0:
                    return self.say(200, {"code": 17, "why": "the farm is full"})
                name = "farm/%d" % (len(jobs) + 1)
                jobs[name] = [0, body["scene"].get("broken", False)]
                return self.say(200, {"code": 0, "data": {"task": name}})
            if url.path == "/v7/files":
                place = urllib.parse.quote(urllib.parse.parse_qs(url.query)["id"][0])
                href = "http://127.0.0.1:%d/%s.mp4" % (self.server.server_port, place)
                return self.say(200, {"code": 0, "file": {"href": href}})
            name = url.path.removeprefix("/v7/tasks/")
            job = jobs[name]
            job[0] += 1
            data = {"task": name, "phase": "Rendering", "frames": "frame 12 of 30\nframe 15 of 30"}
            if job[0] > 1:
                data = {"task": name, "phase": "Ready", "file": "F " + name}
                if job[1]: data = {"task": name, "phase": "Broken", "why": "no light in the scene"}
            self.say(200, {"code": 0, "data": data})

        def say(self, status, answer):
            text = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Farm)
    print(server.server_port, flush=True)
    server.serve_forever()
    """#

  /// The profile a user would write for it.
  func profile(name: String) -> JSON {
    [
      "profile": 1, "name": .string(name), "base_url": .string("http://127.0.0.1:\(port)/v7"),
      "auth": [
        "jwt": ["issuer": "{{env.FARM_KEY}}", "secret": "{{env.FARM_SECRET}}", "ttl_s": 60],
        "headers": ["X-Farm-Token": "Bearer {{jwt}}"],
      ],
      "submit": [
        "url": "/tasks", "body": ["scene": "{{job.input}}", "ref": "{{job.id}}"],
        "transient": [["equals": ["/code": 17]]],
      ],
      "status": ["url": "/tasks/{{+handle.external_id}}"],
      "result": ["url": "/files?id={{reply/data/file}}"],
      "handle": ["external_id": "/data/task"],
      "envelope": ["pointers": "/code", "ok": [0]],
      "state": [
        "pointers": "/data/phase",
        "words": ["Rendering": "pending", "Ready": "finished", "Broken": "failed"],
      ],
      "outputs": [["items": "/file/href"]],
      "progress": [
        ["pointers": "/data/frames", "last_match": "frame (\\d+) of 30", "scale": 30]
      ],
      "error": ["pointers": ["/data/why", "/why"]],
      "limits": [
        "poll": ["start_s": .number("0.1"), "max_s": .number("0.2"), "factor": 1, "jitter": 0]
      ],
    ]
  }
}
