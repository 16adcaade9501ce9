#!/usr/bin/env python3
# Judges the page: what a person sees and does.
"""The web page in a real Chromium: views, permalinks, keyboard, sizes, contrast, trouble.

    python3 page.py --base http://127.0.0.1:8700
"""

import secrets

from browser import Browser, Checks, arguments

SIZES = [(390, 844), (1280, 900), (1600, 1000)]
DIRECTIVES = ["default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'",
              "base-uri 'none'", "frame-ancestors 'none'"]
# WCAG 2.2, 1.4.3: the contrast of every piece of text with the ground it stands on.
CONTRAST = """
const channels = (color) => (color.match(/[\\d.]+/g) ?? []).map(Number);
const light = ([r, g, b]) => [r, g, b].map((c) => c / 255)
  .map((c) => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
  .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
const ground = (element) => {
  for (let e = element; e; e = e.parentElement) {
    const color = channels(getComputedStyle(e).backgroundColor);
    if (color.length === 3 || color[3] > 0) return color;
  }
  return [255, 255, 255];
};
const low = new Set();
for (const element of document.querySelectorAll('body *')) {
  const own = [...element.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
  if (!own || !element.checkVisibility() || element.closest('.hidden, .skip')) continue;
  const [a, b] = [light(channels(getComputedStyle(element).color)), light(ground(element))];
  const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  if (ratio < 4.5) low.add(element.tagName + '.' + element.className + ' ' + ratio.toFixed(2));
}
return [...low];
"""


class Page:
    def __init__(self, browser, checks):
        self.browser, self.checks, self.driver = browser, checks, browser.driver

    def open(self, route):
        self.driver.get("about:blank")
        self.driver.get(self.browser.proxy.url + "/" + route)
        return self.drawn()

    def drawn(self):
        return self.browser.until(
            "const m = document.querySelector('main');"
            "return m && !m.hasAttribute('aria-busy') && m.children.length > 0")

    def text(self, selector="main"):
        return self.browser.run(
            "return document.querySelector(arguments[0])?.innerText ?? ''", selector)

    def says(self, words, selector="main"):
        return self.browser.until(
            "return (document.querySelector(arguments[0])?.innerText ?? '').includes(arguments[1])",
            selector, words)

    def emulate(self, width, height, theme="light"):
        command = self.driver.execute_cdp_cmd
        command("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500})
        command("Emulation.setEmulatedMedia", {
            "features": [{"name": "prefers-color-scheme", "value": theme}]})

    def keys(self, *names):
        from selenium.webdriver.common.action_chains import ActionChains
        from selenium.webdriver.common.keys import Keys
        for name in names:
            ActionChains(self.driver).send_keys(getattr(Keys, name)).perform()

    def check(self, name, ok, detail=None):
        self.checks.check(name, ok, detail)


def main():
    options = arguments(__doc__)
    checks = Checks()
    browser = Browser(options)
    try:
        page = Page(browser, checks)
        if options.token:
            sign_in(page, options.token)
        job = "browser-" + secrets.token_hex(6)
        account = options.account.replace("/", "%2F")
        views = {"board": "#/board", "job": f"#/job/{job}", "account": f"#/account/{account}",
                 "accounts": "#/accounts", "incidents": "#/incidents"}
        page.open("#/board")
        browser.submit(job)
        page.check("a new job comes onto the board by itself", page.says(job, "ul.long"))
        job_view(page, job)
        looks(page, views)
        board(page)
        account_view(page, options.account, views["account"])
        keyboard(page)
        policy(page)
        trouble(page)
    finally:
        browser.close()
    checks.end()


def sign_in(page, token):
    page.open("#/board")
    page.check("without a token one is asked for", page.says("ledger token create"))
    field = page.driver.find_element("id", "token")
    field.send_keys("not-a-token")
    page.keys("ENTER")
    page.check("a wrong token is told", page.says("not known"))
    page.driver.find_element("id", "token").send_keys(token)
    page.keys("ENTER")
    page.check("a token opens the board", page.says("Providers"))
    cookie = page.browser.run("return document.cookie")
    page.check("the cookie is out of scripts' reach", cookie == "")


def job_view(page, job):
    page.open(f"#/job/{job}")
    page.check("a job has its own address", page.text("h1") == job, page.text("h1"))
    page.browser.until("return document.querySelector('.acts button') !== null")
    page.browser.run("document.querySelector('.acts button')?.click()")
    asked = page.browser.until("return document.querySelector('.said') !== null")
    page.check("Check now answers in words", asked, page.text(".said"))
    ended = page.browser.until("""return ['succeeded', 'failed'].includes(
        document.querySelector('.acts .state')?.innerText)""")
    page.check("the verdict comes without a reload", ended, page.text(".acts"))
    events = page.browser.api(f"/v1/jobs/{job}/events?after=0&limit=500")["events"]
    shown = page.browser.until("""return Number(document.querySelector('.eventsHeadPart .muted')
        ?.innerText.replaceAll(',', '')) >= arguments[0]""", len(events) - 2)
    page.check("its events are there", shown, page.text(".eventsHeadPart"))
    kinds = {event["type"] for event in events}
    page.check("an onlooker acknowledges nothing",
               not kinds & {"job.delivered", "job.client_reported"}, sorted(kinds))
    page.browser.run("document.querySelector('.events.row').click()")
    page.check("an event opens whole", page.says('"hash"', "dialog"))
    page.keys("ESCAPE")
    page.check("and Escape closes it", page.browser.until(
        "return document.querySelector('dialog') === null"))
    page.open(f"#/job/{job}?as_of={events[1]['position']}")
    page.check("the past has an address", "As of" in page.text("#badge"), page.text("#badge"))


def looks(page, views):
    for theme in ("light", "dark"):
        for width, height in SIZES:
            page.emulate(width, height, theme)
            for name, route in views.items():
                page.open(route)
                wide = page.browser.run(
                    "return document.documentElement.scrollWidth > innerWidth")
                page.check(f"{name} fits into {width} px, {theme}", not wide)
                if width == SIZES[1][0]:
                    low = page.browser.run(CONTRAST)
                    page.check(f"{name} is readable, {theme}", not low, low)
    page.emulate(*SIZES[1])


def board(page):
    page.open("#/board")
    total = page.browser.api("/v1/jobs?summary=true")["jobs"]
    rows = page.browser.run("return document.querySelectorAll('ul.long > li').length")
    page.check("only rows in sight exist", 0 < rows < 80, [rows, sum(total.values())])
    reached = page.browser.until("""scrollTo(0, document.body.scrollHeight);
        const last = document.querySelector('ul.long > li:last-child');
        return Number(last?.getAttribute('aria-posinset')) >= arguments[0]""",
                                 sum(total.values()))
    rows = page.browser.run("return document.querySelectorAll('ul.long > li').length")
    page.check("the list reaches its last job", reached and rows < 80, rows)
    page.open("#/board?state=succeeded")
    words = page.browser.run(
        "return [...document.querySelectorAll('ul.long .state')].map((e) => e.innerText)")
    page.check("a filter is an address", set(words) <= {"succeeded"}, sorted(set(words)))


def account_view(page, account, route):
    page.open(route)
    page.browser.until("return document.querySelectorAll('.lines.row').length > 0")
    top = page.browser.run("return document.querySelector('.lines.row > :last-child').innerText")
    available = page.browser.api("/v1/accounts/" + route.split("/")[-1])["available"]
    page.check("the running balance ends at the balance", top.replace(",", "") == available,
               [top, available])
    csv = page.driver.execute_async_script("""
        const done = arguments[0], kept = URL.createObjectURL;
        URL.createObjectURL = (blob) => (blob.text().then(done), kept.call(URL, blob));
        document.querySelector('.acts button').click();""")
    lines = csv.strip().split("\r\n")
    statement = page.browser.api("/v1/accounts/" + route.split("/")[-1] + "/statement")["lines"]
    page.check("the CSV has every line", len(lines) == len(statement) + 1,
               [len(lines), len(statement), account])
    cells = page.driver.execute_async_script("""
        const done = arguments[1], texts = arguments[0];
        import('/page/format.js').then(({csvCell}) => done(texts.map(csvCell)));""",
        ["=1+1", "+1", "-2", "-2.5", "-x", "@x", "\tx", 'a"b', "a,b", "plain"])
    page.check("no cell is a formula", cells == [
        "'=1+1", "'+1", "-2", "-2.5", "'-x", "'@x", "'\tx", '"a""b"', '"a,b"', "plain"], cells)


def keyboard(page):
    page.open("#/board")
    page.browser.run("document.activeElement.blur()")
    page.keys("TAB")
    page.check("Tab meets the skip link first",
               page.browser.run("return document.activeElement.className") == "skip")
    page.keys("ENTER")
    page.check("and it leads to the content",
               page.browser.run("return document.activeElement.id") == "main")
    page.browser.run("document.querySelector('ul.long a').focus()")
    page.keys("ARROW_DOWN")
    page.check("arrows walk the jobs", page.browser.run(
        "return document.activeElement.closest('li')?.dataset.index") == "1")
    page.keys("ENTER")
    page.check("Enter opens one", page.browser.until("return location.hash.startsWith('#/job/')"))
    page.check("what changed gets the focus", page.browser.until(
        "return document.activeElement.id === 'main'"))
    page.driver.find_element("id", "theme").click()
    page.driver.refresh()
    page.drawn()
    page.check("the theme is kept", page.browser.run(
        "return document.documentElement.dataset.theme") == "light")
    page.driver.find_element("id", "theme").click()
    page.driver.find_element("id", "theme").click()


def policy(page):
    said = page.browser.run("""return fetch('/').then((r) =>
        r.headers.get('Content-Security-Policy') ?? '')""")
    page.check("the policy is strict", all(one in said for one in DIRECTIVES), said)
    page.check("scripts cannot be written", "unsafe" not in said, said)


def trouble(page):
    page.open("#/job/nobody-has-this")
    page.check("a missing job names the next command", page.says("ledger "), page.text())
    page.browser.console()
    page.browser.proxy.down()
    page.browser.run("location.hash = '#/incidents'")
    page.check("a dead server names the next command", page.says("ledger serve"), page.text())
    page.browser.proxy.up()
    page.browser.run("document.querySelector('.notice button').click()")
    page.check("and Try again works", page.browser.until(
        "return document.querySelector('main h1')?.innerText === 'Incidents'"))


if __name__ == "__main__":
    main()
