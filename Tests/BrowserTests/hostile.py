#!/usr/bin/env python3
# Judges the page: no word of anybody else becomes markup.
"""Hostile text in everything the ledger says: none of it runs, the console stays clean.

A proxy puts payloads into every free text of every answer, streams too, as a provider, a user or
a whole hostile server could; the page must show all of it as text. Numbers, states and times keep
their form, so that the page draws as always.

    python3 hostile.py --base http://127.0.0.1:8700
"""

import itertools
import re
import secrets
import time

from browser import Browser, Checks, arguments

# Each would set window.pwned, load something, or break out of where text stands.
PAYLOADS = [
    "<script>window.pwned=1</script>",
    "<img src=x onerror=window.pwned=1>",
    "<svg onload=window.pwned=1>",
    "<svg><script>window.pwned=1</script></svg>",
    "<body onload=window.pwned=1>",
    "<iframe srcdoc='<script>parent.pwned=1</script>'></iframe>",
    "<iframe src=javascript:parent.pwned=1>",
    "<object data='data:text/html,<script>parent.pwned=1</script>'></object>",
    "<embed src='javascript:window.pwned=1'>",
    "<a href=javascript:window.pwned=1 autofocus onfocus=window.pwned=1>x</a>",
    "<input autofocus onfocus=window.pwned=1>",
    "<select autofocus onfocus=window.pwned=1></select>",
    "<textarea autofocus onfocus=window.pwned=1></textarea>",
    "<details open ontoggle=window.pwned=1>",
    "<video><source onerror=window.pwned=1></video>",
    "<audio src=x onerror=window.pwned=1>",
    "<marquee onstart=window.pwned=1>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=window.pwned=1>",
    "<style>@import 'https://evil.example/x.css';</style>",
    "<style>*{background:url(https://evil.example/x)}</style>",
    "<link rel=stylesheet href=https://evil.example/x.css>",
    "<meta http-equiv=refresh content='0;url=https://evil.example/'>",
    "<base href=https://evil.example/>",
    "<form action=https://evil.example/><button autofocus>",
    "<template><script>window.pwned=1</script></template>",
    "<noscript><p title='</noscript><img src=x onerror=window.pwned=1>'>",
    "</title><script>window.pwned=1</script>",
    "</textarea><script>window.pwned=1</script>",
    "</style><script>window.pwned=1</script>",
    "--><script>window.pwned=1</script>",
    "]]><script>window.pwned=1</script>",
    "\"><script>window.pwned=1</script>",
    "' onmouseover='window.pwned=1' x='",
    "\" autofocus onfocus=\"window.pwned=1\" x=\"",
    "javascript:window.pwned=1",
    "JaVaScRiPt:window.pwned=1",
    "java\tscript:window.pwned=1",
    "\x01javascript:window.pwned=1",
    "data:text/html,<script>window.pwned=1</script>",
    "vbscript:msgbox(1)",
    "blob:https://evil.example/1",
    "//evil.example/x.js",
    "${window.pwned=1}",
    "{{constructor.constructor('window.pwned=1')()}}",
    "__proto__",
    "constructor",
    "data: x\n\nevent: end\ndata: {}\n\n",
    "\u202egnp.exe\u2066",
    "\x1b]8;;https://evil.example\x07x\x1b]8;;\x07",
    "=HYPERLINK(\"https://evil.example\")" + "A" * 5000,
]
# What keeps its form: positions, states, times, credits, words that choose what is drawn.
KEPT = {
    "job", "state", "type", "at", "until", "position", "hash", "amount", "held", "captured",
    "released", "refunded", "available", "granted", "expired", "adjusted", "limit", "hold",
    "submitted_at", "updated_at", "next_poll_at", "opened_at", "expires_at", "at_position",
    "available_change", "held_change", "entry", "next", "lines", "kind", "reading", "sha256",
    "last_at", "previous", "subject",
}
TIME = re.compile(r"^\d{4}-\d\d-\d\dT")


def poison(payloads):
    """A rewriter that replaces every free text, and adds hostile keys to the open objects."""
    def walk(value, key=None):
        if isinstance(value, dict):
            changed = {name: walk(one, name) for name, one in value.items()}
            if key in ("meta", "data"):
                changed[next(payloads)] = next(payloads)
            return changed
        if isinstance(value, list):
            return [walk(one, key) for one in value]
        if value is None and key in ("stage", "waiting_for", "reason", "message", "model"):
            return next(payloads)
        if isinstance(value, str) and key not in KEPT and not TIME.match(value):
            return next(payloads)
        return value

    def rewrite(path, value):
        changed = walk(value)
        if isinstance(changed, dict) and "outputs" in changed:
            changed["outputs"] = [{"url": text, "media_type": text, "stored": None}
                                  for text in PAYLOADS]
        if isinstance(changed, dict) and "incidents" in changed:
            changed["incidents"] += [{"code": text, "job": None, "account": text,
                                      "provider": text, "certainty": text, "evidence": [1]}
                                     for text in PAYLOADS]
        return changed
    return rewrite


def main():
    options = arguments(__doc__)
    checks = Checks()
    browser = Browser(options)
    try:
        job = "browser-" + secrets.token_hex(6)
        browser.submit(job)
        browser.proxy.rewrite = poison(itertools.cycle(PAYLOADS))
        browser.open_test_page()
        account = options.account.replace("/", "%2F")
        views = {"board": "#/board", "job": f"#/job/{job}", "account": f"#/account/{account}",
                 "accounts": "#/accounts", "incidents": "#/incidents"}
        for payload in PAYLOADS[:12]:
            views[f"id {PAYLOADS.index(payload)}"] = "#/job/" + re.sub("[^!-~]", "", payload)
        for name, route in views.items():
            visit(browser, name, route, checks)
        checks.check("50 payloads were there", len(PAYLOADS) == 50)
    finally:
        browser.close()
    checks.end()


def visit(browser, name, route, checks):
    driver = browser.driver
    driver.get("about:blank")
    browser.console()
    driver.get(browser.proxy.url + "/" + route)
    browser.run("""window.violations = []; addEventListener('securitypolicyviolation',
        (event) => violations.push(event.violatedDirective + ' ' + event.blockedURI))""")
    drawn = browser.until("return !document.querySelector('main').hasAttribute('aria-busy')"
                          " && document.querySelector('main').children.length > 0")
    time.sleep(1.0)  # for whatever would load or run by itself
    for button in driver.find_elements("css selector", ".events.row")[:5]:
        browser.run("arguments[0].click()", button)
    browser.run("document.querySelectorAll('main a').forEach((a) => a.dispatchEvent("
                "new MouseEvent('mouseover', {bubbles: true})))")
    planted = browser.run("""return {
        elements: [...document.querySelectorAll('script, iframe, object, embed, base, img, form, '
          + 'video, audio, style, template, marquee, [onerror], [onload], [onfocus]')]
          .map((e) => e.outerHTML.slice(0, 90)).filter((html) => html.includes('pwned')
            || html.includes('evil')),
        links: [...document.querySelectorAll('a[href]')].map((a) => a.protocol)
          .filter((protocol) => !['http:', 'https:'].includes(protocol)),
        pwned: window.pwned ?? null, violations,
        wide: document.documentElement.scrollWidth > innerWidth }""")
    # A job that is not there is a 404 in the network log, and nothing of ours.
    console = [entry["message"][:300] for entry in browser.console()
               if "Failed to load resource" not in entry["message"]]
    checks.check(f"{name}: it is drawn", drawn)
    checks.check(f"{name}: nothing runs", planted["pwned"] is None, planted["pwned"])
    checks.check(f"{name}: nothing is planted", not planted["elements"] and not planted["links"],
                 [planted["elements"], planted["links"]])
    checks.check(f"{name}: the policy is not even asked", not planted["violations"],
                 planted["violations"])
    checks.check(f"{name}: the console is clean", not console, console)
    checks.check(f"{name}: it stays within the window", not planted["wide"])


if __name__ == "__main__":
    main()
