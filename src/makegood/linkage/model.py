"""The model: how much each likeness says, learnt from the lists themselves by Splink on DuckDB."""

import logging
from collections.abc import Collection, Sequence
from contextlib import suppress
from typing import Any

import duckdb
from msgspec import Struct
from splink import DuckDBAPI, Linker, SettingsCreator, block_on
from splink.comparison_level_library import CustomLevel, ElseLevel
from splink.comparison_library import CustomComparison
from splink.internals.blocking_rule_creator import BlockingRuleCreator
from splink.internals.comparison_level_creator import ComparisonLevelCreator
from splink.internals.exceptions import SplinkException

from makegood.linkage.comparing import COMPARED, LEARNT, SEARCHED, SURE, Compared, Level
from makegood.linkage.guests import TEXTS, ask
from makegood.messages.errors import InputError

_SEED = 4  # the sample from which chance likeness is counted; any number, always the same
_LEAST_SAMPLE, _SAMPLE_EACH, _MOST_SAMPLE = 1_000_001.0, 20.0, 10_000_000.0  # random pairs
_LEARN_PAIRS = 500_000.0  # of one search, more teaches nothing
_LESSONS = 3  # searches that are learnt from: with two every field is free once, a third steadies
_RAREST = 1e-5  # a value that nobody else has says no more than this
_UNSEEN = 1e-5  # by chance: a likeness that no random pair had
_LEAST_CHANCE = 0.25  # of what random pairs showed, however much of it true pairs account for
_RECALL_OF_SURE = (
    0.6  # what share of all true pairs agrees in one of `SURE`; a guess that hardly matters
)


class Scored(Struct, frozen=True, kw_only=True):
    """What the model found.

    Attributes:
        table: Table of pairs, with their probability, weight, and the weight of each comparison.
        compared: The comparisons that two lists have fields for.
    """

    table: str
    compared: tuple[Compared, ...]


def score(
    con: duckdb.DuckDBPyConnection,
    tables: Sequence[str],
    least: float,
    without: Collection[str] = (),
) -> Scored:
    """Score every pair worth looking at.

    Args:
        con: Where the tables are.
        tables: One for each list.
        least: Pairs below this probability are left out.
        without: Fields that pairs may not be searched by.
    """
    may = _in_two(con, tables)
    compared = tuple(one for one in COMPARED if may.intersection(one.columns))
    searched = [fields for fields in SEARCHED if may.difference(without).issuperset(fields)]
    if not searched:
        raise InputError(
            "No two lists have enough in common to look for pairs: map a mail address, "
            "a telephone, a date of birth, or the whole name."
        )
    api = DuckDBAPI(con)
    inputs = [api.register(table, dataset_display_name=table) for table in tables]
    settings = SettingsCreator(
        link_type="link_only",
        comparisons=[_comparison(one) for one in compared],
        blocking_rules_to_generate_predictions=[block_on(*fields) for fields in searched],
        retain_intermediate_calculation_columns=True,
        retain_matching_columns=False,
    )
    linker = Linker(inputs, settings, log_level=logging.ERROR)
    rows = sum(ask(con, f"SELECT count(*) FROM {table}")[0][0] for table in tables)
    sampled = min(max(_LEAST_SAMPLE, _SAMPLE_EACH * rows), _MOST_SAMPLE)
    _learn(linker, may.difference(without), sampled, compared)
    learnt = linker.misc.save_model_to_json()
    _mend(learnt)
    linker = Linker(inputs, learnt, log_level=logging.ERROR)
    found = linker.inference.predict(threshold_match_probability=least, warning_mode="never")
    return Scored(table=found.physical_name, compared=compared)


def _in_two(con: duckdb.DuckDBPyConnection, tables: Sequence[str]) -> frozenset[str]:
    """Say which fields at least two lists have."""
    counts = ", ".join(f"count({name}) > 0" for name in TEXTS)
    having = [ask(con, f"SELECT {counts} FROM {table}")[0] for table in tables]
    found = [sum(flags) for flags in zip(*having, strict=True)]
    return frozenset(name for name, lists in zip(TEXTS, found, strict=True) if lists > 1)


def _comparison(one: Compared) -> CustomComparison:
    said, share = one.otherwise
    unknown = CustomLevel(one.unknown, "not known").configure(is_null_level=True)
    levels = [_level(level) for level in one.levels]
    last = ElseLevel().configure(m_probability=share, label_for_charts=said)
    return CustomComparison([unknown, *levels, last], output_column_name=one.name)


def _level(level: Level) -> ComparisonLevelCreator:
    found = CustomLevel(level.when, level.says).configure(m_probability=level.usual)
    if level.by_term:
        found.configure(tf_adjustment_column=level.by_term, tf_minimum_u_value=_RAREST)
    return found


def _mend(learnt: dict[str, Any]) -> None:
    """Take out of chance what is no chance.

    Random pairs hold pairs of one person too, and of a field that hardly two people share these
    are most of the pairs that agree. And what random pairs never showed is rare, whatever a
    library believes of it.
    """
    same = learnt["probability_two_random_records_match"]
    for comparison in learnt["comparisons"]:
        for level in comparison["comparison_levels"]:
            if level.get("is_null_level"):
                continue
            seen = level.get("u_probability")
            if not isinstance(seen, float):
                level["u_probability"] = _UNSEEN
                continue
            true = same * level.get("m_probability", 0.0)
            level["u_probability"] = max((seen - true) / (1 - same), seen * _LEAST_CHANCE)


def _learn(
    linker: Linker, may: frozenset[str], sampled: float, compared: Sequence[Compared]
) -> None:
    """Count chance likeness over random pairs, and true likeness among pairs that look alike."""
    sure: list[str | BlockingRuleCreator] = [
        block_on(*fields) for fields in SURE if may.issuperset(fields)
    ]
    if sure:
        with suppress(ValueError, SplinkException):  # too few rows: what is believed is kept
            linker.training.estimate_probability_two_random_records_match(
                sure, recall=_RECALL_OF_SURE
            )
    linker.training.estimate_u_using_random_sampling(
        max_pairs=sampled, seed=_SEED, min_count_per_level=None, num_chunks=1
    )
    lessons = [it for it in LEARNT if may.issuperset(it) and _teaches(it, compared)]
    for fields in lessons[:_LESSONS]:
        with suppress(SplinkException):
            linker.training.estimate_parameters_using_expectation_maximisation(
                block_on(*fields), max_pairs=_LEARN_PAIRS
            )


def _teaches(fields: Sequence[str], compared: Sequence[Compared]) -> bool:
    """Whether pairs that agree in these leave a comparison of other fields to learn.

    Given name and surname are looked at together, since they may be exchanged. A lesson that
    leaves nothing would make the library forget every comparison.
    """
    used = {"given", "surname"} if {"given", "surname"}.intersection(fields) else set()
    return any(used.union(fields).isdisjoint(one.columns) for one in compared)
