"""The printed words of a trade paper, in the languages of the site."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override, pgettext_lazy

WORDS = {
    "contract": _("Sales contract"),
    "proforma": _("Proforma invoice"),
    "invoice": _("Commercial invoice"),
    "packing-list": _("Packing list"),
    "delivery-note": _("Delivery note"),
    "shipped": _("Consignment"),
    "packages": _("Packages"),
    "marks": _("Marks and numbers"),
    "size": _("Size"),
    "weight": _("Gross weight"),
    "what": _("Kind"),
    "note": _("Note"),
    "delivered": _("Delivery proven"),
    "received": pgettext_lazy("trade paper", "Received in apparent good order, except as noted here"),
    "received_on": pgettext_lazy("trade paper", "Received on"),
    "not_acceptance": _(
        "Signing this note confirms that the packages arrived. It accepts neither their contents nor the contract."
    ),
    "order": _("Order no."),
    "date": pgettext_lazy("trade paper", "Date"),
    "signed_on": _("Signed on"),
    "trade_term": _("Trade term"),
    "ship_by": _("Ship by"),
    "seller": pgettext_lazy("trade paper", "Seller"),
    "buyer": pgettext_lazy("trade paper", "Buyer"),
    "registration": _("Registration no."),
    "number": pgettext_lazy("line number", "No."),
    "description": _("Description of goods"),
    "sku": _("SKU"),
    "quantity": _("Quantity"),
    "unit_price": _("Unit price"),
    "amount": _("Amount"),
    "stages": _("Payment stages"),
    "stage": _("Stage"),
    "percent": pgettext_lazy("part of the total", "Share"),
    "when": pgettext_lazy("payment stage", "Due"),
    "payment": _("Payment instructions"),
    "exchange": _("Exchange rate of this contract"),
    "remarks": _("Remarks"),
    "rules": _("Rules agreed"),
    "signatures": _("Signatures"),
    "signed": pgettext_lazy("seal", "Signed"),
    "awaiting": _("Awaiting signature"),
    "name": pgettext_lazy("who signed", "Name"),
    "signed_at": _("Signed at"),
    "not_tax_invoice": _("This proforma invoice is an offer to pay against. It is not a tax invoice."),
    "agreement": _(
        "The seller sells and the buyer buys the goods named here on these terms. Both sides sign over the fingerprint of the "
        "terms printed at the foot of every page; a change of any word or figure gives another fingerprint."
    ),
    "terms_hash": _("Terms SHA-256"),
    # {page} and {pages} are filled in by the typesetter, which alone knows how many pages there are.
    "page": _("Page {page} of {pages}"),
}


def words_in(language: str) -> dict[str, str]:
    """Every printed word in one language; an untranslated word stays English."""
    with override(language):
        return {key: str(word) for key, word in WORDS.items()}


def paired_words(language: str, second_language: str | None = None) -> dict[str, list[str]]:
    """Each word as `[first]`, or `[first, second]` where the second language says it differently."""
    first = words_in(language)
    second = words_in(second_language) if second_language else first
    return {key: [word] if second[key] == word else [word, second[key]] for key, word in first.items()}
