# A fixed script of commands, killed or failed at every one of its system calls (F2, F4).
import os
import re
import shutil

from ground import (
    TORTURE, acknowledged_in, check, clone, command, environment, hashes, is_sound, ledger,
    limit_file_size, need_strace, story)
from power import Recording, build

SUBMIT = ["submit", "--provider", "replicate", "--account", "acme"]
TEXT = ["--input", '{"prompt":"a cat"}']
SCRIPT = [
    ("init", ["init"]),
    ("grant", ["grant", "acme", "100", "--key", "g1"]),
    ("submit", [*SUBMIT, "--id", "j1", "--hold", "5", *TEXT]),
    ("second submit", [*SUBMIT, "--id", "j2", "--hold", "7", "--key", "s2", *TEXT]),
    ("cancel", ["cancel", "j1"]),
    ("replay", ["replay"]),
]
# Made again, these say that it is done already.
ALREADY = {"init": 2, "cancel": 2}
KILLED_AT = (
    "write,pwrite64,writev,pwritev,fdatasync,fsync,rename,renameat,renameat2,ftruncate,openat,"
    "unlink,unlinkat,rmdir,mkdir,mkdirat,flock,mmap")
FAILED_AT = "write,pwrite64,writev,pwritev,fdatasync,fsync,rename,renameat,ftruncate,openat,mkdir"
ERRORS = ("EIO", "ENOSPC", "EINTR")


class Script:
    """The script run once without harm: the home before each step, and what it says after each."""

    def __init__(self, run):
        self.run, self.before, self.stories = run, [], []
        home = run.path("template")
        for index, (name, words) in enumerate(SCRIPT):
            place = run.path(f"before-{index}")
            self.before.append(clone(home, place) if os.path.exists(home) else place)
            result = ledger(home, *words)
            if result.code != 0:
                raise RuntimeError(f"{name} without harm: {result}")
            self.stories.append(story(home))

    def told(self, index):
        return self.stories[index] if index >= 0 else []

    def points(self, calls):
        """Every (step, system call, number of that call) of the script."""
        points = []
        for index, (_, words) in enumerate(SCRIPT):
            trace = self.run.path()
            ledger(self.place(index), *words, under=[
                "strace", "-f", "-qq", "-o", trace, "-e", f"trace={calls}"])
            # Numbered by thread, as strace counts them. What is opened elsewhere is the system's:
            # a program that cannot read its own arguments can say nothing of use.
            count, found = {}, set()
            with open(trace, errors="replace") as lines:
                for line in lines:
                    call = re.match(r"(\d+)\s+(\w+)\(", line)
                    if call:
                        count[call.groups()] = count.get(call.groups(), 0) + 1
                        if call[2] != "openat" or self.run.work in line:
                            found.add((index, call[2], count[call.groups()]))
            points += sorted(found)
        return points

    def place(self, index):
        """A fresh copy of the home as it was before a step."""
        place = self.run.path()
        if os.path.exists(self.before[index]):
            clone(self.before[index], place)
        return place

    def judge(self, index, home, is_acknowledged, where):
        """The step is there whole or not at all, whole if it was acknowledged; done again, the home
        is as if nothing had happened."""
        run, (name, words) = self.run, SCRIPT[index]
        made = ledger(home, "verify").code != 78
        if not made:
            run.expect(index == 0 and not is_acknowledged, f"{where}: there is no home any more")
        else:
            now = story(home)
            whole = [self.told(index)] if is_acknowledged else [self.told(index - 1), self.told(index)]
            run.expect(now in whole, f"{where}: the events are {now}")
            is_sound(run, home, where)
        again = ledger(home, *words)
        allowed = (0, ALREADY.get(name, 0))
        run.expect(again.code in allowed, f"{where}: done again: {again}")
        run.expect(story(home) == self.told(index), f"{where}: after doing it again: {story(home)}")
        is_sound(run, home, where)
        left = [n for n in os.listdir(home) if n.startswith("log.") or n.endswith(".tmp")]
        run.expect(not left, f"{where}: left behind: {left}")


def injected(what):
    return ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"inject={what}"]


def kill_everywhere(run):
    need_strace()
    script = Script(run)
    points = run.sample(script.points(KILLED_AT))

    def kill(point):
        index, call, number = point
        home = script.place(index)
        where = f"{SCRIPT[index][0]}, killed at {call} {number}"
        result = ledger(
            home, *SCRIPT[index][1], under=injected(f"{call}:signal=KILL:when={number}"))
        # What was said before the end was said: output is complete with its line's end.
        acknowledged = result.code == 0 or '"position"' in result.out
        script.judge(index, home, acknowledged, where)
    return run.each(kill, points)


def fail_everywhere(run):
    need_strace()
    script = Script(run)
    points = [(*point, error) for point in script.points(FAILED_AT) for error in ERRORS]
    # A limit on the size of files: the write that reaches it is cut short, the next is an error.
    sizes = [n * 512 for n in range(0, 200, 1)]
    points += [(i, "size", size, "") for i in range(len(SCRIPT)) for size in sizes]
    points = run.sample(points)

    def fail(point):
        index, call, number, error = point
        home = script.place(index)
        name, words = SCRIPT[index]
        if call == "size":
            where = f"{name}, files limited to {number} bytes"
            result = ledger(home, *words, before=limit_file_size(number))
        else:
            where = f"{name}, {call} {number} answered {error}"
            result = ledger(home, *words, under=injected(f"{call}:error={error}:when={number}"))
        allowed = (0, 74, 75)
        run.expect(result.code in allowed, f"{where}: {result}")
        script.judge(index, home, result.code == 0, where)
    return run.each(fail, points) + cut_writes(run)


def cut_writes(run):
    """Every write of a life that appends, replays, signs and opens again, cut to half in its turn,
    as a disk that fills up does it."""
    library = build(run)

    def live(number):
        root, trace = run.path(), run.path()
        os.mkdir(root)
        home = os.path.join(root, "books")
        result = command([TORTURE, "power", home, run.path()], environment(
            home, LD_PRELOAD=library, FAULTS_ROOT=root + "/", FAULTS_TRACE=trace,
            FAULTS_SHORT=str(number)))
        kinds = [record[0] for record in Recording.read(trace)]
        os.unlink(trace)
        return home, result, kinds
    points = run.sample(range(1, live(0)[2].count("?") + 1))
    ends = {0: 0, 1: 0}

    def cut(number):
        home, result, kinds = live(number)
        where = f"write {number} cut to half"
        run.expect("!" in kinds, f"{where}: it was not")
        ends[result.code] = ends.get(result.code, 0) + 1
        run.expect(result.code in (0, 1), f"{where}: {result}")
        if result.code == 1:
            last = result.out.splitlines()[-1]
            run.expect(last.startswith("error "), f"{where}: {last}")
        again = ledger(home, "grant", "acme", "1")
        run.expect(again.code == 0, f"{where}: afterwards: {again}")
        check(run, acknowledged_in(result.out), hashes(home), where)
        is_sound(run, home, where)
        shutil.rmtree(os.path.dirname(home))
    done = run.each(cut, points)
    run.note(f"{done} writes cut to half: {ends[0]} went on, {ends[1]} told it")
    return done
