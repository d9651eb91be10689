"""What each arm came to, in figures that can be held against the targets, and how the score sorts accounts, as a picture."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import Any

from everfair.site.drill.blacklist.arms import Account, Ran
from everfair.site.drill.blacklist.lives import World

# Of «everything», on a seed that nobody has looked at.
TARGETS = {
    "stopped_before_second_victim": (">=", 0.70),
    "losses_of_first_arm": ("<=", 0.20),
    "honest_held": ("<=", 0.005),
    "honest_held_days": ("<=", 2.0),
    "colluding_named": (">=", 0.80),
    "honest_staff_named": ("<=", 0.0),
}


def figures_of(ran: Ran, world: World) -> dict[str, Any]:
    """Of one arm. Shares are of 1; money in US dollars; days from joining, or from being held, in the middle of all."""
    frauds = [account for account in ran.accounts.values() if account.life.fraud]
    honest = [account for account in ran.accounts.values() if not account.life.fraud]
    stopped = [account for account in frauds if account.stopped is not None]
    held = [account for account in honest if account.holds]
    by_year = [sum(account.life.joins // 365 == year for account in frauds) for year in (0, 1)]
    standing = [sum(account.life.joins < 365 * year for account in ran.accounts.values()) for year in (1, 2)]
    colluding = {account.life.salesperson for account in frauds} & world.staff.colluding
    wrongly = ran.named - world.staff.colluding
    return {
        "accounts": len(ran.accounts),
        "frauds": len(frauds),
        "frauds_by_year": [round(count / of, 4) for count, of in zip(by_year, standing, strict=True)],
        "refused_at_admission": _share(sum(account.state == "refused" for account in frauds), len(frauds)),
        "stopped_before_first_victim": _share(sum(account.victims == 0 for account in stopped), len(frauds)),
        "stopped_before_second_victim": _share(sum(account.victims <= 1 for account in stopped), len(frauds)),
        "stopped": _share(len(stopped), len(frauds)),
        "days_until_stopped": median(account.stopped - account.life.joins for account in stopped if account.stopped is not None)
        if stopped
        else None,
        "victims": sum(account.victims for account in frauds),
        "lost": round(sum(account.lost for account in frauds)),
        "returned_by_escrow": round(sum(account.saved for account in frauds)),
        "honest_refused_until_appeal": sum(account.refused_days > 0 for account in honest),
        "honest_held": _share(len(held), len(honest), 5),
        "honest_held_days": median(hold.end - hold.start for account in held for hold in account.holds) if held else 0,
        "honest_closed": sum(account.stopped is not None for account in honest),
        "colluding": len(colluding),
        "colluding_named": _share(len(ran.named & colluding), len(colluding)),
        "honest_staff_named": len(wrongly),
        "cases_on_the_fullest_day": max(ran.cases),
    }


def _share(part: int, whole: int, places: int = 4) -> float:
    return round(part / whole, places) if whole else 0.0


def judge(arms: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Each target with what was reached."""
    first, last = arms["2009"], arms["everything"]
    reached = {**last, "losses_of_first_arm": round(last["lost"] / first["lost"], 4) if first["lost"] else 0.0}
    judged = {}
    for name, (sign, target) in TARGETS.items():
        value = reached[name]
        judged[name] = {
            "reached": value,
            "target": f"{sign} {target:g}",
            "met": value >= target if sign == ">=" else value <= target,
        }
    return judged


def written(figures: dict[str, Any]) -> str:
    """The report as a table: a line a figure, a column a way to run the platform; then the targets."""
    arms = figures["arms"]
    lines = [f"{'':32}" + "".join(f"{name:>16}" for name in arms)]
    for figure in next(iter(arms.values())):
        values = ["–" if arm[figure] is None else arm[figure] for arm in arms.values()]
        shown = [" / ".join(map(str, value)) if isinstance(value, list) else f"{value}" for value in values]
        lines.append(f"{figure.replace('_', ' '):32}" + "".join(f"{value:>16}" for value in shown))
    lines.append("")
    for name, one in figures["targets"].items():
        lines.append(f"{name.replace('_', ' '):32}{one['reached']:>16}{one['target']:>16}  {'met' if one['met'] else 'missed'}")
    return "\n".join(lines)


def curve(accounts: Sequence[Account], scores: dict[str, float]) -> list[tuple[float, float, float]]:
    """(threshold, precision, recall) at every score that occurs, the highest first; of accounts that anything speaks against."""
    ranked = sorted(((scores.get(account.life.id, 0.0), account.life.fraud) for account in accounts), key=lambda one: -one[0])
    frauds, found, points = sum(fraud for _, fraud in ranked), 0, []
    for n, (score, fraud) in enumerate(ranked, 1):
        found += fraud
        if score > 0 and (n == len(ranked) or ranked[n][0] != score):
            points.append((score, round(found / n, 4), round(found / frauds, 4) if frauds else 0.0))
    return points


def picture(points: Sequence[tuple[float, float, float]]) -> str:
    """The curve as SVG: recall to the right, precision upwards, both from 0 to 1."""
    size, edge = 400, 64
    line = " ".join(f"{edge + recall * size:.1f},{edge + (1 - precision) * size:.1f}" for _, precision, recall in points)
    ticks = "".join(
        f'<path d="M{edge} {y:.0f}h{size}M{x:.0f} {edge}v{size}" stroke="#ccc"/><text x="{edge - 8}" y="{y + 4:.0f}" text-anchor="end">{n / 4:g}</text>'
        f'<text x="{x:.0f}" y="{edge + size + 20}" text-anchor="middle">{n / 4:g}</text>'
        for n in range(5)
        for x, y in [(edge + n * size / 4, edge + size - n * size / 4)]
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size + 2 * edge} {size + 2 * edge}" font-family="sans-serif" font-size="13">'
        f'<rect width="100%" height="100%" fill="#fff"/>{ticks}<polyline points="{line}" fill="none" stroke="#14532d" stroke-width="2"/>'
        f'<text x="{edge + size / 2}" y="{size + 2 * edge - 8}" text-anchor="middle">recall: of the frauds, found</text>'
        f'<text transform="translate(14 {edge + size / 2}) rotate(-90)" text-anchor="middle">precision: of the found, frauds</text></svg>\n'
    )


__all__ = ["TARGETS", "curve", "figures_of", "judge", "picture", "written"]
