# The official client of Higgsfield (PyPI `higgsfield-client`) as a judge.

import os

os.environ["HF_KEY"] = "id:secret"

from judge import Hook, Simulator, check, judged, raised, submit
import higgsfield_client
from higgsfield_client import Cancelled, Completed, Failed, InProgress, NSFW, Queued
from replicate.webhook import WebhookSigningSecret, Webhooks


def client(simulator):
    return higgsfield_client.SyncClient(base_url=simulator.providers["higgsfield"])


def begin(simulator, simulate, **named):
    return client(simulator).submit(
        "higgsfield-ai/dop/standard", {"prompt": "x", "simulate": simulate}, **named)


@judged
def life():
    with Simulator() as simulator:
        controller = begin(simulator, {"seconds": 3, "outcome": "succeeded"})
        kinds = [type(s) for s in controller.poll_request_status(delay=0.03)]
        order = [kind for place, kind in enumerate(kinds) if kind not in kinds[:place]]
        check("queued, in progress, completed", order == [Queued, InProgress, Completed], order)
        result = controller.get()
        check("the result has its video", result["video"]["url"].endswith("out.mp4"), result)


@judged
def ends():
    with Simulator() as simulator:
        for outcome, kind in (("failed", Failed), ("moderated", NSFW)):
            controller = begin(simulator, {"seconds": 0.1, "outcome": outcome})
            last = list(controller.poll_request_status(delay=0.03))[-1]
            check(f"{outcome} has its word", isinstance(last, kind), last)


@judged
def cancel():
    with Simulator() as simulator:
        controller = begin(simulator, {"seconds": 100})
        controller.cancel()
        check("a cancel in the queue ends it", isinstance(controller.status(), Cancelled))
        error = raised(controller.cancel)
        check("a second cancel is refused", error is not None, error)


@judged
def busy():
    with Simulator("--concurrency", "1") as simulator:
        begin(simulator, {"seconds": 100})
        error = raised(begin, simulator, {"seconds": 1})
        check("too many at once raises with the known words",
              "Maximum number of concurrent requests (1)" in str(error), error)


@judged
def again():
    with Simulator("--fault", "status/503*1") as simulator:
        controller = begin(simulator, {"seconds": 0, "outcome": "succeeded"})
        check("503 on a status is tried again", isinstance(controller.status(), Completed))


@judged
def doubled():
    for fault, posts in (("submit/503*1", 2), ("submit/drop-after*1", 1)):
        with Simulator("--fault", fault) as simulator:
            raised(begin, simulator, {"seconds": 0})
            counted = submit(simulator.stop())
            check(f"{fault} makes it post {posts} times by itself",
                  counted["posts"] == posts, counted)
    # A gateway's patience ended; the request behind it went on.
    with Simulator("--fault", "submit/504-after*1") as simulator:
        raised(begin, simulator, {"seconds": 0})
        counted = submit(simulator.stop())
        check("504 for an accepted request makes two bills", counted["jobs"] == 2, counted)


@judged
def keyed():
    import httpx

    with Simulator("--fault", "submit/drop-after*1") as simulator:
        url = simulator.providers["higgsfield"] + "/acme/clip"
        named = {"headers": {"Authorization": "Key id:secret", "Idempotency-Key": "k"}, "json": {}}
        error = raised(httpx.post, url, **named)
        answer = httpx.post(url, **named)
        counted = submit(simulator.stop())
        check("with a key a second post makes no second bill",
              error is not None and answer.status_code == 200 and counted["posts"] == 2
              and counted["jobs"] == 1, counted)


@judged
def webhook():
    with Simulator() as simulator:
        hook = Hook()
        begin(simulator, {"seconds": 0.1, "outcome": "succeeded"}, webhook_url=hook.url)
        headers, body = hook.get()
        lowered = {name.lower(): value for name, value in headers.items()}
        # The scheme is the Standard Webhooks', which another client can judge.
        error = raised(Webhooks.validate, headers=lowered, body=body.decode(), tolerance=300,
                       secret=WebhookSigningSecret(key=simulator.webhook_secret))
        check("a webhook validates", error is None and b"completed" in body, error)
