# The official client of fal (PyPI `fal-client`) as a judge; it speaks nothing but https.

import json
import os
import subprocess
import sys

from judge import Hook, Simulator, check, judged, raised, submit


def inside():
    """What runs with the environment that the client reads when it is imported."""
    import fal_client

    def begin(simulate, **named):
        return fal_client.submit(
            "acme/clip/text-to-video", {"prompt": "x", "simulate": simulate}, **named)

    what = sys.argv[2]
    if what == "life":
        handle = begin({"seconds": 3, "outcome": "succeeded"})
        kinds, lines = [], 0
        for status in handle.iter_events(with_logs=True, interval=0.03):
            if type(status).__name__ not in kinds:
                kinds.append(type(status).__name__)
            lines = max(lines, len(getattr(status, "logs", None) or []))
        check("queued, in progress, completed", kinds == ["Queued", "InProgress", "Completed"], kinds)
        check("its logs come with the status", lines > 1, lines)
        check("the result has its video", handle.get()["video"]["url"].endswith("out.mp4"))
        seen = []
        result = fal_client.subscribe(
            "acme/clip", {"prompt": "y", "simulate": {"seconds": 0.2, "outcome": "succeeded"}},
            with_logs=True, on_queue_update=seen.append)
        check("subscribe follows to the end", "video" in result and seen, len(seen))
    elif what == "failure":
        for outcome, status in (("failed", 500), ("moderated", 422)):
            handle = begin({"seconds": 0.1, "outcome": outcome})
            error = raised(handle.get)
            check(f"{outcome} is an error of the result", getattr(error, "status_code", 0) == status,
                  error)
            last = handle.status()
            check(f"{outcome} is completed with an error type", last.error_type, last)
        handle = begin({"seconds": 1000}, start_timeout=2)
        error = raised(handle.get)
        check("a start deadline is 504 request_timeout", getattr(error, "error_type", "") ==
              "request_timeout", error)
    elif what == "cancel":
        handle = begin({"seconds": 100})
        handle.cancel()
        error = raised(handle.cancel)
        check("a second cancel is refused", getattr(error, "status_code", 0) == 400, error)
        error = raised(fal_client.status, "acme/clip", "nobody")
        check("an unknown request is 404", getattr(error, "status_code", 0) == 404, error)
        # Built by the client itself from the model's name, not taken from the answer.
        again = fal_client.status("acme/clip/text-to-video", begin({"seconds": 50}).request_id)
        check("a status by model and id is found", type(again).__name__ == "Queued", again)
    elif what == "again":
        handle = begin({"seconds": 0, "outcome": "succeeded"})
        check("429 on a status is tried again", type(handle.status()).__name__ == "Completed")
    elif what == "submit":
        raised(begin, {"seconds": 0})
    elif what == "webhook":
        begin({"seconds": 0.1, "outcome": "succeeded"}, webhook_url=sys.argv[3])


def outside(what, *arguments, fault=None):
    """Starts a simulator with https and the client in a process of its own."""
    options = ["--fault", fault] if fault else []
    with Simulator(*options, tls=True) as simulator:
        host = simulator.providers["fal"].removeprefix("https://")
        environment = dict(os.environ, FAL_KEY="id:secret", FAL_QUEUE_RUN_HOST=host,
                           FAL_RUN_HOST=host, SSL_CERT_FILE=simulator.ca)
        subprocess.run([sys.executable, __file__, sys.argv[1], what, *arguments],
                       env=environment, check=True, timeout=120)
        if what != "webhook":
            return simulator.stop()
        headers, body = arguments_hook.get()
        message = json.loads(body)
        check("a webhook comes, signed", message["status"] == "OK"
              and len(headers.get("X-Fal-Webhook-Signature", "")) == 128, message)
        return simulator.stop()


if len(sys.argv) > 2:
    inside()
    sys.exit()


@judged
def life():
    outside("life")


@judged
def failure():
    outside("failure")


@judged
def cancel():
    outside("cancel")


@judged
def again():
    stats = outside("again", fault="status/429*2")
    check("both refusals were met", stats["faults"]["429"] == 2, stats["faults"])


@judged
def doubled():
    for fault, posts, jobs in (("submit/drop-after*1", 2, 2), ("submit/408*1", 2, 1),
                               ("submit/503*1", 1, 0)):
        counted = submit(outside("submit", fault=fault))
        check(f"{fault} makes it post {posts} times by itself, with {jobs} bills",
              (counted["posts"], counted["jobs"]) == (posts, jobs), counted)


@judged
def webhook():
    global arguments_hook
    arguments_hook = Hook()
    outside("webhook", arguments_hook.url)
