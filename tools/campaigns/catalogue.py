# Every campaign in one table: name, title, what it proves, its unit, counts, and what runs it. A
# count of 0 means every point there is.
from typing import Callable, NamedTuple

import calls
import copies
import damage
import network
import pollers
import power
import space
from suite import both, tests, worlds


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
        "F1", "kill -9 at random under mixed load",
        "what was acknowledged is there, once; no job is forgotten, none sent twice",
        "kills", 30, 1_000,
        pollers.kill_under_load),
    Campaign(
        "F2", "killed at every system call of a script",
        "a step is there whole or not at all; a half-made home is not initialised",
        "calls", 60, 0, calls.kill_everywhere),
    Campaign(
        "F3", "power lost, any unsynced sectors gone",
        "everything acknowledged is there; without syncs (controls) it is not",
        "states", 500, 10_000, power.lose_power),
    Campaign(
        "F4", "system calls that fail, writes cut short",
        "nothing is acknowledged after a failure (74 or 75); a restart finds all",
        "failures", 80, 0, calls.fail_everywhere),
    Campaign(
        "F5", "a full disk, a full map, a floor",
        "a group is written whole or refused; reading goes on; room makes it go on",
        "fills of each", 1, 100, space.fill),
    Campaign(
        "F6", "a disk that lies about syncs, then power lost",
        "a loss is detected unless log and HEAD go back together; always by a checkpoint",
        "states", 200, 1_000, power.lie),
    Campaign(
        "F7", "a bit flipped in each byte of a home, all of those that lead to rows",
        "verify sees it, or every answer is the same; no command dies of it",
        "bits", 150, 0, damage.flip_bits),
    Campaign(
        "F8", "pages and files zeroed, swapped, stale, doubled, cut",
        "verify sees it, or every answer is the same; no command dies of it",
        "of each kind", 6, 200, damage.spoil_pages),
    Campaign(
        "F9", "a log rewritten with every hash made new",
        "a checkpoint that was kept elsewhere sees it",
        "forgeries of each kind", 40, 1_000,
        tests("LedgerTests.CheckpointTests", "LEDGER_FORGERIES")),
    Campaign(
        "F10", "webhooks doubled, shuffled, late, mixed with polls",
        "one capture a job, and its state is the model's",
        "seeds", 1, 100, tests("ProvidersTests.WebhookStormTests/(duplicates|clients)")),
    Campaign(
        "F11", "verdicts that contradict each other",
        "no credit of one hold is both captured and released",
        "deliveries", 1_000, 5_000,
        tests("ProvidersTests.WebhookStormTests/conflict", "LEDGER_WEBHOOKS")),
    Campaign(
        "F12", "pollers and servers that race, killed one by one",
        "one submit and one capture a job, whoever is active",
        "races", 25, 1_000, pollers.race_pollers),
    Campaign(
        "F13", "one key from 64 clients at once, answers lost",
        "one job, one hold, one submit, one answer for all",
        "clients", 256, 10_000, pollers.one_key),
    Campaign(
        "F14", "the poller killed at every call around a submit",
        "the hold is kept; uncertain, and never sent twice, also after a restore",
        "calls", 18, 0, pollers.kill_while_sending),
    Campaign(
        "F15", "everything a provider can answer wrongly",
        "classified, polling goes on, nothing is submitted twice",
        "rounds", 1, 50, tests("PollerTests.EveryFaultTests")),
    Campaign(
        "F16", "the clock set back and forth, and frozen",
        "times never go back; no hold ends early; no storm of polls",
        "steps", 10, 200, pollers.wrong_time),
    Campaign(
        "F17", "30 % loss, resets, a thin pipe, no descriptors, slow readers",
        "appends go on; followers miss nothing; who does not read is dropped, costs little",
        "rounds", 1, 100,
        both(network.rough, tests("ServerTests.CutTests/(slow|dropped|many)"))),
    Campaign(
        "F18", "streams cut after every event, and anywhere",
        "no event is missed, none comes twice",
        "cuts", 400, 10_000, tests("ServerTests.CutTests/(everyEvent|anywhere)", "LEDGER_CUTS")),
    Campaign(
        "F19", "replay killed anywhere, writers beside it",
        "the views that serve are right; a wrong one (control) is named",
        "kills", 12, 500, copies.kill_replays),
    Campaign(
        "F20", "backups while others write, restored and changed",
        "a restored home is its source at its head; a changed backup is refused",
        "backups", 4, 200,
        both(copies.back_up, tests("LedgerTests.TrustKillTests", "LEDGER_KILLS", least=40))),
    Campaign(
        "F21", "simulated worlds, all of this in one thread",
        "every invariant holds after every step",
        "worlds", 40, 10_000, worlds),
]
