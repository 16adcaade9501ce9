# What schemathesis must know of the books it is let loose on.
"""Most valid requests are about jobs, accounts and providers that exist, or they would get no
further than the first check; invalid ones stay as they are. Left out is what the HTTP library
refuses by itself, in HTML, because the head is too long, and what would wait: streams."""

import itertools

import schemathesis
from schemathesis.generation import GenerationMode

TARGET_BYTES_MAX = 2048
ARGUMENTS_MAX = 16
JOBS = itertools.cycle(["fuzz-open", "fuzz-done", "fuzz-canceled", None])
ACCOUNTS = itertools.cycle(["fuzz", "team/a@b", None])


@schemathesis.hook
def filter_case(context, case):
    query = case.query or {}
    arguments = sum(len(value) if isinstance(value, list) else 1 for value in query.values())
    size = len(str(case.path_parameters)) + len(str(query)) + len(str(case.headers))
    waits = "stream" in str(dict(case.headers or {}).get("Accept", ""))
    return 6 * size < TARGET_BYTES_MAX and arguments < ARGUMENTS_MAX and not waits


@schemathesis.hook
def map_case(context, case):
    if case.meta is None or case.meta.generation.mode != GenerationMode.POSITIVE:
        return case
    known = {"job": next(JOBS), "account": next(ACCOUNTS), "provider": "replicate"}
    for parts in (case.path_parameters, case.body):
        if isinstance(parts, dict):
            for name, value in known.items():
                if value and isinstance(parts.get(name), str):
                    parts[name] = value
    if "Prefer" in (case.headers or {}):
        case.headers["Prefer"] = "wait=1"
    return case
