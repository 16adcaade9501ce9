# What every campaign stands on: the programs, homes that can be copied, and the one question asked
# of them afterwards: is everything that was acknowledged there, identical, once?
import concurrent.futures
import itertools
import json
import os
import random
import re
import resource
import select
import shutil
import subprocess
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BIN = os.path.abspath(os.environ.get("LEDGER_BIN", os.path.join(ROOT, ".build", "release")))
LEDGER, LEDGERD, TORTURE = (os.path.join(BIN, n) for n in ("ledger", "ledgerd", "ledger-torture"))
SECONDS_MAX = 60  # of one command; none of them works as long


class Skipped(Exception):
    """This machine does not allow what the campaign does."""


class Run:
    """One run of a campaign: its count and seed, a directory of its own, what went wrong."""

    def __init__(self, name, count, seed):
        self.count, self.seed = count, seed
        self.random = random.Random(f"{name} {seed}")
        base = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
        self.work = tempfile.mkdtemp(prefix="ledger-faults.", dir=base)
        self.failures, self.notes, self._numbers = [], [], itertools.count(1)

    def path(self, name=None):
        return os.path.join(self.work, name or f"n{next(self._numbers)}")

    def fail(self, what):
        self.failures.append(what)

    def expect(self, is_true, what):
        if not is_true:
            self.fail(what)
        return is_true

    def note(self, what):
        self.notes.append(what)

    def sample(self, points):
        """At most `count` of the points, drawn by the seed, in their order."""
        if self.count <= 0 or self.count >= len(points):
            return list(points)
        return [points[i] for i in sorted(self.random.sample(range(len(points)), self.count))]

    def each(self, work, points, workers=2):
        """Does `work` for every point, a few at a time; what it raises is a failure of that point."""
        def guarded(point):
            try:
                work(point)
            except Skipped:
                raise
            except Exception as error:
                self.fail(f"{str(point)[:80]}: {type(error).__name__}: {error}")
        with concurrent.futures.ThreadPoolExecutor(workers) as pool:
            list(pool.map(guarded, points))
        return len(points)

    def close(self):
        shutil.rmtree(self.work, ignore_errors=True)


class Result:
    def __init__(self, process):
        self.code, self.out, self.err = process.returncode, process.stdout, process.stderr

    def __repr__(self):
        return f"exit {self.code} {self.err.strip()[-200:]} {self.out.strip()[-120:]}"

    @property
    def lines(self):
        return [json.loads(line) for line in self.out.splitlines() if line.startswith("{")]


def environment(home, **more):
    kept = {k: v for k, v in os.environ.items() if not k.startswith("LEDGER_")}
    return {**kept, "LEDGER_BIN": BIN, "LEDGER_HOME": home, "USER": "faults", **more}


def command(words, env, before=None, seconds=SECONDS_MAX, cwd=None):
    """Runs a program to its end. `before` runs in the child (limits)."""
    process = subprocess.run(
        words, env=env, stdin=subprocess.DEVNULL, capture_output=True, timeout=seconds,
        preexec_fn=before, text=True, errors="replace", cwd=cwd)
    return Result(process)


def ledger(home, *words, under=(), before=None, seconds=SECONDS_MAX, **more):
    """`ledger --json WORDS` on a home."""
    return command(
        [*under, LEDGER, "--json", *words], environment(home, **more), before, seconds)


class Asked:
    """One process that looks at one thing after the other, a line each; damage may end it, then
    there is another."""

    def __init__(self, *words):
        self.words, self.process = words, None

    def ask(self, line):
        if not self.process:
            self.process = subprocess.Popen(
                [TORTURE, *self.words], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL, text=True, env=environment(""))
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()
        if not select.select([self.process.stdout], [], [], SECONDS_MAX)[0]:
            self.process.kill()
        answer = self.process.stdout.readline().strip()
        if answer:
            return answer
        code = self.process.wait()
        self.process = None
        return f"damaged reading ended with {code}"

    def close(self):
        if self.process:
            self.process.stdin.close()
            self.process.wait()


def need(*programs):
    for program in programs:
        if not shutil.which(program):
            raise Skipped(f"{program} is missing: tools/setup --faults")


def need_strace():
    need("strace")
    probe = subprocess.run(["strace", "-f", "-o", "/dev/null", "true"], capture_output=True)
    if probe.returncode != 0:
        raise Skipped("strace may not trace here")


def clone(home, to):
    """Copies a home that nobody has open. CURRENT names files by inode, so it is told the new ones:
    otherwise every copy would only rebuild its views, and theirs would never be looked at."""
    shutil.copytree(home, to)
    adopt(to)
    return to


def adopt(home, boot=None):
    """Makes CURRENT point to the files that lie there; `boot` puts another boot id in."""
    current = os.path.join(home, "views", "CURRENT")
    if not os.path.exists(current):
        return
    with open(current, "rb") as file:
        text = file.read().decode("utf-8", "replace")
    number = re.search(r'"generation":(\d+)', text)
    if not number:
        return
    views = os.path.join(home, "views", number[1], "data.mdb")
    for name, path in (("log", os.path.join(home, "log", "data.mdb")), ("views", views)):
        if os.path.exists(path):
            status = os.stat(path)
            text = re.sub(
                f'"{name}":"[^"]*"', f'"{name}":"{status.st_dev}:{status.st_ino}"', text)
    if boot:
        text = re.sub('"boot":"[^"]*"', f'"boot":"{boot}"', text)
    with open(current, "w") as file:
        file.write(text)


def story(home):
    """The events as facts that do not differ from run to run: position, what, whose, how much."""
    result = ledger(home, "events", "--limit", "1000000")
    if result.code != 0:
        raise RuntimeError(f"events: {result}")
    return [
        (e["position"], e["type"], e["subject"], e.get("account"), e["data"].get("amount"))
        for e in result.lines if not e["type"].startswith("ledger.opened")]


def acknowledged_in(text):
    """What a program that appends said was acknowledged, by position; an unfinished line says
    nothing."""
    lines = (line.split() for line in text.split("\n")[:-1])
    return {
        int(words[1]): words[2] for words in lines
        if len(words) == 3 and words[0] in ("ack", "signed")}


def hashes(home):
    listed = ledger(home, "events", "--limit", "1000000")
    if listed.code != 0:
        raise RuntimeError(f"events: {listed}")
    return {event["position"]: event["hash"] for event in listed.lines}


def check(run, acknowledged, found, where):
    wrong = [p for p, value in acknowledged.items() if found.get(p) != value]
    run.expect(not wrong, f"{where}: acknowledged and not there, or changed: {wrong[:3]}")


def is_sound(run, home, where):
    """verify and audit say ok, and nothing of an unfinished making lies about."""
    verified = ledger(home, "verify")
    good = run.expect(verified.code == 0, f"{where}: verify: {verified}")
    audited = ledger(home, "audit")
    good &= run.expect(audited.code == 0, f"{where}: audit: {audited}")
    return good


def limit_file_size(size):
    """For `before`: no file may grow beyond `size` bytes."""
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
