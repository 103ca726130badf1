"""What the customer page shows of what was said, and what its forms say."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from makegood.core.promises import CHANNELS
from makegood.core.said import SaidKind
from makegood.desk.access import Desk
from makegood.desk.story import Story
from makegood.messages.errors import InputError, Refused
from makegood.messages.facts import Arrived, Disclosed, Facts, Kept, Promised, Redirected
from makegood.messages.ids import EventId
from makegood.messages.money import Money
from makegood.playbooks.book import RuleBook, books_in
from makegood.projections.amounts import read_cents
from makegood.projections.asked import in_language
from makegood.projections.figures import money_words
from makegood.projections.roster import rep_name
from makegood.projections.said import Spoken, spoken_in
from makegood.sources.limits import writable
from makegood.sources.personal import Separator, holds_address

LONGEST_TEXT = 4000
LONGEST_LINE = 120
OTHER = "other"
PROMISE, TELL, SEND = "promise", "tell", "send"
Read = tuple[Promised | Disclosed | Redirected, dict[str, str]]
_MARKS = {
    "open": ("to be kept", "warn"),
    "kept": ("kept", "ok"),
    "broken": ("broken", "alarm"),
    "kept_late": ("kept late", "warn"),
    "told": ("told", ""),
}


class SaidRow(Struct, frozen=True, kw_only=True):
    """One thing that was said, on the page.

    Attributes:
        says: Who said it and what it binds us to, as a sentence.
        words: What was said.
        act: What its form says: kept, or arrived.
        mine: The person who looks may say what came of it.
    """

    event: EventId
    title: str
    about: str
    at_ms: int
    due_ms: int
    status: str
    mark: str
    says: str
    words: str
    act: str
    is_open: bool
    is_redirect: bool
    mine: bool


class SayField(Struct, frozen=True, kw_only=True):
    """One field of a form."""

    name: str
    label: str
    kind: str
    hint: str = ""
    value: str = ""


class SayForm(Struct, frozen=True, kw_only=True):
    """One thing that may be said to the customer."""

    act: str
    id: str
    title: str
    fields: tuple[SayField, ...]
    note: str
    button: str


_ABOUT = SayField(name="about", label="Booking or order", kind="line", hint="optional")
_WORDS = SayField(name="words", label="What you said", kind="words")


def said_rows(desk: Desk, story: Story) -> tuple[SaidRow, ...]:
    """List what was said, as far as this person serves the brand."""
    found = [
        one for one in spoken_in(story.state, story.library) if desk.me.may_see(one.said.brand)
    ]
    texts = desk.reading.texts([one.said.words for one in found if one.said.words])
    return tuple(_row(desk, one, texts.get(one.said.words, "")) for one in found)


def _row(desk: Desk, one: Spoken, words: str) -> SaidRow:
    said = one.said
    status, mark = _MARKS[one.status]
    is_redirect = said.kind is SaidKind.REDIRECT
    if is_redirect:
        status = {"to be kept": "on their way", "kept": "taken in", "broken": "not taken in"}.get(
            status, "taken in late"
        )
    return SaidRow(
        event=said.event,
        title=in_language(one.titles, "en"),
        about=one.about,
        at_ms=said.at_ms,
        due_ms=said.due_ms,
        status=status,
        mark=mark,
        says=_says(desk, one),
        words=words,
        act="arrived" if is_redirect else "kept",
        is_open=said.is_open,
        is_redirect=is_redirect,
        mine=bool(said.due_ms) and not said.kept_ms and not (is_redirect and said.broken),
    )


def _says(desk: Desk, one: Spoken) -> str:
    said = one.said
    who = rep_name(desk.reps, said.by) if said.by else "We"
    if said.kind is SaidKind.REDIRECT:
        return f"{who} sent them to {said.facts.get('to', 'somebody else')}."
    known = {name: value for name, value in said.facts.items() if name != "least_cents"}
    told = ", ".join(_told(name, value, desk) for name, value in known.items())
    verb = "promised" if said.kind is SaidKind.PROMISE else "told"
    return f"{who} {verb} it{f': {told}' if told else ''}."


def _told(name: str, value: object, desk: Desk) -> str:
    if name in ("cents",) or name.endswith("_cents"):
        cents = value if isinstance(value, int) else 0
        words = money_words(Money(cents, desk.makegood.book.currency))
        label = name.removesuffix("cents").strip("_").replace("_", " ")
        return f"{label} {words}".strip()
    return f"{name.replace('_', ' ')} {str(value).lower() if value in (True, False) else value}"


def say_forms(book: RuleBook, failed: str = "", written: Mapping[str, str] | None = None) -> tuple[
    SayForm, ...
]:  # fmt: skip
    """List what may be said; a form that failed has what was written in it."""
    until = SayField(name="until", label="Until when", kind="until", hint=book.timezone)
    forms = (*_promises(book, until), *_disclosures(book), _redirect(until))
    if not written:
        return forms
    return tuple(
        _filled(one, written) if failed == f"say {one.act} {one.id}" else one for one in forms
    )


def _filled(form: SayForm, written: Mapping[str, str]) -> SayForm:
    fields = (replace(one, value=written.get(one.name, "")) for one in form.fields)
    return replace(form, fields=tuple(fields))


def _promises(book: RuleBook, until: SayField) -> Iterator[SayForm]:
    note = "Not kept by then, it is a failure: the customer is looked after again."
    rules = {name: rule for one in books_in(book) for name, rule in one.promises.items()}
    for name, rule in rules.items():
        bound = tuple(_bound(bind, str(kind)) for bind, kind in rule.binds.items())
        title = f"Promise: {in_language(rule.says, 'en')}"
        fields = (until, _WORDS, _ABOUT, *bound)
        yield SayForm(
            act=PROMISE, id=name, title=title, fields=fields, note=note, button="Promise it"
        )
    fields = (until, _WORDS)
    title = "Promise something else"
    yield SayForm(
        act=PROMISE, id=OTHER, title=title, fields=fields, note=note, button="Promise it"
    )


def _bound(name: str, kind: str) -> SayField:
    if name == "cents" or name.endswith("_cents"):
        label = name.removesuffix("cents").strip("_").replace("_", " ").capitalize()
        return SayField(name=f"bind.{name}", label=label or "Amount", kind="money")
    label = name.replace("_", " ").capitalize()
    return SayField(name=f"bind.{name}", label=label, kind=kind, hint="optional")


def _disclosures(book: RuleBook) -> Iterator[SayForm]:
    fields = (
        SayField(name="amount", label="What it costs", kind="money"),
        replace(_ABOUT, hint=""),
        SayField(name="channel", label="Where you said it", kind="channel", hint="optional"),
        replace(_WORDS, hint="optional"),
    )
    rules = {name: rule for one in books_in(book) for name, rule in one.disclosures.items()}
    for name, rule in rules.items():
        title = f"Tell what it costs: {in_language(rule.says, 'en')}"
        note = "It binds us: the rule book compares it with what is charged."
        yield SayForm(act=TELL, id=name, title=title, fields=fields, note=note, button="I told it")


def _redirect(until: SayField) -> SayForm:
    fields = (
        SayField(name="to", label="Where to", kind="line"),
        SayField(name="accepted_by", label="Who accepts them there, by name", kind="line"),
        replace(until, label="Until when they hold the place"),
        SayField(name="words", label="The story, as you told it there", kind="words"),
        _ABOUT,
    )
    note = (
        "Call them first. Refused there, or not taken in by then, the customer is let down twice."
    )
    title = "Send to somebody else"
    return SayForm(act=SEND, id="", title=title, fields=fields, note=note, button="Send them")


class Form(Struct, frozen=True, kw_only=True):
    """A form that was sent.

    Attributes:
        ref: Where its words are kept.
    """

    values: Mapping[str, str]
    book: RuleBook
    ref: str

    def line(self, name: str) -> str:
        return writable(self.values.get(name, ""), LONGEST_LINE)

    def kept(self, name: str) -> tuple[str, dict[str, str]]:
        text = writable(self.values.get(name, ""), LONGEST_TEXT)
        ref = f"{self.ref}/{name}" if text else ""
        return ref, {ref: text} if ref else {}

    def until_ms(self) -> int:
        """Read the local time in the zone of the book; nothing, or no time, is 0."""
        try:
            local = datetime.fromisoformat(self.line("until"))
        except ValueError:
            return 0
        zoned = local if local.tzinfo else local.replace(tzinfo=ZoneInfo(self.book.timezone))
        return int(zoned.timestamp() * 1000)


def read_say(act: str, form: Form) -> Read | Refused:
    """Read what a person said."""
    if any(holds_address(form.line(name)) for name in ("about", "to")):
        why = "An address may not stand here; say the booking or the place."
        return Refused(code="personal", why=why)
    try:
        return _READ[act](form)
    except InputError as error:
        return Refused(code="bad_amount", why=str(error))


def _read_promise(form: Form) -> Read | Refused:
    ref, texts = form.kept("words")
    rule = form.book.promises.get(form.line("name"))
    bound = {name: form.line(f"bind.{name}") for name in (rule.binds if rule else ())}
    binds: Facts = {
        name: _value(written, name, str(rule.binds[name]) if rule else "")
        for name, written in bound.items()
        if written
    }
    separated = Separator(lambda: "promise").separate(binds, "binds")
    if separated.texts:
        why = "Names, addresses and free words belong into what you said."
        return Refused(code="personal", why=why)
    body = Promised(
        promise=form.line("name"),
        due_ms=form.until_ms(),
        about=form.line("about"),
        brand=form.line("brand"),
        words=ref,
        binds=separated.facts,
    )
    return body, texts


def _value(written: str, name: str, kind: str) -> object:
    if name == "cents" or name.endswith("_cents"):
        return read_cents(written)
    if kind == "bool":
        return {"yes": True, "no": False}.get(written, written)
    try:
        if kind == "int":
            return int(written)
        return float(written) if kind == "double" else written
    except ValueError:
        return written


def _read_tell(form: Form) -> Read | Refused:
    ref, texts = form.kept("words")
    if not form.line("amount"):
        return Refused(code="bad_amount", why="Say what it costs; 0 when it costs nothing.")
    body = Disclosed(
        disclosure=form.line("name"),
        about=form.line("about"),
        amount=Money(read_cents(form.line("amount")), form.book.currency),
        brand=form.line("brand"),
        channel=form.line("channel"),
        words=ref,
    )
    return body, texts


def _read_send(form: Form) -> Read | Refused:
    story, words = form.kept("words")
    who, names = form.kept("accepted_by")
    body = Redirected(
        to=form.line("to"),
        accepted_by=who,
        expires_ms=form.until_ms(),
        about=form.line("about"),
        brand=form.line("brand"),
        words=story,
    )
    return body, names | words


_READ = {PROMISE: _read_promise, TELL: _read_tell, SEND: _read_send}
ACTS = tuple(_READ)
CAME = ("kept", "arrived")
__all__ = ["ACTS", "CAME", "CHANNELS", "Form", "read_came", "read_say", "said_rows", "say_forms"]


def read_came(act: str, event: EventId, form: Form) -> tuple[Kept | Arrived, dict[str, str]]:
    """Read what came of what was said."""
    ref, texts = form.kept("note")
    if act == "kept":
        return Kept(said=event, note=ref), texts
    return Arrived(said=event, taken=form.line("taken") == "yes", note=ref), texts
