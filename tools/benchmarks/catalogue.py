# Every benchmark by name, in the order in which they run.
from dataclasses import dataclass
from typing import Callable

import network
import reading
import writing


@dataclass(frozen=True)
class Benchmark:
    name: str
    measures: str
    rows: Callable  # from the ground to rows, one after the other


BENCHMARKS = [
    Benchmark("append", "durable appends by events a commit; bytes an event", writing.append),
    Benchmark("callers", "durable appends by callers at the same time", writing.callers),
    Benchmark("replay", "every view anew from the log, compared; its memory", reading.replay),
    Benchmark("verify", "crc and hash chain of every event", reading.verify),
    Benchmark("audit", "the books added up again from events alone", reading.audit),
    Benchmark("incidents", "every job's story read for every diagnosis", reading.incidents),
    Benchmark("as-of", "balances and jobs as they were", reading.as_of),
    Benchmark("start-up", "ledger status JOB from start to end", reading.start_up),
    Benchmark("poller", "polls a second, each durable; CPU and memory", network.poller),
    Benchmark("tls", "polls a second over TLS, each durable", network.tls),
    Benchmark("due", "many jobs in flight, each asked now and then", network.due),
    Benchmark("status", "a job's status over HTTP", network.status),
    Benchmark("streams", "one event to many streams; their memory", network.streams),
]
