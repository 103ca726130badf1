"""A rule book made around one law: it gives every fact the law needs, and has its remedies."""

import re
from collections.abc import Mapping

import yaml

from makegood.books.opening import shipped_laws
from makegood.playbooks.binding import bind
from makegood.playbooks.book import RuleBook
from makegood.playbooks.load import load_book

LAWS = shipped_laws()

_HEAD = """\
makegood: 1
name: around
umbrella: A Firm
currency: {currency}
laws: [{law}]
parameters: {parameters}
brands:
  - {{id: acme, name: Acme, sender: care@acme.example.com, offers_sender: o@news.acme.example.com}}
"""
_TAIL = """\
plans:
  - for: [{kinds}, other]
    hold: {{scope: umbrella}}
    apology: sorry
    offers: {{least: [apology: status]}}
    call_within: 1h
    useful_within: 24h
    on_double_deviation: {{call_within: 5m}}
    made_whole: {{asked: thumbs, ask_after: 1d}}
messages:
  - {{id: sorry, class: service, texts: {{en: {{subject: Sorry, text: $link}}}}}}
  - {{id: thumbs, class: survey, texts: {{en: {{subject: "Good?", text: $link}}}}}}
"""


def facts_of(law: str) -> Mapping[str, tuple[str, ...]]:
    """Give for each failure a law is for what it may read of it."""
    text = yaml.load(LAWS[law], Loader=yaml.BaseLoader)  # noqa: S506 - texts, and nothing else
    found: dict[str, list[str]] = {}
    for need in text["needs"]:
        kinds = need["for"] if isinstance(need["for"], list) else [need["for"]]
        for kind in kinds:
            found.setdefault(kind, []).extend(need.get("facts") or ())
    more = tuple(text.get("may_have") or ())
    return {kind: (*facts, *more) for kind, facts in found.items()}


def around(law: str, *, without: str = "", currency: str = "USD", parameters: str = "{}") -> str:
    """Write the book, if asked without one of the details."""
    lines = [_HEAD.format(law=law, currency=currency, parameters=parameters), "failures:"]
    for kind, facts in facts_of(law).items():
        lines += [
            f"  - id: {kind}", f"    on: Event {kind}", "    title: It went wrong",
            "    about: event.booking", "    loses: service", "    severity: 3", "    cause: firm",
            "    price: event.price_cents", "    details:", "      booking: event.booking",
            *(f"      {fact}: event.{fact}" for fact in facts if fact != without),
        ]  # fmt: skip
    lines.append("remedies:")
    for remedy in dict.fromkeys(re.findall(r"remedy: (\w+)", LAWS[law])):
        lines.append(
            f"  - {{id: {remedy}, kind: {remedy}, title: {{en: Back}}, provider: payments}}"
        )
    return "\n".join([*lines, _TAIL.format(kinds=", ".join(facts_of(law)))])


def book_around(law: str, *, currency: str = "USD", parameters: str = "{}") -> RuleBook:
    """Load the book."""
    text = around(law, currency=currency, parameters=parameters)
    return load_book(bind(text, LAWS), name=law)
