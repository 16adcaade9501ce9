# Polling a provider, and serving status and streams.
import json
import os
import signal
import statistics
import subprocess
import time

from programs import Server, Skipped, anonymous_bytes, measured, run
from rows import Goal, row

HERE = os.path.dirname(os.path.abspath(__file__))
PYTHON = os.path.join(os.path.dirname(os.path.dirname(HERE)), ".venv", "bin", "python")
CONNECTIONS = "64"
MIB = 1 << 20


def aiohttp(script, *words):
    """The command of a peer in Python."""
    found = os.path.exists(PYTHON) and subprocess.run(
        [PYTHON, "-c", "import aiohttp"], capture_output=True).returncode == 0
    if not found:
        raise Skipped("not installed: tools/setup --peers")
    return [PYTHON, os.path.join(HERE, "peers", script), *words]


def poller(ground):
    """As fast as it can: jobs that never end, all due again at once."""
    requests = "20000" if ground.quick else "100000"
    few = "4000" if ground.quick else "20000"  # for what is ten times slower
    with Server(ground.floor("floor_poll_server")) as server:
        port = str(server.port)
        figures = ground.turns({
            "ours": lambda: flat_out(ground, port),
            "floor": lambda: measured(
                ground.floor("floor_poll_client"), port, CONNECTIONS, requests),
            "aiohttp": lambda: measured(*aiohttp("poll_client.py", port, CONNECTIONS, few))})
    yield row("polls, each made durable", "polls/s", figures, "requests_per_second",
              [Goal("floor", 0.6)])
    yield row("CPU of a poll", "us", figures, "cpu_us_per_request")
    yield row("memory of the poller", "MiB", figures, "anonymous_bytes", scale=1 / MIB)


def flat_out(ground, port, authority=None):
    return polls(ground, port, jobs=4000, every_s=0.1, warm_s=1,
                 seconds=3 if ground.quick else 8, authority=authority)


def tls(ground):
    """The same to a provider that speaks TLS, whose connections are kept."""
    folder = ground.fresh()
    key, certificate = f"{folder}/key.pem", f"{folder}/certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
         "-nodes", "-keyout", key, "-out", certificate, "-days", "2", "-subj", "/CN=bench",
         "-addext", "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True)
    with Server(ground.floor("floor_tls_server"), certificate, key) as server:
        port = str(server.port)
        figures = ground.turns({
            "ours": lambda: flat_out(ground, port, certificate),
            "floor": lambda: run(ground.floor("floor_poll_client"), port, CONNECTIONS,
                                 "20000" if ground.quick else "100000", certificate)[-1]})
    yield row("polls over TLS", "polls/s", figures, "requests_per_second", [Goal("figure", 2_000)])


def due(ground):
    """A steady load: so many jobs in flight, each asked about now and then."""
    jobs, every_s = (6_600, 2) if ground.quick else (100_000, 30)
    with Server(ground.floor("floor_poll_server")) as server:
        figures = ground.turns({"ours": lambda: polls(
            ground, str(server.port), jobs, every_s, warm_s=2 * every_s,
            seconds=4 if ground.quick else 30)})
    name = f"{jobs:,} jobs in flight"
    yield row(name, "polls/s", figures, "requests_per_second", [Goal("figure", 3_300 * 0.98)])
    yield row(f"{name}, CPU", "cores", figures, "cores", [Goal("figure", 0.5)])
    yield row(f"{name}, memory", "MiB", figures, "anonymous_bytes",
              [Goal("figure", 200)], scale=1 / MIB)


def polls(ground, port, jobs, every_s, warm_s, seconds, authority=None):
    """The real poller, looked at from outside after it has warmed up."""
    home = ground.fresh()
    run(ground.product("bench"), "track", home, str(jobs))
    ledger = ground.product("ledger")
    scheme = "https" if authority else "http"
    env = {**os.environ, "LEDGER_HOME": home, "LEDGER_DEV": "1", "REPLICATE_API_TOKEN": "bench",
           "LEDGER_BASE_URL_REPLICATE": f"{scheme}://127.0.0.1:{port}"}
    if authority:
        env["LEDGER_CA_FILE"] = authority
    profile = run(ledger, "provider", "show", "replicate", "--json", env=env)[0]
    profile["limits"].update(in_flight=int(CONNECTIONS), poll={
        "start_s": every_s, "max_s": every_s, "factor": 1, "jitter": 0, "slow_s": 3600})
    os.makedirs(f"{home}/providers", exist_ok=True)
    with open(f"{home}/providers/replicate.json", "w") as file:
        json.dump(profile, file)
    process = subprocess.Popen([ledger, "poll", "--quiet", "--in-flight", CONNECTIONS], env=env)
    try:
        time.sleep(warm_s)
        before, start = look(ledger, process.pid, env), time.perf_counter()
        time.sleep(seconds)
        after, elapsed = look(ledger, process.pid, env), time.perf_counter() - start
        memory = anonymous_bytes(process.pid)
        process.send_signal(signal.SIGTERM)
        if process.wait(timeout=60) != 0:
            raise RuntimeError("the poller failed")
    finally:
        process.kill()
        process.wait()
    count, cpu_s = after[0] - before[0], after[1] - before[1]
    if count == 0:
        raise RuntimeError("nothing was polled")
    return {"requests_per_second": count / elapsed, "cpu_us_per_request": cpu_s / count * 1e6,
            "cores": cpu_s / elapsed, "anonymous_bytes": memory}


def look(ledger, pid, env):
    """The log's end, every event of which is a poll, and the CPU seconds of a process."""
    head = run(ledger, "status", "--summary", "--json", env=env)[0]["head"]
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return head, (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def serving(ground, streams=0):
    """Servers of the same question: start one with `with`, ask for the path."""
    home = ground.home(50_000)[0]
    env = {**os.environ, "LEDGER_HOME": home}
    job = run(ground.product("ledger"), "status", "--json", "--limit", "1", env=env)[0]["job"]
    command = [ground.product("ledgerd"), "serve", "--json", "--rate", "0", "--listen",
               "127.0.0.1:0", "--connections", str(streams + 200)]
    return {
        "ours": (lambda: Server(*command, env=env), f"/v1/jobs/{job}"),
        "floor": (lambda: Server(ground.floor("floor_serve"), ground.fresh(), "4000"),
                  "/v1/jobs/job-17"),
        "aiohttp": (lambda: Server(*aiohttp("status_server.py", ground.fresh(), "4000")),
                    "/v1/jobs/job-17"),
    }


def status(ground):
    seconds = "2" if ground.quick else "8"

    def ask(server, path):
        with server() as serving:
            return run(ground.floor("http_load"), str(serving.port), path, CONNECTIONS, seconds)[-1]

    servers = serving(ground)
    figures = ground.turns({name: lambda one=one: ask(*one) for name, one in servers.items()})
    yield row("GET a job's status", "/s", figures, "requests_per_second", [Goal("floor", 0.9)])
    yield row("GET a job's status, p99", "ms", figures, "p99_ms", [Goal("figure", 5)])


def streams(ground):
    """Fan-out to streams that resume at the head; and what a stream costs that starts anew, with a
    snapshot of the board before its first event."""
    count, few = (1_000, 50) if ground.quick else (10_000, 500)
    home = ground.home(50_000)
    posts = {"ours": ("/v1/accounts/bench-fan/grants", '{"credits":"1"}'), "floor": ("/fire", "{}")}
    servers = serving(ground, streams=count)

    def load(name, path, number):
        with servers[name][0]() as server:
            before = anonymous_bytes(server.process.pid)
            command = [ground.floor("stream_load"), str(server.port), str(number), path,
                       *posts[name], "5"]
            with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
                first = process.stdout.readline()
                if not first:
                    raise RuntimeError(f"{name} does not hold {number} streams")
                grown = anonymous_bytes(server.process.pid) - before  # while all are open
                times = [json.loads(line)["fan_out_ms"] for line in process.stdout]
            return {"ms": statistics.median(times), "kib": grown / 1024 / number,
                    **json.loads(first)}

    resumed = f"/v1/events?after={home[1]['head']}"
    figures = ground.turns({
        name: lambda name=name: load(name, resumed, count) for name in posts})
    yield row(f"one event to {count // 1000}k streams", "ms", figures, "ms", [Goal("figure", 120)])
    yield row("memory of a stream", "KiB", figures, "kib", [Goal("figure", 8)])
    yield row("a stream resumed", "ms", figures, "open_ms")
    fresh = ground.turns({
        name: lambda name=name: load(name, "/v1/events", few) for name in posts})
    yield row("a stream anew at 50k events", "ms", fresh, "open_ms")
