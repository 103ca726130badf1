"""From ratings to what is published: who has enough, in words and whole numbers of a hundred."""

from collections.abc import Iterable, Mapping, Sequence
from math import ceil, floor

import polars as pl
from msgspec.structs import replace

from makegood.analytics.reputation.blind import Counted, at_least, reasons_of
from makegood.analytics.reputation.estimates import (
    Estimate,
    Terms,
    rep_estimates,
    rule_estimates,
    since_when,
)
from makegood.analytics.reputation.ratings import SCHEMA
from makegood.messages.ids import CustomerId, ProfileId
from makegood.playbooks.reputation import DAY_MS, ReputationTerms
from makegood.ports.reputation import Kind, Published, RatingRow


def rater_of(row: RatingRow, customers: Mapping[ProfileId, CustomerId]) -> str:
    """Say who gave a rating, whatever name they had then."""
    return str(customers.get(row.profile, row.profile))


def table_of(rows: Sequence[RatingRow], customers: Mapping[ProfileId, CustomerId]) -> pl.DataFrame:
    """Put ratings into the table that the model reads; raters are their customers' ids."""
    return pl.DataFrame(
        {
            "rater": [rater_of(row, customers) for row in rows],
            "rep": [str(row.rep) for row in rows],
            "rule": [row.rule for row in rows],
            "place": [row.place for row in rows],
            "channel": [row.channel for row in rows],
            "severity": [row.severity for row in rows],
            "at_ms": [row.met_ms for row in rows],
            "up": [int(row.up) for row in rows],
            "about": [row.reason for row in rows],
            "propensity": [row.propensity for row in rows],
        },
        schema=SCHEMA,
    )


def publish(
    found: Counted,
    customers: Mapping[ProfileId, CustomerId],
    terms: ReputationTerms,
    now_ms: int,
) -> tuple[Published, ...]:
    """Say anew what is said of everybody and every rule of whom enough changed."""
    model = Terms(
        shown_from=terms.shown_from,
        period_days=terms.period_ms // DAY_MS,
        late_days=terms.late_ms // DAY_MS,
    )
    of_rules = [row for row in found.rows if row.for_rule]
    of_reps, reps, rules = _reckoned(found, customers, model)
    said = [
        *_said("rep", reps, found.reps, _grouped(of_reps, "rep"), customers, terms),
        *_said("rule", rules, found.rules, _grouped(of_rules, "rule"), customers, terms),
    ]
    return tuple(replace(one, at_ms=now_ms) for one in said)


def _reckoned(
    found: Counted, customers: Mapping[ProfileId, CustomerId], model: Terms
) -> tuple[list[RatingRow], tuple[Estimate, ...], tuple[Estimate, ...]]:
    """Reckon rules first: what one brings since it became worse is laid on no person.

    Returns:
        The ratings that count for people, people, and rules.
    """
    of_rules = [row for row in found.rows if row.for_rule]
    of_reps = [row for row in found.rows if row.for_rep]
    if not found.reps and not found.rules:
        return of_reps, (), ()
    table = table_of(of_rules, customers)
    rules = rule_estimates(table, model)
    if not found.reps:
        return of_reps, (), rules
    since = since_when(table, [one.name for one in rules if one.worse_lately], model)
    of_reps = [row for row in of_reps if row.rule not in since or row.met_ms < since[row.rule]]
    return of_reps, rep_estimates(table_of(of_reps, customers), model), rules


def _grouped(rows: Iterable[RatingRow], key: str) -> Mapping[str, list[RatingRow]]:
    groups: dict[str, list[RatingRow]] = {}
    for row in rows:
        groups.setdefault(getattr(row, key), []).append(row)
    return groups


def _said(
    kind: Kind,
    estimates: Sequence[Estimate],
    changed: frozenset[str],
    rows: Mapping[str, list[RatingRow]],
    customers: Mapping[ProfileId, CustomerId],
    terms: ReputationTerms,
) -> Iterable[Published]:
    k = terms.blind_below
    for name in sorted(changed):
        own = rows.get(name, [])
        one = next((it for it in estimates if it.name == name), None)
        base = Published(
            kind=kind, subject=name, standing="cannot_tell", at_least=at_least(len(own), k)
        )
        few = len(own) < terms.shown_from or len({rater_of(it, customers) for it in own}) < k
        if few or one is None or one.standing == "cannot_tell":
            yield base
            continue
        yield Published(
            kind=kind,
            subject=name,
            standing=one.standing,
            low=floor(100 * one.low),
            high=ceil(100 * one.high),
            usual=round(100 * one.all),
            at_least=base.at_least,
            reasons=reasons_of(own, customers, k),
            worse_lately=one.worse_lately,
        )
