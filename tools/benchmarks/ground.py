# What every benchmark stands on: the programs built for it, folders on the real disk, turns.
import os
import shutil
import subprocess
import sys
import tempfile

import database
from programs import Skipped, run

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
WORK = os.path.join(ROOT, ".build", "benchmarks")


class Ground:
    """One run of tools/bench: its programs, its folders, its seed."""

    def __init__(self, quick, rounds, seed):
        self.quick, self.rounds, self.seed = quick, rounds, str(seed)
        os.makedirs(WORK, exist_ok=True)
        self.folder = tempfile.mkdtemp(dir=WORK)
        self.made = {}  # what was filled once and is only read: by name and size
        self.floors = os.path.join(WORK, "floors")
        self.peers = os.path.join(WORK, "peers")
        self.products = None
        self.skipped = set()
        self.postgres = None

    def close(self):
        if self.postgres:
            self.postgres.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def cluster(self):
        """The PostgreSQL of this run, started when it is first asked for."""
        if not self.postgres:
            self.postgres = database.Cluster(self.fresh())
        return self.postgres

    def build(self):
        for tool in ("make", "gcc"):
            if not shutil.which(tool):
                raise SystemExit(f"bench: there is no {tool}\n  try: tools/setup --tests")
        subprocess.run([f"{ROOT}/tools/setup"], check=True, stdout=subprocess.DEVNULL)
        self.products = os.environ.get("LEDGER_BIN")
        if not self.products:
            swift("build", "-c", "release")
            self.products = swift("build", "-c", "release", "--show-bin-path").strip()
        for folder, out in (("floors", self.floors), ("peers", self.peers)):
            subprocess.run(["make", "-s", "-C", f"{HERE}/{folder}", f"OUT={out}"], check=True)

    def product(self, name):
        return os.path.join(self.products, name)

    def floor(self, name):
        return os.path.join(self.floors, name)

    def fresh(self):
        """A new empty folder."""
        return tempfile.mkdtemp(dir=self.folder)

    def on_fresh(self, *command, env=None):
        """Runs a program whose word DIR is a new folder, and adds the bytes it left there."""
        folder = self.fresh()
        try:
            words = [folder if word == "DIR" else word for word in command]
            return {**run(*words, env=env)[-1], "bytes": sizes(folder)}
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def home(self, events):
        """A home with so many events, made once a run."""
        return self.once(("home", events), lambda folder: run(
            self.product("bench"), "append", folder, str(events), "10000", self.seed))

    def log(self, events):
        """The floors' log of the same workload, with its views, made once a run."""
        def make(folder):
            figures = run(self.floor("floor_log"), folder, str(events), self.seed)
            run(self.floor("floor_replay"), folder, "fold_write")
            return figures
        return self.once(("log", events), make)

    def once(self, name, make):
        if name not in self.made:
            folder = self.fresh()
            self.made[name] = (folder, make(folder)[-1])
        return self.made[name]

    def turns(self, contestants, rounds=None):
        """Every contestant once a round, another one first each time: name to list of figures. One
        that is not installed is left out, and why is said once."""
        figures = {name: [] for name in contestants}
        names = list(contestants)
        for number in range(rounds or self.rounds):
            first = number % len(names)
            for name in names[first:] + names[:first]:
                if name not in figures:
                    continue
                try:
                    figures[name].append(contestants[name]())
                except Skipped as reason:
                    del figures[name]
                    if (name, str(reason)) not in self.skipped:
                        self.skipped.add((name, str(reason)))
                        print(f"  {name}: skipped, {reason}", file=sys.stderr, flush=True)
        return figures


def sizes(folder):
    """Bytes below a folder by the name of what lies in it."""
    return {entry.name: tree_bytes(entry.path) for entry in os.scandir(folder)}


def tree_bytes(path):
    if not os.path.isdir(path):
        return os.path.getsize(path)
    return sum(tree_bytes(entry.path) for entry in os.scandir(path))


def swift(*words):
    done = subprocess.run(["swift", *words], cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"swift {' '.join(words)}:\n{done.stdout}{done.stderr}")
    return done.stdout
