"""How a learned ranking does beside the rules, and what it goes by: figures, and sentences for those who decide."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _


@dataclass(frozen=True, slots=True)
class Weight:
    """What a feature is worth: how many more of 100 pairs stand in the wrong order without it. `leans`: 1 the higher the
    riskier, -1 the lower, 0 neither."""

    feature: str
    pairs: float
    leans: int

    def sentence(self, words: Mapping[str, str]) -> str:
        figures = {"feature": words.get(self.feature, self.feature), "pairs": f"{self.pairs:.1f}"}
        if self.leans > 0:
            return (
                _("%(feature)s: the higher, the riskier. Without it %(pairs)s more of 100 pairs would stand in the wrong order.")
                % figures
            )
        if self.leans < 0:
            return (
                _("%(feature)s: the lower, the riskier. Without it %(pairs)s more of 100 pairs would stand in the wrong order.")
                % figures
            )
        return (
            _("%(feature)s: now one way, now the other. Without it %(pairs)s more of 100 pairs would stand in the wrong order.")
            % figures
        )


@dataclass(frozen=True, slots=True)
class Report:
    """The ranking beside the rules on the newest cases, which it had not seen. `differ` of the first `among` are other cases."""

    model: str
    learned: int
    learned_bad: int
    tested: int
    tested_bad: int
    tested_from: str
    auc: float
    rules_auc: float
    among: int
    precision: float
    rules_precision: float
    differ: int
    # What was expected to end badly of the tested ones, as a share, to set beside what did.
    expected: float
    rivals: Mapping[str, float]
    weights: tuple[Weight, ...]

    def sentences(self) -> list[str]:
        figures = {
            "tested": self.tested, "bad": self.tested_bad, "day": self.tested_from, "among": self.among, "differ": self.differ,
            "learned": f"{self.auc * 100:.1f}", "rules": f"{self.rules_auc * 100:.1f}",
            "hits": f"{self.precision * 100:.0f}", "rules_hits": f"{self.rules_precision * 100:.0f}",
        }  # fmt: skip
        return [
            _("Tested on %(tested)s cases since %(day)s that it had not seen, of which %(bad)s ended badly.") % figures,
            _("Of 100 pairs the learned ranking puts %(learned)s in the right order, the rules %(rules)s.") % figures,
            _(
                "Of its first %(among)s cases %(hits)s %% ended badly, of those of the rules %(rules_hits)s %%; %(differ)s are other cases."
            )
            % figures,
        ]


__all__ = ["Report", "Weight"]
