"""A year of touchpoints whose truth is known here and nowhere else: who vexes customers, and why.

Nothing in it is a regression. Trouble comes from four causes (the person, the rule, the place, the
product) as waiting times with hazards of their own; a thumb goes down when all of it together is
more than this customer bears. Who meets whom is no accident: customers choose, the lenient prefer
some reps, the skilled get the hard cases, rules belong to places, and mostly the vexed and the
delighted answer. Source: evidence (44 to 49); every number is assumed, and drawn
anew for each world.
"""

from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

CAUSES = ("person", "policy", "other", "product")  # "other" is what a customer says of a place
CUSTOMERS, DRAWS = 1000, 40  # those on whom everybody is tried for the truth, and how often each
TOUCHPOINTS_A_RATING = 4  # one in four answers
BLAMES_THE_PERSON = 0.2  # share of vexed customers who tag the person whatever it was


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What kind of world to draw.

    Attributes:
        ratings: Answers a rep on average; volumes have a long tail.
        rep_sd: Standard deviation over reps of the log odds of a thumb up, everything else alike.
        selection: Strength of choice and of routing by skill; 0 for none.
        random_share: Share of touchpoints given to anybody who could take it, by lot.
        bad_rule_days: How long ago rule 0 became a bad fee; 0 for never.
    """

    reps: int = 60
    rules: int = 12
    places: int = 6
    ratings: int = 360
    rep_sd: float = 0.5
    selection: float = 1.0
    random_share: float = 0.1
    days: int = 364
    bad_rule_days: int = 0


@dataclass(frozen=True, kw_only=True)
class Truth:
    """What is sealed: the share of thumbs up that each would get of the same customers."""

    reps: Floats
    rules: Floats
    skill: Floats


@dataclass(frozen=True, kw_only=True)
class Ratings:
    """What a firm sees: one row for each answer, oldest first."""

    rater: Ints
    rep: Ints
    rule: Ints
    place: Ints
    day: Ints
    severity: Ints
    up: Ints
    tag: Ints
    propensity: Floats


@dataclass(frozen=True, kw_only=True)
class World:
    """One world: what is seen of it, and its truth."""

    seen: Ratings
    truth: Truth


@dataclass(frozen=True, kw_only=True)
class _Nature:
    """What everybody and everything is like."""

    skill: Floats
    charm: Floats
    busy: Floats
    home: Ints
    rule: Floats
    place: Floats
    lenient: Floats
    lives: Ints
    skill_scale: float = 1.0
    bears: float = 1.0
    answers: float = 1.0


@dataclass(frozen=True, kw_only=True)
class _Touch:
    """Touchpoints, and all chance in them, drawn before anything is decided by them."""

    rater: Ints
    rule: Ints
    place: Ints
    day: Ints
    severity: Ints
    troubles: Floats
    patience: Floats
    luck: Floats
    blame: Floats
    rep: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    propensity: Floats = field(default_factory=lambda: np.zeros(0))


def make(plan: Plan, seed: int) -> World:
    """Draw a world; the same seed gives the same chance, whatever the plan does to the rules."""
    rng = np.random.default_rng([seed, plan.reps, plan.ratings])
    touchpoints = plan.reps * plan.ratings * TOUCHPOINTS_A_RATING
    nature = _nature(plan, rng, touchpoints // 14)
    mix = rng.dirichlet(np.full(plan.rules, 1.5), size=plan.places)
    reference = _many(_touches(plan, nature, mix, rng, CUSTOMERS), rng)
    nature = _calibrated(plan, nature, reference)
    touches = _met(plan, nature, _touches(plan, nature, mix, rng, touchpoints), rng)
    margin, cause = _margins(plan, nature, touches, touches.rep)
    answered = touches.luck < np.minimum(1.0, nature.answers * _eager(margin))
    tag = _tags(touches, cause)
    order = np.flatnonzero(answered)
    order = order[np.argsort(touches.day[order], kind="stable")]
    seen = Ratings(
        rater=touches.rater[order],
        rep=touches.rep[order],
        rule=touches.rule[order],
        place=touches.place[order],
        day=touches.day[order],
        severity=touches.severity[order],
        up=(margin[order] > 0).astype(np.int64),
        tag=tag[order],
        propensity=touches.propensity[order],  # above 0 where the firm drew by lot
    )
    return World(seen=seen, truth=_truth(plan, nature, reference))


def _nature(plan: Plan, rng: np.random.Generator, raters: int) -> _Nature:
    skill = rng.normal(size=plan.reps)
    skill = (skill - skill.mean()) / skill.std()
    sites = np.argsort(np.argsort(0.5 * skill + rng.normal(size=plan.reps)))
    return _Nature(
        skill=skill,
        charm=rng.normal(size=plan.reps) - 0.45 * skill,
        busy=rng.normal(scale=0.5, size=plan.reps),
        home=sites * plan.places // plan.reps,
        rule=rng.normal(scale=rng.uniform(0.9, 1.2), size=plan.rules),
        place=rng.normal(scale=rng.uniform(0.2, 0.4), size=plan.places),
        lenient=rng.normal(scale=rng.uniform(0.4, 0.7), size=raters),
        lives=rng.integers(plan.places, size=raters),
    )


def _touches(
    plan: Plan, nature: _Nature, mix: Floats, rng: np.random.Generator, count: int
) -> _Touch:
    """Draw who turns up where, about which rule, how grave, and all the chance in it."""
    often = rng.gamma(0.8, size=nature.lenient.size)
    rater = rng.choice(nature.lenient.size, size=count, p=often / often.sum())
    away = rng.random(count) < 0.2
    place = np.where(away, rng.integers(plan.places, size=count), nature.lives[rater])
    rule = (rng.random(count)[:, None] > mix.cumsum(axis=1)[place][:, :-1]).sum(axis=1)
    return _Touch(
        rater=rater,
        rule=rule,
        place=place,
        day=rng.integers(plan.days, size=count),
        severity=rng.choice(5, size=count, p=(0.3, 0.3, 0.2, 0.12, 0.08)) + 1,
        troubles=rng.gamma(1.5, size=(count, 4)),
        patience=rng.normal(scale=0.3, size=count),
        luck=rng.random(count),
        blame=rng.random(count),
    )


def _margins(
    plan: Plan, nature: _Nature, one: _Touch, rep: Ints, rule: Ints | None = None
) -> tuple[Floats, Ints]:
    """Say by how much (log) patience outlasted trouble, and which cause gave most of it."""
    rule = one.rule if rule is None else rule
    grievance = nature.rule[rule]
    if plan.bad_rule_days:
        bad = (rule == 0) & (one.day >= plan.days - plan.bad_rule_days)
        grievance = grievance + 2.5 * bad
    hazards = np.stack(
        [
            -nature.skill_scale * nature.skill[rep],
            grievance,
            nature.place[one.place] - 0.3,
            0.4 * (one.severity - 2.5),
        ],
        axis=-1,
    )
    trouble = one.troubles * np.exp(hazards)
    inflation = 0.2 * one.day / plan.days  # standards sink over the year
    bears = nature.bears * np.exp(nature.lenient[one.rater] + one.patience + inflation)
    return np.log(bears / trouble.sum(axis=-1)), trouble.argmax(axis=-1)


def _tags(one: _Touch, cause: Ints) -> Ints:
    """Say what a vexed customer lays it on (place in `CAUSES`): mostly what vexed them most."""
    return np.where(one.blame < BLAMES_THE_PERSON, 0, cause)


def _eager(margin: Floats) -> Floats:
    """How eager somebody is to answer: a J, highest when vexed, lowest between."""
    vexed = 1 / (1 + np.exp(4 * (margin + 0.4)))
    pleased = 1 / (1 + np.exp(-4 * (margin - 0.9)))
    return np.asarray(0.25 + 0.75 * vexed + 0.45 * pleased)


def _shares(plan: Plan, nature: _Nature, one: _Touch, *, of_rules: bool) -> Floats:
    """Give the share of thumbs up that each would get of the same customers who answer.

    Each customer of the reference meets everybody many times, and counts as often as they answer
    on average: that a bad rep moves more of the vexed to answer makes nobody look worse than they
    are. Thumbs down that the customer lays on the rule are not about a person.
    """
    quiet = replace(plan, bad_rule_days=0)
    some = np.arange(one.rater.size) % plan.reps
    ups, all_ = [], []
    for each in range(plan.rules if of_rules else plan.reps):
        them = np.full(one.rater.size, each)
        rep, rule = (some, them) if of_rules else (them, one.rule)
        margin, cause = _margins(quiet, nature, one, rep, rule)
        elsewhere = (margin <= 0) & (_tags(one, cause) == 1) & (not of_rules)
        weight = (_eager(margin) * ~elsewhere).reshape(-1, DRAWS)
        ups.append((weight * (margin.reshape(-1, DRAWS) > 0)).sum(axis=1))
        all_.append(weight.sum(axis=1))
    answers = np.mean(all_, axis=0)
    return np.asarray((np.array(ups) / np.array(all_)) @ answers / answers.sum())


def _many(one: _Touch, rng: np.random.Generator) -> _Touch:
    """Let the same touchpoints happen many times, each with chance of its own."""
    count = one.rater.size * DRAWS
    return _Touch(
        rater=one.rater.repeat(DRAWS),
        rule=one.rule.repeat(DRAWS),
        place=one.place.repeat(DRAWS),
        day=one.day.repeat(DRAWS),
        severity=one.severity.repeat(DRAWS),
        troubles=rng.gamma(1.5, size=(count, 4)),
        patience=rng.normal(scale=0.3, size=count),
        luck=np.ones(count),
        blame=rng.random(count),
    )


def _calibrated(plan: Plan, nature: _Nature, one: _Touch) -> _Nature:
    """Set patience so that most thumbs go up, and skill to the spread the plan asks for."""
    some = np.arange(one.rater.size) % plan.reps
    low, high = 0.0, 4.0
    for _ in range(9):
        nature = replace(nature, skill_scale=(low + high) / 2)
        for _again in range(2):
            margin, _ = _margins(replace(plan, bad_rule_days=0), nature, one, some)
            nature = replace(nature, bears=nature.bears / np.exp(np.quantile(margin, 0.2)))
        shares = _shares(plan, nature, one, of_rules=False)
        if np.log(shares / (1 - shares)).std() < plan.rep_sd:
            low = nature.skill_scale
        else:
            high = nature.skill_scale
    margin, _ = _margins(replace(plan, bad_rule_days=0), nature, one, some)
    return replace(nature, answers=1 / (TOUCHPOINTS_A_RATING * float(_eager(margin).mean())))


def _truth(plan: Plan, nature: _Nature, one: _Touch) -> Truth:
    return Truth(
        reps=_shares(plan, nature, one, of_rules=False),
        rules=_shares(plan, nature, one, of_rules=True),
        skill=nature.skill,
    )


def _met(plan: Plan, nature: _Nature, one: _Touch, rng: np.random.Generator) -> _Touch:
    """Say who met whom, and with what probability the firm knew it would be so."""
    count, s = one.rater.size, plan.selection
    here = nature.home[None, :] == np.arange(plan.places)[:, None]
    visits = np.where(here, 0.0, -3.0)  # a rep is seldom on duty elsewhere
    likes = s * nature.lenient[:, None] * nature.charm[None, :] * 2.0
    utility = nature.busy + visits[nature.lives] + likes
    favourite = (utility + rng.gumbel(size=utility.shape)).argmax(axis=1)
    routed = (
        nature.busy
        + visits[one.place]
        + s * 0.75 * (one.severity[:, None] - 2.2) * nature.skill[None, :]
    )
    chance = np.exp(routed)
    chance /= chance.sum(axis=1, keepdims=True)
    drawn = (chance.cumsum(axis=1) < rng.random(count)[:, None]).sum(axis=1)
    by_lot = (visits[one.place] + rng.gumbel(size=chance.shape)).argmax(axis=1)
    asks, lot = rng.random(count) < 0.5 * (s > 0), rng.random(count) < plan.random_share
    rep = np.where(asks, favourite[one.rater], np.where(lot, by_lot, drawn))
    rep = np.minimum(rep, plan.reps - 1)
    even = np.exp(visits[one.place, rep]) / np.exp(visits[one.place]).sum(axis=1)
    propensity = np.where(lot & ~asks, even, 0.0)
    return replace(one, rep=rep, propensity=propensity)
