// The app's own backend, as its makers would write it: takes a provider's call and hands headers
// and body to `ledger webhook ingest`, whose exit code is its answer.

import Posix
import Support
import Testing
import Wire

/// The backend as a process; ended when this goes out of scope.
final class Backend {
  private let child: Child
  private let port: Int

  /// - Parameters:
  ///   - keys: a file without which it asks to be called again.
  ///   - environment: what `ledger` sees.
  init(in home: CommandHome, keys: String?, environment: [String: String]) throws {
    let script = try home.file("backend.py", Backend.script)
    let child = try Child(
      ["python3", "-u", script, Binary.ledger.path] + (keys.map { [$0] } ?? []),
      environment: environment)
    self.child = child
    let end = Clock.bootMicroseconds() + 60_000_000
    while child.lines.isEmpty {
      try #require(Clock.bootMicroseconds() < end, "the backend did not start")
    }
    port = try #require(Int(child.lines[0]))
  }

  var address: String { "http://127.0.0.1:\(port)/app" }

  /// What `ledger` said of each call.
  var receipts: [JSON] {
    get throws { try child.lines.dropFirst().map { try JSON(parsing: $0) } }
  }

  private static let script = #"""
    import http.server, json, os, subprocess, sys, tempfile

    ANSWERS = {0: 200, 65: 400, 77: 401}

    class App(http.server.BaseHTTPRequestHandler):
        def log_message(self, *_): pass

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(self.ingest(body))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def ingest(self, body):
            if any(not os.path.exists(path) for path in sys.argv[2:]):
                return 503
            with tempfile.NamedTemporaryFile("w") as headers:
                headers.write("".join(f"{n}: {v}\n" for n, v in self.headers.items()))
                headers.flush()
                provider = self.path.partition("?")[0].rpartition("/")[2]
                done = subprocess.run(
                    [sys.argv[1], "--json", "webhook", "ingest", "--provider", provider,
                     "--headers", headers.name, "--body", "-",
                     "--url", f"http://{self.headers['Host']}{self.path}"],
                    input=body, capture_output=True)
            receipt = json.loads(done.stdout or b"{}")
            print(json.dumps({"exit": done.returncode, **receipt}))
            return ANSWERS.get(done.returncode, 503)

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), App)
    print(server.server_port)
    server.serve_forever()
    """#
}
