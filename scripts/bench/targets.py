"""What must hold, as ratios between rows of one run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import TypedDict

from scripts.bench.measure import Sample

Samples = Mapping[str, Sequence[Sample]]
"""By row, one of each round."""


class Verdict(TypedDict):
    text: str
    bound: str
    value: float
    met: bool


@dataclass(frozen=True)
class Ratio:
    """`at_least` for rates; `at_most` for times."""

    text: str
    above: str
    below: str
    at_least: float | None = None
    at_most: float | None = None

    def verdict(self, samples: Samples) -> Verdict | None:
        """The median over the rounds of the ratio in each; None where a row was not measured."""
        pairs = list(zip(samples.get(self.above, ()), samples.get(self.below, ()), strict=False))
        if not pairs:
            return None
        if self.at_most is not None:
            value = median(one["p50"] / other["p50"] for one, other in pairs)
            return Verdict(text=self.text, bound=f"≤ {self.at_most:g}", value=value, met=value <= self.at_most)
        wanted = self.at_least or 0
        value = median(one["rate"] / other["rate"] for one, other in pairs)
        return Verdict(text=self.text, bound=f"≥ {wanted:g}", value=value, met=value >= wanted)


RATIOS = (
    Ratio("get one, beside (b)", "get.office", "get.flat", 1.2),
    Ratio("get one, beside (b')", "get.office", "get.same", 4),
    Ratio("get one, beside (c)", "get.office", "get.bare", 0.45),
    Ratio("list, beside (b)", "list.office", "list.flat", 1.2),
    Ratio("list, beside (b')", "list.office", "list.same", 8),
    Ratio("list, beside (c)", "list.office", "list.bare", 0.5),
    Ratio("application, beside (b)", "apply.office", "apply.flat", 1.5),
    Ratio("application, beside (b')", "apply.office", "apply.same", 4),
    Ratio("application in one session, beside (b)", "hot.office", "hot.flat", 5),
    Ratio("304, beside the same 200", "get.304", "get.office", 1.2),
    Ratio("get one, head beside office", "get.head", "get.office", 0.8),
    Ratio("list, head beside office", "pages.head", "pages.office", 0.8),
    Ratio("p50 of a deep page by cursor, beside page 1", "pages.deep", "pages.office", at_most=1.2),
)
SPREAD = 4
"""p99 at most so many times p50, for each row of ours."""


def verdicts(samples: Samples, ours: Sequence[str]) -> list[Verdict]:
    found = [verdict for ratio in RATIOS if (verdict := ratio.verdict(samples))]
    spreads = {key: median(each["p99"] / each["p50"] for each in samples[key]) for key in ours}
    worst = max(spreads, key=lambda key: spreads[key])
    text = f"p99 beside p50, the worst of ours ({worst})"
    return [*found, Verdict(text=text, bound=f"≤ {SPREAD}", value=spreads[worst], met=spreads[worst] <= SPREAD)]
