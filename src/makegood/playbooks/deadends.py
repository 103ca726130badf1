"""Warnings about what can never come to be: rules, remedies and endings that nothing leads to."""

from collections.abc import Iterator, Mapping

from makegood.playbooks.crosschecks import Parts
from makegood.playbooks.entitlements import NEVER, Entitlement, dated
from makegood.playbooks.failures import OTHER
from makegood.playbooks.header import Header
from makegood.playbooks.mistakes import Place, Report
from makegood.playbooks.reach import Known, never_true
from makegood.playbooks.reading import Section
from makegood.playbooks.terms import Cause, Plan


def check_dead_ends(
    parts: Parts, header: Header, parameters: Mapping[str, object], report: Report
) -> None:
    """Warn of failures, entitlements, plans and remedies that can never come to anything.

    Args:
        parts: The sections.
        header: Who may give how much.
        parameters: The constants.
        report: Takes the warnings.
    """
    never = {one.rule.id for one in parts.detectors if one.never}
    for one in parts.detectors:
        if one.never:
            report.warn(
                one.when_at,
                f"The failure `{one.rule.id}` can never be: {one.never}.",
                "Correct `when`, or take the failure out.",
            )
    for rule in parts.entitlements:
        why = next(_never_owed(rule, parts, parameters, never), None)
        if why is not None:
            report.warn(
                Place(rule.line, 1),
                f"`{rule.id}` can never be owed: {why}.",
                "Correct it, or take it out.",
            )
    for plan, section in parts.plans:
        _check_plan(plan, section, never)
    _check_remedies(parts, header, report)


def _never_owed(
    rule: Entitlement, parts: Parts, parameters: Mapping[str, object], never: set[str]
) -> Iterator[str]:
    """Give the reasons why an entitlement never applies."""
    in_force = dated(rule, parameters)
    waits = rule.from_by and parameters.get(rule.from_by) == NEVER
    if not waits and in_force.to_ms and in_force.from_ms >= in_force.to_ms:
        yield "it ends before it begins"
    kinds = frozenset(rule.failures)
    if kinds and kinds <= never:
        yield f"{_joined(kinds)} can never be"
    if rule.declined_only and not any(
        offer.declines
        for plan, _ in parts.plans
        if kinds & {*plan.failures}
        for offer in plan.offers
    ):
        yield f"no plan for {_joined(kinds)} offers anything with `declines: true`"
    if rule.when is not None:
        known = Known(
            parameters=parameters,
            shapes={"failure": {"price_cents": "int", "declined": "bool", "day": "string"}},
            only={
                ("failure", "kind"): frozenset(rule.failures.values()),
                ("failure", "cause"): frozenset(cause.value for cause in Cause),
                **({("failure", "declined"): frozenset({True})} if rule.declined_only else {}),
            },
        )
        why = never_true(rule.when, known)
        if why:
            yield why


def _joined(kinds: frozenset[str]) -> str:
    return " and ".join(f"`{kind}`" for kind in sorted(kinds))


def _check_plan(plan: Plan, section: Section, never: set[str]) -> None:
    """Warn of a plan that nothing opens, and of one whose hold never ends by itself."""
    if plan.failures and OTHER not in plan.failures and never.issuperset(plan.failures):
        section.report.warn(
            section.at("for"),
            f"Nothing opens this plan: {_joined(frozenset(plan.failures))} can never be.",
            "Correct the failure, or take both out.",
        )
    longest_ms, hold = plan.hold.longest_ms, "`longest` of its hold"
    if plan.offers and plan.choose_within_ms >= longest_ms:
        section.report.warn(
            section.at("choose_within"),
            f"This plan has no end of its own: {hold} is over before a choice is.",
            "Make `choose_within` the shorter, or `longest` the longer.",
        )
    elif plan.made_whole.ask_after_ms >= longest_ms:
        section.report.warn(
            section.at("made_whole"),
            f"This plan has no end of its own: {hold} is over before anybody asks whether it is "
            "good again.",
            "Make `ask_after` the shorter, or `longest` the longer.",
        )


def _check_remedies(parts: Parts, header: Header, report: Report) -> None:
    """Warn of a remedy that only people give, and of one that costs more than anybody may."""
    given = {name for plan, _ in parts.plans for name in (*plan.gives, *plan.gives_outside)}
    given |= {offer.id for plan, _ in parts.plans for offer in plan.offers}
    given |= {rule.remedy for rule in parts.entitlements}
    given.add(parts.goodwill.otherwise)
    given |= {one.brings for one in parts.remedies.values()}
    given |= {one.claim.pays for one in parts.claims if one.claim is not None}
    given |= {row.remedy for request in parts.requests for row in request.rows}
    most = max(header.authority_cents.values(), default=0)
    for remedy in parts.remedies.values():
        place, name = Place(remedy.line, 1), remedy.id
        if name in given:
            continue
        if remedy.cost_cents <= most:
            report.warn(place, f"No plan offers the remedy `{name}`; only a rep can give it.")
            continue
        report.warn(
            place,
            f"Nobody may give the remedy `{name}`: no plan offers it, it costs "
            f"{remedy.cost_cents} cents, and the highest `authority` is {most}.",
            "Raise an authority, offer it in a plan, or take it out.",
        )
