"""What the customer page shows of requests, and what its forms say."""

from collections.abc import Callable, Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from makegood.core.asked import RequestStatus
from makegood.desk.access import Desk, Me
from makegood.desk.agreed import agreed_in_requests
from makegood.desk.everyone import like_these_requests
from makegood.desk.story import Story
from makegood.messages.errors import InputError, Refused
from makegood.messages.facts import Appealed, Facts, Requested, Settled
from makegood.messages.identifiers import normal
from makegood.messages.ids import EventId, ProfileId
from makegood.messages.money import Money
from makegood.playbooks.book import RuleBook, books_in
from makegood.playbooks.rulings import RequestRule
from makegood.playbooks.vocabulary import Shape
from makegood.projections.amounts import read_cents
from makegood.projections.asked import (
    Request,
    answer_words,
    in_language,
    reason_words,
    requests_in,
    terms_words,
)
from makegood.projections.everyone_words import Told
from makegood.projections.figures import listed
from makegood.projections.roster import rep_name
from makegood.sources.limits import writable
from makegood.sources.personal import Separator, holds_address

ProfileOf = Callable[[str], ProfileId]
LONGEST_TEXT = 4000
LONGEST_FACT = 200
_PARTIES = ("asker", "payer", "told")
_MARKS = {
    RequestStatus.WAITING: ("waits for a person", "warn"),
    RequestStatus.APPEALED: ("appealed", "warn"),
    RequestStatus.ALLOWED: ("allowed", "ok"),
    RequestStatus.DENIED: ("refused", ""),
}


class AskedRow(Struct, frozen=True, kw_only=True):
    """One request on the page.

    Attributes:
        parties: Who else asks, pays or is told, in words; empty when it is the customer.
        says: The answer as a sentence.
        why: The reasons, each a sentence.
        words: A person's own reason.
        agreed: On which agreements the answer rests, each a sentence.
        due_ms: Until when somebody answers; 0 when nobody has to.
        mine: The person who looks may settle it.
        everyone: Who asked for the same, while it waits for a person.
    """

    event: EventId
    title: str
    about: str
    at_ms: int
    status: str
    mark: str
    parties: str
    says: str
    why: tuple[str, ...]
    words: str
    agreed: tuple[str, ...]
    due_ms: int
    late: bool
    mine: bool
    can_appeal: bool
    everyone: Told | None


class Field(Struct, frozen=True, kw_only=True):
    """One fact to ask for."""

    name: str
    label: str
    kind: str


class AskForm(Struct, frozen=True, kw_only=True):
    """One request that may be asked for the customer."""

    id: str
    title: str
    fields: tuple[Field, ...]


def asked_rows(desk: Desk, story: Story) -> tuple[AskedRow, ...]:
    """List what was asked, as far as this person serves the brand."""
    found = requests_in(story.history, story.state, story.library)
    seen = [one for one in found if desk.me.may_see(one.asked.brand)]
    texts = desk.reading.texts([one.reason for one in seen if one.reason])
    waits = {one.event: one.remedy for one in seen if one.now is not None and one.now.is_waiting}
    alike = like_these_requests(desk, story, waits)
    agreed = agreed_in_requests(desk, story, seen)
    rows = (
        _row(desk, story, one, texts.get(one.reason, ""), alike.get(one.event)) for one in seen
    )
    return tuple(replace(row, agreed=agreed.get(row.event, ())) for row in rows)


def _row(desk: Desk, story: Story, one: Request, words: str, alike: Told | None) -> AskedRow:
    status, mark = _MARKS[one.status]
    now = one.now
    refused_by_me = now is not None and now.refused_by == desk.me.rep
    appealed = one.status is RequestStatus.APPEALED
    waits = now is not None and now.is_waiting
    return AskedRow(
        event=one.event,
        title=in_language(one.titles, "en") or one.asked.request,
        about=one.asked.about,
        at_ms=one.at_ms,
        status=status,
        mark=mark,
        parties=_parties(one),
        says=_says(desk, story, one),
        why=reason_words(one.asked, one.source),
        words=words,
        agreed=(),
        due_ms=one.due_ms,
        late=now is not None and now.late and waits,
        mine=waits and not (appealed and refused_by_me),
        can_appeal=one.can_appeal,
        everyone=alike,
    )


def _parties(one: Request) -> str:
    """Say what somebody other than the customer does; who that is, is a pseudonym."""
    asked = one.asked
    does = [
        words
        for party, words in ((asked.asker, "asks"), (asked.payer, "pays"), (asked.told, "is told"))
        if party
    ]
    return f"somebody else {listed(tuple(does))}" if does else ""


def _says(desk: Desk, story: Story, one: Request) -> str:
    if not one.by:
        return answer_words(one.asked, story.library)
    who = rep_name(desk.reps, one.by)
    if one.status is RequestStatus.ALLOWED:
        terms = terms_words(one.remedy, one.cost, one.charge, story.library)
        return f"{who} said yes{terms}."
    return f"{who} said no."


def ask_forms(book: RuleBook) -> tuple[AskForm, ...]:
    """List what may be asked, with a field for each fact that is taken."""
    rules = {id_: rule for one in books_in(book) for id_, rule in one.requests.items()}
    return tuple(
        AskForm(
            id=rule.id,
            title=in_language(rule.title, "en"),
            fields=tuple(_form_fields(rule)),
        )
        for rule in rules.values()
    )


def _form_fields(rule: RequestRule) -> Iterator[Field]:
    """Give a field for each fact; what was spent is written as money."""
    for field in _fields(rule.takes or {}, ""):
        if rule.claim is not None and field.name == "cents":
            yield Field(name=field.name, label="What was spent", kind="money")
        elif rule.claim is not None and field.name == "receipt":
            label = "Reference of the receipt, or none"
            yield Field(name=field.name, label=label, kind=field.kind)
        else:
            yield field


def _fields(takes: Shape, inside: str) -> Iterator[Field]:
    for name, declared in takes.items():
        path = f"{inside}{name}"
        if isinstance(declared, str):
            if declared not in ("list", "map"):
                label = path.replace("_", " ").replace(".", ", ")
                yield Field(name=path, label=label, kind=declared)
        else:
            yield from _fields(declared, f"{path}.")


def requested(
    rule: RequestRule, brand: str, values: Mapping[str, str], profile_of: ProfileOf
) -> Requested | Refused:
    """Read the form of a request; a field that is left empty is a fact that is missing."""
    facts: Facts = {}
    for field in _form_fields(rule):
        written = writable(values.get(f"fact.{field.name}", ""), LONGEST_FACT)
        if written:
            _put(facts, field.name.split("."), _read(written, field.kind))
    try:
        separated = Separator(lambda: "request").separate(facts, "facts")
    except InputError as error:
        return Refused(code="bad_fact", why=str(error))
    about = writable(values.get("about", ""), 80)
    if separated.texts or holds_address(about):
        why = "Names, addresses and free words may not stand in a request; say only the fact."
        return Refused(code="personal", why=why)
    try:
        asker, payer, told = (_party(values, name, profile_of) for name in _PARTIES)
    except InputError as error:
        return Refused(code="bad_identifier", why=str(error))
    return Requested(
        request=rule.id,
        facts=separated.facts,
        about=about,
        brand=brand,
        asker=asker,
        payer=payer,
        told=told,
    )


def _party(values: Mapping[str, str], name: str, profile_of: ProfileOf) -> ProfileId:
    """Give the pseudonym of who was named; empty for the customer."""
    written = values.get(name, "").strip()
    if "@" in written and ":" not in written:
        written = f"email:{written}"
    return profile_of(normal(written)) if written else ProfileId("")


def _put(facts: Facts, path: list[str], value: object) -> None:
    for step in path[:-1]:
        inner = facts.setdefault(step, {})
        facts = inner if isinstance(inner, dict) else {}
    facts[path[-1]] = value


def _read(written: str, kind: str) -> object:
    """Read a value of a kind; what cannot be read stays text, and is refused with its name."""
    if kind == "bool":
        return {"yes": True, "no": False}.get(written, written)
    if kind == "money":
        try:
            return read_cents(written)
        except InputError:
            return written
    try:
        if kind == "int":
            return int(written)
        return float(written) if kind == "double" else written
    except ValueError:
        return written


def settled(
    event: EventId, me: Me, book: RuleBook, values: Mapping[str, str], ref: str
) -> tuple[Settled, dict[str, str]] | Refused:
    """Read the form that answers a request."""
    answer = values.get("answer", "")
    if answer not in ("allow", "deny"):
        return Refused(code="no_answer", why="Say yes or no.")
    texts = _texts(ref, values.get("reason", ""))
    if answer == "deny":
        reason = ref if texts else ""
        return Settled(asked=event, answer="deny", by=me.rep, reason=reason), texts
    try:
        charge = read_cents(values.get("charge", ""))
    except InputError as error:
        return Refused(code="bad_amount", why=str(error))
    waives, _, once = values.get("waives", "").partition(" ")
    body = Settled(
        asked=event,
        answer="allow",
        by=me.rep,
        remedy=values.get("remedy", ""),
        waives=waives,
        once=once == "once",
        charge=Money(charge, book.currency) if charge else None,
        reason=ref if texts else "",
    )
    return body, texts


def appealed(
    event: EventId, me: Me, values: Mapping[str, str], ref: str
) -> tuple[Appealed, dict[str, str]]:
    """Read the form that appeals for the customer."""
    texts = _texts(ref, values.get("words", ""))
    return Appealed(asked=event, by=me.rep, words=ref if texts else ""), texts


def _texts(ref: str, written: str) -> dict[str, str]:
    text = writable(written, LONGEST_TEXT)
    return {ref: text} if text else {}
