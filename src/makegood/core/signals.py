"""What the wording of a mail and its headers say it is, where no rule of the book fits.

The table leans neither way. Words of an offer stop a mail only when the mail is not clearly a
receipt or a confirmation, and such words let it pass only when it hardly sells: when its subject
and its marks (an order number, what was paid) outweigh the offers in its small print. A mail that
asks and offers is mixed, whatever else it says. In between nobody can tell, and a person is asked.
"""

from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from makegood.messages.commands import MessageClass
from makegood.playbooks.outgoing_terms import Purpose

MANY: Final = 10  # recipients from which a template is not meant for one person; a choice
_SUBJECT: Final = 2  # a subject says what a mail is for: its words count twice
_CLEAR: Final = 2  # two phrases, or one in the subject: one alone happens by chance
_SURE: Final = 3  # of a confirmation that may carry one line about the club at its end
_MARKS: Final = 2  # such as an order number and a sum: one alone is in many a newsletter, too

Hits = Mapping[Purpose, tuple[str, ...]]


class Signals(Struct, frozen=True, kw_only=True):
    """What was seen.

    Attributes:
        subject: Phrases in the subject, by what they speak for.
        text: Phrases in the text.
        lists: Headers of lists and campaigns.
        recipients: How many have had a mail of this kind.
    """

    subject: Hits = {}
    text: Hits = {}
    lists: tuple[str, ...] = ()
    recipients: int = 1

    def score(self, *purposes: Purpose) -> int:
        """Count the phrases for some purposes; those of the subject twice."""
        return sum(
            _SUBJECT * len(self.subject.get(one, ()))
            + len(set(self.text.get(one, ())) - set(self.subject.get(one, ())))
            for one in purposes
        )

    def leads(self, *purposes: Purpose) -> bool:
        """Whether the subject speaks for one of them."""
        return any(self.subject.get(one) for one in purposes)


def judged_by_signals(seen: Signals) -> tuple[MessageClass | None, str]:
    """Give the class that the signals are certain of, else None; and why, in a sentence."""
    found = _judged(seen)
    return found, _why(seen, found)


def _judged(seen: Signals) -> MessageClass | None:
    sells, serves = seen.score("survey", "offer"), seen.score("receipt", "service")
    if not sells and not serves:
        return MessageClass.PROMOTIONAL if seen.lists else None
    if not serves:
        return _selling(seen) if _is_clear(seen, sells) else None
    if not sells:
        return _serving(seen) if serves >= _CLEAR and not seen.lists else None
    return _both(seen, sells, serves)


def _is_clear(seen: Signals, sells: int) -> bool:
    return sells >= _CLEAR or bool(seen.lists) or seen.recipients >= MANY


def _both(seen: Signals, sells: int, serves: int) -> MessageClass | None:
    """Judge a mail with words of both sides: its subject says what it is mainly for."""
    asks, tells = seen.leads("survey", "offer"), seen.leads("receipt", "service")
    if asks and tells:  # a gift card's receipt names what it is for, and sells nothing
        return MessageClass.MIXED if seen.score("offer") >= _SURE else None
    if asks:
        return _selling(seen)
    if tells:
        if serves >= _SURE and not seen.lists and _hardly_sells(seen, sells, serves):
            return _serving(seen)
        return MessageClass.MIXED if seen.score("offer") >= _SURE else None
    return _selling(seen) if sells >= _CLEAR and sells >= 2 * serves else None


def _hardly_sells(seen: Signals, sells: int, serves: int) -> bool:
    """Whether a receipt by its subject is one by its text too, and sells in its small print only.

    More words of the one side than of the other, and marks of its own; where it asks how it was
    as well as offers, the law about mixed mails counts.
    """
    if sells < _CLEAR:
        return True
    marks = {*seen.text.get("receipt", ()), *seen.text.get("service", ())}
    one_sided = not (seen.score("survey") and seen.score("offer"))
    return one_sided and len(marks) >= _MARKS and serves > sells


def _selling(seen: Signals) -> MessageClass:
    survey, offer = seen.score("survey"), seen.score("offer")
    if survey and offer:
        return MessageClass.MIXED
    return MessageClass.SURVEY if survey else MessageClass.PROMOTIONAL


def _serving(seen: Signals) -> MessageClass:
    receipt, service = seen.score("receipt"), seen.score("service")
    return MessageClass.RECEIPT if receipt >= service else MessageClass.SERVICE


def _why(seen: Signals, found: MessageClass | None) -> str:
    parts = []
    for purpose, name in _NAMES.items():
        phrases = dict.fromkeys((*seen.subject.get(purpose, ()), *seen.text.get(purpose, ())))
        if phrases:
            quoted = ", ".join(f"“{one}”" for one in list(phrases)[:3])
            parts.append(f"{name} ({quoted})")
    if seen.lists:
        parts.append(f"a mailing to many ({', '.join(seen.lists)})")
    if seen.recipients >= MANY:
        parts.append(f"the same text for {seen.recipients} recipients")
    if not parts:
        return "No class is certain: nothing in it says what it is for."
    said = "; ".join(parts)
    if found is None:
        return f"No class is certain: it has signs of {said}, and no more."
    return f"It is {found.value} by its signs: {said}."


_NAMES: Final[Mapping[Purpose, str]] = {
    "survey": "a survey",
    "offer": "an offer",
    "receipt": "a receipt",
    "service": "a message about the service",
}
