#!/usr/bin/env python3
# An outside judge of a log, written from schemas/record-format.md alone: checks every record and
# HEAD, adds up every account from the credit events, and prints one JSON object.
#   tools/reader.py HOME [--events]      (--events: first each event as JSON, one a line)
# Needs lmdb from PyPI. Exit: 0 all is well, 1 the log is wrong (why, on stderr), 64 usage.
import datetime, hashlib, json, struct, sys

import lmdb

SUMS = ("granted", "held", "captured", "refunded", "expired", "adjusted")
CRC = list(range(256))
for _ in range(8):
    CRC = [crc >> 1 ^ (0x82F63B78 if crc & 1 else 0) for crc in CRC]


def must(condition, message):
    if not condition:
        raise ValueError(message)


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = crc >> 8 ^ CRC[(crc ^ byte) & 255]
    return crc ^ 0xFFFFFFFF


def item(data, at, depth=0):
    """The CBOR item at `at`, and where the next one begins."""
    must(at < len(data) and depth <= 16, "the body ends early or nests too deep")
    major, value, at = data[at] >> 5, data[at] & 31, at + 1
    if major == 7 and 20 <= value <= 22:
        return (False, True, None)[value - 20], at
    must(value < 28 and major < 6, "the body holds an item that a log never does")
    if value >= 24:
        width = 1 << value - 24
        value, at = int.from_bytes(data[at : at + width], "big"), at + width
        must(value >= (24 if width == 1 else 1 << 4 * width), "not the shortest form")
    must(at <= len(data) and (major < 2 or value <= len(data) - at), "the body ends early")
    if major < 2:
        return value if major == 0 else -1 - value, at
    if major < 4:
        part = data[at : at + value]
        return part if major == 2 else part.decode(), at + value
    items, codes = [], []
    for _ in range(value * (major - 3)):
        start = at
        one, at = item(data, at, depth + 1)
        items.append(one)
        codes.append(data[start:at])
    if major == 4:
        return items, at
    must(all(a < b for a, b in zip(codes[::2], codes[2::2])), "keys do not rise")
    return dict(zip(items[::2], items[1::2])), at


def decimal(micros):
    text = f"{abs(micros) // 10**6}.{abs(micros) % 10**6:06}".rstrip("0").rstrip(".")
    return "-" + text if micros < 0 else text


def time(micros):
    moment = datetime.datetime(1970, 1, 1) + datetime.timedelta(microseconds=micros)
    return moment.isoformat(timespec="microseconds") + "Z"


def shown(value, field):
    match field["kind"]:
        case "code": return field["codes"].get(str(value), value)
        case "lines": return [[bucket, decimal(amount)] for bucket, amount in value]
        case "credits_list": return [decimal(amount) for amount in value]
        case "credits": return decimal(value)
        case "time": return time(value)
        case "bytes": return value.hex()
        case "blob" | "text_blob" | "json_blob": return {"blob": value[0], "digest": value[1].hex()}
    return value


def available(s):
    return s["granted"] - s["expired"] - s["held"] - s["captured"] + s["refunded"] + s["adjusted"]


def move(sums, verb, amount):
    if verb in ("captured", "released"):
        sums["held"] -= amount
    if verb != "released":
        sums[verb] += amount


def apply(books, position, type, subject, data):
    """What an event does to the sums of accounts and buckets and to the open lines of jobs."""
    accounts, buckets, holds = books
    if type == "account.opened":
        accounts[subject] = dict.fromkeys(SUMS, 0)
        buckets[position] = subject, True, dict.fromkeys(SUMS, 0)
    if not type.startswith("credit."):
        return
    verb, account, lines = type[7:], data["account"], data["lines"]
    must(account in accounts, f"there is no account {account}")
    must(sum(amount for _, amount in lines) == data["amount"], "lines and amount differ")
    for bucket, amount in lines:
        if bucket == position and verb in ("granted", "refunded", "adjusted"):
            buckets.setdefault(bucket, (account, False, dict.fromkeys(SUMS, 0)))
        owner, is_overdraft, sums = buckets.get(bucket, (0, False, {}))
        must(owner == account, f"the account has no bucket {bucket}")
        move(sums, verb, amount)
        must(is_overdraft or available(sums) >= 0, f"bucket {bucket} falls below zero")
        if verb in ("held", "captured", "released"):
            held = holds.get((subject, bucket), 0) + (amount if verb == "held" else -amount)
            must(held >= 0, f"more of bucket {bucket} is taken than the job holds")
            holds[subject, bucket] = held
    move(accounts[account], verb, data["amount"])


def head(path):
    """HEAD's newest slot: turn, ledger id, incarnation, position, hash."""
    with open(path, "rb") as file:
        data = file.read()
    slots = [slot for slot in (data[0:112], data[4096:4208])
             if slot[:8] == b"LEDGHEAD" and hashlib.sha256(slot[:80]).digest() == slot[80:]]
    must(slots, "HEAD has no good slot")
    return max(struct.unpack("<8xQ16sQQ32s32x", slot) for slot in slots)


class Log:
    """The checks that run from one position to the next."""

    def __init__(self, schemas):
        self.schemas, self.books = schemas, ({}, {}, {})
        self.position = self.time = 0
        self.hash, self.is_whole, self.last, self.names = bytes(32), True, {}, {}

    def fields(self, code, version):
        schema = self.schemas.get((code, version))
        must(schema, f"the log does not describe type {code} version {version}")
        return schema["type"], {field["key"]: field for field in schema["fields"]}

    def read(self, key, record):
        self.position += 1
        must(int.from_bytes(key, "little") == self.position, "positions have a gap")
        must(len(record) >= 65, "the record is too short")
        crc, code, version, flags, when, subject, previous = struct.unpack("<IHBBqQQ", record[:32])
        must(crc32c(record[4:]) == crc, "the checksum is wrong")
        self.hash = hashlib.sha256(self.hash + record[4:-32]).digest()
        must(self.hash == record[-32:], "the chain is broken")
        must(when >= self.time, "time goes back")
        must(bool(flags & 1) == self.is_whole, "a group begins where it must not, or does not")
        self.time, self.is_whole = when, bool(flags & 2)
        body, end = item(record[32:-32], 0)
        must(type(body) is dict and end == len(record) - 64, "the body is not one map")
        must(previous == self.last.get(subject, 0), "the subject's previous position is wrong")
        is_new = subject not in self.last
        must((-6 in body) == (-7 in body) == is_new, "a subject's name is missing or misplaced")
        if is_new:
            must(subject == len(self.last) + 1, "subject numbers have a gap")
            must(body[-7] not in self.names.setdefault(body[-6], {}), "a subject has two numbers")
            self.names[body[-6]][body[-7]] = subject
        self.last[subject] = self.position
        keys = body.keys() & {-8, -9, -10}
        must(not keys or flags & 1 and len(keys) == 3, "an idempotency key is misplaced")
        name, fields = self.fields(code, version)
        data = {fields[k]["name"]: value for k, value in body.items() if k in fields}
        apply(self.books, self.position, name, subject, data)
        return {"position": self.position, "type": name, "version": version, "at": time(when),
                "flags": flags, "subject": subject, "previous": previous, "hash": self.hash.hex(),
                "data": self.named(body, fields),
                "envelope": self.named(body, self.fields(0, 1)[1])}

    def named(self, body, fields):
        return {fields[key]["name"]: shown(value, fields[key])
                for key, value in body.items() if key in fields}


def judge(home, show):
    _, ledger, incarnation, mark, mark_hash = head(home + "/HEAD")
    env = lmdb.open(home + "/log", readonly=True, create=False, max_dbs=4, map_size=64 << 30)
    tables = {name: env.open_db(name.encode(), create=False) for name in
              ("events", "schemas", "meta")}
    hash_at_mark = None
    with env.begin() as transaction:
        format, _, *identity = struct.unpack("<IIQ16s", transaction.get(b"log", db=tables["meta"]))
        must(format == 1, f"format {format} is not known to this reader")
        must(identity == [incarnation, ledger], "HEAD belongs to another log")
        log = Log({struct.unpack(">HB", key): json.loads(text)
                   for key, text in transaction.cursor(tables["schemas"])})
        for key, record in transaction.cursor(tables["events"]):
            try:
                event = log.read(key, record)
            except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
                raise ValueError(f"position {log.position}: {error}")
            if show:
                print(json.dumps(event, ensure_ascii=False))
            if log.position == mark:
                hash_at_mark = log.hash
    must(mark <= log.position, f"acknowledged events are missing: HEAD knows of {mark}, "
         f"the log ends at {log.position}")
    must(hash_at_mark == mark_hash, f"position {mark}: the chain hash is not the one HEAD saw")
    must(log.is_whole, "the last group is not whole")
    numbers = {number: id for ids in log.names.values() for id, number in ids.items()}
    print(json.dumps({
        "events": log.position, "head": log.position, "hash": log.hash.hex(), "accounts": {
            numbers[number]: {"available": decimal(available(sums))}
            | {name: decimal(sums[name]) for name in SUMS}
            for number, sums in log.books[0].items()}}, ensure_ascii=False))


if __name__ == "__main__":
    words = [word for word in sys.argv[1:] if word != "--events"]
    if len(words) != 1:
        sys.stderr.write("usage: tools/reader.py HOME [--events]\n")
        sys.exit(64)
    try:
        judge(words[0], "--events" in sys.argv)
    except (ValueError, LookupError, TypeError, struct.error, lmdb.Error, OSError) as error:
        sys.stderr.write(f"wrong: {error}\n")
        sys.exit(1)
