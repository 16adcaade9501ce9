# Losing power at any moment, played back from what a program asked of its disk (F3), and the same on
# a disk that says it is done when it is not (F6).
import hashlib
import os
import re
import shutil
import struct
import subprocess

from ground import Asked, ROOT, Skipped, TORTURE, adopt, environment, need

SECTOR = 512
RECORD = struct.Struct("<cBHIQQ")
NOSYNC, NOMETASYNC = "0x10000", "0x40000"  # lmdb.h
# A control's loss shows from this share of its states on; measured: over a third.
LOST_MIN = 0.3


def build(run, name="disk"):
    """Compiles what is preloaded."""
    need("gcc")
    library = run.path()
    source = os.path.join(ROOT, "tools", "campaigns", f"{name}.c")
    made = subprocess.run(
        ["gcc", "-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"], capture_output=True,
        text=True)
    if made.returncode != 0:
        raise Skipped(f"{name}.c cannot be built: {made.stderr.strip()[-60:]}")
    return library


class Recording:
    """What one short life asked of its disk, in order, and when what was acknowledged."""

    def __init__(self, run, library, flags=None):
        self.root = run.path()
        os.mkdir(self.root)
        self.checkpoint = run.path()
        trace = run.path()
        more = {"FAULTS_LMDB_FLAGS": flags} if flags else {}
        home = os.path.join(self.root, "books")
        result = subprocess.run(
            [TORTURE, "power", home, self.checkpoint], capture_output=True, text=True, timeout=60,
            env=environment(home, LD_PRELOAD=library, FAULTS_TRACE=trace,
                            FAULTS_ROOT=self.root + "/", **more))
        if result.returncode != 0:
            raise RuntimeError(f"the recorded life failed: {result.stdout[-300:]} {result.stderr}")
        self.records = list(self.read(trace))
        self.acknowledged, self.signed_at = [], None
        for index, (kind, _, _, _, _, data) in enumerate(self.records):
            if kind != "A":
                continue
            for line in data.decode().splitlines():
                found = re.match(r"(ack|signed) (\d+) (\w+)", line)
                if found:
                    self.acknowledged.append((index, int(found[2]), found[3]))
                if line.startswith("signed"):
                    self.signed_at, self.signed_position = index, int(found[2])
        self.acks = run.path()
        with open(self.acks, "w") as file:
            file.writelines(f"{p} {h}\n" for _, p, h in self.acknowledged)
        self.created_at = next(
            i for i, r in enumerate(self.records) if r[0] == "A" and r[5] == b"created\n")

    @staticmethod
    def read(path):
        with open(path, "rb") as file:
            while head := file.read(RECORD.size):
                kind, through, text, data, offset, inode = RECORD.unpack(head)
                name = file.read(text).decode()
                yield kind.decode(), through, name, offset, inode, file.read(data)

    def told_by(self, index):
        """How many acknowledgements were given before the record of that number."""
        return sum(1 for at, _, _ in self.acknowledged if at < index)


class File:
    def __init__(self):
        self.durable, self.pending = bytearray(), []

    def write(self, offset, data, is_forced):
        self.pending.append((offset, data, is_forced))

    def sync(self):
        self.durable, self.pending = self.content(lambda: True), []

    def content(self, survives):
        """The bytes after a loss of power: of what was not synced, any sectors."""
        content = bytearray(self.durable)
        for offset, data, is_forced in self.pending:
            if data is None:  # cut or lengthened
                if is_forced or survives():
                    content = content[:offset] + bytes(max(0, offset - len(content)))
                continue
            start = offset
            while start < offset + len(data):
                end = min((start // SECTOR + 1) * SECTOR, offset + len(data))
                if is_forced or survives():
                    content += bytes(max(0, end - len(content)))
                    content[start:end] = data[start - offset:end - offset]
                start = end
        return content


class Disk:
    """Files by identity, names as a journal: what is not synced of either may be lost. Names come
    back in the order they were given, as a journaling file system does it."""

    def __init__(self, root):
        self.root, self.files, self.names, self.synced_names = root, {}, [], 0
        self.is_lying = False

    def play(self, record):
        kind, through, name, offset, inode, data = record
        if kind == "C":
            self.files[inode] = File()
            self.names.append(("C", name, self.files[inode]))
        elif kind == "W" and inode in self.files:
            self.files[inode].write(offset, data, bool(through) and not self.is_lying)
        elif kind == "T" and inode in self.files:
            self.files[inode].write(offset, None, False)
        elif kind == "S" and inode in self.files and not self.is_lying:
            self.files[inode].sync()
        elif kind == "D" and not self.is_lying:
            touching = [
                i for i, op in enumerate(self.names)
                if any(os.path.dirname(path) == name for path in op[1].split("\0"))]
            self.synced_names = max([self.synced_names, *(i + 1 for i in touching)])
        elif kind in "RLUXM":
            self.names.append((kind, name, None))

    def lose_power(self, random, to):
        """Writes one state that the disk may be in now, with its root at `to`."""
        share = random.choice([0, 0.1, 0.5, 0.9, 1])
        kept = self.synced_names
        while kept < len(self.names) and random.random() < share:
            kept += 1
        tree = {}
        for kind, name, file in self.names[:kept]:
            old, _, new = name.partition("\0")
            if kind == "C":
                tree[name] = file
            elif kind == "M":
                tree[name] = None
            elif kind in "UX":
                tree.pop(name, None)
            elif kind == "L":
                tree[new] = tree.get(old)
            else:
                moved = {p: f for p, f in tree.items() if p == old or p.startswith(old + "/")}
                for path, file in moved.items():
                    del tree[path]
                    tree[new + path[len(old):]] = file
        os.makedirs(to)
        for path in sorted(tree):
            place = to + path[len(self.root):]
            if tree[path] is None:
                os.makedirs(place, exist_ok=True)
                continue
            os.makedirs(os.path.dirname(place), exist_ok=True)
            with open(place, "wb") as out:
                out.write(tree[path].content(lambda: random.random() < share))


def states(run, recording, count, first, lies=False, checkpoint=None, moments=None):
    """Loses power `count` times after record `first`, or right after one of the given `moments`;
    yields what the judge says of each state."""
    moments = sorted(
        run.random.choice(moments) if moments else
        run.random.randint(first, len(recording.records)) for _ in range(count))
    judge = Asked("judge", recording.acks)

    def look(disk, moment):
        place = run.path()
        disk.lose_power(run.random, place)
        home = os.path.join(place, "books")
        # The machine was started again: views that were not synced must not be believed, though
        # the files are the ones that CURRENT means.
        adopt(home, boot="another-boot")
        witness = head_position(home)
        answer = judge.ask(f"{home} {recording.told_by(moment)} {checkpoint or ''}")
        shutil.rmtree(place)
        return moment, answer, witness

    if not lies:
        disk, played = Disk(recording.root), 0
        for moment in moments:
            for record in recording.records[played:moment]:
                disk.play(record)
            played = moment
            yield look(disk, moment)
    else:
        for moment in moments:
            disk = Disk(recording.root)
            begin = run.random.randint(0, moment)
            for index, record in enumerate(recording.records[:moment]):
                # Making the home is believed: without one there is nothing to lose.
                disk.is_lying = index >= begin and index > recording.created_at
                disk.play(record)
            yield look(disk, moment)
    judge.close()


def head_position(home):
    """The position that HEAD knows of, read without the program; 0 without one."""
    best = (0, 0)
    try:
        with open(os.path.join(home, "HEAD"), "rb") as file:
            data = file.read()
    except OSError:
        return 0
    for offset in (0, 4096):
        slot = data[offset:offset + 112]
        if slot[:8] == b"LEDGHEAD" and hashlib.sha256(slot[:80]).digest() == slot[80:]:
            best = max(best, struct.unpack_from("<Q", slot, 8) + struct.unpack_from("<Q", slot, 40))
    return best[1]


def is_kept(recording, moment, answer):
    """Everything acknowledged before the moment is there."""
    if answer == "none":
        return moment <= recording.created_at
    return answer.startswith("fine")


def lose_power(run):
    library = build(run)
    recording = Recording(run, library)
    for moment, answer, _ in states(run, recording, run.count, 0):
        run.expect(
            is_kept(recording, moment, answer),
            f"power lost before record {moment} of {len(recording.records)}: {answer}")
    for name, flags in (("NOSYNC", NOSYNC), ("NOMETASYNC", NOMETASYNC)):
        control = Recording(run, library, flags)
        count = max(100, run.count // 10)
        # Where it matters: when somebody has just been told that it is safe.
        told = sorted({at + 1 for at, _, _ in control.acknowledged})
        lost = sum(
            not is_kept(control, moment, answer)
            for moment, answer, _ in states(run, control, count, 0, moments=told))
        run.note(f"control {name}: lost in {lost} of {count} states, as it must")
        run.expect(lost > LOST_MIN * count, f"control {name} lost in {lost} of {count} only")
    return run.count


def lie(run):
    library = build(run)
    recording = Recording(run, library)
    ends = {"kept": 0, "detected": 0, "together": 0}
    half = run.count // 2
    for moment, answer, witness in states(run, recording, half, recording.created_at + 1, True):
        word, _, rest = answer.partition(" ")
        if is_kept(recording, moment, answer):
            ends["kept"] += 1
        elif word in ("damaged", "none"):
            ends["detected"] += 1
        else:
            # HEAD went back with the log, or the loss would have been seen.
            ends["together"] += 1
            run.expect(
                word == "missing" and witness < int(rest),
                f"record {moment}: {answer}, and HEAD knew of {witness}")
    after = recording.signed_at + 1
    for moment, answer, _ in states(
            run, recording, run.count - half, after, True, recording.checkpoint):
        word, _, rest = answer.partition(" ")
        is_seen = word in ("fine", "damaged", "none")
        run.expect(
            is_seen or word == "missing" and int(rest) >= recording.signed_position,
            f"record {moment}, with a checkpoint: {answer}")
    run.note(", ".join(f"{count} {word}" for word, count in ends.items()) + " without a checkpoint")
    run.expect(ends["detected"] > 0, "no loss was detected: the disk did not lie")
    return run.count
