# Replays that are killed, views that are wrong, backups under load (F19, F20).
import json
import os
import shutil
import subprocess
import time

from calls import injected
from ground import (
    TORTURE, acknowledged_in, check, clone, command, environment, hashes, is_sound, ledger,
    need_strace)

REPLAY_CALLS = ("pwrite64", "writev", "fdatasync", "fsync", "rename", "openat", "unlink", "mkdir",
                "rmdir", "ftruncate", "mmap", "flock")
PLANTS = 20


class Writer:
    """Appends beside whatever else happens; what it said was acknowledged is remembered."""

    def __init__(self, run, home, name):
        self.path = run.path()
        with open(self.path, "w") as out:
            self.process = subprocess.Popen(
                [TORTURE, "append", home, name], stdout=out, stderr=subprocess.STDOUT,
                env=environment(home))

    def end(self):
        self.process.kill()
        self.process.wait()
        with open(self.path) as file:
            return acknowledged_in(file.read())


def kill_replays(run):
    """F19: killed at any call, writers beside it; the views that serve are right all the time."""
    need_strace()
    home, acknowledged = run.path(), {}
    command([TORTURE, "append-some", home, "x"], environment(home))
    ledger(home, "grant", "acme", "1")
    for turn in range(run.count):
        if turn % 25 == 0:  # a long log would only make it slow
            home, acknowledged = run.path(), {}
            ledger(home, "grant", "acme", "1")
        writer = Writer(run, home, f"w{turn}")
        call, number = run.random.choice(REPLAY_CALLS), run.random.randint(1, 14)
        ledger(home, "replay", under=injected(f"{call}:signal=KILL:when={number}"))
        where = f"turn {turn}, replay killed at {call} {number}"
        answered = ledger(home, "balance", "acme")
        run.expect(answered.code == 0, f"{where}: balance: {answered}")
        acknowledged |= writer.end()
        same = ledger(home, "replay", "--check")
        run.expect(same.code == 0, f"{where}: replay --check: {same}")
        if turn % 25 == 24 or turn == run.count - 1:
            check(run, acknowledged, hashes(home), where)
            is_sound(run, home, where)
    plant(run, home)
    return run.count


def plant(run, home):
    """The control: one bit of one row is changed, and the comparison must name its projection."""
    seen = 0
    for number in range(PLANTS):
        copy = clone(home, run.path())
        ledger(copy, "balance", "acme")
        planted = command([TORTURE, "plant", copy, str(run.seed + number)], environment(copy))
        name = planted.out.split()[-1]
        result = ledger(copy, "replay", "--check")
        verified = ledger(copy, "verify")
        is_named = result.code == 1 and name in result.out + result.err and verified.code == 1
        seen += is_named
        run.expect(is_named, f"control: a bit of {name} changed: {result}, verify {verified.code}")
        shutil.rmtree(copy)
    run.note(f"control: {seen} of {PLANTS} wrong views named, as they must be")


def back_up(run):
    """F20: backups while others write; a restored home is its source at the backup's head; a backup
    that was changed is refused; a whole export is taken in by an empty home."""
    home = run.path()
    ledger(home, "grant", "acme", "1")
    for turn in range(run.count):
        if turn % 25 == 24:
            home = run.path()
            ledger(home, "grant", "acme", "1")
        writer, shelf, place = Writer(run, home, f"w{turn}"), run.path(), run.path()
        time.sleep(run.random.random() * 0.03)
        taken = ledger(home, "backup", shelf)
        run.expect(taken.code == 0, f"turn {turn}: backup: {taken}")
        head = taken.lines[-1]["head"]
        acknowledged = writer.end()
        restored = ledger(place, "restore", shelf)
        run.expect(restored.code == 0, f"turn {turn}: restore: {restored}")
        source, copy = hashes(home), hashes(place)
        check(run, acknowledged, source, f"turn {turn}")
        same = all(copy.get(p) == source[p] for p in range(1, head + 1))
        run.expect(same, f"turn {turn}: what was restored is not the source up to {head}")
        is_sound(run, place, f"turn {turn}, restored")
        if turn % 10 == 0:
            take_in(run, home, source)
            take_in_tail(run, home, place, head, source)
        refuse_changed(run, shelf, f"turn {turn}")
        shutil.rmtree(place)
        shutil.rmtree(shelf)
    return run.count


def take_in(run, home, source):
    """Export, and import into a home that is not there yet."""
    bring(run, ledger(home, "export").out, source, "exported")


def take_in_tail(run, home, place, head, source):
    """What a restored home has of the backup, and the tail that its source exports since, make the
    source again. The tail by itself is none: it is refused, and changes nothing."""
    tail, before = ledger(home, "export", "--after", str(head)).out, hashes(place)
    text = run.path()
    with open(text, "w") as file:
        file.write(tail)
    for other, code in ((place, 2), (run.path(), 65)):
        refused = ledger(other, "import", text)
        run.expect(refused.code == code, f"a tail alone: {refused}")
    run.expect(hashes(place) == before, "a refused tail changed the restored home")
    beginning = []
    for line in ledger(place, "export").out.splitlines()[1:]:
        if json.loads(line).get("position", 0) > head:
            break  # the restore's own events
        beginning.append(line)
    first, *rest = tail.splitlines()
    first = json.dumps({**json.loads(first), "after": 0, "whole": True})
    bring(run, "\n".join([first, *beginning, *rest]) + "\n", source, "restored, and its tail")


def bring(run, lines, source, what):
    """Imports into an empty home; it must be the source."""
    text, other = run.path(), run.path()
    with open(text, "w") as file:
        file.write(lines)
    taken = ledger(other, "import", text)
    run.expect(taken.code == 0, f"{what}: import: {taken}")
    run.expect(hashes(other) == source, f"what was {what} and imported is another log")
    is_sound(run, other, f"{what} and imported")


def refuse_changed(run, shelf, where):
    """One bit anywhere in the backup: refused, and nothing is made of it."""
    files = [os.path.join(folder, name) for folder, _, names in os.walk(shelf) for name in names
             if name != "lock.mdb"]  # LMDB's, and of no meaning
    path = run.random.choice(sorted(files))
    at = run.random.randrange(os.path.getsize(path))
    with open(path, "r+b") as file:
        file.seek(at)
        byte = file.read(1)[0]
        file.seek(at)
        file.write(bytes([byte ^ 1 << run.random.randrange(8)]))
    place = run.path()
    result = ledger(place, "restore", shelf)
    name = os.path.relpath(path, shelf)
    run.expect(
        result.code == 65 and not os.path.exists(os.path.join(place, "log")),
        f"{where}: {name} changed at {at}: {result}")
