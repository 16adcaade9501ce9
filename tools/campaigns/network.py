# Networks that lose, reset and choke, descriptors that run out, clients by the thousand (F17): a
# server in a network of its own, appends beside it, and followers who must miss and double nothing.
import ctypes
import http.client
import json
import os
import re
import resource
import socket
import subprocess
import threading
import time

from ground import TORTURE, Skipped, command, environment, hashes
from pollers import post
from stage import Stage

CLONE_NEWNET = 0x40000000  # sched.h
FOLLOWERS, KEYS = 4, 3
DESCRIPTORS = 64
# Of one client that does not read, and of all else; measured: 13 KiB.
CLIENT_BYTES_MAX, MORE_BYTES_MAX = 64 << 10, 64 << 20
SECONDS_MAX = 90


def rough(run):
    struck = {harm.__name__: 0 for harm in (lose, reset, choke)}

    def look(point):
        turn, harm = point
        where = f"round {turn}, {harm.__name__}"
        with Stage(run, home=run.path()) as stage:
            if harm is run_out:
                run_out(run, stage, where)
            else:
                struck[harm.__name__] += follow_through(run, stage, harm, where)
    points = [(turn, harm) for turn in range(run.count) for harm in (lose, reset, choke, run_out)]
    # They wait for lost packets more than they work.
    run.each(lambda point: alone(look, point), points, workers=4)
    alone(crowd, run, 2000 if run.count >= 10 else 200)
    run.note("packets struck: " + ", ".join(f"{name} {n}" for name, n in struck.items()))
    run.expect(all(struck.values()), f"nothing was struck: {struck}")
    return run.count


def alone(work, *arguments):
    """In a thread with a network namespace of its own, which every child of it shares."""
    failed = []

    def begin():
        try:
            if ctypes.CDLL(None).unshare(CLONE_NEWNET) != 0:
                raise Skipped("a network of one's own is not allowed here")
            tell("ip", "link", "set", "lo", "mtu", "1500", "up")
            work(*arguments)
        except BaseException as error:
            failed.append(error)
    thread = threading.Thread(target=begin)
    thread.start()
    thread.join()
    for error in failed:
        raise error


def tell(*words):
    done = subprocess.run(words, capture_output=True, text=True)
    if done.returncode != 0:
        raise Skipped(f"{' '.join(words[:3])}: {done.stderr.strip()[:60]}")


def rule(match, percent, verdict):
    """Does so to so many of a hundred packets that match."""
    chain = "add table inet rough; add chain inet rough c { type filter hook input priority 0; }"
    tell("nft", f"{chain}; add rule inet rough c tcp {match} numgen random mod 100 < {percent}"
         f" counter {verdict}")


def lose(port):
    rule(f"dport {port}", 30, "drop")
    rule(f"sport {port}", 30, "drop")


def reset(port):
    rule(f"dport {port}", 5, "reject with tcp reset")


def choke(port):
    tell("tc", "qdisc", "add", "dev", "lo", "root", "tbf", "rate", "2mbit", "burst", "4kb",
         "latency", "200ms")


def mend():
    """Ends all of that; answers how many packets it struck."""
    struck = 0
    for count, words, end in (
            (r"counter packets (\d+)", ["nft", "list", "table", "inet", "rough"],
             ["nft", "delete", "table", "inet", "rough"]),
            (r"overlimits (\d+)", ["tc", "-s", "qdisc", "show", "dev", "lo"],
             ["tc", "qdisc", "del", "dev", "lo", "root"])):
        told = subprocess.run(words, capture_output=True, text=True).stdout
        struck += sum(map(int, re.findall(count, told)))
        subprocess.run(end, capture_output=True)
    return struck


class Follower(threading.Thread):
    """Follows every event from the beginning, through whatever happens, until told to end."""

    def __init__(self, address):
        super().__init__(daemon=True)
        self.host = address.removeprefix("http://")
        self.seen, self.goal, self.lives = [], None, 0
        self.start()

    def is_done(self):
        return self.goal is not None and bool(self.seen) and self.seen[-1] >= self.goal

    def run(self):
        while not self.is_done():
            self.lives += 1
            line = http.client.HTTPConnection(self.host, timeout=4)
            try:
                line.request("GET", "/v1/events", headers={
                    "Accept": "text/event-stream", "Last-Event-ID": str((self.seen or [0])[-1])})
                self.read(line.getresponse())
            except (OSError, http.client.HTTPException, ValueError):
                time.sleep(0.02)
            finally:
                line.close()

    def read(self, reply):
        if reply.status != 200:
            raise ValueError(reply.status)
        number, has_name = None, False
        while not self.is_done():
            line = reply.readline()
            if not line:
                return
            name, _, value = line.decode().rstrip("\r\n").partition(":")
            if name == "id":
                number = int(value)
            elif name == "event":
                has_name = True
            elif not name and not value:  # the end of one
                if number is not None and not has_name:
                    self.seen.append(number)
                number, has_name = None, False

    def finish(self, head):
        self.goal = head
        self.join(SECONDS_MAX)
        return self.seen == list(range(1, head + 1))


def append(run, home, where):
    done = command([TORTURE, "append-some", home, "x"], environment(home), seconds=SECONDS_MAX)
    run.expect(done.code == 0, f"{where}: appending: {done}")


def follow_through(run, stage, harm, where):
    """Events come to everybody once, appends do not wait for anybody, a key is one job."""
    stage.set_up()
    _, address = stage.serve()
    port = int(address.rsplit(":", 1)[1])
    followers = [Follower(address) for _ in range(FOLLOWERS)]
    try:
        harm(port)
        append(run, stage.home, where)
        for number in range(KEYS):
            insist(run, address, f"key-{number}", where)
    finally:
        struck = mend()
    found = hashes(stage.home)
    for follower in followers:
        run.expect(follower.finish(len(found)), f"{where}: of {len(found)} {follower.seen[-3:]}")
    jobs = [j for j in stage.status() if not j.startswith("x-")]
    run.expect(len(jobs) == KEYS, f"{where}: {len(jobs)} jobs of {KEYS} keys")
    return struck


def insist(run, address, key, where):
    """Asks until there is an answer."""
    end = time.monotonic() + SECONDS_MAX
    while time.monotonic() < end:
        try:
            status, reply = post(address, key, key, seconds=4)
            return run.expect(status == 202, f"{where}: {key}: {status} {reply}")
        except (OSError, http.client.HTTPException, ValueError):
            continue
    run.fail(f"{where}: {key} got no answer")


def run_out(run, stage, where):
    """More connections than the server may have descriptors: appends go on, and so does the server
    once they are gone."""
    stage.set_up()

    def few():
        resource.setrlimit(resource.RLIMIT_NOFILE, (DESCRIPTORS, DESCRIPTORS))
    server, address = stage.serve(before=few)
    host, port = address.removeprefix("http://").split(":")
    lines = []
    for _ in range(3 * DESCRIPTORS):
        line = socket.create_connection((host, int(port)), timeout=10)
        line.sendall(b"GET /v1/events HTTP/1.1\r\nHost: %s:%s\r\nAccept: text/event-stream\r\n\r\n"
                     % (host.encode(), port.encode()))
        lines.append(line)
    append(run, stage.home, where)
    told = stage.ledger("status", "--summary")
    run.expect(told.code == 0, f"{where}: status beside it: {told}")
    for line in lines:
        line.close()
    follower = Follower(address)
    insist(run, address, "after", where)
    run.expect(server.poll() is None, f"{where}: the server ended with {server.poll()}")
    run.expect(follower.finish(len(hashes(stage.home))), f"{where}: followed {follower.seen[-3:]}")


def resident_bytes(process):
    with open(f"/proc/{process.pid}/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize()


def crowd(run, count):
    """So many who never read: what they cost is bounded, and who reads gets everything."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    count = min(count, hard - 200)
    with Stage(run, home=run.path()) as stage:
        stage.set_up()
        sit(run, stage, count)


def sit(run, stage, count):
    server, address = stage.serve()
    host, port = address.removeprefix("http://").split(":")
    before, lines = resident_bytes(server), []
    for _ in range(count):
        line = socket.socket()
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        line.connect((host, int(port)))
        line.sendall(b"GET /v1/events?after=0 HTTP/1.1\r\nHost: %s:%s\r\n"
                     b"Accept: text/event-stream\r\n\r\n" % (host.encode(), port.encode()))
        lines.append(line)
    follower = Follower(address)
    for _ in range(3):
        append(run, stage.home, f"{count} who do not read")
    is_whole = follower.finish(len(hashes(stage.home)))
    run.expect(is_whole, f"beside {count} who do not read: {follower.seen[-3:]}")
    more = resident_bytes(server) - before
    run.expect(
        more < count * CLIENT_BYTES_MAX + MORE_BYTES_MAX,
        f"{count} who do not read cost {more >> 20} MiB")
    run.note(f"{count} who do not read: {more / count / 1024:.1f} KiB each, all else included")
    for line in lines:
        line.close()
