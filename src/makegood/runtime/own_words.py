"""Whose words an event brings: those of the customer are read, ours and a machine's never are."""

import re
from collections.abc import Mapping

from msgspec import Struct

from makegood.messages.body import TextRef
from makegood.messages.events import Event
from makegood.messages.facts import (
    Answered,
    AskedAgain,
    Body,
    Called,
    Contacted,
    ConversationBegun,
    FailureRaised,
    GotInTouch,
    Rated,
    Replied,
    Touchpoint,
    Wrote,
)
from makegood.messages.ids import CaseId
from makegood.playbooks.mappings import WORDS, Source
from makegood.runtime.acts import DESK, PORTAL
from makegood.sources.mail.pages import clean

TOLD, LINE, HELP_DESK, SURVEY = "told", "line", "help_desk", "survey"
SPOKEN = frozenset({"phone", "desk"})
"""Ways on which nobody writes: what is kept of them was written down by one of ours."""
_OF_A_LETTER = re.compile(r"letter/[0-9a-z]+/opened|mail/[0-9a-f]{32}(/raised)?")
_A_PAGE = re.compile(r"</?(?:p|div|br|span|a|b|i|ul|li|html|body|table|blockquote)\b", re.I)


class OwnWords(Struct, frozen=True, kw_only=True):
    """What a customer wrote.

    Attributes:
        channel: Where, as `triage` of the rule book calls it.
        ref: Where the words are, beside the log.
        brand: For whom they were written; empty when nobody said.
        case: The case they are about; empty for none.
        raise_it: Whether they may open a failure, or ask for one.
    """

    channel: str
    ref: TextRef
    brand: str = ""
    case: CaseId = CaseId("")
    raise_it: bool = False


def own_words(event: Event, sources: Mapping[str, Source]) -> OwnWords | None:
    """Give what the customer wrote with an event; None for every other event.

    Letters are read as they come in, so none of them is given here. What was brought in as
    history is over, and opens nothing.

    Args:
        event: Any event of the log.
        sources: Those of the rule book, by which help desks are mapped.
    """
    if event.stamp.imported or event.source == DESK:
        return None
    if event.source == PORTAL and _OF_A_LETTER.fullmatch(event.message_id):
        return None
    found = _of_a_customer(event.body) or _of_a_source(event, sources)
    return found if found is not None and found.ref else None


def _of_a_customer(body: Body) -> OwnWords | None:
    match body:
        case FailureRaised(by="", words=ref, brand=brand):
            return OwnWords(channel=TOLD, ref=ref, brand=brand)
        case Wrote(text=ref, case=case) | Answered(by="", words=ref, case=case):
            return OwnWords(channel=TOLD, ref=ref, case=case)
        case AskedAgain(who="customer", words=ref, case=case):
            return OwnWords(channel=TOLD, ref=ref, case=case)
        case GotInTouch(words=ref, brand=brand, channel=channel) if channel not in SPOKEN:
            return OwnWords(channel=LINE, ref=ref, brand=brand, raise_it=True)
        case Rated(by="", question="", words=ref, brand=brand):
            return OwnWords(channel=SURVEY, ref=ref, brand=brand, raise_it=True)
    return None


def _of_a_source(event: Event, sources: Mapping[str, Source]) -> OwnWords | None:
    """Give what a help desk brought, where the mapping says that it is the customer's own."""
    source, body = sources.get(event.source), event.body
    if source is None:
        return None
    if isinstance(body, FailureRaised):
        return OwnWords(channel=HELP_DESK, ref=body.words, brand=body.brand)
    if not isinstance(body, Touchpoint):
        return None
    if not any(one.event == body.name and one.words is not None for one in source.events):
        return None
    ref, brand = body.properties.get(WORDS), body.properties.get("brand")
    return OwnWords(
        channel=HELP_DESK,
        ref=ref if isinstance(ref, str) else "",
        brand=brand if isinstance(brand, str) else "",
        raise_it=True,
    )


def is_answer(body: Body) -> bool:
    """Whether a person of the firm answered, so that what was urgent has been seen."""
    spoke = isinstance(body, Replied | ConversationBegun | Contacted)
    return spoke or (isinstance(body, Called) and body.reached)


def plain_words(text: str) -> str:
    """Give the words of a text that may have come as a page."""
    return clean(text).words if _A_PAGE.search(text) else text
