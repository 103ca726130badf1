"""Reputations at work: take ratings from the log, publish, ask owners, hear appeals.

Nothing here touches routing, authority or pay, and no other room reads it for that: a reputation
is for the person whom it is about, for who looks after them, and for a customer who chooses.
"""

from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from makegood.analytics.reputation.blind import Counted, LeftOut, counted
from makegood.messages.commands import AskOwner, Command
from makegood.messages.errors import Refused
from makegood.messages.events import Event
from makegood.messages.facts import Rated
from makegood.messages.ids import CustomerId, ProfileId, RepId
from makegood.playbooks.book import Library
from makegood.playbooks.owners import OwnerTerms
from makegood.playbooks.reputation import ReputationTerms
from makegood.playbooks.rulings import SurveyKind
from makegood.ports.acts import Act
from makegood.ports.clock import Clock
from makegood.ports.reputation import Appeal, Published, RatingRow, RuleAnswer, Verdict, appeal_id
from makegood.ports.store import Reading, Store, Writing
from makegood.projections.root_causes import answerer, cause_words
from makegood.runtime.asking_owners import question
from makegood.runtime.by_lot import Met, chances
from makegood.runtime.log_edge import whole_until
from makegood.runtime.noting import note
from makegood.runtime.places import ids_by_name

PAGE = 2000
Publisher = Callable[
    [Counted, Mapping[ProfileId, CustomerId], ReputationTerms, int], tuple[Published, ...]
]
"""Fits the model; given from outside, so that only who publishes loads what it needs."""


class Round(Struct, frozen=True, kw_only=True):
    """What one round of publishing did.

    Attributes:
        taken: New ratings found in the log.
        ratings: Ratings known in all.
        published: People and rules of whom something is said anew.
        asked: Rules whose owner is asked to answer.
    """

    taken: int
    ratings: int
    published: tuple[Published, ...]
    asked: tuple[RuleAnswer, ...]


def take_ratings(store: Store, library: Library) -> int:
    """Take new ratings from the log; again, nothing is taken twice. Give how many there were."""
    taken, until = 0, whole_until(store)
    while True:
        with store.reading() as reading:
            after = reading.ratings_read()
            log = [one for one in reading.log(after, PAGE) if one[0] <= until]
        if not log:
            return taken
        found = [
            (row, _met(row, event, library))
            for seq, event in log
            if (row := rating_of(seq, event, library)) is not None
        ]
        with store.reading() as reading:
            drawn = chances(reading, [met for _, met in found])
        rows = [
            replace(row, propensity=chance) for (row, _), chance in zip(found, drawn, strict=True)
        ]
        with store.writing() as writing:
            if writing.hold_ratings()[0] != after:
                continue  # somebody else took these
            rows = by_place(writing, rows)
            writing.add_ratings(rows, log[-1][0])
        taken += len(rows)


def _met(row: RatingRow, event: Event, library: Library) -> Met:
    """Say whom a customer met, and how long the book's routing says whom they meet."""
    book = library.books[event.stamp.book].for_brand(row.brand)
    for_ms = book.people.thread_ms if book.routing.slice else 0
    return Met(profile=row.profile, rep=row.rep, brand=row.brand, at_ms=row.met_ms, for_ms=for_ms)


def rating_of(seq: int, event: Event, library: Library) -> RatingRow | None:
    """Read a rating from an event; None for everything that is no thumb about a person or rule."""
    body = event.body
    if not isinstance(body, Rated) or body.question or not (body.met or body.rule):
        return None
    if body.by and body.by == body.met:
        return None  # nobody writes down what is said of themselves
    book = library.books[event.stamp.book].for_brand(body.brand)
    survey = book.surveys.get(body.survey)
    if survey is None or survey.kind is not SurveyKind.THUMBS:
        return None
    return RatingRow(
        seq=seq,
        event=event.id,
        profile=event.profile,
        survey=body.survey,
        about=body.about or event.id,
        rep=RepId(body.met),
        rule=body.rule,
        place=body.place,
        channel=body.channel,
        severity=body.severity,
        met_ms=min(body.met_ms or event.time_ms, event.received_ms),  # no clock runs ahead
        up=bool(body.score),
        brand=body.brand,
        reason=body.reasons[0] if len(body.reasons) == 1 else "",
        reasons=body.reasons,
    )


def by_place(reading: Reading, rows: Sequence[RatingRow]) -> list[RatingRow]:
    """Call the place of each rating by its id in the table of places.

    A place that is written as its name is no other place; what the table does not know stays as
    the survey said it.
    """
    said = {row.place for row in rows if row.place}
    known = reading.places_by_id(sorted(said)) if said else {}
    strangers = {place.casefold() for place in said if place not in known}
    ids = ids_by_name(reading, strangers) if strangers else {}
    return [replace(row, place=ids.get(row.place.casefold(), row.place))
            if row.place not in known else row for row in rows]  # fmt: skip


def publish_round(
    store: Store, library: Library, terms: ReputationTerms, clock: Clock, publisher: Publisher
) -> Round:
    """Take what is new, and say anew what is said of whom enough changed.

    When somebody else published meanwhile, it is reckoned again from what they left: two rounds
    over one another would differ by fewer than k.
    """
    taken = take_ratings(store, library)
    while True:
        with store.reading() as reading:
            rows, rounds = _all_ratings(reading), reading.rounds()
            customers = _customers(reading, rows)
            left_out = _left_out(reading)
        now_ms = clock.now_ms()
        found = counted(
            rows,
            customers,
            left_out,
            k=terms.blind_below,
            most=terms.most_of_one,
            settled_ms=now_ms - terms.late_ms,
        )
        published = publisher(found, customers, terms, now_ms)
        with store.writing() as writing:
            read, since = writing.hold_ratings()
            if since != rounds:
                continue
            asked = _asked(writing, published, library.now().owners, now_ms)
            writing.add_ratings(found.changed, read)
            writing.put_published(published)
            for one in asked:
                writing.put_rule_answer(one)
            writing.put_commands([_mail_about(one, library) for one in asked])
            writing.put_rounds(rounds + 1)
        return Round(taken=taken, ratings=len(rows), published=published, asked=asked)


def _all_ratings(reading: Reading) -> tuple[RatingRow, ...]:
    rows: list[RatingRow] = []
    while page := reading.ratings(rows[-1].seq if rows else 0, PAGE):
        rows += page
    return tuple(rows)


def _customers(reading: Reading, rows: Sequence[RatingRow]) -> Mapping[ProfileId, CustomerId]:
    profiles = sorted({row.profile for row in rows})
    found: dict[ProfileId, CustomerId] = {}
    for begin in range(0, len(profiles), PAGE):
        found |= reading.customers_of(profiles[begin : begin + PAGE])
    return found


def _left_out(reading: Reading) -> LeftOut:
    found: list[Appeal] = []
    while page := reading.appeals(
        open_only=False, after=found[-1].id if found else "", limit=PAGE
    ):
        found += page
    return frozenset((one.rep, one.about) for one in found if one.verdict == "left_out")


def _asked(
    writing: Writing, published: Sequence[Published], owners: OwnerTerms, now_ms: int
) -> tuple[RuleAnswer, ...]:
    """Ask who answers for a rule that customers find worse, unless that was not long ago.

    Whoever let the time pass is not asked again: whoever answers for all other rules is.
    """
    worse = [
        one.subject
        for one in published
        if one.kind == "rule" and (one.worse_lately or one.standing == "worse")
    ]
    before = writing.rule_answers(worse)
    due_ms, reps = now_ms + owners.answer_ms, writing.reps()
    anew = [
        RuleAnswer(rule=rule, owner=owner, asked_ms=now_ms, due_ms=due_ms)
        for rule in worse
        if (owner := answerer(owners, f"rule:{rule}", reps, now_ms))
        and (
            rule not in before
            or (before[rule].says and now_ms - before[rule].asked_ms > 2 * owners.answer_ms)
        )
    ]
    higher = [
        replace(one, owner=owners.otherwise, asked_ms=now_ms, due_ms=due_ms, before=one.owner)
        for one in _unanswered(writing)
        if one.due_ms < now_ms and owners.otherwise not in ("", one.owner)
    ]
    return (*anew, *higher)


def _mail_about(one: RuleAnswer, library: Library) -> Command:
    """Make the mail to who is asked about a rule; it is queued in the transaction that asks."""
    order = AskOwner(
        about="rule",
        subject=one.rule,
        title=cause_words(f"rule:{one.rule}", library),
        owner=RepId(one.owner),
        due_ms=one.due_ms,
        late=bool(one.before),
    )
    return question(order, one.asked_ms, one.asked_ms)


def _unanswered(reading: Reading) -> tuple[RuleAnswer, ...]:
    found: list[RuleAnswer] = []
    while page := reading.open_answers(found[-1].rule if found else "", PAGE):
        found += page
    return tuple(found)


def appeal(store: Store, clock: Clock, rep: RepId, about: str, why: str) -> Appeal | Refused:
    """Ask that what a customer may have said of a meeting be looked at; once for each meeting."""
    if not about.strip() or not why.strip():
        return Refused(code="empty", why="Say which meeting, and why.")
    row = Appeal(
        id=appeal_id(rep, about.strip()),
        rep=rep,
        about=about.strip(),
        why=why.strip(),
        asked_ms=clock.now_ms(),
    )
    with store.writing() as writing:
        if not writing.put_new_appeal(row):
            return Refused(code="once", why="You appealed about this meeting; once is all.")
    return row


def decide_appeal(
    store: Store, clock: Clock, id_: str, by: RepId, verdict: Verdict, because: str
) -> Appeal | Refused:
    """Say whether a meeting was theirs to answer for: by somebody else, with a reason, and once.

    It is the meeting that is judged, whether it was rated or not: so the verdict may be told to
    who appealed, and nobody keeps what is good and leaves out what is not. Until then the rating
    counts as before; if it waited, whoever appeals would choose who is in a group of k.
    """
    with store.writing() as writing:
        row = writing.appeal(id_)
        if row is None:
            return Refused(code="gone", why="There is no such appeal.")
        if row.rep == by:
            return Refused(code="own", why="Somebody else has to look at your appeal.")
        if row.verdict:
            return Refused(code="answered", why="Somebody looked at this appeal already.")
        if verdict not in ("kept", "left_out") or not because.strip():
            return Refused(code="reason", why="Keep it or leave it out, and say why.")
        done = replace(
            row,
            verdict=verdict,
            by=by,
            because=because.strip(),
            decided_ms=clock.now_ms(),
        )
        writing.put_appeal(done)
        note(writing, _decided(done))
    return done


def _decided(row: Appeal) -> Act:
    return Act(
        what="appeal.decided",
        who=row.by,
        about=row.id,
        after={"verdict": row.verdict},
        at_ms=row.decided_ms,
    )


def answer_for_rule(
    store: Store, clock: Clock, rule: str, by: RepId, says: str
) -> RuleAnswer | Refused:
    """Take an owner's answer; nobody else can give it."""
    with store.writing() as writing:
        row = writing.rule_answers([rule]).get(rule)
        if row is None or row.owner != by:
            return Refused(code="not_yours", why="You are not asked about this rule.")
        if not says.strip():
            return Refused(code="empty", why="Say why the rule is so, or what will change.")
        done = replace(row, says=says.strip(), by=by, said_ms=clock.now_ms())
        writing.put_rule_answer(done)
    return done
