"""Every campaign in one table: name, title, what it proves, its unit, counts, and what runs it. A
count of 0 means every point there is."""
from typing import Callable, NamedTuple

import calls


class Campaign(NamedTuple):
    name: str
    title: str
    proves: str
    unit: str
    small: int
    full: int
    run: Callable


CAMPAIGNS = [
    Campaign(
        "F2", "killed at every system call of a script",
        "a step is there whole or not at all; a half-made home is not initialised; again works",
        "calls", 60, 0, calls.kill_everywhere),
    Campaign(
        "F4", "system calls that fail, writes cut short",
        "nothing is acknowledged after a failure (exit 74 or 75), and a restart finds all",
        "failures", 80, 0, calls.fail_everywhere),
]
