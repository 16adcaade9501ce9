#!/usr/bin/env python3
# The outside judge of what is saved: a store that believes no signature, and outputs on bad days.
"""The outside judge of what is saved: a server on loopback that is, for tests, two things. An object
store that speaks enough of S3's API (PUT, GET, path-style) and believes no signature that it has not
recomputed from the raw request by itself; and a place where outputs lie, on good days and bad ones.

  tools/store.py [--region R] [--token T]      prints {"listening": URL}; ends with its parent

Keys: test-key / test-secret. Outputs: /files/HOW/SIZE/NAME, where HOW is one of those in `Files`.
/control/log tells the requests, /control/objects the stored digests, /control/fail?n=N&status=S
makes the next N PUTs fail."""
import argparse
import hashlib
import hmac
import json
import os
import threading
import time
import urllib.parse
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

KEY, SECRET = "test-key", "test-secret"


def content(size, version=0):
    """Bytes that no two places of a file have in common by chance."""
    block = b"".join(hashlib.sha256(b"%d.%d" % (version, n)).digest() for n in range(2048))
    return (block * (size // len(block) + 1))[:size]


class World:
    def __init__(self, region, token):
        self.region, self.token = region, token
        self.lock = threading.Lock()
        self.log, self.objects, self.failures, self.seen = [], {}, [], {}

    def times(self, path):
        """How often this was asked for before."""
        with self.lock:
            self.seen[path] = self.seen.get(path, 0) + 1
            return self.seen[path] - 1


class Refused(Exception):
    pass


def encoded(text, safe="-_.~"):
    return urllib.parse.quote(text, safe=safe)


class Signature:
    """AWS Signature Version 4 of a raw request (Amazon S3 API Reference)."""

    def __init__(self, world, method, target, headers, body):
        self.world, self.method, self.headers, self.body = world, method, headers, body
        path, _, query = target.partition("?")
        self.path = encoded(urllib.parse.unquote(path), "/-_.~")
        if self.path != path:
            raise Refused("the path is not encoded as it is signed: " + path)
        self.query = urllib.parse.parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query))

    def check(self):
        if any(name == "X-Amz-Signature" for name, _ in self.query):
            self.check_query()
        else:
            self.check_header()

    def check_header(self):
        scheme, _, rest = self.headers.get("Authorization", "").partition(" ")
        if scheme != "AWS4-HMAC-SHA256":
            raise Refused("AccessDenied")
        parts = dict(part.strip().split("=", 1) for part in rest.split(","))
        digest = self.headers["x-amz-content-sha256"]
        if digest != hashlib.sha256(self.body).hexdigest():
            raise Refused("XAmzContentSHA256Mismatch")
        names = parts["SignedHeaders"].split(";")
        for name in self.headers:
            name = name.lower()
            if (name in ("host", "content-type") or name.startswith("x-amz-")) and name not in names:
                raise Refused("unsigned header " + name)
        self.check_token(self.headers.get("x-amz-security-token"))
        stamp = self.headers["x-amz-date"]
        self.check_age(stamp, timedelta(minutes=15))
        self.compare(parts["Credential"], stamp, names, self.query, digest, parts["Signature"])

    def check_query(self):
        values = dict(self.query)
        if values["X-Amz-Algorithm"] != "AWS4-HMAC-SHA256":
            raise Refused("algorithm")
        life = int(values["X-Amz-Expires"])
        if not 1 <= life <= 604800:
            raise Refused("AuthorizationQueryParametersError")
        self.check_age(values["X-Amz-Date"], timedelta(seconds=life))
        self.check_token(values.get("X-Amz-Security-Token"))
        query = [pair for pair in self.query if pair[0] != "X-Amz-Signature"]
        names = values["X-Amz-SignedHeaders"].split(";")
        self.compare(values["X-Amz-Credential"], values["X-Amz-Date"], names, query,
                     "UNSIGNED-PAYLOAD", values["X-Amz-Signature"])

    def check_token(self, token):
        if token != self.world.token:
            raise Refused("InvalidToken")

    def check_age(self, stamp, most):
        signed = datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=timezone.utc)
        age = datetime.now(timezone.utc) - signed
        if age > most or age < -timedelta(minutes=15):
            raise Refused("RequestTimeTooSkewed")

    def compare(self, credential, stamp, names, query, digest, given):
        access, day, region, service, kind = credential.split("/")
        if (access, region, service, kind) != (KEY, self.world.region, "s3", "aws4_request"):
            raise Refused("InvalidAccessKeyId")
        if day != stamp[:8] or names != sorted(names) or "host" not in names:
            raise Refused("SignatureDoesNotMatch")
        pairs = sorted((encoded(name), encoded(value)) for name, value in query)
        fields = "".join(f"{name}:{' '.join(self.headers[name].split())}\n" for name in names)
        request = "\n".join([self.method, self.path, "&".join("=".join(p) for p in pairs), fields,
                             ";".join(names), digest])
        scope = f"{day}/{region}/s3/aws4_request"
        text = "\n".join(["AWS4-HMAC-SHA256", stamp, scope,
                          hashlib.sha256(request.encode()).hexdigest()])
        key = ("AWS4" + SECRET).encode()
        for part in scope.split("/"):
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        if hmac.new(key, text.encode(), hashlib.sha256).hexdigest() != given:
            raise Refused("SignatureDoesNotMatch")


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    world = None

    def log_message(self, *_):
        pass

    def note(self):
        fields = {name.lower(): value for name, value in self.headers.items()}
        with self.world.lock:
            self.world.log.append({"method": self.command, "path": self.path, "headers": fields})

    def answer(self, status, body=b"", kind="text/plain", **fields):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in fields.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def error(self, status, code):
        self.answer(status, f"<Error><Code>{code}</Code></Error>".encode(), "application/xml")

    def do_PUT(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.note()
        with self.world.lock:
            failure = self.world.failures.pop(0) if self.world.failures else None
        if failure:
            return self.error(failure, "SlowDown")
        try:
            Signature(self.world, "PUT", self.path, self.headers, body).check()
        except Refused as refused:
            return self.error(403, str(refused))
        except Exception as problem:
            return self.error(400, type(problem).__name__)
        with self.world.lock:
            self.world.objects[self.path] = (body, self.headers.get("Content-Type"))
        self.answer(200, ETag=f'"{hashlib.md5(body).hexdigest()}"')

    def do_GET(self):
        path, _, query = self.path.partition("?")
        if path.startswith("/control/"):
            return self.control(path[9:], dict(urllib.parse.parse_qsl(query)))
        self.note()
        if path.startswith("/files/"):
            return Files(self, path, urllib.parse.unquote(query)).serve()
        try:
            Signature(self.world, "GET", self.path, self.headers, b"").check()
        except Refused as refused:
            return self.error(403, str(refused))
        with self.world.lock:
            found = self.world.objects.get(path)
        if not found:
            return self.error(404, "NoSuchKey")
        self.answer(200, found[0], found[1] or "binary/octet-stream")

    def control(self, what, values):
        with self.world.lock:
            if what == "log":
                told = self.world.log
            elif what == "objects":
                told = {path: {"sha256": hashlib.sha256(body).hexdigest(), "bytes": len(body),
                               "type": kind} for path, (body, kind) in self.world.objects.items()}
            else:
                self.world.failures = [int(values["status"])] * int(values["n"])
                told = {}
        self.answer(200, json.dumps(told).encode(), "application/json")


class Files:
    """An output at /files/HOW/SIZE/NAME."""

    def __init__(self, handler, path, query):
        self.handler, self.path, self.query = handler, path, query
        _, _, self.how, size, self.name = path.split("/", 4)
        self.size = int(size)

    def serve(self):
        getattr(self, "do_" + self.how)(self.handler.world.times(self.path))

    def body(self, version=0, tag='"v%d"', cut=None):
        """The file or the rest of it, as RFC 9110 §14 has it; `cut`: only so much comes."""
        body, tag = content(self.size, version), tag and tag % version
        wanted = self.handler.headers.get("Range")
        first = 0
        if wanted and tag and self.handler.headers.get("If-Range") == tag:
            first = int(wanted.removeprefix("bytes=").split("-")[0])
        self.handler.send_response(206 if first else 200)
        self.handler.send_header("Content-Type", "video/mp4")
        self.handler.send_header("Content-Length", str(len(body) - first))
        if tag:
            self.handler.send_header("ETag", tag)
        if first:
            self.handler.send_header("Content-Range", f"bytes {first}-{len(body) - 1}/{len(body)}")
        self.handler.end_headers()
        part = body[first:]
        if cut is not None and len(part) > cut:
            self.handler.wfile.write(part[:cut])
            self.handler.wfile.flush()
            self.handler.close_connection = True
            self.handler.connection.shutdown(2)
        else:
            self.handler.wfile.write(part)

    def do_ok(self, _):
        self.body()

    def do_cut(self, _):
        """Every connection breaks off after a third."""
        self.body(cut=self.size // 3)

    def do_cutonce(self, times):
        """Breaks off once and cannot be resumed."""
        self.body(tag=None, cut=self.size // 3 if times == 0 else None)

    def do_changed(self, times):
        """Breaks off, and is another file then."""
        self.body(version=min(times, 1), cut=self.size // 3 if times == 0 else None)

    def do_html(self, times):
        """An error page with a good status, twice."""
        if times < 2:
            return self.handler.answer(200, b"<html>Please wait</html>", "text/html; charset=utf-8")
        self.body()

    def do_json(self, _):
        self.handler.answer(200, b'{"error":"soon"}', "application/json")

    def do_busy(self, times):
        if times < 2:
            return self.handler.answer(503, b"busy", Retry_After="0")
        self.body()

    def do_gone(self, _):
        self.handler.answer(404, b"gone")

    def do_empty(self, _):
        self.handler.answer(200, b"", "video/mp4")

    def do_redirect(self, _):
        """To the query."""
        self.handler.answer(302, b"", Location=self.query)

    def do_circle(self, _):
        self.handler.answer(307, b"", Location=self.path)

    def do_auth(self, _):
        if self.handler.headers.get("Authorization") != "Bearer r8_canary":
            return self.handler.answer(401, b"who?")
        self.body()

    def do_announced(self, _):
        """Says it is large, and sends nothing."""
        self.handler.send_response(200)
        self.handler.send_header("Content-Type", "video/mp4")
        self.handler.send_header("Content-Length", "99999999999")
        self.handler.end_headers()
        self.handler.close_connection = True

    def do_endless(self, _):
        self.stream(content(65536), 0)

    def do_drip(self, _):
        self.stream(b"x", 0.1)

    def do_slow(self, _):
        """Takes some seconds; a test can look at it under way."""
        self.stream(content(4096), 0.05, count=100)

    def stream(self, chunk, pause, count=10**9):
        self.handler.send_response(200)
        self.handler.send_header("Content-Type", "video/mp4")
        self.handler.send_header("Transfer-Encoding", "chunked")
        self.handler.end_headers()
        try:
            for _ in range(count):
                self.handler.wfile.write(b"%x\r\n%s\r\n" % (len(chunk), chunk))
                self.handler.wfile.flush()
                time.sleep(pause)
            self.handler.wfile.write(b"0\r\n\r\n")
        except OSError:
            self.handler.close_connection = True


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--region", default="auto")
    parser.add_argument("--token")
    options = parser.parse_args()
    Handler.world = World(options.region, options.token)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(json.dumps({"listening": f"http://127.0.0.1:{server.server_port}"}), flush=True)
    parent = os.getppid()
    while os.getppid() == parent:  # no orphans
        time.sleep(0.2)


if __name__ == "__main__":
    main()
