# What is read back: rebuilding, checking, re-adding, asking about the past, and starting up.
import os
import shutil
import subprocess
import time

import database
from programs import measured, run
from rows import Goal, row

BYTES_PER_EVENT = 500  # on disk for the home, the floors' log and a rebuild of both


def counts(ground):
    """Events of the homes that are read; the large one where the disk has room for it."""
    if ground.quick:
        return [200_000]
    free = shutil.disk_usage(ground.folder).free
    return [1_000_000] + ([10_000_000] if free > 10_000_000 * BYTES_PER_EVENT else [])


def thousands(events):
    return f"{events // 1_000_000}M" if events >= 1_000_000 else f"{events // 1_000}k"


def replay(ground):
    for events in counts(ground):
        home, log = ground.home(events)[0], ground.log(events)[0]
        peers = database.rebuilders(ground, events) if events <= 1_000_000 else {}
        figures = ground.turns({
            "ours": lambda: measured(ground.product("bench"), "replay", home),
            "floor": lambda: measured(ground.floor("floor_replay"), log, "fold_write"), **peers})
        if not all(one["equal"] for one in figures["ours"]):
            raise RuntimeError("a replay differed from the live views")
        yield row(f"replay of {thousands(events)}", "events/s", figures,
                  "events_per_second", [Goal("figure", 4e6)])
        for one in figures["ours"] + figures["floor"]:
            one["memory"] = one["anonymous_bytes"] / one["events"]
        # In a small home the program itself weighs more than its events.
        goals = [Goal("figure", 20)] if events >= 1_000_000 else []
        yield row(f"replay memory/event, {thousands(events)}", "bytes", figures, "memory", goals)


def verify(ground):
    for events in counts(ground):
        home, log = ground.home(events)[0], ground.log(events)[0]
        figures = ground.turns({
            "ours": lambda: run(ground.product("bench"), "verify", home)[-1],
            "floor": lambda: run(ground.floor("floor_replay"), log, "chain")[-1]})
        if not all(one["ok"] for one in figures["ours"]):
            raise RuntimeError("verify found damage in a whole home")
        yield row(f"verify of {thousands(events)}", "events/s", figures, "events_per_second",
                  [Goal("figure", 4e6)])


def audit(ground):
    for events in counts(ground):
        home = ground.home(events)[0]
        log, made = ground.log(events)
        figures = ground.turns({
            "ours": lambda: run(ground.product("bench"), "audit", home)[-1],
            "floor": lambda: run(ground.floor("floor_replay"), log, "fold")[-1]})
        if any(one["findings"] for one in figures["ours"]):
            raise RuntimeError("the audit found something in whole books")
        yield row(f"audit of {thousands(events)}", "postings/s", figures, "events_per_second",
                  [Goal("figure", 2e6)], scale=made["postings"] / made["events"])


def incidents(ground):
    events = counts(ground)[0]
    home, log = ground.home(events)[0], ground.log(events)[0]
    figures = ground.turns({
        "ours": lambda: run(ground.product("bench"), "incidents", home)[-1],
        "floor": lambda: run(ground.floor("floor_replay"), log, "fold")[-1]})
    yield row(f"incidents of {thousands(events)}", "events/s", figures, "events_per_second")


def as_of(ground):
    events = counts(ground)[0]
    questions = "2000" if ground.quick else "20000"
    home, log = ground.home(events)[0], ground.log(events)[0]
    figures = ground.turns({
        "ours": lambda: run(ground.product("bench"), "as-of", home, questions, ground.seed)[-1],
        "floor": lambda: run(ground.floor("floor_as_of"), log, questions, ground.seed)[-1]})
    yield row("a balance --as-of", "us", figures, "balance_us")
    yield row("a job's status --as-of", "us", figures, "job_us")


def start_up(ground):
    events = 50_000
    home, log = ground.home(events)[0], ground.log(events)[0]
    env = {**os.environ, "LEDGER_HOME": home}
    ledger = ground.product("ledger")
    job = run(ledger, "status", "--json", "--limit", "1", env=env)[0]["job"]
    contestants = {
        "ours": [ledger, "status", job],
        "floor": [ground.floor("floor_point"), log, "17", ground.seed],
        "nothing at all": ["/bin/true"],
    }
    sqlite = shutil.which("sqlite3")
    if sqlite:
        base = sqlite_jobs(ground, sqlite)
        contestants["sqlite3"] = [sqlite, base, "select * from job where id='job-17'"]
    figures = ground.turns(
        {name: lambda words=words: spawn(words, env) for name, words in contestants.items()},
        rounds=60 if ground.quick else 400)
    yield row("ledger status JOB", "ms", figures, "ms", [Goal("sqlite3", 0.6)])


def sqlite_jobs(ground, sqlite):
    base = os.path.join(ground.fresh(), "jobs.sqlite")
    rows = "".join(f"insert into job values('job-{number}','running');" for number in range(4000))
    script = f"begin; create table job(id text primary key, state text); {rows} commit;"
    subprocess.run([sqlite, base], input=script, text=True, check=True)
    return base


def spawn(command, env):
    """From asking the system for a process to its end."""
    start = time.perf_counter()
    process = os.posix_spawn(command[0], command, env, file_actions=[
        (os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0)])
    if os.waitstatus_to_exitcode(os.wait4(process, 0)[1]) != 0:
        raise RuntimeError(f"{' '.join(command)} failed")
    return {"ms": (time.perf_counter() - start) * 1000}
