# The faults of the world, between a browser and a ledger.
"""A proxy with the faults of the world between a browser and a ledger, for tests on loopback.

It also serves the test page, so that the page and the API have one origin, as in production.
"""

import http.client
import json
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

HERE = Path(__file__).resolve().parent
TYPES = {".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8"}
UNFORWARDED = {"connection", "transfer-encoding", "content-length", "keep-alive", "host", "origin"}


class FaultProxy:
    """Set the attributes while it runs; each names one fault."""

    def __init__(self, base):
        self.target = urlsplit(base)
        self.refuse_streams = False  # 403 to every stream
        self.buffer_streams = False  # the head comes, the body never
        self.swallow_posts = 0  # so many POSTs of jobs arrive, and their answers do not
        self.cut_after = 0  # each stream is cut after so many events
        self.rewrite = None  # a function of (path, parsed JSON) to what the browser gets instead
        self.seen = []  # (method, path, status sent) of every request
        self.connections = set()
        self.port = 0
        self.up()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def up(self):
        """Listens, on the same port as before."""
        proxy = self

        class Handler(Relay):
            pass

        Handler.proxy = proxy
        self.server = QuietServer(("127.0.0.1", self.port), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def down(self):
        """As if the server were killed: nobody listens, every connection is reset."""
        self.server.shutdown()
        self.server.server_close()
        self.reset()

    def reset(self):
        for connection in list(self.connections):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


class QuietServer(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        """A browser that hangs up is no news here."""


class Relay(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def setup(self):
        super().setup()
        self.proxy.connections.add(self.connection)

    def finish(self):
        self.proxy.connections.discard(self.connection)
        try:
            super().finish()
        except OSError:
            pass

    def log_message(self, *_):
        pass

    def do_GET(self):
        try:
            self.relay()
        except OSError:
            self.close_connection = True

    do_POST = do_DELETE = do_GET

    def relay(self):
        if self.path.startswith("/test/"):
            return self.serve_file()
        proxy, streaming = self.proxy, "text/event-stream" in (self.headers.get("Accept") or "")
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length) if length else None
        if streaming and proxy.refuse_streams:
            return self.answer(403, b"<h1>Forbidden</h1>", "text/html")
        upstream = http.client.HTTPConnection(proxy.target.hostname, proxy.target.port, timeout=90)
        headers = {k: v for k, v in self.headers.items() if k.lower() not in UNFORWARDED}
        headers["Host"] = proxy.target.netloc
        if "Origin" in self.headers:
            headers["Origin"] = f"{proxy.target.scheme}://{proxy.target.netloc}"
        try:
            upstream.request(self.command, self.path, body, headers)
            reply = upstream.getresponse()
        except (OSError, http.client.HTTPException):
            return self.answer(502, b"no upstream", "text/plain")
        try:
            if reply.headers.get("Content-Type", "").startswith("text/event-stream"):
                return self.relay_stream(reply)
            data = reply.read()
            if self.command == "POST" and self.path == "/v1/jobs" and proxy.swallow_posts > 0:
                proxy.swallow_posts -= 1
                proxy.seen.append((self.command, self.path, 0))
                time.sleep(60)
                self.close_connection = True
                return
            if proxy.rewrite and "json" in reply.headers.get("Content-Type", ""):
                data = json.dumps(proxy.rewrite(self.path, json.loads(data))).encode()
            self.answer(reply.status, data, None, reply)
        finally:
            upstream.close()

    def relay_stream(self, reply):
        proxy = self.proxy
        self.send_response(reply.status)
        self.copy_headers(reply)
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.flush()
        self.close_connection = True
        proxy.seen.append((self.command, self.path, reply.status))
        events = 0
        while True:
            line = reply.readline()
            if not line:
                return
            if proxy.buffer_streams:
                continue
            if proxy.rewrite and line.startswith(b"data: "):
                value = proxy.rewrite(self.path, json.loads(line[6:]))
                line = b"data: " + json.dumps(value).encode() + b"\n"
            self.wfile.write(line)
            self.wfile.flush()
            events += line.startswith(b"id:")
            if proxy.cut_after and events > proxy.cut_after and line == b"\n":
                return

    def answer(self, status, data, kind, reply=None):
        self.proxy.seen.append((self.command, self.path, status))
        self.send_response(status)
        if reply is not None:
            self.copy_headers(reply)
        if kind:
            self.send_header("Content-Type", kind)
        if status not in (204, 304):
            self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if status not in (204, 304):
            self.wfile.write(data)

    def copy_headers(self, reply):
        for name, value in reply.getheaders():
            if name.lower() not in UNFORWARDED:
                self.send_header(name, value)

    def serve_file(self):
        file = HERE / "page" / (Path(urlsplit(self.path).path).name or "index.html")
        if urlsplit(self.path).path == "/test/":
            file = HERE / "page" / "index.html"
        if file.suffix not in TYPES or not file.is_file():
            return self.answer(404, b"", "text/plain")
        self.answer(200, file.read_bytes(), TYPES[file.suffix])
