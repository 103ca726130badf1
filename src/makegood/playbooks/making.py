"""The compiled rule book, made of its checked parts."""

from collections.abc import Mapping

from makegood.messages.ids import BookHash
from makegood.playbooks.book import RuleBook
from makegood.playbooks.crosschecks import Parts
from makegood.playbooks.failures import OTHER
from makegood.playbooks.header import Header
from makegood.playbooks.lapses import lapses_by_event
from makegood.playbooks.lapsing import LapseRule
from makegood.playbooks.owing import make_owed
from makegood.playbooks.promises import (
    make_disclosures,
    make_promises,
)
from makegood.playbooks.requests import make_rulings
from makegood.playbooks.rulings import DisclosureRule
from makegood.playbooks.silence import about_by_event
from makegood.playbooks.surveys import by_event, make_surveys
from makegood.playbooks.terms import FailureRule, Loss, SilenceRule
from makegood.playbooks.triggers import about_reader, make_triggers, recalling
from makegood.playbooks.vocabulary import Vocabulary
from makegood.playbooks.waiting import WaitRule
from makegood.playbooks.waits import make_waits


def make_book(
    parts: Parts, header: Header, vocabulary: Vocabulary, digest: BookHash, text: str
) -> RuleBook:
    """Make the compiled book of what was read and found good."""
    silences = tuple(one.rule for one in parts.promises)
    parameters = vocabulary.parameters
    disclosures = make_disclosures(parts.disclosures, parameters)
    surveys = make_surveys(parts.surveys, parameters)
    return RuleBook(
        hash=digest,
        name=header.name,
        umbrella=header.umbrella,
        currency=header.currency,
        timezone=header.timezone,
        failures=_failures(parts, (*silences, *parts.lapses, *parts.waits)),
        triggers=make_triggers(parts.detectors, header, parameters),
        silences=silences,
        starts=_by_event(silences, "after"),
        ends=_by_event(silences, "unless"),
        about_of={
            event: about_reader(expression, parameters)
            for event, expression in about_by_event(parts.promises).items()
        },
        plans={kind: plan for plan, _ in parts.plans for kind in plan.failures},
        remedies=parts.remedies,
        owed=make_owed(parts.entitlements, parameters, header.currency),
        authority_cents=header.authority_cents,
        approval_ms=header.approval_ms,
        double_window_ms=header.double_window_ms,
        brands=header.brands,
        messages=parts.messages,
        people=parts.people,
        requests={
            **make_rulings(
                parts.requests, parameters, header.currency, frozenset(vocabulary.waivers)
            ),
            **{one.id: one for one in parts.claims},
        },
        waivers=vocabulary.waivers,
        goodwill=parts.goodwill,
        budgets=parts.budgets,
        sends=parts.sends,
        promises=make_promises(parts.promises, parameters, vocabulary.events or {}),
        disclosures=disclosures,
        tells=_tells(parts, disclosures),
        surveys=surveys,
        asks_after=by_event(parts.surveys, surveys),
        recalling=recalling(parts.detectors),
        places=parts.places,
        walks=parts.walks,
        lapses=parts.lapses,
        lapses_on=lapses_by_event(parts.lapses),
        waits=make_waits(parts.waits),
        duty=parts.duty,
        text=text,
        reads_agreed="customer.agreed" in text,
    )


def _failures(
    parts: Parts, silences: tuple[SilenceRule | LapseRule | WaitRule, ...]
) -> Mapping[str, FailureRule]:
    """Every kind that can be found or raised by hand, as rules with a title and a line."""
    found = {one.rule.id: one.rule for one in parts.detectors}
    for rule in silences:
        found[rule.id] = FailureRule(
            id=rule.id, on="", title=rule.title, loses=rule.loses, reads=(), line=rule.line
        )
    line = next((plan.line for plan, _ in parts.plans if OTHER in plan.failures), 0)
    found[OTHER] = FailureRule(
        id=OTHER, on="", title="Something else went wrong", loses=Loss.SERVICE, reads=(), line=line
    )
    return found


def _by_event(
    silences: tuple[SilenceRule, ...], key: str
) -> Mapping[str, tuple[SilenceRule, ...]]:
    events = dict.fromkeys(getattr(rule, key) for rule in silences if getattr(rule, key))
    return {
        event: tuple(rule for rule in silences if getattr(rule, key) == event) for event in events
    }


def _tells(
    parts: Parts, rules: Mapping[str, DisclosureRule]
) -> Mapping[str, tuple[DisclosureRule, ...]]:
    events = dict.fromkeys(event for one in parts.disclosures for event in one.events)
    return {
        event: tuple(rules[one.id] for one in parts.disclosures if event in one.events)
        for event in events
    }
