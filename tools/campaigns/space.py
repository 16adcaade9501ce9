# No room: a full file system, a full map, a floor (F5).
import os
import shutil
import subprocess

from ground import (
    Skipped, TORTURE, acknowledged_in, check, command, environment, hashes, is_sound, ledger)
from power import build

KIB = 1024


class Small:
    """A file system of a few MiB, in memory or in a file on a loop device."""

    def __init__(self, run, kind, size):
        self.place, self.kind = run.path(), kind
        os.mkdir(self.place)
        if kind == "tmpfs":
            words = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", self.place]
        else:
            image = run.path()
            with open(image, "wb") as file:
                file.truncate(size)
            made = subprocess.run(["mkfs.ext4", "-q", "-m", "0", image], capture_output=True)
            if made.returncode != 0:
                raise Skipped("mkfs.ext4 is missing: tools/setup --faults")
            words = ["mount", "-o", "loop", image, self.place]
        if subprocess.run(words, capture_output=True).returncode != 0:
            raise Skipped(f"{kind} may not be mounted here")

    def __enter__(self):
        return self.place

    def __exit__(self, *_):
        subprocess.run(["umount", self.place], capture_output=True)


def fill(run):
    done, skipped = 0, []
    for kind, size in (("tmpfs", 6 << 20), ("ext4", 8 << 20)):
        try:
            for turn in range(run.count):
                with Small(run, kind, size) as place:
                    fill_one(run, place, f"{kind}, turn {turn}")
                done += 1
        except Skipped as reason:
            skipped.append(str(reason))
            run.note(f"skipped: {reason}")
    if len(skipped) == 2:
        raise Skipped("; ".join(skipped))
    fill_map(run)
    return done


def fill_one(run, place, where):
    """Appends until there is no room; then reads; then makes room and goes on."""
    random, home = run.random, os.path.join(place, "books")
    floor = random.choice([0, 0, 256 * KIB, 512 * KIB])
    env = environment(home, LEDGER_DISK_FLOOR=str(floor))
    made = command([TORTURE, "create", home], env)
    if not run.expect(made.code == 0, f"{where}: create: {made}"):
        return
    ballast = os.path.join(place, "ballast")
    free = os.statvfs(place).f_bavail * os.statvfs(place).f_frsize
    with open(ballast, "wb") as file:
        file.write(bytes(random.randrange(free * 3 // 4, free - 800 * KIB)))
    full = command([TORTURE, "append", home, "x"], env, seconds=300)
    acknowledged = acknowledged_in(full.out)
    last = full.out.splitlines()[-1]
    run.expect(
        full.code == 1 and ("no room" in last or floor == 0 and "a commit failed" in last),
        f"{where}: it ended with {full.code} {last[-160:]}")
    # Reading needs no room: where the views' last commit found none, they are built in memory.
    for words in (["events", "--limit", "1000000"], ["status"], ["balance"], ["verify"], ["audit"]):
        told = ledger(home, *words, LEDGER_DISK_FLOOR=str(floor))
        run.expect(told.code == 0, f"{where}: {words[0]} on a full disk: {told}")
        if words[0] == "events":
            found = {event["position"]: event["hash"] for event in told.lines}
            check(run, acknowledged, found, f"{where}: on a full disk")
    refused = ledger(home, "grant", "acme", "1", "--key", "full", LEDGER_DISK_FLOOR=str(floor))
    allowed = (75,) if floor else (0, 74, 75)
    run.expect(refused.code in allowed, f"{where}: a grant on a full disk: {refused}")
    os.unlink(ballast)
    again = ledger(home, "grant", "acme", "1", "--key", "full", LEDGER_DISK_FLOOR="0")
    run.expect(again.code == 0, f"{where}: with room again: {again}")
    check(run, acknowledged, hashes(home), where)
    is_sound(run, home, where)


def fill_map(run):
    """LMDB's map is full before the disk is: 75, and a home that is whole with a larger map."""
    try:
        library = build(run)
    except Skipped as reason:
        run.note(f"skipped the map: {reason}")
        return
    for turn in range(min(run.count, 20)):
        home, size = run.path(), run.random.randrange(200, 900) * 4 * KIB
        command([TORTURE, "create", home], environment(home))
        result = command(
            [TORTURE, "append", home, "x"],
            environment(home, LD_PRELOAD=library, FAULTS_MAP_BYTES=str(size)), seconds=300)
        last = result.out.splitlines()[-1]
        # LMDB may notice before the commit, or in it: then the writer is poisoned.
        is_refused = "no room" in last or "a commit failed" in last
        run.expect(result.code == 1 and is_refused, f"a map of {size} bytes: {last[-200:]}")
        again = ledger(home, "grant", "acme", "1")
        run.expect(again.code == 0, f"after a map of {size} bytes: {again}")
        check(run, acknowledged_in(result.out), hashes(home), f"a map of {size} bytes")
        is_sound(run, home, f"a map of {size} bytes")
        shutil.rmtree(home)
