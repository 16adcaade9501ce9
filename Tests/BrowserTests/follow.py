#!/usr/bin/env python3
# Judges client.js: every fault of the network, no event lost or doubled.
"""client.js in a real Chromium against a real server, with a fault in each scenario.

In every one of them: each event arrives once and in order, the verdict arrives once, no network
trouble is told as a failure, and the result is acknowledged.

    python3 follow.py --base http://127.0.0.1:8700 [--only offline]
"""

import secrets
import subprocess
import time

from browser import FAST, Browser, Checks, arguments


def main():
    options = arguments(__doc__)
    checks, browser = Checks(), None
    try:
        browser = Browser(options)
        for name, scenario in SCENARIOS.items():
            if options.only in (None, name):
                browser.open_test_page()
                scenario(browser, lambda what, ok, detail=None: checks.check(
                    f"{name}: {what}", ok, detail))
                heal(browser.proxy)
    finally:
        if browser:
            browser.close()
    checks.end()


def heal(proxy):
    proxy.refuse_streams = proxy.buffer_streams = False
    proxy.swallow_posts = proxy.cut_after = 0


def begin(browser, **options):
    """A new job, and a page that follows it from its first event."""
    job = "browser-" + secrets.token_hex(6)
    browser.submit(job)
    browser.run("window.begin(arguments[0], arguments[1])", job, options)
    return job


def moving(browser, events=3):
    """Waits until the page has seen some events, so that a fault comes in the middle."""
    return browser.until("return told.events.length >= arguments[0]", events)


def finish(browser, check, job):
    """Waits for the verdict and judges what the page was told on the way."""
    arrived = browser.until("return told.done.length > 0")
    told = browser.told()
    check("the verdict arrives", arrived, None if arrived else told)
    if not arrived:
        return told
    status = told["done"][0]
    # What came behind the verdict may have been handed over too, but then without a gap.
    expected = browser.events(job, max(told["events"][-1:] + [status["position"]]))
    same = told["events"] == expected
    check("every event arrives once and in order", same,
          len(expected) if same else {"told": told["events"], "log": expected})
    check("the verdict is told once", len(told["done"]) == 1, status["state"])
    check("no trouble on the way is told as a failure",
          ("failed" in told["problems"]) == (status["state"] != "succeeded"), told["problems"])
    check("the result is acknowledged and seen", acknowledged(browser, job))
    return told


def acknowledged(browser, job):
    for _ in range(100):
        kinds = [(e["type"], e["data"].get("kind")) for e in tail(browser, job)]
        if ("job.delivered", None) in kinds and ("job.client_reported", "seen") in kinds:
            return True
        time.sleep(0.1)
    return False


def tail(browser, job):
    return browser.api(f"/v1/jobs/{job}/events?after=0&limit=500")["events"]


def reports(browser, job):
    return {e["data"]["kind"] for e in tail(browser, job) if e["type"] == "job.client_reported"}


def normal(browser, check):
    job = begin(browser)
    told = finish(browser, check, job)
    check("it was a stream all the time", told["connections"] == ["live", "ended"],
          told["connections"])
    check("nothing was a problem", not set(told["problems"]) - {"failed"}, told["problems"])


def polled(browser, check):
    job = begin(browser, transport="poll")
    told = finish(browser, check, job)
    check("no stream is opened", told["connections"] == ["polling", "ended"], told["connections"])


def refused(browser, check):
    browser.proxy.refuse_streams = True
    job = begin(browser, timings=FAST)
    told = finish(browser, check, job)
    check("it polls by itself", told["connections"] == ["polling", "ended"], told["connections"])
    check("a refused stream is no problem", not set(told["problems"]) - {"failed"})
    check("the ledger is told why", "stream_refused" in reports(browser, job))


def buffered(browser, check):
    browser.proxy.buffer_streams = True
    job = begin(browser, timings=FAST)
    told = finish(browser, check, job)
    check("a silent stream is left for polls", told["connections"] == ["polling", "ended"],
          told["connections"])


def restarted(browser, check):
    job = begin(browser, timings=FAST)
    check("it runs before the server dies", moving(browser))
    browser.proxy.down()
    lost = browser.until("return told.problems.includes('connection_lost')")
    check("the lost connection is told", lost, browser.told()["problems"])
    check("and nothing else", "failed" not in browser.told()["problems"])
    if browser.options.restart:
        subprocess.run(browser.options.restart, shell=True, check=True)
    browser.proxy.up()
    told = finish(browser, check, job)
    check("it came back", told["connections"][-2] in ("live", "polling"), told["connections"])
    check("the ledger is told afterwards", "connection_lost" in reports(browser, job))


def lost_post(browser, check):
    browser.proxy.swallow_posts = 1
    browser.run("""window.submitted = null;
        client.submit(arguments[0], {timings: arguments[1]}).then(
          (found) => { window.submitted = found; window.begin(found.job); },
          (error) => { window.submitted = {error: String(error)}; })""", browser.job(), FAST)
    browser.until("return submitted !== null")
    found = browser.run("return submitted")
    check("the answer of the POST is found by looking", found.get("found"), found.get("error"))
    job = found["job"]
    finish(browser, check, job)
    posts = [p for p in browser.proxy.seen if p[0] == "POST" and p[1] == "/v1/jobs"]
    check("it was posted once", len(posts) == 1, posts)
    check("the ledger is told", "post_failed" in reports(browser, job))


def offline(browser, check):
    job = begin(browser, timings=FAST)
    check("it runs before the network goes", moving(browser))
    browser.offline(True)
    check("the page knows that it is offline",
          browser.until("return told.connections.includes('offline')"))
    check("and says that the connection is lost",
          browser.until("return told.problems.includes('connection_lost')"))
    time.sleep(3)  # scaled: six times the longest backoff, as a minute is twice the real one
    check("being offline is not a failure", "failed" not in browser.told()["problems"])
    browser.offline(False)
    finish(browser, check, job)


def cut(browser, check):
    browser.proxy.cut_after = 1
    job = begin(browser, transport="sse", timings=FAST)
    finish(browser, check, job)


def foreign_id(browser, check):
    """A job nobody has is no failure either; the page is told, and goes on looking slowly."""
    browser.run("window.begin('browser-nobody-has-this', {timings: arguments[0]})", FAST)
    check("an unknown job is told as such",
          browser.until("return told.problems.includes('not_found')"), browser.told()["problems"])
    check("and is not over", not browser.told()["done"])
    browser.run("following.close()")


SCENARIOS = {
    "normal run": normal,
    "polls only": polled,
    "stream refused with 403": refused,
    "proxy that buffers": buffered,
    "server killed and restarted": restarted,
    "answer of the POST lost": lost_post,
    "offline for a minute": offline,
    "stream cut after every event": cut,
    "unknown job": foreign_id,
}

if __name__ == "__main__":
    main()
