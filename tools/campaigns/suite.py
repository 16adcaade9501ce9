# Campaigns that are tests of the suite, with their counts turned up.
import concurrent.futures
import os
import re

from ground import BIN, ROOT, TORTURE, Skipped, command, environment

# Beside the programs, else in a debug build of their own: tests need no optimizer, and whoever runs
# the whole suite keeps his bundle.
TESTS = os.path.join(ROOT, ".build", "campaigns")
BUNDLE = os.path.join(BIN, "ledgerPackageTests.xctest")
if not os.path.exists(BUNDLE):
    BUNDLE = os.path.join(TESTS, "debug", "ledgerPackageTests.xctest")

# Worlds that one process lives.
WORLDS = 250


def tests(pattern, variable=None, least=0, seconds=3000):
    """Runs the tests whose names match. The count, at least so much, goes to them by `variable`;
    without one they are repeated so often, each time with another seed."""
    def run(run):
        if not os.access(BUNDLE, os.X_OK):
            raise Skipped("the tests are not beside the programs: without LEDGER_BIN both are built")
        for turn in range(1 if variable else max(1, run.count)):
            env = environment(run.path(), LEDGER_SEED=str(run.seed + turn))
            del env["LEDGER_HOME"]
            if variable:
                env[variable] = str(max(run.count, least))
            words = [BUNDLE, "--testing-library", "swift-testing", "--filter", pattern]
            result = command(words, env, seconds=seconds, cwd=ROOT)
            text = result.out + result.err
            ran = re.search(r"Test run with (\d+) tests?", text)
            if not ran or ran[1] == "0":
                run.fail(f"no test ran for {pattern}: {text[-300:]}")
            elif result.code != 0:
                wrong = [line for line in text.splitlines() if "recorded an issue" in line]
                run.fail(f"LEDGER_SEED={run.seed + turn}: {(wrong or [text[-300:]])[0][:400]}")
                return turn + 1
        return run.count
    return run


def both(*campaigns):
    """Side by side, with the same count: they wait more than they work."""
    def run(run):
        with concurrent.futures.ThreadPoolExecutor(len(campaigns)) as pool:
            done = list(pool.map(lambda campaign: campaign(run), campaigns))
        return done[0]
    return run


def worlds(run):
    """Simulated worlds: clock, network and disk in one thread, and as many of those as cores."""
    def live(first):
        count = min(WORLDS, run.count - first)
        result = command(
            [TORTURE, "worlds", run.work, str(run.seed + first), str(count)],
            environment(run.work), seconds=36_000)
        if result.code == 64:
            raise Skipped("these programs know no worlds")
        run.expect(result.code == 0, f"{result.out[-800:]} {result.err[-300:]}")
    run.each(live, range(0, run.count, WORLDS))
    return run.count
