# A provider on a public address that leads whoever believes it inside: lure.py DIRECTORY
#
# Runs in a network and a mount namespace of its own (unshare --net --mount), where it makes itself
# a public address, internal ones to be called by mistake, a name server and a certificate authority
# that everybody there trusts. Says READY PORT, then a line for each caller:
#   OUTSIDE METHOD HOST PATH   somebody called the public address
#   INSIDE ADDRESS:PORT        somebody called an internal one: the trap
# SIGUSR1 makes it call itself inside and say SPRUNG when that call was seen: all before it were.

import collections, json, os, signal, socket, socketserver, ssl, subprocess, sys, threading
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs, urlsplit

PUBLIC, NOBODY = "93.184.215.14", "93.184.215.15"
INTERNAL = ["10.0.0.1", "172.16.0.1", "192.168.0.1", "100.64.0.1", "169.254.169.254"]
ZONE = "lure.example"
FIXED = {  # name: answers to A, answers to AAAA
    "inside": (["127.0.0.1"], []), "private": (["10.0.0.1"], []),
    "metadata": (["169.254.169.254"], []), "six": ([], ["::1"]),
    "mapped": ([], ["::ffff:127.0.0.1"]), "both": ([NOBODY, "127.0.0.1"], ["::1"]),
}
asked = collections.Counter()
said, springs, jobs = threading.Lock(), set(), {}


def say(line):
    with said:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


def run(*words):
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def addresses(name):
    """What a name means now. turn-*: public when first asked for, this machine ever after."""
    head = name.removesuffix("." + ZONE)
    if head in FIXED:
        return FIXED[head]
    asked[head] += 1
    return (["127.0.0.1"] if head.startswith("turn") and asked[head] > 1 else [PUBLIC]), []


def resolve(server):
    known = {}
    while True:
        query, client = server.recvfrom(512)
        labels, at = [], 12
        while query[at]:
            labels.append(query[at + 1:at + 1 + query[at]].decode().lower())
            at += 1 + query[at]
        name, kind = ".".join(labels), query[at + 2]
        answers = []
        if name.endswith("." + ZONE) and kind in (1, 28):
            # A resolver asks for both kinds at once: one question.
            if kind == 1:
                known[name] = addresses(name)
            found = known.get(name) or FIXED.get(labels[0]) or ([], [])
            answers = found[0 if kind == 1 else 1]
        reply = query[:2] + b"\x81\x80\0\1" + len(answers).to_bytes(2, "big") + b"\0\0\0\0"
        reply += query[12:at + 5]
        for answer in answers:
            family = socket.AF_INET6 if kind == 28 else socket.AF_INET
            data = socket.inet_pton(family, answer)
            reply += b"\xc0\x0c" + bytes([0, kind, 0, 1, 0, 0, 0, 0, 0, len(data)]) + data
        server.sendto(reply, client)


class Provider(BaseHTTPRequestHandler):
    """Echoes: a job's input says what is replied to it, and `reply` what to ask later."""

    def log_message(self, *_):
        pass

    def do_POST(self):
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        url = self.heard()
        if url.path == "/v1/jobs":
            job = json.loads(body)
            jobs[job["id"]] = job["reply"]
            return self.answer(201, "application/json", json.dumps(job["accept"]).encode())
        self.go(url, 307)

    def do_GET(self):
        url = self.heard()
        job = jobs.get(url.path.removeprefix("/v1/jobs/"))
        if job:
            return self.answer(200, "application/json", json.dumps(job).encode())
        self.go(url, 302)

    def heard(self):
        say("OUTSIDE %s %s %s" % (self.command, self.headers["Host"], self.path))
        return urlsplit(self.path)

    def go(self, url, status):
        to = parse_qs(url.query).get("to")
        if not to:
            return self.answer(200, "video/mp4", b"a film")
        self.answer(status, "text/plain", b"", to[0].encode().decode("latin-1"))

    def answer(self, status, kind, body, location=None):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        if location:
            self.send_header("Location", location)
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = True


class Door(socketserver.ThreadingTCPServer):
    """Every address of the namespace, one port. Who comes to the public one is served over TLS."""

    address_family = socket.AF_INET6
    allow_reuse_address = daemon_threads = True
    request_queue_size = 128

    def server_bind(self):
        self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        super().server_bind()

    def get_request(self):
        caller, address = super().get_request()
        own = caller.getsockname()[0].removeprefix("::ffff:")
        if own == PUBLIC:
            return caller, address
        caller.close()
        if address[1] in springs:
            say("SPRUNG")
        else:
            say("INSIDE %s:%d" % (own, self.server_address[1]))
        raise OSError("trapped")

    def finish_request(self, request, client_address):
        try:
            with context.wrap_socket(request, server_side=True) as secured:
                super().finish_request(secured, client_address)
        except OSError:
            pass

    def handle_error(self, *_):
        pass


def spring(*_):
    """One call to each door."""
    for door in doors:
        caller = socket.socket()
        caller.bind(("127.0.0.1", 0))
        springs.add(caller.getsockname()[1])
        caller.connect(("127.0.0.1", door.server_address[1]))
        caller.close()


folder = sys.argv[1]
run("ip", "link", "set", "lo", "up")
for address in [PUBLIC] + INTERNAL:
    run("ip", "address", "add", address + "/32", "dev", "lo")
key, certificate, names = (os.path.join(folder, name) for name in ("key", "cert", "resolv.conf"))
run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
    "-keyout", key, "-out", certificate, "-days", "2", "-subj", "/CN=" + ZONE, "-addext",
    "subjectAltName=DNS:*." + ZONE)
with open(names, "w") as file:
    file.write("nameserver 127.0.0.1\n")
run("mount", "--bind", names, "/etc/resolv.conf")
run("mount", "--bind", certificate, "/etc/ssl/certs/ca-certificates.crt")
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate, key)
resolver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
resolver.bind(("127.0.0.1", 53))
threading.Thread(target=resolve, args=(resolver,), daemon=True).start()
doors = [Door(("::", port), Provider) for port in (443, 80, 0)]
for door in doors:
    threading.Thread(target=door.serve_forever, daemon=True).start()
signal.signal(signal.SIGUSR1, lambda *_: threading.Thread(target=spring, daemon=True).start())
say("READY %d" % doors[2].server_address[1])
while True:
    signal.pause()
