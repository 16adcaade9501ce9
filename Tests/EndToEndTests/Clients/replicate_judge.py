# The official client of Replicate (PyPI `replicate`) as a judge of the simulated provider.

import os

os.environ["REPLICATE_POLL_INTERVAL"] = "0.05"
os.environ["REPLICATE_API_TOKEN"] = "r8_test"

from judge import Hook, Simulator, check, judged, raised, submit
import replicate
from replicate.webhook import WebhookSigningSecret, Webhooks


def client(simulator):
    return replicate.Client(api_token="r8_test", base_url=simulator.address)


def create(simulator, simulate, **named):
    return client(simulator).predictions.create(
        version="acme/clip", input={"prompt": "x", "simulate": simulate}, **named
    )


@judged
def life():
    with Simulator() as simulator:
        prediction = create(simulator, {"seconds": 0.6, "outcome": "succeeded"})
        check("a submit is starting", prediction.status == "starting", prediction.status)
        seen, words = [], set()
        while prediction.status not in ("succeeded", "failed", "canceled"):
            prediction.reload()
            words.add(prediction.status)
            if prediction.progress:
                seen.append(prediction.progress.percentage)
        check("it is polled to its end", prediction.status == "succeeded", prediction.status)
        check("it was processing on the way", "processing" in words, words)
        check("its progress is read from its logs and grows", seen and seen == sorted(seen), seen)
        check("its output is a file", str(prediction.output).endswith("out.mp4"), prediction.output)
        listed = client(simulator).predictions.list()
        check("it is listed", [p.id for p in listed] == [prediction.id], len(list(listed)))


@judged
def failure():
    with Simulator() as simulator:
        prediction = create(simulator, {"seconds": 0.1, "outcome": "failed"})
        prediction.wait()
        check("a failure has its word and its error", prediction.status == "failed" and prediction.error,
              prediction.error)
        error = raised(client(simulator).run, "acme/clip",
                       input={"simulate": {"seconds": 0.1, "outcome": "failed"}})
        check("run raises for a failure", type(error).__name__ == "ModelError", error)
        error = raised(client(simulator).predictions.get, "nobody")
        check("an unknown prediction is 404", getattr(error, "status", None) == 404, error)


@judged
def cancel():
    with Simulator() as simulator:
        prediction = create(simulator, {"seconds": 100})
        prediction.cancel()
        prediction.reload()
        check("a cancel ends it", prediction.status == "canceled", prediction.status)


@judged
def throttled():
    with Simulator("--fault", "status/429:1:1*2") as simulator:
        prediction = create(simulator, {"seconds": 0, "outcome": "succeeded"})
        prediction.reload()
        stats = simulator.stop()
        check("429 on a status is tried again", prediction.status == "succeeded"
              and stats["faults"]["429"] == 2, stats["faults"])


@judged
def dropped():
    with Simulator("--fault", "submit/drop-after*1") as simulator:
        error = raised(create, simulator, {"seconds": 0})
        counted = submit(simulator.stop())
        check("a dropped answer is not submitted again, and the job is billed all the same",
              error is not None and counted["posts"] == 1 and counted["jobs"] == 1, counted)


@judged
def stream():
    with Simulator() as simulator:
        prediction = client(simulator).models.predictions.create(
            model="meta/llama", input={"prompt": "x", "simulate": {"seconds": 0.5, "outcome": "succeeded"}},
            stream=True)
        events = list(prediction.stream())
        text = "".join(str(event) for event in events)
        check("a stream gives the text and ends", text == "Softly munching on the grass", text)
        check("its last event is done", events[-1].event.value == "done", events[-1])


@judged
def webhook():
    with Simulator() as simulator:
        hook = Hook()
        prediction = create(simulator, {"seconds": 0.1, "outcome": "succeeded"},
                            webhook=hook.url, webhook_events_filter=["completed"])
        headers, body = hook.get()
        secret = client(simulator).webhooks.default.secret()
        lowered = {name.lower(): value for name, value in headers.items()}
        error = raised(Webhooks.validate, headers=lowered, body=body.decode(), secret=secret,
                       tolerance=300)
        check("a webhook validates", error is None and prediction.id.encode() in body, error)
        error = raised(Webhooks.validate, headers=lowered, body=body.decode() + " ", secret=secret)
        check("a changed webhook does not", type(error).__name__ == "InvalidSignatureError", error)
        wrong = WebhookSigningSecret(key="whsec_" + "A" * 32)
        error = raised(Webhooks.validate, headers=lowered, body=body.decode(), secret=wrong)
        check("another secret does not", type(error).__name__ == "InvalidSignatureError", error)
