# Files that are not what was written: a bit, a page, a length, a day too old (F7, F8).
import json
import os
import shutil
import struct

from ground import Asked, Run, clone, command, environment, ledger, TORTURE

PAGE, META, HEAD = 4096, 152, 16  # bytes of a page, of what a meta page says, of a head
BRANCH, LEAF, OVERFLOW = 1, 2, 4  # kinds of pages
SUBMIT = ["submit", "--provider", "replicate", "--account", "acme", "--hold", "5"]
BY_PROGRAMS = 100  # bits judged by the programs at least; of more, most are sifted in one process
QUESTIONS = (["events"], ["status"], ["balance", "acme"], ["events", "j1"])


def timeless(line):
    """Without what is found out anew whenever somebody asks: how long a job waits, and for what."""
    answer = json.loads(line)
    for name in ("diagnoses", "waiting_for"):
        answer.pop(name, None)
    return json.dumps(answer)


class Subject:
    """A home, what it answers while it is whole, and older states of it."""

    def __init__(self, run: Run, is_large):
        self.run, self.home, self.older = run, run.path("whole"), []
        self.do("grant", "acme", "100", "--key", "g")
        if is_large:
            for name in ("old", "new"):
                self.older.append(clone(self.home, run.path()))
                command([TORTURE, "append-some", self.home, name], environment(self.home))
        for number in (1, 2):
            self.older.append(clone(self.home, run.path()))
            text = '{"prompt":"a cat called %d"}' % number
            self.do(*SUBMIT, "--id", f"j{number}", "--input", text)
        self.do("cancel", "j1")
        self.answers = [self.ask(self.home, words).out for words in QUESTIONS]

    def do(self, *words):
        result = ledger(self.home, *words)
        if result.code != 0:
            raise RuntimeError(f"{words}: {result}")

    @staticmethod
    def ask(home, words):
        more = ["--limit", "1000"] if words[0] == "events" else []
        result = ledger(home, *words, *more)
        if result.code == 0:
            result.out = "\n".join(timeless(line) for line in result.out.splitlines())
        return result

    def files(self):
        """Relative paths of all that can be damaged, with their sizes."""
        found = []
        for folder, _, names in os.walk(self.home):
            for name in names:
                path = os.path.join(folder, name)
                if name != "lock.mdb" and os.path.getsize(path):
                    found.append((os.path.relpath(path, self.home), os.path.getsize(path)))
        return sorted(found)

    def judge(self, where, harm):
        """Harms a copy; then either verify says so, or every answer is the one that was given
        before. No command dies of it, and none gives another answer without verify's knowing."""
        home = clone(self.home, self.run.path())
        harm(home)
        expect = self.run.expect
        verified = ledger(home, "verify")
        expect(verified.code in (0, 1), f"{where}: verify: {verified}")
        is_seen = verified.code == 1
        for words, answer in zip(QUESTIONS, self.answers):
            result = self.ask(home, words)
            name = " ".join(words)
            if result.code == 0:
                expect(
                    result.out == answer or is_seen and "views" in where,
                    f"{where}: {name} answers otherwise, verify: {verified.code}")
            elif "views" in where and is_seen:
                # A cache without checksums: what it lacks is not found; verify knows.
                expect(result.code in (65, 66), f"{where}: {name}: {result}")
            else:
                expect(result.code == 65, f"{where}: {name}: {result}")
                expect(is_seen, f"{where}: {name} says damaged, and verify says ok")
        if "views" in where:
            self.mend(where, clone(home, self.run.path()))
        if not is_seen:
            # Reading is not all: what verify calls ok can be written to, and stays ok.
            for words in (*SUBMIT, "--id", "after", "--input", "{}"), ("verify",):
                result = ledger(home, *words)
                expect(result.code == 0, f"{where}: verify says ok, then {words[0]}: {result}")
        shutil.rmtree(home)
        return is_seen

    def mend(self, where, home):
        """The log is whole: replay is the way out, and where reading the views ended it, the second
        one."""
        codes = [ledger(home, "replay").code]
        if codes[0] == 65:
            codes.append(ledger(home, "replay").code)
        self.run.expect(codes[-1] == 0, f"{where}: replay ended with {codes}")
        for words, answer in zip(QUESTIONS, self.answers):
            result = self.ask(home, words)
            self.run.expect(
                (result.code, result.out) == (0, answer), f"{where}: after replay: {result}")
        verified = ledger(home, "verify")
        self.run.expect(verified.code == 0, f"{where}: after replay: verify: {verified}")
        shutil.rmtree(home)


def flip(home, name, offset, bit):
    path = os.path.join(home, name)
    with open(path, "r+b") as file:
        file.seek(offset)
        byte = file.read(1)[0]
        file.seek(offset)
        file.write(bytes([byte ^ 1 << bit]))


def believed(path):
    """The bytes by which LMDB finds rows, of which every bit is flipped: the meta pages, the pages
    of its tables of free pages and of tables, and of each other page its head and the offsets,
    heads and keys of its nodes (mdb.c, MDB_page and MDB_node)."""
    with open(path, "rb") as file:
        data = file.read()

    def number(kind, at):
        return struct.unpack_from(kind, data, at)[0]
    newest = 0 if number("<Q", 144) > number("<Q", PAGE + 144) else PAGE
    roots = {number("<Q", newest + at) * PAGE for at in (80, 128)}
    yield from range(META)
    yield from range(PAGE, PAGE + META)
    for page in range(2 * PAGE, len(data), PAGE):
        flags, lower, upper = struct.unpack_from("<HHH", data, page + 10)
        if flags & OVERFLOW:
            yield from range(page, page + HEAD)
        elif flags & (BRANCH | LEAF):
            yield from range(page, page + lower)
            if page in roots:
                yield from range(page + upper, page + PAGE)
                continue
            for offset in range(page + HEAD, page + lower, 2):
                node = page + number("<H", offset)
                yield from range(node, node + 8 + number("<H", node + 6))


def flip_bits(run):
    subject = Subject(run, is_large=False)
    points = [(name, at, run.random.randrange(8))
              for name, size in subject.files() for at in range(size)]
    points += [(name, at, bit) for name, _ in subject.files() if name.endswith(".mdb")
               for at in believed(os.path.join(subject.home, name)) for bit in range(8)]
    points = run.sample(points)
    seen = [0, 0]  # detected, without effect on any answer
    sifted = sift(subject, points, seen) if len(points) > BY_PROGRAMS else dict.fromkeys(points)

    def look(point):
        name, offset, bit = point
        where = f"{name}, byte {offset}, bit {bit}"
        is_seen = subject.judge(where, lambda home: flip(home, *point))
        seen[not is_seen] += 1
        run.expect(
            sifted[point] in (None, is_seen), f"{where}: the one process found {sifted[point]}")
    run.each(look, sifted)
    run.note(f"{seen[0]} detected, {seen[1]} without effect on any answer, "
             f"{len(sifted)} judged by the programs")
    # Of a few bytes all may lie on pages that nothing is on.
    run.expect(seen[0] or len(points) < 150, "nothing was detected: the campaign does not see")
    return len(points)


def sift(subject, points, seen):
    """Asks two processes that live through all points; gives those for the programs to judge: what
    ended a process, what it doubts (None), and some of the others, with what it found."""
    run, left, answers = subject.run, {}, {"seen": True, "same": False}
    to_programs = set(run.random.sample(points, max(BY_PROGRAMS, len(points) // 100)))

    def live(part):
        home = clone(subject.home, run.path())
        asked = Asked("flips", home)
        for point in part:
            found = answers.get(asked.ask("%s %d %d" % point))
            if point in to_programs or found is None:
                left[point] = found
            else:
                seen[not found] += 1
            if not asked.process:
                for folder in (home, f"{home}.kept"):
                    shutil.rmtree(folder, ignore_errors=True)
                home = clone(subject.home, run.path())
                asked = Asked("flips", home)
        asked.close()
    run.each(live, [points[0::2], points[1::2]])
    return left


def pages_of(path):
    with open(path, "rb") as file:
        data = file.read()
    return [data[i:i + PAGE] for i in range(0, len(data), PAGE)]


def harms(subject, random):
    """Ways to spoil a file of pages; each takes its pages and gives others, or None: no such way."""
    def older(name):
        path = os.path.join(random.choice(subject.older), name)
        return pages_of(path) if os.path.exists(path) else None

    def zeroed(pages, _):
        pages[random.randrange(len(pages))] = bytes(PAGE)
        return pages

    def swapped(pages, _):
        a, b = random.sample(range(len(pages)), 2)
        pages[a], pages[b] = pages[b], pages[a]
        return pages

    def stale(pages, name):
        old = older(name)
        if not old:
            return None
        at = random.randrange(min(len(pages), len(old)))
        pages[at] = old[at]
        return pages

    def doubled(pages, _):
        a, b = random.sample(range(len(pages)), 2)
        pages[a] = pages[b]
        return pages

    def truncated(pages, _):
        data = b"".join(pages)
        return [data[:random.randrange(len(data))]]

    def grown(pages, _):
        return [*pages, os.urandom(random.randrange(1, 3 * PAGE))]

    def yesterday(_, name):
        return older(name)
    return (zeroed, swapped, stale, doubled, truncated, grown, yesterday)


def spoil_pages(run):
    subject = Subject(run, is_large=True)
    names = [name for name, size in subject.files() if name.endswith(".mdb")]
    ways = harms(subject, run.random)
    seen = {way.__name__: [0, 0] for way in ways}
    points = []
    for _ in range(run.count):
        for way in ways:
            # Mostly the log: it is the truth.
            name = names[0] if run.random.random() < 0.75 else run.random.choice(names)
            pages = way(pages_of(os.path.join(subject.home, name)), name)
            if pages:
                points.append((way.__name__, name, b"".join(pages)))

    def look(point):
        way, name, data = point

        def harm(home):
            with open(os.path.join(home, name), "r+b") as file:
                file.truncate(0)
                file.write(data)
        is_seen = subject.judge(f"{name} {way} (state {points.index(point)})", harm)
        seen[way][not is_seen] += 1
    run.each(look, points)
    run.note(", ".join(f"{way} {found} of {found + not_}" for way, (found, not_) in seen.items()))
    run.expect(any(found for found, _ in seen.values()), "nothing was detected at all")
    return run.count
