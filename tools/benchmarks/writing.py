# Durable appends: by events a commit, by callers that wait at the same time, and their size.
from rows import Goal, Row, row
import database

PER_COMMIT = (1, 10, 100, 1_000, 10_000)
CALLERS = (1, 8, 64, 512)
BYTES_AT = 1_000  # events a commit of the row on size


def append(ground):
    full = {1: 3_000, 10: 20_000, 100: 100_000, 1_000: 300_000, 10_000: 600_000}
    small = {1: 300, 10: 2_000, 100: 20_000, 1_000: 60_000, 10_000: 120_000}
    for group in PER_COMMIT:
        events = str((small if ground.quick else full)[group])
        contestants = {
            "ours": lambda: ground.on_fresh(
                ground.product("bench"), "append", "DIR", events, str(group), ground.seed),
            "floor": lambda: ground.on_fresh(
                ground.floor("floor_append"), "DIR", events, str(group), ground.seed),
            "C with the puts of every view": lambda: ground.on_fresh(
                ground.floor("floor_append"), "DIR", events, str(group), ground.seed, "all"),
            **database.writers(ground, events, str(group)),
        }
        figures = ground.turns({**contestants, **disk(ground)})
        sync = figures.pop("disk")
        same_work(figures)
        goals = [Goal("floor", 0.85 if group <= 10 else 1)]
        goals += {100: [Goal("SQLite", 2)], 1_000: [Goal("SQLite", 3)]}.get(group, [])
        yield row(f"append, {group} a commit", "events/s", figures, "events_per_second", goals)
        yield from disk_row(sync)
        if group == BYTES_AT:
            yield from size(figures)


def same_work(figures):
    """All drew the same events of the same jobs for the same price, or nothing can be compared."""
    done = {(one["events"], one["jobs"], one["held"]) for rounds in figures.values()
            for one in rounds}
    if len(done) != 1:
        raise RuntimeError(f"the contestants did different work: {sorted(done)}")


def size(figures):
    """Of the log alone, and of everything."""
    for one in figures["ours"]:
        one["log_bytes_per_event"] = one["bytes"]["log"] / one["head"]
        one["view_bytes_per_event"] = one["bytes"]["views"] / one["head"]
    for one in (one for rounds in figures.values() for one in rounds):
        one["bytes_per_event"] = one["log_bytes_per_event"] + one["view_bytes_per_event"]
    yield row("an event in the log", "bytes", figures, "log_bytes_per_event",
              [Goal("figure", 130)])
    yield row("an event with its views", "bytes", figures, "bytes_per_event",
              [Goal("figure", 180)])


def callers(ground):
    full = {1: 2_000, 8: 8_000, 64: 40_000, 512: 100_000}
    small = {1: 300, 8: 1_600, 64: 10_000, 512: 20_000}
    alone = None
    for count in CALLERS:
        events = str((small if ground.quick else full)[count])
        figures = ground.turns({
            "ours": lambda: ground.on_fresh(
                ground.product("bench"), "callers", "DIR", events, str(count), ground.seed),
            "floor": lambda: ground.on_fresh(
                ground.floor("floor_callers"), "DIR", events, str(count), ground.seed),
            **disk(ground),
        })
        sync = figures.pop("disk")
        name = f"{count} callers" if count > 1 else "1 caller"
        rates = row(name, "events/s", figures, "events_per_second")
        yield rates
        goals = [Goal("figure", 3)] if count == 64 else []
        yield row(f"{name}, p50 of a command", "ms", figures, "p50_ms", goals)
        yield from disk_row(sync)
        if count == 1:
            alone = rates
        elif count == 64:
            yield Row("64 callers, times one caller", "x", {
                who: [rates.median(who) / alone.median(who)] for who in rates.samples},
                [Goal("figure", 18)])


def disk(ground):
    return {"disk": lambda: ground.on_fresh(ground.floor("floor_disk"), "DIR")}


def disk_row(figures):
    """What the disk gave in the same minute."""
    yield row("  fdatasync of 4 KiB then", "us", {"floor": figures}, "fdatasync_us")
