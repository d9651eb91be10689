"""What a finding says, in the reader's language, made of its figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from everfair.base.formats import number
from everfair.base.words import word
from everfair.risk.facts import Finding

Figures = Mapping[str, str]


def sentence(finding: Finding) -> str:
    """One or two sentences. A signal that a newer release wrote is shown by its name."""
    made = _SENTENCES.get(finding.signal)
    return made(dict(finding.figures)) if made else word(finding.signal, "risk signal")


def staff_sentence(code: str, figures: Figures) -> str:
    """Why a salesperson stands out."""
    if code == "same_reviewer":
        return _("One reviewer sat in %(times)s of their verifications; by lot it would be %(expected)s.") % dict(figures)
    return _("%(bad)s of the %(of)s suppliers they brought are complained of; like the others it would be %(expected)s.") % dict(
        figures
    )


def _price_below(f: Figures) -> str:
    return _("%(offers)s of %(of)s offers: about %(percent)s per cent of what others ask in the category.") % dict(f)


def _hot_low_moq(f: Figures) -> str:
    return _("From %(moq)s pieces on, in a category where frauds were found more often than elsewhere.") % dict(f)


def _sudden_volume(f: Figures) -> str:
    said = ngettext(
        "%(num)s new buyer within %(days)s days, for %(value)s USD.",
        "%(num)s new buyers within %(days)s days, for %(value)s USD.",
        int(f["buyers"]),
    ) % {"num": f["buyers"], "days": f["days"], "value": _usd(f["value"])}
    if f["times"] != "0":
        said += " " + _("That is %(times)s times the pace before.") % dict(f)
    return said


def _weak_rail(f: Figures) -> str:
    said = _("%(deals)s of %(of)s deals were paid by what cannot be charged back.") % dict(f)
    if f["cash"] != "0":
        said += " " + ngettext(
            "%(num)s of them through a cash service.", "%(num)s of them through a cash service.", int(f["cash"])
        ) % {"num": f["cash"]}
    return said


def _bait(f: Figures) -> str:
    what = _list("risk bait", f["baits"])
    return ngettext(
        "Sent to %(num)s buyer before any order: %(what)s.",
        "Sent to %(num)s buyers before any order: %(what)s.",
        int(f["buyers"]),
    ) % {"num": f["buyers"], "what": what}


def _unshipped(f: Figures) -> str:
    return _("%(deals)s of %(of)s paid deals should have left and have not, for %(value)s USD.") % {
        **f,
        "value": _usd(f["value"]),
    }


def _complaints(f: Figures) -> str:
    said = _("%(buyers)s of %(of)s buyers say that nothing came or that it is fake; %(mean)s USD each on average.") % {
        **f,
        "mean": _usd(f["mean"]),
    }
    if int(f["burst"]) >= 3:
        said += " " + _("%(burst)s of them within %(days)s days.") % dict(f)
    return said


def _lost_disputes(f: Figures) -> str:
    return _("%(deals)s of %(of)s deals ended in a dispute that it lost.") % dict(f)


def _known_fraud(f: Figures) -> str:
    return _("Shares with confirmed frauds: %(what)s. The strongest of these it shares with %(others)s others, %(bad)s of them confirmed.") % {
        **f, "what": _list("risk trait", f["traits"])
    }  # fmt: skip


def _suspect_neighbours(f: Figures) -> str:
    return _("Shares with suppliers that look suspicious themselves: %(what)s. Of %(others)s others who have the strongest of these, %(bad)s look so.") % {
        **f, "what": _list("risk trait", f["traits"])
    }  # fmt: skip


def _tied(f: Figures) -> str:
    said = ngettext(
        "Few others have the same: %(what)s (%(num)s supplier).",
        "Few others have the same: %(what)s (%(num)s suppliers).",
        int(f["others"]),
    )
    said = said % {"what": _list("risk trait", f["traits"]), "num": f["others"]}
    if f["alike"] != "0":
        said += " " + _("%(alike)s came at the same time and sell the same.") % dict(f)
    return said


def _same_photos(f: Figures) -> str:
    said = _("%(pictures)s of its pictures are shown by others too, one of them by %(others)s.") % dict(f)
    if f["bad"] != "0":
        said += " " + _("%(bad)s of those are confirmed frauds.") % dict(f)
    return said


def _salesperson(f: Figures) -> str:
    return _("Brought by a salesperson of whose %(of)s suppliers %(bad)s are complained of.") % dict(f)


def _wash_trading(f: Figures) -> str:
    return _("%(deals)s of %(of)s deals are with buyers who are tied to it, or who sell to it in a circle.") % dict(f)


def _review_ring(f: Figures) -> str:
    return _("%(raters)s of its %(of)s raters praise another supplier too, more than chance explains.") % dict(f)


def _record(f: Figures) -> str:
    return ngettext("%(num)s buyer got the goods: that speaks for it.", "%(num)s different buyers got their goods: that speaks for it.", int(f["buyers"])) % {
        "num": f["buyers"]
    }  # fmt: skip


def _list(kind: str, codes: str) -> str:
    return pgettext("between things of a list", ", ").join(word(code, kind) for code in codes.split())


def _usd(value: str) -> str:
    return number(Decimal(value))


def _by_hand(f: Figures) -> str:
    return f["words"]


_SENTENCES: dict[str, Callable[[Figures], str]] = {
    "price_below": _price_below, "hot_low_moq": _hot_low_moq, "sudden_volume": _sudden_volume, "weak_rail": _weak_rail, "bait": _bait,
    "unshipped": _unshipped, "complaints": _complaints, "lost_disputes": _lost_disputes, "known_fraud": _known_fraud,
    "suspect_neighbours": _suspect_neighbours, "tied": _tied, "same_photos": _same_photos, "salesperson": _salesperson,
    "wash_trading": _wash_trading, "review_ring": _review_ring, "record": _record, "by_hand": _by_hand,
}  # fmt: skip
