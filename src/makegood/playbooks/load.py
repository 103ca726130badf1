"""Rule book text in, checked and compiled rule book out; opens no file."""

import json
from collections.abc import Collection, Mapping
from hashlib import sha256
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from makegood.messages.ids import BookHash
from makegood.playbooks.advertising import Known, read_advertised
from makegood.playbooks.asking import read_asking
from makegood.playbooks.binding import bound_files
from makegood.playbooks.book import RuleBook, books_in, rules_of
from makegood.playbooks.budgets import read_budgets
from makegood.playbooks.calling import Around, read_calls
from makegood.playbooks.claims import read_claims
from makegood.playbooks.composing import Composed, compose
from makegood.playbooks.conditions import Conditions
from makegood.playbooks.crosschecks import Parts, check_across
from makegood.playbooks.deadends import check_dead_ends
from makegood.playbooks.duty import read_duty
from makegood.playbooks.employees import read_employees
from makegood.playbooks.entitlements import Entitlement, ground_of_book, read_entitlements
from makegood.playbooks.everyone import read_everyone
from makegood.playbooks.examples import Example, Names, read_examples
from makegood.playbooks.failures import OTHER, read_failures
from makegood.playbooks.goodwill import read_goodwill
from makegood.playbooks.header import Header, read_header
from makegood.playbooks.lapses import read_lapses
from makegood.playbooks.laws import (
    Law,
    LawText,
    parameters_of,
    read_law,
    read_law_texts,
)
from makegood.playbooks.letters import read_letters
from makegood.playbooks.lookups import read_look_ups, with_looked_up
from makegood.playbooks.making import make_book
from makegood.playbooks.messages import read_messages
from makegood.playbooks.mistakes import BookError, BookErrors, Report
from makegood.playbooks.monday import read_monday
from makegood.playbooks.no_offers import check_no_offers
from makegood.playbooks.nodes import Fields, canonical, read_nodes
from makegood.playbooks.outgoing import read_outgoing
from makegood.playbooks.owners import check_agreed, check_owned, joined, read_owners
from makegood.playbooks.people import read_people
from makegood.playbooks.places import read_places, with_places
from makegood.playbooks.plans import read_plans
from makegood.playbooks.promises import (
    read_disclosures,
    read_promises,
    shape_of_said,
)
from makegood.playbooks.reading import Section
from makegood.playbooks.remedies import read_remedies
from makegood.playbooks.reputation import read_reputation
from makegood.playbooks.requests import check_tables, read_requests
from makegood.playbooks.routing import read_routing
from makegood.playbooks.sends import read_sends
from makegood.playbooks.silence import check_abouts, read_silence
from makegood.playbooks.sources import Ground, read_sources
from makegood.playbooks.standing_section import read_standing
from makegood.playbooks.surveys import read_surveys
from makegood.playbooks.triage import read_triage
from makegood.playbooks.triggers import with_fallbacks
from makegood.playbooks.vocabulary import check_parameters, read_vocabulary
from makegood.playbooks.voice import read_voice
from makegood.playbooks.waits import read_waits
from makegood.playbooks.waivers import with_waivers
from makegood.playbooks.walks import read_walks


class CheckedBook(Struct, frozen=True, kw_only=True):
    """What came of checking a book.

    Attributes:
        book: The compiled book; None when there are errors.
        errors: Every mistake, in the order of the text.
        warnings: What is allowed and deserves a look.
        examples: The examples inside the book; none when there are errors.
    """

    book: RuleBook | None
    errors: tuple[BookError, ...]
    warnings: tuple[BookError, ...]
    examples: tuple[Example, ...]


def load_book(text: str, *, name: str, parameters: Mapping[str, object] | None = None) -> RuleBook:
    """Read, check and compile a rule book.

    Args:
        text: The YAML.
        name: What errors call it, such as airline.yaml.
        parameters: Take these instead of the book's own of the same names.

    Returns:
        The compiled book.

    Raises:
        BookErrors: The book has mistakes; all of them are listed.
    """
    checked = check_book(text, name=name, parameters=parameters)
    if checked.book is None:
        raise BookErrors(checked.errors)
    return checked.book


def load_examples(text: str, *, name: str = "book") -> tuple[Example, ...]:
    """Read the examples inside a rule book, to be run against it.

    Raises:
        BookErrors: The book has mistakes; all of them are listed.
    """
    checked = check_book(text, name=name)
    if checked.book is None:
        raise BookErrors(checked.errors)
    return checked.examples


def check_book(
    text: str,
    *,
    name: str,
    parameters: Mapping[str, object] | None = None,
    laws: Collection[str] = (),
    sources: Collection[str] = (),
) -> CheckedBook:
    """Check a rule book and give everything that is known about it; raises nothing.

    Args:
        text: The YAML, with the laws it names bound to it (`laws.bind`).
        name: What errors call it.
        parameters: Take these instead of the book's own of the same names.
        laws: Every law that could be had, for the nearest right name.
        sources: Every source that could be had, for the same.

    Returns:
        The book with its examples, or its mistakes.
    """
    report = Report(name)
    documents = read_nodes(text, report)
    report.bound(bound_files(text, documents, name))
    digest = _digest(documents, parameters or {})
    given = _Given(text, report, parameters or {}, laws, digest, sources)
    book, examples = _whole(compose(documents, report), given) if documents else (None, ())
    failed = bool(report.errors)
    return CheckedBook(
        book=None if failed else book,
        errors=report.errors,
        warnings=report.warnings,
        examples=() if failed else examples,
    )


def _compared_as(umbrella: RuleBook, own: RuleBook) -> RuleBook:
    """Let all brands of one text be compared alike: cases are counted once for all of them."""
    alike = umbrella.everyone
    return replace(own, everyone=replace(own.everyone, same=alike.same, tier=alike.tier))


class _Given(Struct, frozen=True):
    """What every book of one text is read with."""

    text: str
    report: Report
    parameters: Mapping[str, object]
    known_laws: Collection[str]
    digest: str
    known_sources: Collection[str] = ()


class _Made(Struct, frozen=True, kw_only=True):
    """What came of reading one book.

    Attributes:
        free: A survey takes the name of the rule from its event, so that any name may come.
    """

    book: RuleBook | None = None
    examples: tuple[Example, ...] = ()
    free: bool = False


def _whole(composed: Composed, given: _Given) -> tuple[RuleBook | None, tuple[Example, ...]]:
    """Read the book, and the book of each brand that has its own."""
    if composed.broken:
        return None, ()
    whole = _read(composed.top, (composed.laws_of(), composed.sources_of()), given)
    book, examples, free, by_brand = whole.book, whole.examples, whole.free, {}
    for brand, top in composed.brands.items():
        digest = sha256(f"{given.digest}/{brand}".encode()).hexdigest()[:16]
        bound = (composed.laws_of(brand), composed.sources_of(brand))
        own = _read(top, bound, replace(given, digest=digest))
        examples += tuple(replace(one, brand=brand) for one in own.examples if one.tried is None)
        free = free or own.free
        if own.book is not None and book is not None:
            by_brand[brand] = _compared_as(book, own.book)
    check_agreed(composed.top, composed.brands.values(), given.report)
    if book is not None and by_brand:
        owners = joined(book.owners, [own.owners for own in by_brand.values()])
        book = replace(book, by_brand=by_brand, owners=owners)
    if book is not None and len(by_brand) == len(composed.brands) and not free:
        rules = {rule: None for one in books_in(book) for rule in rules_of(one)}
        for top in (composed.top, *composed.brands.values()):
            check_owned(Section(top, "rule book", given.report), rules)
    return book, examples


def _read(
    root: Fields, bound: tuple[tuple[Fields, ...], tuple[Fields, ...]], given: _Given
) -> _Made:
    report = given.report
    top = Section(root, "rule book", report)
    if top.has("law") and not top.has("makegood"):
        top.error("law", "This is a law and no rule book.", "Name it in `laws:` of a book.")
        return _Made()
    laws, packs = bound
    law_texts = read_law_texts(top, laws, given.known_laws)
    header = read_header(top)
    vocabulary = read_vocabulary(top, given.parameters, parameters_of(law_texts, report))
    vocabulary = with_waivers(with_looked_up(vocabulary, top), top)
    vocabulary = replace(vocabulary, said=shape_of_said(top))
    standing, vocabulary = read_standing(top, vocabulary)
    conditions = Conditions(vocabulary, report, given.text)
    parts, of_laws = _parts(top, header, law_texts, conditions)
    look_ups = read_look_ups(top, conditions)
    everyone = read_everyone(top, conditions, standing)
    reputation = read_reputation(top)
    outgoing = read_outgoing(top, header, conditions)
    owners = read_owners(top)
    asking = read_asking(top, parts.messages)
    employees = read_employees(top, vocabulary)
    kinds = {*parts.kinds, *(one.id for one in parts.lapses), OTHER}
    calls = read_calls(top, Around(kinds, parts.messages, parts.duty))
    routing = read_routing(top, parts.detectors, conditions)
    voice = read_voice(top, header.brands)
    ground = Ground(
        conditions=conditions, packs=packs, known=given.known_sources, zone=header.timezone
    )
    sources = read_sources(top, ground)
    heard = _heard(parts) | everyone.came_back_by | calls.events
    names = Names(
        events=frozenset((heard | set(vocabulary.events or ())) - {""}),
        failures=frozenset(kinds),
        entitlements=frozenset(rule.id for rule in parts.entitlements),
        requests={one.id: one.takes for one in (*parts.requests, *parts.claims)},
        vocabulary=vocabulary,
        surveys=frozenset(one.id for one in parts.surveys),
        channels=frozenset(name for one in parts.waits for name in one.channels),
        brands=frozenset(header.brands),
    )
    apart = _apart(top, header, _advertisable(parts, names.failures))
    examples = (*read_examples(top, names), *of_laws)
    top.done()
    check_across(replace(parts, told=calls.messages | {asking.closing}), report)
    check_no_offers(parts.people, parts.messages, outgoing.wording, report)
    check_tables(parts.requests, report)
    if not report.errors:
        check_dead_ends(parts, header, vocabulary.parameters, report)
    check_parameters(top, "".join(map(canonical, (root, *laws))))
    if report.errors:
        return _Made()
    book = make_book(parts, header, vocabulary, BookHash(given.digest), given.text)
    bought_by = standing.purchases if standing is not None else frozenset[str]()
    return _Made(
        book=replace(
            book,
            look_ups=look_ups,
            everyone=everyone,
            standing=standing,
            purchases=bought_by,
            outgoing=outgoing,
            sources=sources,
            reputation=reputation,
            owners=owners,
            asking=asking,
            employees=employees,
            routing=routing,
            voice=voice,
            calls=calls,
            **apart,
        ),
        examples=examples,
        free=any(one.rule is not None for one in parts.surveys),
    )


def _apart(top: Section, header: Header, known: Known) -> Mapping[str, Any]:
    """Read the sections that no other rests on, each by the name it has in the book."""
    return {
        "triage": read_triage(top, known.failures),
        "advertised": read_advertised(top, header, known),
        "monday": read_monday(top, header),
        "letters": read_letters(top),
    }


def _advertisable(parts: Parts, failures: Collection[str]) -> Known:
    """Give what an advertised promise can be measured by."""
    return Known(
        failures=failures,
        waits=[one.id for one in parts.waits],
        promises=[one.rule.id for one in parts.promises],
    )


def _heard(parts: Parts) -> set[str]:
    """Give the events that rules listen to; "" stands for any."""
    promised = {event for one in parts.promises for event in (one.rule.after, one.rule.unless)}
    listening = (
        *(one.events for one in parts.detectors),
        *(one.events for one in parts.disclosures),
        *(one.events for one in parts.surveys),
        *(one.events for one in parts.lapses),
        *((one.begins, *one.ends, *one.given_up) for one in parts.waits),
    )
    return promised | {event for events in listening for event in events}


def _digest(documents: tuple[Fields, ...], parameters: Mapping[str, object]) -> str:
    """Tell books apart by what they and their laws mean; other parameters make another book."""
    meaning = "".join(sorted(canonical(one) for one in documents))
    if parameters:
        meaning += json.dumps(parameters, sort_keys=True, ensure_ascii=False)
    return sha256(meaning.encode()).hexdigest()[:16]


def _parts(
    top: Section, header: Header, laws: tuple[LawText, ...], conditions: Conditions
) -> tuple[Parts, tuple[Example, ...]]:
    """Read the sections, and give what the laws bring: their rules, and their examples."""
    detectors = tuple(
        with_fallbacks(one, conditions.vocabulary.parameters)
        for one in read_failures(top, header, conditions)
    )
    places = read_places(top, header)
    remedies = with_places(read_remedies(top), places, top.report)
    requests = read_requests(top, remedies, conditions)
    taken = {one.rule.id: one.rule.line for one in detectors}
    silences = read_silence(top, taken, conditions)
    made = read_promises(top, {*taken, *(one.rule.id for one in silences)}, conditions)
    promises = (*silences, *made)
    check_abouts(top, promises)
    ground = ground_of_book(detectors, promises, frozenset(remedies))
    own = read_entitlements(top, ground, conditions)
    messages = read_messages(top)
    read = [read_law(one, detectors, promises, remedies, conditions) for one in laws]
    parts = Parts(
        detectors=detectors,
        promises=promises,
        entitlements=_all_rules(top, own, read),
        remedies=remedies,
        messages=messages,
        people=read_people(top, messages, conditions),
        plans=read_plans(top, remedies),
        requests=requests,
        goodwill=read_goodwill(top, remedies, detectors, conditions),
        budgets=read_budgets(top, header),
        sends=read_sends(top, header),
        claims=read_claims(
            top,
            {one.id for one in requests},
            {*taken, *(one.rule.id for one in promises), OTHER},
            remedies,
        ),
        disclosures=read_disclosures(top, {one.rule.id for one in made}, conditions),
        surveys=read_surveys(top, conditions),
        places=places,
        duty=read_duty(top, header.timezone),
        walks=read_walks(top, conditions),
        lapses=read_lapses(
            top,
            {*taken, *(one.rule.id for one in promises)},
            conditions,
            conditions.vocabulary.parameters,
        ),
        waits=read_waits(top, {*taken, *(one.rule.id for one in promises)}, conditions, messages),
    )
    return parts, tuple(example for law in read for example in law.examples)


def _all_rules(
    top: Section, own: tuple[Entitlement, ...], laws: list[Law]
) -> tuple[Entitlement, ...]:
    """Give what is owed by the book and by its laws; no two rules have the same name."""
    found = {rule.id: rule for rule in own}
    for rule in (rule for law in laws for rule in law.rules):
        if found.setdefault(rule.id, rule) is not rule:
            top.error("laws", f"The entitlement `{rule.id}` of a law is in this book twice.")
    return tuple(found.values())
