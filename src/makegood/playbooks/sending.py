"""What an event tells of a send: somebody was written to, by whom and how."""

from collections.abc import Mapping

from msgspec import Struct


class SendRule(Struct, frozen=True, gc=False, kw_only=True):
    """How an event tells of a send.

    Attributes:
        channel: The channel it went out on.
        brand: Who spoke, for every such event; empty where the event says it.
        brand_from: The property that says who spoke.
        campaign_from: The property that names the campaign.
    """

    channel: str = "mail"
    brand: str = ""
    brand_from: str = "brand"
    campaign_from: str = "campaign_name"


USUAL_SENDS: Mapping[str, SendRule] = {"Email Delivered": SendRule(), "Email Sent": SendRule()}
"""What tells of a send where a book does not say: the e-mail events of Segment's specification,
which names `campaign_name`, and the name that tools use which tell no deliveries."""
