#!/usr/bin/env python3
# An outside judge of a log, written from schemas/record-format.md alone: checks every record and
# HEAD, adds up every account from the credit events, and prints one JSON object.
"""Usage: tools/reader.py HOME [--events]

With --events each event is a JSON line before that object, numbers as recorded and bytes in hex;
the balances are exact decimals. Needs lmdb from PyPI.
Exit: 0 all is well, 1 the log is wrong (why, on stderr), 64 usage."""
import functools, hashlib, io, json, os, signal, struct, sys
from collections import Counter, defaultdict
import lmdb

OPENED, RESTORED, ACCOUNT_OPENED, JOB_SUBMITTED = 1, 2, 16, 64
GRANTED, HELD, CAPTURED, RELEASED, REFUNDED, EXPIRED, ADJUSTED = range(32, 39)
EFFECTS = {  # what the amount of a line does to the sums, by type number
    GRANTED: {"granted": 1, "available": 1}, HELD: {"held": 1, "available": -1},
    CAPTURED: {"held": -1, "captured": 1}, RELEASED: {"held": -1, "available": 1},
    REFUNDED: {"refunded": 1, "available": 1}, EXPIRED: {"expired": 1, "available": -1},
    ADJUSTED: {"adjusted": 1, "available": 1}}
SUMS = ("available", "held", "captured", "granted", "refunded", "expired", "adjusted")
CRC = [functools.reduce(lambda c, _: c >> 1 ^ c % 2 * 0x82F63B78, range(8), n) for n in range(256)]

def must(condition, fault):
    """Refuse the log unless `condition` holds."""
    if not condition:
        raise ValueError(fault)

def crc32c(data, ones=0xFFFFFFFF):
    """CRC-32C (Castagnoli)."""
    return functools.reduce(lambda crc, byte: crc >> 8 ^ CRC[crc & 255 ^ byte], data, ones) ^ ones

def decimal(micros):
    """Micro-credits as an exact decimal number of credits: 1500000 is "1.5"."""
    text = f"{abs(micros) // 10**6}.{abs(micros) % 10**6:06}".rstrip("0").rstrip(".")
    return "-" * (micros < 0) + text

def cbor(file, level=0):
    """The next CBOR item of a binary file."""
    major, n = divmod((file.read(1) or b"\xff")[0], 32)
    if major == 7 and n in (20, 21, 22):
        return (False, True, None)[n - 20]
    must(major < 6 and n < 28 and level < 16, "the body ends early or is no CBOR of the subset")
    if n > 23:
        least, raw = (24, 1 << 8, 1 << 16, 1 << 32)[n - 24], file.read(1 << n - 24)
        must(len(raw) == 1 << n - 24, "the body ends early")
        n = int.from_bytes(raw, "big")
        must(n >= least, "a number or length is not in its shortest form")
    if major < 2:
        return -1 - n if major else n
    if major < 4:
        raw = file.read(min(n, 1 << 32))
        must(len(raw) == n, "the body ends early")
        return raw.decode() if major == 3 else raw
    items = [cbor(file, level + 1) for _ in range(n if major == 4 else 2 * n)]
    order = [(key < 0, abs(key)) for key in items[::2] if type(key) is int]
    must(major == 4 or len(order) == n and order == sorted(set(order)), "keys do not rise")
    return items if major == 4 else dict(zip(items[::2], items[1::2]))

class Log:
    """What must be known of the events before: the chain, the subjects and the books."""

    def __init__(self):
        self.position, self.time, self.hash, self.begins = 0, -1 << 63, bytes(32), 1
        self.ledger, self.incarnation, self.schemas = None, 1, {}
        # Newest position by subject, subject by name, account by job.
        self.newest, self.names, self.payer = {}, {}, {}
        # Bucket by account, account and end by bucket; sums by account, bucket, hold line, job.
        self.overdraft, self.owner, self.end = {}, {}, {}
        self.accounts, self.buckets, self.open, self.jobs = (
            defaultdict(Counter) for _ in range(4))

    def record(self, raw):
        """Check one record and add it up; return it as an event with the names in `schemas`."""
        must(len(raw) > 64, "the record is shorter than 65 bytes")
        crc, code, version, flags, time, subject, previous = struct.unpack("<IHBBqQQ", raw[:32])
        must(crc == crc32c(raw[4:]), "the checksum is wrong")
        before, self.hash = self.hash, raw[-32:]
        must(self.hash == hashlib.sha256(before + raw[4:-32]).digest(), "the chain is broken")
        must(time >= self.time, "time goes back")
        must(flags < 8, "a flag is unknown")
        must(flags & 1 == self.begins, "a group begins where it must not, or does not")
        self.time, self.begins = time, flags >> 1 & 1
        body = cbor(file := io.BytesIO(raw[32:-32]))
        must(type(body) is dict and not file.read(1), "the body is not one map")
        row = self.schemas.get((code, version))
        must(code and row, f"the log does not describe type {code} version {version}")
        self.subject(subject, previous, flags, body)
        self.sense(code, subject, body)
        data, envelope = (
            {field["name"]: field.get("codes", {}).get(str(body[field["key"]]), body[field["key"]])
             for field in fields["fields"] if field["key"] in body}
            for fields in (row, self.schemas[0, 1]))
        return {"position": self.position, "type": row["type"], "version": version, "flags": flags,
                "time": time, "subject": subject, "previous": previous, "hash": self.hash.hex(),
                "data": data, "envelope": envelope}

    def subject(self, subject, previous, flags, body):
        """Check the subject's number, chain and name, and the idempotency key."""
        must(previous == self.newest.get(subject, 0), "the subject's previous position is wrong")
        must((-6 in body) == (-7 in body) == (not previous),
             "a subject's name is missing or misplaced")
        if not previous:
            must(subject == len(self.newest) + 1, "subject numbers have a gap")
            number = self.names.setdefault((body[-6], body[-7]), subject)
            must(number == subject, "a subject has two numbers")
        self.newest[subject] = self.position
        must(len(body.keys() & {-8, -9, -10}) in (0, 3 * (flags & 1)), "a key is misplaced")

    def sense(self, code, subject, body):
        """Check what an event says against the events before; take in what it changes."""
        first, kind = code if code in (ACCOUNT_OPENED, JOB_SUBMITTED) else None, body.get(-6)
        must(first == {2: ACCOUNT_OPENED, 3: JOB_SUBMITTED}.get(kind),
             "an account or job begins otherwise, or twice")
        must((code == OPENED) == (self.position == 1), "ledger.opened is not at position 1 alone")
        must(code != OPENED or (kind, body[-7]) == (1, "ledger"), "it is not about the ledger")
        evidence = body.get(3, self.position) if code in (CAPTURED, RELEASED) else 0
        must(max(body.get(-2, 0), evidence) < self.position, "a cause is no earlier event")
        if code == OPENED:
            self.ledger = body[0]
        elif code == RESTORED:
            must(body[0] > self.incarnation, "the incarnation does not rise")
            self.incarnation = body[0]
        elif code == ACCOUNT_OPENED:
            self.overdraft[subject], self.owner[self.position] = self.position, subject
        elif code == JOB_SUBMITTED:
            self.payer[subject] = body[0]
        elif 32 <= code < 64:
            self.money(code, subject, body)

    def money(self, code, subject, body):
        """Apply the lines of a credit event to its account, to the buckets and to the job."""
        must(code in EFFECTS, f"credit type {code} is unknown")
        amount, lines, account = body[0], body[1], body[2]
        numbers = (amount, account, *(number for line in lines for number in line))
        must(all(type(number) is int and -1 << 63 <= number < 1 << 63 for number in numbers),
             "an amount, line or account is no number of 64 bits")
        must(account in self.overdraft, f"there is no account {account}")
        is_own = code in (GRANTED, EXPIRED, ADJUSTED)
        payer = subject if is_own else self.payer.get(subject)
        must(account == payer, "the account is not the subject's")
        must(sum(x for _, x in lines) == amount, "lines and amount differ")
        must(all(x > 0 or x and code == ADJUSTED for _, x in lines), "an amount has a wrong sign")
        if code in (GRANTED, REFUNDED, ADJUSTED) and self.position in dict(lines):
            self.owner[self.position] = account
            self.end[self.position] = body.get(4) if code == GRANTED else None
        for bucket, x in lines:
            must(self.owner.get(bucket) == account, f"the account has no bucket {bucket}")
            change = {name: sign * x for name, sign in EFFECTS[code].items()}
            for sums in (self.accounts[account], self.buckets[bucket], self.open[subject, bucket],
                         self.jobs[subject]):
                sums.update(change)
        job = self.jobs[subject]
        must(job["refunded"] <= job["captured"], "more is refunded than the job was charged")
        must(code != GRANTED or lines == [[self.position, amount]], "a grant opens no bucket")
        for bucket in dict(lines):
            end, is_overdraft = self.end.get(bucket), bucket == self.overdraft[account]
            must(is_overdraft or self.buckets[bucket]["available"] >= 0,
                 f"bucket {bucket} falls below zero")
            must(self.open[subject, bucket]["held"] >= 0,
                 f"more of bucket {bucket} is taken than the job holds")
            must(code != EXPIRED or end is not None and end <= self.time,
                 f"bucket {bucket} has not come to its end")

def walk(log, home):
    """Check everything and yield each event."""
    with open(f"{home}/HEAD", "rb") as file:
        head = file.read(8192)
    good = [struct.unpack("<Q16sQQ32s", slot[8:80]) for slot in (head[:112], head[4096:4208])
            if slot[:8] == b"LEDGHEAD" and hashlib.sha256(slot[:80]).digest() == slot[80:]]
    must(good, "HEAD has no good slot")
    _, ledger, incarnation, mark, mark_hash = max(good)
    env = lmdb.open(f"{home}/log", 64 << 30, readonly=True, create=False, max_dbs=4)
    with env, env.begin() as txn:
        meta, schemas, events = (txn.cursor(env.open_db(name, txn, create=False))
                                 for name in (b"meta", b"schemas", b"events"))
        form, _, *identity = struct.unpack("<IIQ16s", meta.get(b"log")[:32])
        must(form == 1, f"format {form} is not known to this reader")
        must(identity == [incarnation, ledger], "HEAD belongs to another log")
        log.schemas = {struct.unpack(">HB", key): json.loads(row) for key, row in schemas}
        for key, raw in events:
            log.position += 1
            must(key == struct.pack("<Q", log.position), "positions have a gap")
            yield log.record(raw)
            must(log.position != mark or log.hash == mark_hash,
                 "the chain hash is not the one HEAD saw")
    must(0 < mark <= log.position, f"acknowledged events are missing: HEAD knows of {mark}")
    must(log.begins, "the last group is not whole")
    must(identity == [log.incarnation, log.ledger], "ledger id or incarnation is not the events'")

def judge(home, shows_events):
    """Print the events if asked, then the balances; return the exit status."""
    log = Log()
    try:
        for event in walk(log, home):
            if shows_events:
                print(json.dumps(event, default=bytes.hex))
    except Exception as error:  # whatever the bytes cause is a fault of theirs
        fault = error if isinstance(error, ValueError) else repr(error)
        print(f"wrong: position {log.position}: {fault}", file=sys.stderr)
        return 1
    accounts = {id: {name: decimal(log.accounts[number][name]) for name in SUMS}
                for (_, id), number in log.names.items() if number in log.overdraft}
    print(json.dumps({"events": log.position, "head": log.position, "hash": log.hash.hex(),
                      "accounts": accounts}))
    return 0

if __name__ == "__main__":
    if sys.argv[2:] not in ([], ["--events"]) or sys.argv[1:2] in ([], ["--events"]):
        sys.exit(print(__doc__, file=sys.stderr) or 64)
    if not (child := os.fork()):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        sys.exit(judge(sys.argv[1], bool(sys.argv[2:])))
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if code in (0, 1, -signal.SIGPIPE):
        sys.exit(abs(code))
    sys.exit("wrong: a page of the log is not what was written: reading it ended the reader")
