"""Rule book text in, checked and compiled rule book out; opens no file."""

import json
from collections.abc import Collection, Mapping
from hashlib import sha256

from msgspec import Struct
from msgspec.structs import replace

from makegood.messages.ids import BookHash
from makegood.playbooks.book import RuleBook
from makegood.playbooks.conditions import Conditions
from makegood.playbooks.crosschecks import Parts, check_across
from makegood.playbooks.entitlements import Entitlement, ground_of_book, read_entitlements
from makegood.playbooks.examples import Example, Names, read_examples
from makegood.playbooks.failures import OTHER, read_failures
from makegood.playbooks.header import Header, read_header
from makegood.playbooks.laws import (
    Law,
    LawText,
    bound_files,
    parameters_of,
    read_law,
    read_law_texts,
)
from makegood.playbooks.lookups import read_look_ups, with_looked_up
from makegood.playbooks.messages import read_messages
from makegood.playbooks.mistakes import BookError, BookErrors, Report
from makegood.playbooks.nodes import Fields, canonical, read_nodes
from makegood.playbooks.owing import make_owed
from makegood.playbooks.plans import read_plans
from makegood.playbooks.reading import Section
from makegood.playbooks.remedies import read_remedies
from makegood.playbooks.requests import check_tables, make_rulings, read_requests
from makegood.playbooks.silence import about_by_event, read_silence
from makegood.playbooks.terms import FailureRule, Loss, SilenceRule
from makegood.playbooks.triggers import about_reader, make_triggers, with_fallbacks
from makegood.playbooks.vocabulary import Vocabulary, check_parameters, read_vocabulary


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
) -> CheckedBook:
    """Check a rule book and give everything that is known about it; raises nothing.

    Args:
        text: The YAML, with the laws it names bound to it (`laws.bind`).
        name: What errors call it.
        parameters: Take these instead of the book's own of the same names.
        laws: Every law that could be had, for the nearest right name.

    Returns:
        The book with its examples, or its mistakes.
    """
    report = Report(name)
    documents = read_nodes(text, report)
    report.bound(bound_files(text, documents))
    book, examples = (
        _read(documents, text, report, parameters or {}, laws) if documents else (None, ())
    )
    failed = bool(report.errors)
    return CheckedBook(
        book=None if failed else book,
        errors=report.errors,
        warnings=report.warnings,
        examples=() if failed else examples,
    )


def _read(
    documents: tuple[Fields, ...],
    text: str,
    report: Report,
    parameters: Mapping[str, object],
    known_laws: Collection[str],
) -> tuple[RuleBook | None, tuple[Example, ...]]:
    top = Section(documents[0], "rule book", report)
    if top.has("law") and not top.has("makegood"):
        top.error("law", "This is a law and no rule book.", "Name it in `laws:` of a book.")
        return None, ()
    law_texts = read_law_texts(top, documents[1:], known_laws)
    header = read_header(top)
    vocabulary = read_vocabulary(top, parameters, parameters_of(law_texts, report))
    vocabulary = with_looked_up(vocabulary, top)
    conditions = Conditions(vocabulary, report, text)
    parts, of_laws = _parts(top, header, law_texts, conditions)
    look_ups = read_look_ups(top, conditions)
    heard = {event for one in parts.detectors for event in one.events}
    heard |= {event for one in parts.promises for event in (one.rule.after, one.rule.unless)}
    names = Names(
        events=frozenset(heard | set(vocabulary.events or ())),
        failures=frozenset({*parts.kinds, OTHER}),
        entitlements=frozenset(rule.id for rule in parts.entitlements),
        requests={request.id: request.takes for request in parts.requests},
        vocabulary=vocabulary,
    )
    examples = (*read_examples(top, names), *of_laws)
    top.done()
    check_across(parts, report)
    check_tables(parts.requests, report)
    check_parameters(top, "".join(map(canonical, documents)))
    if report.errors:
        return None, ()
    book = _book(parts, header, vocabulary, _digest(documents, parameters), text)
    return replace(book, look_ups=look_ups), examples


def _digest(documents: tuple[Fields, ...], parameters: Mapping[str, object]) -> BookHash:
    """Tell books apart by what they and their laws mean; other parameters make another book."""
    meaning = "".join(sorted(canonical(one) for one in documents))
    if parameters:
        meaning += json.dumps(parameters, sort_keys=True, ensure_ascii=False)
    return BookHash(sha256(meaning.encode()).hexdigest()[:16])


def _parts(
    top: Section, header: Header, laws: tuple[LawText, ...], conditions: Conditions
) -> tuple[Parts, tuple[Example, ...]]:
    """Read the sections, and give what the laws bring: their rules, and their examples."""
    detectors = tuple(
        with_fallbacks(one, conditions.vocabulary.parameters)
        for one in read_failures(top, header, conditions)
    )
    remedies = read_remedies(top)
    requests = read_requests(top, remedies, conditions)
    taken = {one.rule.id: one.rule.line for one in detectors}
    promises = read_silence(top, taken, conditions)
    ground = ground_of_book(detectors, promises, frozenset(remedies))
    own = read_entitlements(top, ground, conditions)
    read = [read_law(one, detectors, promises, remedies, conditions) for one in laws]
    parts = Parts(
        detectors=detectors,
        promises=promises,
        entitlements=_all_rules(top, own, read),
        remedies=remedies,
        messages=read_messages(top),
        plans=read_plans(top, remedies),
        requests=requests,
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


def _book(
    parts: Parts, header: Header, vocabulary: Vocabulary, digest: BookHash, text: str
) -> RuleBook:
    silences = tuple(one.rule for one in parts.promises)
    parameters = vocabulary.parameters
    return RuleBook(
        hash=digest,
        name=header.name,
        umbrella=header.umbrella,
        currency=header.currency,
        timezone=header.timezone,
        failures=_failures(parts, silences),
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
        double_window_ms=header.double_window_ms,
        brands=header.brands,
        messages=parts.messages,
        requests=make_rulings(parts.requests, parameters, header.currency),
        text=text,
    )


def _failures(parts: Parts, silences: tuple[SilenceRule, ...]) -> Mapping[str, FailureRule]:
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
    events = dict.fromkeys(getattr(rule, key) for rule in silences)
    return {
        event: tuple(rule for rule in silences if getattr(rule, key) == event) for event in events
    }
