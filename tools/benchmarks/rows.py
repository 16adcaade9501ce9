# A row of the result: the product beside its floor and its peers, with the goal, and how it is
# printed.
import json
import statistics
from dataclasses import dataclass, field

# Units of which less is better; rates are all others.
COSTS = {"ms", "us", "bytes", "KiB", "MiB", "cores"}


@dataclass
class Goal:
    """`bound` on our figure ("figure"), or on our ratio to the floor ("floor") or to a peer, by its
    name. At least, or for a cost at most."""
    of: str
    bound: float

    def text(self, unit):
        sign = "<=" if unit in COSTS else ">="
        return f"{sign}{short(self.bound)}{'' if self.of == 'figure' else 'x'}"


@dataclass
class Row:
    title: str
    unit: str
    samples: dict  # "ours", "floor", then peers by name: the figures of every round
    goals: list = field(default_factory=list)

    def median(self, name):
        return statistics.median(self.samples[name])

    def ratio(self, name):
        other = self.median(name)
        return self.median("ours") / other if other and "ours" in self.samples else None

    def met(self, goal):
        """Whether a goal is met; None when the peer it is about was not there."""
        if goal.of != "figure" and goal.of not in self.samples:
            return None
        value = self.median("ours") if goal.of == "figure" else self.ratio(goal.of)
        if value is None:
            return None
        return value <= goal.bound if self.unit in COSTS else value >= goal.bound

    def lines(self):
        """80 columns at most: ours and the floor, then a line for every peer."""
        goals = {goal.of: goal for goal in self.goals}
        own = [goals[of] for of in ("figure", "floor") if of in goals]
        floor = self.columns("floor") if "floor" in self.samples else ("", "")
        ours = short(self.median("ours")) if "ours" in self.samples else ""
        yield line(f"{self.title}, {self.unit}", ours, *floor, "", "", self.verdict(own[:1]))
        for goal in own[1:]:
            yield line("", "", "", "", "", "", self.verdict([goal]))
        for name in self.samples:
            if name not in ("ours", "floor"):
                goal = [goals[name]] if name in goals else []
                yield line(f"  {name}", "", "", "", *self.columns(name), self.verdict(goal))

    def columns(self, name):
        ratio = self.ratio(name)
        return short(self.median(name)), "" if ratio is None else f"{ratio:.2f}"

    def verdict(self, goals):
        words = [f"{goal.text(self.unit)} {'yes' if self.met(goal) else 'no'}"
                 for goal in goals if self.met(goal) is not None]
        return words[0] if words else ""

    def json(self):
        others = [name for name in self.samples if name != "ours"]
        return json.dumps({
            "row": self.title.strip(), "unit": self.unit,
            "ours": self.median("ours") if "ours" in self.samples else None,
            "beside": [{"name": name, "figure": self.median(name), "ratio": self.ratio(name)}
                       for name in others],
            "goals": [{"of": goal.of, "bound": goal.bound, "met": self.met(goal)}
                      for goal in self.goals],
            "samples": self.samples})


def row(title, unit, figures, key, goals=(), floor_key=None, scale=1):
    """A row of what `Ground.turns` measured: `key` of every contestant's figures."""
    samples = {}
    for name, rounds in figures.items():
        wanted = floor_key if name == "floor" and floor_key else key
        found = [one[wanted] * scale for one in rounds if one.get(wanted) is not None]
        if found:
            samples[name] = found
    return Row(title, unit, samples, list(goals))


HEADING = ("", "ledger", "floor", "ratio", "peer", "ratio", "goal, met")


def line(title, ours, floor, floor_ratio, peer, peer_ratio, goal):
    text = f"{title:<34}{ours:>6} {floor:>6} {floor_ratio:>5} {peer:>6} {peer_ratio:>5} {goal}"
    return text.rstrip()


def short(value):
    """Three digits, a letter for thousands and millions; whole numbers below 10,000 as they are."""
    for bound, letter, divisor in ((999.5e6, "G", 1e9), (999.5e3, "M", 1e6), (9999.5, "k", 1e3)):
        if value >= bound:
            value, unit = value / divisor, letter
            break
    else:
        unit = ""
    if value >= 99.95 or (not unit and value == int(value)):
        return f"{value:.0f}{unit}"
    if value < 0.1:
        return f"{value:.2g}"
    return f"{value:.1f}{unit}" if value >= 9.995 else f"{value:.2f}{unit}"
