"""A customer's own person: who it is and why, and who answers when they get in touch."""

from datetime import datetime
from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import ConfigDict, Field

from makegood.api.access import CasesKey, Declined
from makegood.api.asking import declined, rep_of
from makegood.api.problems import Problem, missing
from makegood.api.request_routes import NOT_FOUND, WRITES, Fields, Named, joined, key_of
from makegood.api.said import Identifier
from makegood.api.shapes import CustomerKey, Line, PageSize, Words, instant
from makegood.bootstrap import Makegood
from makegood.core.decide import Asker
from makegood.core.fold import advance
from makegood.core.my_person import MyPerson, Thread, person_of
from makegood.core.state import decode_state
from makegood.messages.errors import Refused
from makegood.messages.facts import Contacted, GotInTouch, PersonChosen
from makegood.messages.identifiers import normal
from makegood.messages.ids import CustomerId, ProfileId, RepId, event_id
from makegood.ports.rows import RepRow
from makegood.ports.ties import Load
from makegood.projections.person_words import Teller
from makegood.runtime.acts import DESK, PORTAL
from makegood.runtime.intake import text_ref
from makegood.runtime.rooms import NO_LOAD, room_of
from makegood.sources.personal import holds_address

router = Router(auth=CasesKey(), tags=["people"])
Standing = Literal["theirs", "waiting", "full", "next"]


class ChoiceIn(Schema):
    """Whom a customer wants to be looked after by."""

    model_config = ConfigDict(extra="forbid")

    identifier: Identifier
    choices: Annotated[list[Line], Field(max_length=3)] = Field(
        description="Sign-in names in the order of the wish; none takes the choice back."
    )
    brand: Line = Field(default="", description="Where it counts; empty for the umbrella.")
    rep: Line = Field(default="", description="Who wrote it down; empty when the customer did.")


class TouchIn(Schema):
    """A customer wrote, called or came by."""

    model_config = ConfigDict(extra="forbid")

    identifier: Identifier
    channel: Annotated[Line, Field(min_length=1)] = Field(description="phone, mail, chat, ...")
    thread: Line = Field(default="", description="The conversation it continues; empty for none.")
    brand: Line = ""
    to: Line = Field(default="", description="Whom they asked for, as a sign-in name.")
    another: bool = Field(default=False, description="They want somebody else than last time.")
    words: Words = Field(default="", description="What they said; kept apart from the log.")


class SpokeIn(Schema):
    """Somebody spoke with a customer."""

    model_config = ConfigDict(extra="forbid")

    identifier: Identifier
    rep: Annotated[Line, Field(min_length=1)] = Field(description="Who spoke with them.")
    channel: Annotated[Line, Field(min_length=1)]
    thread: Line = Field(default="", description="The conversation; empty for a new one.")
    brand: Line = ""
    note: Words = Field(default="", description="What whoever comes next should know.")


class ChoiceOut(Schema):
    """One of a customer's choices."""

    rep: str
    brand: str
    standing: Standing
    since: datetime


class TalkOut(Schema):
    """A conversation in which a customer waits, and who answers."""

    customer: str
    thread: str
    channel: str
    asked_for: str = Field(description="Whom it is for; empty where nobody is chosen.")
    taker: str = Field(description="Who is to answer now; empty for whoever is free.")
    until: datetime | None = Field(description="Till then it waits for the taker alone.")
    then: str = Field(description="Who takes it after that; empty for whoever is free.")
    why: str


class PersonOut(Schema):
    """Who looks after a customer; whom they are kept apart from stands nowhere here."""

    customer: str
    person: str = Field(description="Sign-in name; empty for nobody.")
    choices: list[ChoiceOut]
    unsure: bool = Field(description="Two choices met, and the customer is asked.")
    waiting: list[TalkOut]


class RepOut(Schema):
    """A person who looks after customers."""

    rep: str
    name: str
    brands: list[str]
    languages: list[str]
    room: int = Field(description="Customers at most.")
    customers: int
    waiting: int
    away: bool
    cover: str
    busy_until: datetime | None


class RepsOut(Schema):
    """A page of them."""

    reps: list[RepOut]
    next: str | None


class BusyIn(Schema):
    """Somebody is in a conversation."""

    model_config = ConfigDict(extra="forbid")

    seconds: Annotated[int, Field(ge=0, le=43_200)] = Field(
        description="For so long from now; 0 says that they are free again."
    )


class LinkIn(Schema):
    """Whose page about their person."""

    model_config = ConfigDict(extra="forbid")

    identifier: Identifier
    brand: Line = Field(default="", description="Empty for the umbrella.")


class LinkOut(Schema):
    """A link for the customer alone: whoever has it may choose for them, for thirty days."""

    url: str


@router.get("/customers/{customer_id}/person", response={200: PersonOut, **NOT_FOUND})
def get_person(request: HttpRequest, customer_id: CustomerKey) -> Fields:
    """Show who looks after a customer, and what waits for an answer."""
    makegood, asked = joined(request), ProfileId(customer_id)
    with makegood.store.reading() as reading:
        customer = reading.customers_of([asked]).get(asked)
    if customer is None:
        raise Declined(404, missing("customer"))
    return _person(makegood, customer)


@router.post("/persons", response={200: PersonOut, **WRITES})
def post_person(request: HttpRequest, wanted: ChoiceIn, idempotency_key: Named) -> Fields:
    """Choose for a customer; who is full has a waiting list, and the next choice is theirs."""
    makegood = joined(request)
    reps = tuple(RepId(one) for one in wanted.choices)
    body = PersonChosen(choices=reps, brand=wanted.brand)
    asker = _asker(makegood, wanted.rep, wanted.brand)
    done = makegood.requests.ask(
        wanted.identifier, body, asker, message_id=f"{key_of(request).name}/{idempotency_key}"
    )
    if isinstance(done, Refused):
        raise declined(done)
    return _person(makegood, done[0])


@router.post("/contacts", response={200: TalkOut, **WRITES})
def post_contact(request: HttpRequest, wanted: TouchIn, idempotency_key: Named) -> Fields:
    """Say that a customer got in touch, and hear at once who answers and why."""
    makegood = joined(request)
    _plain(wanted.thread, wanted.channel)
    message_id = f"{key_of(request).name}/{idempotency_key}"
    event = event_id(PORTAL, message_id)
    ref = text_ref(event, "words") if wanted.words.strip() else ""
    body = GotInTouch(
        channel=wanted.channel,
        thread=wanted.thread,
        brand=wanted.brand,
        to=RepId(wanted.to),
        another=wanted.another,
        words=ref,
    )
    texts = {ref: wanted.words} if ref else {}
    done = makegood.requests.ask(
        wanted.identifier, body, Asker(), message_id=message_id, texts=texts
    )
    if isinstance(done, Refused):
        raise declined(done)
    thread = _mine(makegood, done[0]).thread(wanted.thread or event)
    if thread is None:
        raise Declined(404, missing("conversation"))
    return _talk(_teller(makegood), done[0], thread)


@router.post("/contacts/answered", response={200: PersonOut, **WRITES})
def post_answered(request: HttpRequest, wanted: SpokeIn, idempotency_key: Named) -> Fields:
    """Say that somebody spoke with a customer: nobody waits, and the conversation stays there."""
    makegood = joined(request)
    _plain(wanted.thread, wanted.channel)
    asker = _asker(makegood, wanted.rep, wanted.brand)
    message_id = f"{key_of(request).name}/{idempotency_key}"
    ref = text_ref(event_id(DESK, message_id), "note") if wanted.note.strip() else ""
    body = Contacted(
        rep=asker.rep,
        channel=wanted.channel,
        thread=wanted.thread,
        brand=wanted.brand,
        note=ref,
    )
    texts = {ref: wanted.note} if ref else {}
    done = makegood.requests.ask(
        wanted.identifier, body, asker, message_id=message_id, texts=texts
    )
    if isinstance(done, Refused):
        raise declined(done)
    return _person(makegood, done[0])


@router.post("/person-links", response={200: LinkOut, **WRITES})
def post_link(request: HttpRequest, wanted: LinkIn) -> Fields:
    """Make the link to a customer's page about their person, for where they are signed in."""
    makegood = joined(request)
    if not makegood.library.now(wanted.brand).people.choices:
        why = "Here nobody is chosen; whoever is free helps."
        raise declined(Refused(code="nobody_chosen_here", why=why))
    profile = makegood.intake.profile(normal(wanted.identifier))
    with makegood.store.reading() as reading:
        if profile not in reading.customers_of([profile]):
            raise Declined(404, missing("customer"))
    return {"url": makegood.links.person_url(profile, wanted.brand)}


@router.get("/reps", response={200: RepsOut, **NOT_FOUND})
def get_reps(request: HttpRequest, after: Line = "", limit: PageSize = 50) -> Fields:
    """List who looks after customers, by sign-in name, with how many each has."""
    makegood = joined(request)
    with makegood.store.reading() as reading:
        reps = [row for row in reading.reps() if row.rep > after]
        loads = reading.loads([row.rep for row in reps[:limit]])
    now_ms = makegood.clock.now_ms()
    here = [row for row in reps[:limit] if not row.has_left(now_ms)]
    found = [_rep(makegood, row, loads.get(row.rep, NO_LOAD)) for row in here]
    return {"reps": found, "next": reps[limit - 1].rep if len(reps) > limit else None}


@router.post("/reps/{rep}/busy", response={200: RepOut, **WRITES})
def post_busy(request: HttpRequest, rep: Line, wanted: BusyIn) -> Fields:
    """Say that somebody is in a conversation, as a telephone system knows."""
    makegood = joined(request)
    row = rep_of(makegood, rep, "")
    until_ms = makegood.clock.now_ms() + 1_000 * wanted.seconds if wanted.seconds else 0
    row = makegood.roster.busy(row.rep, until_ms) or row
    with makegood.store.reading() as reading:
        load = reading.loads([row.rep]).get(row.rep, NO_LOAD)
    return _rep(makegood, row, load)


def who_answers(makegood: Makegood, customer: CustomerId, thread: str) -> Fields | None:
    """Say who answers in a conversation; None when there is no such."""
    found = _mine(makegood, customer).thread(thread)
    return _talk(_teller(makegood), customer, found) if found is not None else None


def _rep(makegood: Makegood, row: RepRow, load: Load) -> Fields:
    now_ms = makegood.clock.now_ms()
    return {
        "rep": row.rep,
        "name": row.name,
        "brands": list(row.brands),
        "languages": list(row.languages),
        "room": room_of(row, makegood.library.now().people),
        "customers": load.theirs,
        "waiting": load.waiting,
        "away": row.is_away(now_ms),
        "cover": row.cover,
        "busy_until": instant(row.busy_until_ms) if row.busy_until_ms > now_ms else None,
    }


def _asker(makegood: Makegood, rep: str, brand: str) -> Asker:
    if not rep:
        return Asker()
    row = rep_of(makegood, rep, brand)
    return Asker(rep=row.rep, role=row.role)


def _plain(*values: str) -> None:
    """Refuse what may not stand in the log.

    Raises:
        Declined: 422 for an address.
    """
    if any(holds_address(value) for value in values):
        problem = Problem(
            code="personal",
            message="Something of this is personal; the log is kept for ever and may not hold it.",
            where="body",
            what_to_do="Name the conversation by a number, and put free words into `words`.",
        )
        raise Declined(422, problem)


def _mine(makegood: Makegood, customer: CustomerId) -> MyPerson:
    with makegood.store.reading() as reading:
        row = reading.row(customer)
    state = decode_state(row.state if row is not None else b"")
    if row is not None and not row.stuck:
        state = advance(state, makegood.clock.now_ms(), makegood.library).state
    return state.my_person


def _person(makegood: Makegood, customer: CustomerId) -> Fields:
    mine, teller = _mine(makegood, customer), _teller(makegood)
    return {
        "customer": customer,
        "person": person_of(mine),
        "choices": [
            {
                "rep": one.rep,
                "brand": one.brand,
                "standing": one.standing.value,
                "since": instant(one.since_ms),
            }
            for one in mine.choices
        ],
        "unsure": bool(mine.unsure),
        "waiting": [_talk(teller, customer, one) for one in mine.threads if one.came_ms],
    }


def _teller(makegood: Makegood) -> Teller:
    with makegood.store.reading() as reading:
        reps = reading.reps()
    return Teller(reps, makegood.clock.now_ms(), makegood.library.now().timezone)


def _talk(teller: Teller, customer: CustomerId, thread: Thread) -> Fields:
    return {
        "customer": customer,
        "thread": thread.id,
        "channel": thread.channel,
        "asked_for": thread.asked_for,
        "taker": thread.taker,
        "until": instant(thread.until_ms) if thread.until_ms else None,
        "then": thread.then,
        "why": teller.reasons(thread.reasons),
    }
