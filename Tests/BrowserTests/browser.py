# What every browser test shares.
"""What every browser test shares: arguments, a headless Chromium, checks as JSON lines.

A line is {"check", "ok", "detail"}; the last one {"browser": "ok" | "failed" | "skipped"}.
Exit codes: 0 ok, 1 a check failed, 77 no browser or no selenium here.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

from proxy import FaultProxy

WAIT_SECONDS = 60
# Times of client.js, scaled: a minute's outage fits into seconds. Only tests use it.
FAST = {
    "openMs": 1500, "silenceMs": 20000, "waitSeconds": 2, "requestMs": 2000, "pollMs": 200,
    "backoffMinMs": 50, "backoffMaxMs": 500, "slowMs": 1500, "giveUpMs": 20000,
}


def arguments(description):
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--base", required=True, help="URL of a running `ledger serve --poll`")
    parser.add_argument("--token", help="bearer token, where the server wants one")
    parser.add_argument("--provider", default="replicate")
    parser.add_argument("--model", default="acme/lipsync")
    parser.add_argument("--account", default="acme/studio", help="needs credits")
    parser.add_argument("--hold", default="1")
    parser.add_argument("--input", type=json.loads, default={"prompt": "a lighthouse at dusk"})
    parser.add_argument("--restart", help="a shell command that kills the server and starts it")
    parser.add_argument("--only", help="one scenario")
    return parser.parse_args()


class Checks:
    def __init__(self):
        self.failed = 0

    def check(self, name, ok, detail=None):
        self.failed += not ok
        print(json.dumps({"check": name, "ok": bool(ok), "detail": detail}), flush=True)

    def end(self):
        print(json.dumps({"browser": "failed" if self.failed else "ok"}), flush=True)
        sys.exit(1 if self.failed else 0)


class Browser:
    """A headless Chromium with a profile of its own, behind the fault proxy."""

    def __init__(self, options, width=1280, height=900):
        try:
            from selenium import webdriver
            from selenium.webdriver.chrome.service import Service
        except ImportError:
            skip("selenium is not installed: pip install selenium")
        chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
        if not chromium or not driver:
            skip("no Chromium here: apt-get install chromium chromium-driver")
        self.options = options
        self.proxy = FaultProxy(options.base)
        self.profile = tempfile.mkdtemp(prefix="ledger-browser.")
        flags = webdriver.ChromeOptions()
        flags.binary_location = chromium
        flags.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        for flag in (
            "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
            "--no-first-run", "--disable-background-networking", "--disable-component-update",
            f"--user-data-dir={self.profile}", f"--window-size={width},{height}",
        ):
            flags.add_argument(flag)
        service = Service(driver, log_output=subprocess.DEVNULL)
        self.driver = webdriver.Chrome(options=flags, service=service)
        self.driver.set_script_timeout(WAIT_SECONDS)

    def close(self):
        self.driver.quit()
        shutil.rmtree(self.profile, ignore_errors=True)
        self.proxy.down()

    def open_test_page(self):
        self.driver.get("about:blank")
        self.console()
        self.driver.get(self.proxy.url + "/test/")
        self.until("return window.ready === true")
        if self.options.token:
            self.run("""return fetch('/v1/sessions', {method: 'POST', body: arguments[0],
                headers: {'Content-Type': 'application/json'}}).then((r) => r.status)""",
                     json.dumps({"token": self.options.token}))

    def run(self, script, *values):
        return self.driver.execute_script(script, *values)

    def until(self, script, *values, seconds=WAIT_SECONDS):
        """Waits until the script's answer is true. @returns whether it became so"""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.run(script, *values):
                return True
            time.sleep(0.05)
        return False

    def told(self):
        return self.run("return window.told")

    def console(self):
        return [entry for entry in self.driver.get_log("browser")]

    def offline(self, is_offline):
        self.driver.execute_cdp_cmd("Network.enable", {})
        self.driver.execute_cdp_cmd("Network.emulateNetworkConditions", {
            "offline": is_offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1})

    def job(self, **more):
        options = self.options
        return {"provider": options.provider, "model": options.model, "account": options.account,
                "hold": options.hold, "input": options.input, **more}

    def submit(self, job_id):
        """Posts a job past the proxy, as a backend would."""
        return self.api("/v1/jobs", self.job(id=job_id))

    def events(self, job_id, through):
        """The positions of a job's events by the API, up to one position."""
        positions, after = [], 0
        while True:
            page = self.api(f"/v1/jobs/{job_id}/events?after={after}&limit=500")
            if not page["events"]:
                return positions
            positions += [e["position"] for e in page["events"] if e["position"] <= through]
            after = page["events"][-1]["position"]

    def api(self, path, body=None):
        request = urllib.request.Request(self.options.base.rstrip("/") + path)
        request.add_header("Accept", "application/json")
        if self.options.token:
            request.add_header("Authorization", f"Bearer {self.options.token}")
        if body is not None:
            request.add_header("Content-Type", "application/json")
            request.data = json.dumps(body).encode()
        with urllib.request.urlopen(request, timeout=30) as reply:
            return json.loads(reply.read() or b"null")


def skip(reason):
    print(json.dumps({"browser": "skipped", "detail": reason}), flush=True)
    sys.exit(77)
