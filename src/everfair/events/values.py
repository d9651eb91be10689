"""What each fact is called where an operator meets it."""

from django.utils.translation import gettext_lazy as _

from everfair.base.words import name_codes

# fmt: off
FACT_WORDS = name_codes("fact", {
    "CompanyRegistered": _("Company registered"), "CompanyVerified": _("Company verified"),
    "CompanyProfileChanged": _("Company profile changed"), "PersonInvited": _("Colleague invited"),
    "MembershipChanged": _("Roles in a company changed"), "StopPlaced": _("Stop placed"), "StopLifted": _("Stop lifted"),
    "InquirySent": _("Inquiry sent"), "MessagePosted": _("Message written"), "RfqPosted": _("RFQ posted"),
    "RfqClosed": _("RFQ closed"), "QuoteSent": _("Quote sent"), "QuoteWithdrawn": _("Quote withdrawn"),
    "QuoteAccepted": _("Quote accepted"), "QuoteDeclined": _("Quote declined"),
    "PaymentCaptured": _("Payment received"), "PaymentFailed": _("Payment failed"),
    "PaymentMismatched": _("Payment fits nothing"), "PayoutRequested": _("Payout asked for"),
    "PayoutSettled": _("Payout arrived"), "PayoutFailed": _("Payout failed"),
    "RefundOwed": _("Payment to be returned"), "RefundSettled": _("Payment returned to the payer"), "RefundFailed": _("Return of a payment failed"),
    "RailOrdered": _("Payment rail opened or closed"), "ShareCeilingCrossed": _("A provider carries too much"),
    "OfferPublished": _("Offer published"), "OfferChanged": _("Offer changed"), "OfferWithdrawn": _("Offer withdrawn"),
    "OffersImported": _("Offers imported"),
    "OrderPlaced": _("Order placed"), "OrderSigned": _("Order signed"), "OrderDeclined": _("Order declined"),
    "OrderCancelled": _("Order cancelled"), "OrderLapsed": _("Order ran out"), "OrderCalledOff": _("Order called off"),
    "StageDue": _("Stage due"), "StageFunded": _("Stage held in escrow"), "StageReleased": _("Stage released"),
    "StageRefunded": _("Stage refunded"), "OrderShipped": _("Order shipped"), "PartShipped": _("Part of an order shipped"), "PartAccepted": _("Part of the goods accepted"), "ShippingLate": _("Shipping late"),
    "OrderReceived": _("Order received"), "IssueReported": _("Issue opened"), "IssueWithdrawn": _("Issue withdrawn"),
    "IssueResolved": _("Issue decided"), "CaseOverdue": _("Decision overdue"), "WorkShown": _("Work shown"), "WorkConfirmed": _("Work confirmed"),
    "WorkSentBack": _("Work sent back"), "AmendmentProposed": _("New terms proposed"), "OrderAmended": _("Terms amended"),
    "AmendmentEnded": _("Proposal over"), "OrderCompleted": _("Order settled"),
    "ConfirmationAnnounced": _("Time to confirm announced"), "SilenceAccepted": _("Silence accepted the goods"),
    "ExtensionAsked": _("More time asked"), "ExtensionAnswered": _("Request for more time answered"),
    "ConsignmentMoved": _("Goods moved on"), "ConsignmentDelivered": _("Goods delivered"), "PackageReceived": _("Package received"),
    "ConsignmentLost": _("Goods lost"), "ConsignmentReturned": _("Goods sent back"),
    "ConsignmentPaperAdded": _("Document added to goods"),
    "InspectionAsked": _("Inspection asked for"), "InspectionAccepted": _("Inspection accepted"),
    "InspectionDeclined": _("Inspection declined"), "InspectionCancelled": _("Inspection cancelled"),
    "InspectionLapsed": _("Inspection ran out"), "InspectionFeeHeld": _("Inspection fee held"), "GoodsPacked": _("Goods packed"),
    "InspectionPassed": _("Inspection passed"), "InspectionFailed": _("Inspection failed"),
    "InspectionWaived": _("Failed inspection waived"),
    "OrderSignedInAdvance": _("Order signed in advance"), "FrameworkEndAsked": _("End of a framework contract asked for"),
    "FrameworkKept": _("Framework contract goes on"), "FrameworkEnded": _("Framework contract ended"),
    "GroupBuyPublished": _("Group buy published"), "GroupBuyGrew": _("Group buy grew"),
    "GroupBuyClosed": _("Group buy closed"), "GroupBuyReached": _("Threshold of a group buy reached"),
    "ReviewInvited": _("Reviews opened"), "ReviewWritten": _("Review written"), "ReviewPublished": _("Review shown"),
    "ReviewRevised": _("Review revised"), "ReviewReplied": _("Review answered"), "ReviewHidden": _("Review hidden"),
    "ReviewUnhidden": _("Review shown again"),
    "ClaimOpened": _("Claim opened"), "ClaimAnswered": _("Claim answered"), "ClaimUnanswered": _("Claim not answered in time"),
    "RemedyOffered": _("Settlement offered"), "RemedyAgreed": _("Return or replacement agreed"), "GoodsOnTheWay": _("Goods sent within a claim"),
    "ClaimSettled": _("Claim settled"), "ClaimEscalated": _("Claim brought to an arbitrator"), "ClaimWithdrawn": _("Claim withdrawn"),
    "ClaimInspectionOrdered": _("Inspection ordered inside a claim"),
    "RulingGiven": _("Ruling given"), "RulingAppealed": _("Ruling appealed against"), "RulingOverdue": _("Ruling overdue"),
    "ClaimRuled": _("Claim decided for good"),
})
# fmt: on
