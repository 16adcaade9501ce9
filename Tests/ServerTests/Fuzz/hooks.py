# What schemathesis must know of the books it is let loose on.
"""Half of all made-up ids, accounts and providers become ones that exist, so that requests get past
the first check. Targets beyond the bound of a request's head are left out: the HTTP library refuses
them by itself, in HTML."""

import itertools

import schemathesis

TARGET_BYTES_MAX = 4096
JOBS = itertools.cycle(["fuzz-open", "fuzz-done", "fuzz-canceled", None, None, None])
ACCOUNTS = itertools.cycle(["fuzz", "team/a@b", None, None])
TURN = itertools.count()


@schemathesis.hook
def filter_case(context, case):
    try:
        return len(case.formatted_path) + len(str(case.query or "")) * 3 < TARGET_BYTES_MAX
    except Exception:  # a path that cannot be formatted is for the checks to judge
        return True


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    for name, known in (("job", next(JOBS)), ("account", next(ACCOUNTS))):
        if path_parameters and name in path_parameters and known:
            path_parameters[name] = known
    if path_parameters and "provider" in path_parameters and next(TURN) % 2:
        path_parameters["provider"] = "replicate"
    return path_parameters


@schemathesis.hook
def map_body(context, body):
    if isinstance(body, dict) and next(TURN) % 2:
        for name, known in (("account", "fuzz"), ("provider", "replicate")):
            if isinstance(body.get(name), str):
                body[name] = known
    return body
