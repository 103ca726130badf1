"""What a customer reads of who leaves, what they wrote, hellos and the address of their person."""

from msgspec import Struct

from makegood.core.in_touch import InTouch, Succession
from makegood.core.my_person import MyPerson, Thread, person_of
from makegood.messages.ids import RepId
from makegood.playbooks.book import RuleBook
from makegood.playbooks.in_touch_terms import DIRECT_LINE
from makegood.playbooks.spans import DAY_MS
from makegood.portal.speech import Speech
from makegood.ports.rows import RepRow
from makegood.projections.hours import language_words
from makegood.projections.roster import rep_name


class Touching(Struct, frozen=True, kw_only=True):
    """What one look at the store told about keeping in touch."""

    mine: MyPerson
    touch: InTouch
    brand: str
    book: RuleBook
    reps: tuple[RepRow, ...]
    now_ms: int
    address: str = ""


class Leaving(Struct, frozen=True, kw_only=True):
    """Somebody leaves, as the customer reads it.

    Attributes:
        says: What happens.
        reasons: Why this one is put forward.
        choices: What a yes chooses, in order; none where nobody is put forward.
    """

    title: str
    says: tuple[str, ...]
    reasons: tuple[str, ...] = ()
    choices: tuple[RepId, ...] = ()
    yes: str = ""


class Hello(Struct, frozen=True, kw_only=True):
    """Whether their person may get in touch."""

    asks: str
    lead: str
    now: str
    allowed: bool


def _here(known: Touching) -> RepId:
    """Give the customer's person; empty for nobody, and once they no longer work here."""
    person = person_of(known.mine, known.brand) or RepId("")
    gone = any(row.rep == person and row.has_left(known.now_ms) for row in known.reps)
    return RepId("") if gone else person


def leaving_words(known: Touching, speech: Speech) -> Leaving | None:
    """Say who leaves and who is put forward, with reasons; None for nobody."""
    one = known.touch.succession(known.brand)
    if one is None or not any(it.event == one.choice for it in known.mine.chosen(known.brand)):
        return None  # who chose somebody for this brand alone has answered here
    names = {
        "name": rep_name(known.reps, one.rep),
        "heir": rep_name(known.reps, one.successor) if one.successor else "",
        "day": speech.day(one.leaves_ms),
    }
    gone = "_gone" if known.now_ms >= one.leaves_ms else ""
    nobody = "" if one.successor else "_nobody"
    says = speech.say(f"person.leaves{nobody}{gone}", **names)
    yes = speech.say("person.leaves_yes", **names) if one.successor else ""
    reasons = tuple(_reason(known, speech, names, what, value) for what, value in one.reasons)
    return Leaving(
        title=speech.say(f"person.leaves_title{gone}", **names),
        says=(says, speech.say("person.leaves_until")),
        reasons=reasons,
        choices=_instead(known.mine, one),
        yes=yes,
    )


def _instead(mine: MyPerson, one: Succession) -> tuple[RepId, ...]:
    """Put who is put forward in the place of who leaves; the other wishes stay in order."""
    if not one.successor:
        return ()
    others = (it.rep for it in mine.choices if it.brand == one.brand)
    kept = [rep for rep in others if rep not in (one.rep, one.successor)]
    return (one.successor, *kept)


def _reason(known: Touching, speech: Speech, names: dict[str, str], what: str, value: str) -> str:
    if what == "brands" and value == "*":
        return speech.say("person.like_brands_all", **names)
    if what == "languages":
        value = language_words(value.split(), speech.language)
    if what == "brands":
        brands = known.book.brands
        value = ", ".join(brands[id_].name if id_ in brands else id_ for id_ in value.split())
    return speech.say(f"person.like_{what}", value=value, **names)


def written_words(known: Touching, speech: Speech) -> tuple[str, ...]:
    """Say of everything the customer wrote and that waits, who answers."""
    waits = (one for one in known.mine.threads if one.came_ms)
    return tuple(_written(known, speech, one) for one in waits)


def _written(known: Touching, speech: Speech, one: Thread) -> str:
    when = speech.when(one.came_ms, known.now_ms)
    if not one.taker:
        return speech.say("person.wrote_anybody", when=when)
    name = rep_name(known.reps, one.taker)
    if not one.until_ms:
        return speech.say("person.wrote", when=when, name=name)
    free = speech.say("person.whoever_free")
    then = rep_name(known.reps, one.then) if one.then else free
    return speech.say("person.wrote_waits", when=when, name=name, then=then)


def write_words(known: Touching, speech: Speech) -> str:
    """Head the form: to their person by name, or to whoever is there."""
    person = _here(known)
    if not person:
        return speech.say("person.write_nobody")
    return speech.say("person.write", name=rep_name(known.reps, person))


def address_words(known: Touching, speech: Speech) -> tuple[str, str]:
    """Give (the address in words, what to open to see it).

    Of whom a lot says that it is not shown by itself, it is shown as soon as they ask.
    """
    person = _here(known)
    if not known.address or not person:
        return "", ""
    name = rep_name(known.reps, person)
    lot = known.touch.lot(DIRECT_LINE)
    shown = lot is None or lot.treated
    said = speech.say("person.address", name=name, address=known.address)
    return said, "" if shown else speech.say("person.address_open", name=name)


def hello_words(known: Touching, speech: Speech) -> Hello | None:
    """Ask whether their person may get in touch, or who is put forward; None where nobody may."""
    rules = known.book.people.hello
    leaves = known.touch.succession(known.brand)
    person = _here(known) or (leaves.successor if leaves is not None else "")
    if not rules.every_ms or not person:
        return None
    days = max(1, rules.every_ms // DAY_MS)
    allowed = known.touch.allowed
    return Hello(
        asks=speech.say("person.hello", name=rep_name(known.reps, person)),
        lead=speech.say("person.hello_lead", days=days),
        now=speech.say("person.hello_is_yes" if allowed else "person.hello_is_no"),
        allowed=allowed,
    )
