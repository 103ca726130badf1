"""The section `sends`: which events tell that somebody was written to, by whom and how."""

from collections.abc import Mapping

from makegood.playbooks.header import Header, check_brand
from makegood.playbooks.nodes import Fields
from makegood.playbooks.reading import Section
from makegood.playbooks.sending import USUAL_SENDS, SendRule


def read_sends(top: Section, header: Header) -> Mapping[str, SendRule]:
    """Read which events tell of a send; a book that does not say means the usual ones."""
    if not top.has("sends"):
        return USUAL_SENDS
    rules: dict[str, SendRule] = {}
    for entry in top.named("sends", "send"):
        if not isinstance(entry.value, Fields):
            top.report.error(
                entry.value.place,
                f"`{entry.key}` says nothing about the send.",
                "Write {channel: mail}.",
            )
            continue
        rules[entry.key] = _rule(Section(entry.value, "send", top.report), header)
    return rules


def _rule(section: Section, header: Header) -> SendRule:
    brand = section.name("brand", default="")
    check_brand(section, "brand", brand, header)
    if brand and section.has("brand_from"):
        section.error("brand_from", "`brand` says already who speaks.", "Keep one of the two.")
    rule = SendRule(
        channel=section.name("channel", default="mail"),
        brand=brand,
        brand_from=section.text("brand_from", "brand"),
        campaign_from=section.text("campaign_from", "campaign_name"),
    )
    section.done()
    return rule
