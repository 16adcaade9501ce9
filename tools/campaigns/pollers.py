# Pollers, servers and commands that are killed, that race, and that are told a wrong time (F1, F12 to
# F14, F16).
import concurrent.futures
import json
import os
import re
import shutil
import signal
import subprocess
import time
import urllib.error
import urllib.request

from calls import injected
from ground import (
    LEDGER, LEDGERD, TORTURE, clone, command, environment, ledger, need_strace)
from power import build
from stage import Stage

FAULTS = "submit/drop-after:0.05,submit/429:0.05:1,status/503:0.05,status/drop-before:0.02"


def kill_under_load(run):
    """F1: everything at once on one home, and kill -9 at random."""
    random = run.random
    with Stage(run, "--fault", FAULTS) as stage:
        stage.set_up()
        acknowledged, killed, turn = {}, 0, 0
        workers = {}
        while killed < run.count:
            turn += 1
            for name in ("poll", "serve"):
                if name not in workers or workers[name].poll() is not None:
                    words = ["serve", "--listen", "127.0.0.1:0"] if name == "serve" else [name]
                    workers[name] = stage.start(*words)
            job, shelf = f"j{turn}", run.path()
            commands = [
                ["grant", "acme", "1", "--key", f"k{turn}"],
                ["submit", "--provider", "replicate", "--model", "owner/name", "--account", "acme",
                 "--hold", "2", "--id", job, "--input", '{"prompt":"%s"}' % job],
                random.choice([["replay"], ["backup", shelf], ["check", job], ["status"]])]
            env = environment(stage.home, **stage.environment)
            children = [
                (words, subprocess.Popen(
                    [LEDGER, "--json", *words], env=env, stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True))
                for words in commands]
            time.sleep(random.random() * 0.08)
            victims = [child for _, child in children if random.random() < 0.4]
            if random.random() < 0.3:
                victims.append(workers[random.choice(["poll", "serve"])])
            for victim in victims:
                victim.send_signal(signal.SIGKILL)
            killed += len(victims)
            for words, child in children:
                out, err = child.communicate(timeout=60)
                if words[0] in ("grant", "submit") and '"position"' in out:
                    key = words[4] if words[0] == "grant" else job
                    acknowledged[key] = json.loads(out.splitlines()[-1])["position"]
                elif child.returncode not in (0, 2, 3, 66, 75, 78, -9):
                    run.fail(f"{' '.join(words)}: exit {child.returncode} {err[-200:]}")
            shutil.rmtree(shelf, ignore_errors=True)
        for worker in workers.values():
            stage.end(worker)
        events = {e["position"]: e for e in stage.do("events", "--limit", "1000000").lines}
        for key, position in acknowledged.items():
            event = events.get(position)
            run.expect(event is not None, f"{key} was acknowledged at {position}: not there")
            group = [events[p].get("key") for p in range(max(1, position - 3), position + 1)]
            run.expect(key in group, f"{key} was acknowledged at {position}: {group}")
        jobs = stage.settle()
        run.expect(set(jobs) >= {k for k in acknowledged if k[0] == "j"}, "a job is forgotten")
        stage.judge(jobs)
        run.note(f"{len(acknowledged)} acknowledged, {len(jobs)} jobs")
        return killed


def race_pollers(run):
    """F12: several pollers and servers, the active one killed, commands beside them."""
    random = run.random
    with Stage(run) as stage:
        stage.set_up()
        servers = [stage.serve()[1] for _ in range(2)]
        pollers = [stage.start("poll") for _ in range(random.randint(2, 4))]
        for turn in range(run.count):
            job = f"j{turn}"
            if random.random() < 0.5:
                stage.submit(job)
            else:
                post(random.choice(servers), job)
            if random.random() < 0.5:
                stage.ledger(random.choice(["check", "status"]), job)
            time.sleep(random.random() * 0.1)
            victim = random.randrange(len(pollers))
            stage.end(pollers[victim])
            pollers[victim] = stage.start("poll")
        active = sum(poller.poll() is None for poller in pollers)
        run.expect(active == len(pollers), "a poller that stands by ended")
        for poller in pollers:
            stage.end(poller, signal.SIGTERM)
        jobs = stage.settle()
        run.expect(len(jobs) == run.count, f"{len(jobs)} jobs of {run.count}")
        stage.judge(jobs)
        posts = sum(one["jobs"] for one in stage.stats()["posts"])
        run.note(f"{posts} accepted by the provider of {run.count} jobs")
        return run.count


def post(address, job, key=None, seconds=20):
    """Submits over HTTP; answers status and reply. OSError when the line is cut."""
    body = {"provider": "replicate", "model": "owner/name", "account": "acme", "hold": "2",
            "input": {"prompt": f"a cat called {job}"}}
    body.update({"key": key} if key else {"id": job})
    request = urllib.request.Request(
        address + "/v1/jobs", json.dumps(body).encode(), {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=seconds) as reply:
            return reply.status, json.load(reply)
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read() or b"{}")


def one_key(run):
    """F13: 64 clients with one key at once, some of whom lose the answer and ask again."""
    random = run.random
    rounds = max(1, run.count // 64)
    with Stage(run) as stage:
        stage.set_up()
        servers = [stage.serve()[1] for _ in range(2)]
        poller = stage.start("poll")

        def ask(point):
            address, key, is_lost = point
            if is_lost:
                lose_answer(address, key)
            return post(address, key, key)
        with concurrent.futures.ThreadPoolExecutor(64) as pool:
            for turn in range(rounds):
                key = f"order-{turn}"
                points = [(random.choice(servers), key, random.random() < 0.3) for _ in range(64)]
                answers = list(pool.map(ask, points))
                run.expect(
                    all(status == 202 for status, _ in answers),
                    f"{key}: {[a for a in answers if a[0] != 202][:1]}")
                seen = {(reply.get("job"), reply.get("position")) for _, reply in answers}
                run.expect(len(seen) == 1, f"{key}: {seen}")
        stage.end(poller, signal.SIGTERM)
        jobs = stage.settle()
        run.expect(len(jobs) == rounds, f"{len(jobs)} jobs of {rounds} keys")
        stage.judge(jobs)
        return rounds * 64


def lose_answer(address, key):
    """Sends the request and hangs up before anything comes back."""
    import socket
    host, port = address.removeprefix("http://").split(":")
    body = json.dumps({
        "provider": "replicate", "model": "owner/name", "account": "acme", "hold": "2",
        "input": {"prompt": f"a cat called {key}"}, "key": key})
    with socket.create_connection((host, int(port)), timeout=10) as line:
        line.sendall((
            f"POST /v1/jobs HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n{body}").encode())


# Below this share the campaign shows too little.
HIT_MIN = 0.7
POLLS = ("pwrite64", "writev", "fdatasync", "sendto", "recvfrom", "connect", "epoll_wait", "poll",
         "socket", "close", "write")


def kill_while_sending(run):
    """F14: the poller killed at every system call around a submit."""
    need_strace()
    with Stage(run) as stage:
        template = run.path()
        stage.set_up(home=template)
        counts = sending_calls(stage, template)
        points = [(call, n) for call, most in sorted(counts.items()) for n in range(1, most + 1)]
        points = run.sample(points)
        hit = []

        def kill(point):
            (call, number), index = point
            home = clone(template, run.path())
            job, where = f"k{index}", f"killed at {call} {number}"
            if stage.submit(job, home=home).code != 0:
                raise RuntimeError("submit failed")
            shelf = run.path()
            stage.do("backup", shelf, home=home)
            ended = command(
                [*injected(f"{call}:signal=KILL:when={number}"), LEDGERD, "poll", "--once"],
                environment(home, **stage.environment))
            # Who traces ends by the signal that ended what was traced. The last calls of a kind are
            # not made in every life: how long one waits is the network's.
            run.expect(ended.code in (-signal.SIGKILL, 0), f"{where}: {ended}")
            hit.append(ended.code == -signal.SIGKILL)
            after = stage.status(home=home)[job]
            run.expect(after["state"] in ("submitted", "dispatching", "dispatched", "running"),
                       f"{where}: {after['state']}")
            run.expect(after["held"] == "2", f"{where}: held {after['held']}")
            way = ("again", "views", "restored")[index % 3]
            if way == "views":
                shutil.rmtree(os.path.join(home, "views"))
            elif way == "restored":
                stage.do("restore", shelf, "--accept-loss", home=home)
                stage.ledger("unpause", home=home)
            result = stage.ledger("poll", "--drain", home=home)
            end = stage.status(home=home)[job]
            allowed = ("succeeded", "uncertain", "parked")
            run.expect(end["state"] in allowed, f"{where}, {way}: {end['state']} {result}")
            run.expect(
                float(end["held"]) + float(end["captured"]) == 2, f"{where}, {way}: {end['held']}")
            verified = ledger(home, "verify")
            run.expect(verified.code == 0, f"{where}, {way}: {verified}")
        run.each(kill, list(zip(points, range(len(points)))))
        twice = stage.stats()["submitted_twice"]
        run.expect(not twice, f"submitted twice: {twice[:3]}")
        run.note(f"killed at {sum(hit)} of {len(points)} calls; the others were not made that time")
        run.expect(sum(hit) >= HIT_MIN * len(points), f"killed at {sum(hit)} of {len(points)} only")
        return sum(hit)


def sending_calls(stage, template):
    """How often each thread makes each of the calls, without harm: the most of any thread."""
    home, trace = clone(template, stage.run.path()), stage.run.path()
    stage.submit("unharmed", home=home)
    command(
        ["strace", "-f", "-qq", "-o", trace, "-e", "trace=" + ",".join(POLLS), LEDGERD, "poll",
         "--once"], environment(home, **stage.environment))
    count = {}
    with open(trace, errors="replace") as lines:
        for line in lines:
            call = re.match(r"(\d+)\s+(\w+)\(", line)
            if call:
                count[call.groups()] = count.get(call.groups(), 0) + 1
    most = {}
    for (_, call), number in count.items():
        most[call] = max(most.get(call, 0), min(number, 200))
    return most


def wrong_time(run):
    """F16: the clock set back and forth, frozen and stepped, under writers and a poller."""
    random, clock = run.random, run.path("clock")

    def tell(text):
        with open(clock + ".new", "w") as file:
            file.write(text)
        os.rename(clock + ".new", clock)
    faked = {"LD_PRELOAD": build(run, "clock"), "FAULTS_CLOCK": clock}
    tell("+0")
    home = run.path()
    command([TORTURE, "create", home], environment(home))
    for turn in range(run.count):
        tell("+86400" if turn == 0 else random.choice(["-3600", "+86400", "-2592000", "+0", "@1767323045"]))
        result = command(
            [TORTURE, "append-some", home, f"t{turn}"], environment(home, **faked), seconds=120)
        run.expect(result.code == 0, f"turn {turn}: {result}")
        if turn % 20 == 19 or turn == run.count - 1:
            verified = ledger(home, "verify")
            run.expect(verified.code == 0, f"turn {turn}: {verified}")
    newest = ledger(home, "events", "--limit", "1000000").lines[-1]["at"]
    tomorrow = time.strftime("%Y-%m-%dT%H", time.gmtime(time.time() + 80_000))
    run.expect(newest > tomorrow, f"the clock was not set: {newest}")
    tell("+0")
    with Stage(run, pace="4-5") as stage:
        stage.set_up()
        for number in range(5):
            stage.submit(f"j{number}", "--hold-expires", "30m")
        poller = stage.start("poll", **faked)
        wait_for(lambda: all(j["state"] == "running" for j in stage.status().values()), run)
        for step in ("+86400", "-3600", "+7200", "-172800", "+0"):
            tell(step)
            time.sleep(0.6)
        wait_for(lambda: all(j["state"] == "succeeded" for j in stage.status().values()), run)
        stage.end(poller, signal.SIGTERM)
        kinds = [event["type"] for event in stage.do("events", "--limit", "100000").lines]
        run.expect("job.expired" not in kinds, "a hold ended because the clock was set")
        # At most ten looks a second of each job, however the clock jumped.
        asked = sum(sum(routes.values()) for routes in stage.stats()["requests"].values())
        run.expect(asked < 5 * 10 * 12, f"a storm: {asked} requests for 5 jobs")
        stage.judge(stage.status())
    return run.count


def wait_for(is_true, run, seconds=40):
    end = time.monotonic() + seconds
    while not is_true():
        if time.monotonic() > end:
            run.fail("what must come did not come")
            return
        time.sleep(0.1)
