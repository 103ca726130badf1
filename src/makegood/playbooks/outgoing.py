"""The section `outgoing`: whose mail it is, what class it has, and what happens to held mail."""

from collections.abc import Callable, Iterator, Mapping
from typing import Literal, cast

from makegood.messages.commands import MessageClass
from makegood.messages.facts import Facts
from makegood.playbooks.cel import CelEvaluationError, Expression
from makegood.playbooks.cel.runtime import truth
from makegood.playbooks.conditions import Conditions, Reads
from makegood.playbooks.header import MAIL, Header, check_brand
from makegood.playbooks.mistakes import Place
from makegood.playbooks.nodes import Fields, Items, Scalar
from makegood.playbooks.outgoing_terms import (
    PURPOSES,
    MailRule,
    Outgoing,
    OutgoingTerms,
    Purpose,
    Senders,
    is_too_open,
    make_wording,
    phrase_words,
)
from makegood.playbooks.reading import Section, without_repeats

UNCLASSIFIED = ("pass", "park")
WHEN_HELD = ("park", "refuse")
_HIGHEST_PORT = 65535


def read_outgoing(top: Section, header: Header, conditions: Conditions) -> Outgoing:
    """Read the section; a book without it passes what no header or address classes."""
    section = top.section("outgoing", "section about outgoing mail")
    if section is None:
        return Outgoing()
    terms = _terms(section, OutgoingTerms())
    outgoing = Outgoing(
        terms=terms,
        senders=tuple(_senders(section, header, terms)),
        rules=tuple(_rules(section, conditions)),
        wording=make_wording(_phrases(section)),
    )
    section.done()
    return outgoing


def _terms(section: Section, usual: OutgoingTerms) -> OutgoingTerms:
    parked_ms = section.span_ms("parked_for", default=usual.parked_ms)
    if section.has("parked_for") and parked_ms == 0:
        section.error(
            "parked_for", "`parked_for` is longer than nothing.", "Write for example 48h."
        )
    unclassified = section.choice("unclassified", UNCLASSIFIED, default=usual.unclassified)
    held = section.choice("when_held", WHEN_HELD, default=usual.held)
    return OutgoingTerms(
        unclassified=cast("Literal['pass', 'park']", unclassified),
        held=cast("Literal['park', 'refuse']", held),
        parked_ms=parked_ms,
    )


def _senders(section: Section, header: Header, usual: OutgoingTerms) -> Iterator[Senders]:
    taken: dict[str, str] = {}
    for one in section.sections("senders", "sender"):
        brand = one.name("brand")
        check_brand(one, "brand", brand, header)
        terms = _terms(one, usual)
        found = Senders(
            brand=brand,
            addresses=frozenset(_addresses(one)),
            domains=frozenset(_domains(one)),
            users=frozenset(text for text, _ in one.texts("users")),
            ports=frozenset(_ports(one)),
            terms=terms if terms != usual else None,
        )
        _check_apart(one, found, taken)
        one.done()
        yield found


def _check_apart(section: Section, found: Senders, taken: dict[str, str]) -> None:
    """Report what is two brands' at once: nobody could tell whose such a mail is."""
    names = {f"the address {one}" for one in found.addresses}
    names |= {f"the domain {one}" for one in found.domains}
    names |= {f"the user {one}" for one in found.users}
    names |= {f"the port {one}" for one in found.ports}
    for name in sorted(names):
        if (other := taken.setdefault(name, found.brand)) != found.brand:
            section.error("brand", f"{name[0].upper()}{name[1:]} is `{other}`'s already.")


def _addresses(section: Section) -> Iterator[str]:
    for written, place in section.texts("addresses"):
        if not MAIL.fullmatch(written):
            hint = "Write name@example.org; a whole domain belongs in `domains`."
            section.report.error(place, f"`{written}` is not an e-mail address.", hint)
        yield written.lower()


def _domains(section: Section) -> Iterator[str]:
    for written, place in section.texts("domains"):
        if "@" in written or "." not in written.strip("."):
            hint = "Write example.org; everything below it counts too."
            section.report.error(place, f"`{written}` is not a domain.", hint)
        yield written.lower().strip(".")


def _ports(section: Section) -> Iterator[int]:
    node = section.node("ports")
    for item in (node.items if isinstance(node, Items) else (node,)) if node is not None else ():
        value = item.value if isinstance(item, Scalar) else None
        if type(value) is int and 0 < value <= _HIGHEST_PORT:
            yield value
        else:
            section.report.error(item.place, f"A port is a number from 1 to {_HIGHEST_PORT}.")


def _rules(section: Section, conditions: Conditions) -> Iterator[MailRule]:
    sections = section.sections("rules", "rule for mail")
    ids = tuple(one.name("id") for one in sections)
    reads = Reads(roots=("mail",))
    for one, name in without_repeats(sections, ids):
        one.node("when", required=True)
        when = conditions.read(one, "when", reads, gives="bool")
        one.text("because", default="")
        found = MessageClass(one.choice("class", tuple(MessageClass)))
        one.done()
        if when is not None:
            _check_headers(one, when)
            judge = _judge(when, conditions.vocabulary.parameters)
            yield MailRule(id=name, message_class=found, judge=judge, line=one.place.line)


def _check_headers(section: Section, when: Expression) -> None:
    for path in when.paths:
        if path[:2] != ("mail", "header") or len(path) < 3:
            continue
        name = path[2]
        if name != name.lower():
            section.error(
                "when",
                f"`{name}` would never be found: names of headers are in small letters here.",
                f"Write `{name.lower()}`.",
            )
        elif f'"{name}" in mail.header' not in when.text.replace("'", '"'):
            section.report.warn(
                section.at("when"),
                f"A mail without the header `{name}` cannot be judged by this rule, nor by those "
                "after it.",
                f'Ask first whether it is there: `"{name}" in mail.header && ...`.',
            )


def _judge(when: Expression, parameters: Mapping[str, object]) -> Callable[[Facts], bool | str]:
    def judge(mail: Facts) -> bool | str:
        try:
            return truth(when.evaluate({"mail": mail, "params": parameters}))
        except CelEvaluationError as error:
            return error.missing or str(error)

    return judge


def _phrases(section: Section) -> Iterator[tuple[Purpose, str]]:
    """Read the wording: a list of phrases for each purpose, or one for each language."""
    signals = section.section("signals", "wording of mails")
    if signals is None:
        return
    for purpose in PURPOSES:
        node = signals.node(purpose)
        if isinstance(node, Fields):
            inside = Section(node, "list of phrases", section.report)
            for entry in node.entries:
                for written, place in inside.texts(entry.key):
                    if _is_phrase(section, written, place):
                        yield purpose, written
        else:
            for written, place in signals.texts(purpose):
                if _is_phrase(section, written, place):
                    yield purpose, written
    signals.done()


def _is_phrase(section: Section, written: str, place: Place) -> bool:
    pieces = phrase_words(written)
    if not pieces:
        section.report.error(
            place, f"`{written}` holds no word.", "Write words, `#` for a number."
        )
    elif is_too_open(pieces[0]):
        hint = "Write at least four letters before the `*`."
        section.report.error(place, f"`{written}` would be found in far too much.", hint)
    else:
        return True
    return False
