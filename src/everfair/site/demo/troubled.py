"""What comes before reviewers beside papers: points, an appeal, a complaint about a deal outside, a company on the blacklist."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.core.files.base import ContentFile

from everfair.base.clock import now
from everfair.base.money import Money
from everfair.files.actions import keep_attachment
from everfair.trust import actions

if TYPE_CHECKING:
    from everfair.site.demo.load import World


def trouble(world: World) -> None:
    """Four suppliers of the plan, none of whom trades in the story, by the verbs of those who do it."""
    mei, otto, _third = world.reviewers
    baiter, forger, listed, accused = (stall.firm.code for stall in world.stalls[-4:])
    today = now().date()
    of = world.companies
    actions.give_points(
        of[baiter], "bait", today - timedelta(days=3), "It asked two buyers to pay past the platform.", reference="C-88", by=mei
    )
    papers = actions.give_points(
        of[forger], "false_papers", today - timedelta(days=9), "The register knows no such licence.", reference="V-12", by=mei
    )
    actions.confirm_points(papers.pk, "I asked the register too: it never gave this number.", by=otto)
    actions.appeal_points(
        papers.pk, "The licence was renewed last week under a new number; the paper is with you.", by=world.by(forger)
    )
    actions.give_points(
        of[accused],
        "counterfeit",
        today - timedelta(days=5),
        "The owner of the brand says it never made these.",
        reference="C-91",
        by=otto,
    )
    said = "Took payment for forty orders and shipped none of them."
    entry = actions.propose_blacklisting(of[listed], said, "Forty complaints with receipts; nobody at the address.", by=otto)
    actions.confirm_blacklisting(entry.pk, "I read all forty.", by=mei)
    _complain(world, accused)


def _complain(world: World, accused: str) -> None:
    by, other = world.by("santiago"), world.by(accused)
    assert by.company_id is not None
    proof = (
        b"Pro forma 2291, 400 flasks, USD 1,180.00, agreed at the spring fair. A paper of the demonstration; it proves nothing.\n"
    )
    made = actions.make_complaint(
        world.companies[accused], "quality", Money.of("1180.00", "USD"), "400 flasks, double wall, agreed by e-mail at the spring fair.",
        "Single wall. They keep nothing warm for an hour.", deliver_by=now().date() - timedelta(days=20), by=by,
        file_ids=[keep_attachment(ContentFile(proof, name="pro-forma-2291.txt"), by.company_id, by).pk],
    )  # fmt: skip
    actions.reply_complaint(made.pk, "The sample that was approved had one wall too.", by=other)


__all__ = ["trouble"]
