"""How well reputations find a sealed truth: `python -m benchmarks.reputation`.

`python -m benchmarks --only reputation` draws one volume only; with `--quick`, smaller worlds.

Worlds of `makegood_sim` with choice, routing by skill, rules that belong to places and answers of
the vexed; beside the model, percent-positive. Prints the table; `--write` puts it and the curve
into the page; `--worlds 4` is quick. With `--kept FILE` what is measured is kept world by world:
many worlds may come in many short runs (`--seconds`). Exits with 1 when a goal is missed.
"""

import argparse
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from itertools import combinations
from multiprocessing import get_context
from pathlib import Path
from statistics import mean

import msgspec
import numpy as np
import polars as pl

from benchmarks.report import Bound, Figure, Result
from benchmarks.report import Plan as Bench
from makegood.analytics.reputation.blind import last_few
from makegood.analytics.reputation.estimates import (
    Estimate,
    Terms,
    rep_estimates,
    rule_estimates,
    since_when,
)
from makegood.playbooks.reputation import ReputationTerms
from makegood_sim.reputation import CAUSES, Plan, Ratings, World, make

NO_LOT = "360 a rep, lots not known"
ALARM = "a bad fee"
LOOKS, SETTLES, LATER = (3, 5, 7, 10, 14), 14, 28  # days
PLANS: Mapping[str, Plan] = {
    "30 a rep": Plan(ratings=30),
    "60 a rep": Plan(ratings=60),
    "90 a rep": Plan(ratings=90),
    "180 a rep": Plan(ratings=180),
    "360 a rep": Plan(ratings=360),
    "720 a rep": Plan(ratings=720),
    "360 a rep, no selection": Plan(selection=0.0),
    "360 a rep, rep sd .3": Plan(rep_sd=0.3),
    NO_LOT: Plan(),
    ALARM: Plan(bad_rule_days=LATER),
}
VOLUMES = (30, 60, 90, 180, 360, 720)
DAY_MS = 86_400_000


class Score(msgspec.Struct, frozen=True):
    """One world: Kendall's tau of three rankings with the truth, and shares covered."""

    positive: float
    reps: float
    rules: float
    covered: float
    rules_covered: float
    ratings: int


class Alarm(msgspec.Struct, frozen=True):
    """One world with a fee that became bad: when it was named, and what else happened.

    How far the one moved who moved most is in standard deviations of reps.

    Attributes:
        named: After how many days; 0 for not within 14.
        wrongly: Other rules that were said to have become worse.
        early: How far by the day it was named, or by the 14th.
        moved: How far after 28 days: all that was met in the first 14 has settled.
        laid: The same against the world without the fee where the same ratings are set aside:
            what was laid on a person, and not what fewer ratings do.
        blamed: How much the one in ten moved who met the bad fee most often, against all, after
            28 days; below nought when they pay for it.
    """

    named: int
    wrongly: int
    early: float
    moved: float
    laid: float
    blamed: float


def table(seen: Ratings, until: int | None = None, *, lots_known: bool = True) -> pl.DataFrame:
    """Put what a firm sees into the columns that the product reads, as the product counts it."""
    keep = np.flatnonzero(seen.day <= (until if until is not None else seen.day.max()))

    def words(letter: str, values: np.ndarray) -> pl.Series:
        return pl.Series([f"{letter}{value:04d}" for value in values[keep]])

    return pl.DataFrame(
        {
            "rater": words("c", seen.rater),
            "rep": words("r", seen.rep),
            "rule": words("f", seen.rule),
            "place": words("p", seen.place),
            "channel": "",
            "severity": seen.severity[keep],
            "at_ms": seen.day[keep] * DAY_MS,
            "up": seen.up[keep],
            "about": pl.Series([CAUSES[tag] for tag in seen.tag[keep]]),
            "propensity": seen.propensity[keep] * lots_known,
        },
        schema_overrides={"channel": pl.String},
    )


def counting(seen: pl.DataFrame, of: str) -> pl.DataFrame:
    """Keep the last few ratings of each customer about each, as publishing does."""
    pairs = list(zip(seen["rater"], seen[of], strict=True))
    return seen[list(last_few(pairs, ReputationTerms().most_of_one))]


def people(seen: pl.DataFrame, spared: Mapping[str, int] | None = None) -> tuple[Estimate, ...]:
    return rep_estimates(counting(seen, "rep"), Terms(), spared)


def rules_of(seen: pl.DataFrame) -> tuple[Estimate, ...]:
    return rule_estimates(counting(seen, "rule"), Terms())


def tau(left: Sequence[float], right: Sequence[float]) -> float:
    """Kendall's tau, by its definition: pairs in order less pairs out of order, of all pairs."""
    pairs = [
        np.sign((left[one] - left[two]) * (right[one] - right[two]))
        for one, two in combinations(range(len(left)), 2)
    ]
    return float(np.mean(pairs))


def covered(found: Sequence[Estimate], truth: np.ndarray) -> float:
    """Say which share of the intervals, each about the average, holds the truth about its own."""
    level, own = np.mean([one.share for one in found]), truth - truth.mean()
    holds = [
        one.low - level <= true <= one.high - level for one, true in zip(found, own, strict=True)
    ]
    return float(np.mean(holds))


def score(plan: Plan, seed: int, *, lots_known: bool = True) -> Score:
    """Draw a world, show what a firm sees of it, and compare with the truth."""
    world = make(plan, seed)
    seen = table(world.seen, lots_known=lots_known)
    found, of_rules = people(seen), rules_of(seen)
    numbers = [int(one.name[1:]) for one in found]
    rules = [int(one.name[1:]) for one in of_rules]
    positive = seen.group_by("rep").agg(pl.col("up").mean()).sort("rep")["up"].to_list()
    reps, ruled = world.truth.reps[numbers], world.truth.rules[rules]
    return Score(
        positive=tau(positive, reps),
        reps=tau([one.share for one in found], reps),
        rules=tau([one.share for one in of_rules], ruled),
        covered=covered(found, reps),
        rules_covered=covered(of_rules, ruled),
        ratings=len(seen),
    )


def _worse(seen: pl.DataFrame) -> Mapping[str, int]:
    """Say which rules are said to have become worse, and since when."""
    counting_ = counting(seen, "rule")
    worse = [it.name for it in rule_estimates(counting_, Terms()) if it.worse_lately]
    return since_when(counting_, worse, Terms())


def alarm(plan: Plan, seed: int) -> Alarm:
    """Let a fee become bad, and look on several of the days after; beside it the world without."""
    bad, quiet = make(plan, seed), make(replace(plan, bad_rule_days=0), seed)
    begins = plan.days - plan.bad_rule_days - 1
    named: dict[int, Mapping[str, int]] = {}
    for day in LOOKS:
        named[day] = _worse(table(bad.seen, begins + day))
        if "f0000" in named[day]:
            break
    first, last = max(named), begins + LATER
    spared = _worse(table(bad.seen, last))

    def settled(world: World, day: int, spared: Mapping[str, int]) -> tuple[Estimate, ...]:
        return people(table(world.seen, day - SETTLES), spared)

    before, after = settled(quiet, last, {}), settled(bad, last, spared)
    return Alarm(
        named=first if "f0000" in named[first] else 0,
        wrongly=len({rule for rules in named.values() for rule in rules} - {"f0000"}),
        early=_moved(
            settled(quiet, begins + first, {}), settled(bad, begins + first, named[first])
        ),
        moved=_moved(before, after),
        laid=_moved(settled(quiet, last, spared), after),
        blamed=_blamed(before, after, table(bad.seen, last - SETTLES)),
    )


def _blamed(before: Sequence[Estimate], after: Sequence[Estimate], seen: pl.DataFrame) -> float:
    """Say how the tenth moved who met the bad fee most, against all."""
    bad = (pl.col("rule") == "f0000") & (pl.col("at_ms") > seen["at_ms"].max() - SETTLES * DAY_MS)
    share = seen.group_by("rep").agg(bad.mean()).sort("rep")["rule"].to_numpy()
    was, became = (np.array([one.effect for one in found]) for found in (before, after))
    moved = (became - was) / was.std()
    return float(moved[share >= np.quantile(share, 0.9)].mean() - moved.mean())


def _moved(before: Sequence[Estimate], after: Sequence[Estimate]) -> float:
    """Say how far the one moved who moved most, in standard deviations of people."""
    was, became = ({one.name: one.effect for one in found} for found in (before, after))
    spread = float(np.std(list(was.values())))
    return max(abs(effect - was[name]) for name, effect in became.items()) / spread


class Done(msgspec.Struct, frozen=True):
    """One world of one row, as it is kept in a file."""

    row: str
    seed: int
    score: Score | None = None
    alarm: Alarm | None = None


def measured(row: str, seed: int) -> Done:
    """Measure one world of one row."""
    plan = PLANS[row]
    if row == ALARM:
        return Done(row, seed, alarm=alarm(plan, seed))
    return Done(row, seed, score=score(plan, seed, lots_known=row != NO_LOT))


def all_of(worlds: int, kept: Path | None, seconds: float) -> list[Done]:
    """Run what is not kept yet, two at a time; begin nothing new when the time is over."""
    done = list(_read(kept))
    have, end = {(one.row, one.seed) for one in done}, time.monotonic() + seconds
    due = [(row, n) for n in range(worlds) for row in PLANS if (row, n) not in have]
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        while due and time.monotonic() < end:
            now, due = due[:2], due[2:]
            for one in pool.map(measured, *zip(*now, strict=True)):
                done.append(one)
                if kept:
                    with kept.open("ab") as lines:
                        lines.write(msgspec.json.encode(one) + b"\n")
    return done


def _read(kept: Path | None) -> Iterator[Done]:
    if kept and kept.exists():
        yield from map(msgspec.json.Decoder(Done).decode, kept.read_bytes().splitlines())


def figures(done: Sequence[Done], worlds: int) -> tuple[dict[str, list[Score]], list[Alarm]]:
    """Sort what was measured by row; of each the first worlds, by seed.

    Raises:
        SystemExit: A world is not measured yet.
    """
    by = {(one.row, one.seed): one for one in done}
    if missing := sum((row, n) not in by for row in PLANS for n in range(worlds)):
        raise SystemExit(f"{missing} worlds are not measured yet; run it again.")
    found = {row: [by[row, n] for n in range(worlds)] for row in PLANS}
    scores = {row: [it.score for it in of if it.score] for row, of in found.items()}
    del scores[ALARM]
    return scores, [it.alarm for it in found[ALARM] if it.alarm]


def run(asked: Bench) -> Result:
    """Draw a few worlds of one volume, and one in which a fee became bad."""
    plan = Plan(reps=30, ratings=240) if asked.quick else Plan()
    got = [score(plan, seed) for seed in range(2 if asked.quick else 4)]
    heard = alarm(replace(plan, bad_rule_days=LATER), 1)
    model, positive = mean(one.reps for one in got), mean(one.positive for one in got)
    rules, held = mean(one.rules for one in got), mean(one.covered for one in got)
    what = f"{plan.ratings} ratings a rep"
    return Result(
        name="reputation",
        figures=(
            Figure(what=f"{what}: tau of people", value=model, unit="", target="0.65"),
            Figure(what=f"{what}: tau of percent-positive", value=positive, unit=""),
            Figure(what=f"{what}: tau of rules", value=rules, unit="", target="0.9"),
            Figure(what=f"{what}: share in 90 % intervals", value=held, unit="", target="0.9"),
            Figure(what="a bad fee: named after", value=heard.named, unit="days", target="14"),
            Figure(what="a bad fee: most moved by then", value=heard.early, unit="sd"),
            Figure(what="a bad fee: most moved after 28 days", value=heard.moved, unit="sd"),
            Figure(what="a bad fee: laid on one of them", value=heard.laid, unit="sd"),
        ),
        bounds=(
            Bound(what="tau of people above that of percent-positive", value=model - positive,
                  least=0.15),
            Bound(what="tau of rules", value=rules, least=0.7),
            Bound(what="share in 90 % intervals", value=held, least=0.75),
            Bound(what="a bad fee: days", value=heard.named, least=1, most=14),
            Bound(what="a bad fee: other rules named", value=heard.wrongly, most=0),
            Bound(what="a bad fee: most moved by then", value=heard.early, most=0.1),
            Bound(what="a bad fee: laid on one of them", value=heard.laid, most=0.2),
        ),
    )  # fmt: skip


def firm(hundreds: int) -> str:
    """Time a round over houses of a hundred people each, who have their rules in common."""
    house = table(make(Plan(reps=100), 0).seen)
    columns = ("rater", "rep", "place")
    houses = [
        house.with_columns(pl.col(name) + f"/{n}" for name in columns) for n in range(hundreds)
    ]
    seen = pl.concat(houses).sort("at_ms")
    begin = time.process_time()
    rules = rules_of(seen)
    between = time.process_time()
    found = people(seen)
    end = time.process_time()
    return (
        f"{len(found)} people, {len(seen)} ratings: {len(rules)} rules in {between - begin:.1f} s "
        f"of one processor, people in {end - between:.1f} s"
    )


def main() -> None:
    """Measure, print, and fail when a goal is missed."""
    from benchmarks.reputation_page import PAGE, markdown, write

    parser = argparse.ArgumentParser(prog="python -m benchmarks.reputation", description=__doc__)
    parser.add_argument("--worlds", type=int, default=20)
    parser.add_argument("--kept", type=Path, help="keep worlds in this file, and go on from it")
    parser.add_argument("--seconds", type=float, default=1e9, help="begin no world after so many")
    parser.add_argument("--write", action="store_true", help=f"into {PAGE}, and its curve")
    parser.add_argument("--firm", type=int, help="only time a firm of so many hundred people")
    asked = parser.parse_args()
    if asked.firm:
        print(firm(asked.firm))
        return
    scores, alarms = figures(all_of(asked.worlds, asked.kept, asked.seconds), asked.worlds)
    print(markdown(scores, alarms))
    if asked.write:
        write(scores, alarms)
    if missed := goals_missed(scores, alarms):
        raise SystemExit(f"Missed: {', '.join(missed)}.")


def goals_missed(scores: Mapping[str, Sequence[Score]], alarms: Sequence[Alarm]) -> list[str]:
    """Say which goals at 360 ratings a rep are missed, on average over the worlds."""
    got = scores["360 a rep"]
    reps, positive, rules, held = (
        mean(getattr(one, field) for one in got)
        for field in ("reps", "positive", "rules", "covered")
    )
    goals = {
        "tau of people, .65": reps >= 0.65,
        "tau of percent-positive, .35": positive <= 0.35,
        "tau of rules, .9": rules >= 0.9,
        "90 % intervals, 87 to 93": 0.87 <= held <= 0.93,
        "the fee is named within 14 days": all(1 <= one.named <= 14 for one in alarms),
        "until it is named nobody moves by more than .1": all(one.early <= 0.1 for one in alarms),
        "more than .1 of it is laid on nobody": all(one.laid <= 0.1 for one in alarms),
    }
    return [goal for goal, is_met in goals.items() if not is_met]


if __name__ == "__main__":
    main()
