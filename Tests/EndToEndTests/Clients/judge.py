# What the judges share: a simulator beside them, and one JSON line for each thing they saw.
#
# Each judge drives an official client, unmodified, against `ledgerd simulate`:
#     .venv/bin/python Tests/EndToEndTests/Clients/replicate_judge.py PATH-OF-LEDGERD

import http.server
import json
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading


class Simulator:
    """A running simulator; `providers` are its addresses, `stop()` gives what it saw."""

    def __init__(self, *options, tls=False):
        self.ca = None
        words = [sys.argv[1], "--json", "simulate", "--port", "0", "--pace", "0.4", *options]
        if tls:
            self.ca = os.path.join(tempfile.mkdtemp(), "ca.pem")
            words += ["--ca", self.ca]
        self.process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
        first = json.loads(self.process.stdout.readline())
        self.address = first["listening"]
        self.providers = first["providers"]
        self.webhook_secret = first["webhook_secret"]

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        rest, _ = self.process.communicate(timeout=30)
        return json.loads(rest.strip().splitlines()[-1])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


class Hook:
    """A webhook receiver on loopback; `get()` is the next (headers, body)."""

    def __init__(self):
        messages = queue.Queue()

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                messages.put((dict(self.headers), body))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/hook"
        self.get = lambda: messages.get(timeout=30)


def check(name, ok, detail=None):
    """One line: what was judged, the judgement, and what was seen."""
    print(json.dumps({"check": name, "ok": bool(ok), "detail": repr(detail)[:400]}), flush=True)


def judged(function):
    """Runs one judgement; an exception is a judgement too."""
    try:
        function()
    except Exception as error:  # noqa: BLE001
        check(function.__name__, False, error)
    return function


def raised(function, *arguments, **named):
    """The exception that a call raised; None when it raised none."""
    try:
        function(*arguments, **named)
    except Exception as error:  # noqa: BLE001
        return error
    return None


def submit(stats):
    """What the simulator counted about the one piece of work that was submitted."""
    (only,) = stats["posts"]
    return only
