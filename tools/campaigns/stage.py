# A home, the providers on loopback and whoever works on them: the built programs, from outside.
import json
import os
import re
import signal
import subprocess
import urllib.request

from ground import LEDGERD, environment, is_sound, ledger

OPEN = {"submitted", "dispatching", "dispatched", "running", "storing", "overdue", "uncertain", "parked"}


class Stage:
    def __init__(self, run, *simulator, pace="0.1-0.4", home=None):
        self.run, self.home, self.children = run, home or run.path(), []
        simulator = self.start(
            "--json", "simulate", "--port", "0", "--seed", str(run.seed % 2**31), "--pace", pace,
            *simulator, out=subprocess.PIPE)
        self.address = json.loads(simulator.stdout.readline())["listening"]
        self.environment = {
            "LEDGER_DEV": "1", "LEDGER_BASE_URL_REPLICATE": self.address,
            "LEDGER_BASE_URL_SELF_HOSTED": self.address, "REPLICATE_API_TOKEN": "r8_canary"}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for child in self.children:
            if child.poll() is None:
                child.kill()
            child.wait()

    def start(self, *words, out=subprocess.DEVNULL, home=None, before=None, **more):
        """Starts ledgerd beside us. `before` runs in it first (limits)."""
        env = environment(home or self.home, **getattr(self, "environment", {}), **more)
        child = subprocess.Popen(
            [LEDGERD, *words], env=env, stdin=subprocess.DEVNULL, stdout=out,
            stderr=subprocess.DEVNULL, text=True, preexec_fn=before)
        self.children.append(child)
        return child

    def serve(self, *words, before=None):
        """A server; answers its address too."""
        child = self.start("serve", "--listen", "127.0.0.1:0", "--rate", "0", *words,
                           out=subprocess.PIPE, before=before)
        for line in child.stdout:
            found = re.search(r"http://127\.0\.0\.1:\d+", line)
            if found:
                return child, found[0]
        raise RuntimeError("the server did not start")

    def end(self, child, number=signal.SIGKILL):
        child.send_signal(number)
        child.wait()

    def ledger(self, *words, home=None, **more):
        return ledger(home or self.home, *words, **self.environment, **more)

    def do(self, *words, home=None):
        result = self.ledger(*words, home=home)
        if result.code != 0:
            raise RuntimeError(f"{' '.join(words)}: {result}")
        return result

    def set_up(self, credits="100000", home=None):
        """An account, and the profile at a pace for tests."""
        home = home or self.home
        self.do("grant", "acme", credits, "--key", "first", home=home)
        profile = self.do("provider", "show", "replicate", home=home).lines[0]
        profile["limits"]["poll"] = {
            "start_s": 0.1, "max_s": 0.3, "factor": 1.5, "jitter": 0.2, "slow_s": 1}
        profile["reconcile"].update({"after_s": 0.2, "attempts": 3})
        os.makedirs(os.path.join(home, "providers"), exist_ok=True)
        with open(os.path.join(home, "providers", "replicate.json"), "w") as file:
            json.dump(profile, file)

    def submit(self, job, *more, home=None):
        text = json.dumps({"prompt": f"a cat called {job}"})
        return self.ledger(
            "submit", "--provider", "replicate", "--model", "owner/name", "--account", "acme",
            "--hold", "2", "--id", job, "--input", text, *more, home=home)

    def stats(self):
        with urllib.request.urlopen(self.address + "/_simulator/stats", timeout=10) as reply:
            return json.load(reply)

    def status(self, home=None):
        return {job["job"]: job for job in self.do("status", "--limit", "100000", home=home).lines
                if "job" in job}

    def settle(self):
        """Polls until no job can move on any more; what is in doubt stays open (exit 75)."""
        result = self.ledger("poll", "--drain", seconds=120)
        self.run.expect(result.code in (0, 75), f"poll --drain: {result}")
        return self.status()

    def judge(self, jobs):
        """No submit was sent twice; every hold is whole, captured or released; the books add up."""
        twice = self.stats()["submitted_twice"]
        self.run.expect(not twice, f"submitted twice: {twice[:3]}")
        for name, job in jobs.items():
            moved = sum(float(job[k] or 0) for k in ("held", "captured", "released"))
            self.run.expect(moved == 2, f"{name} {job['state']}: its credits are {moved}, not 2")
            kept = float(job["held"]) == 2
            self.run.expect(
                kept == (job["state"] in OPEN), f"{name} is {job['state']}, held {job['held']}")
            paid = float(job["captured"]) == 2
            self.run.expect(
                paid == (job["state"] == "succeeded"),
                f"{name} is {job['state']}, captured {job['captured']}")
        is_sound(self.run, self.home, "at the end")
