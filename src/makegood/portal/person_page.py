"""What a customer reads about their own person, and about those they may choose."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from makegood.core.my_person import (
    Duty,
    MyPerson,
    Need,
    Preference,
    Reason,
    Standing,
    person_of,
    prefer,
)
from makegood.messages.ids import RepId
from makegood.playbooks.people_terms import PeopleRules
from makegood.portal.hours import working_hours
from makegood.portal.speech import Speech
from makegood.ports.reputation import Published
from makegood.ports.rows import RepRow
from makegood.ports.ties import Load
from makegood.projections.hours import language_words
from makegood.projections.roster import rep_name
from makegood.runtime.duty import reps_absent, reps_on_duty
from makegood.runtime.rooms import NO_LOAD, may_be_chosen, room_of

MOST_SHOWN = 40  # more at once is a directory; a name finds the others


class Known(Struct, frozen=True, kw_only=True):
    """What one look at the store told.

    Attributes:
        lines: The customer's place in waiting lists, by rep and brand.
        heard: What other customers say, of whom enough is known.
    """

    mine: MyPerson
    brand: str
    rules: PeopleRules
    reps: tuple[RepRow, ...]
    loads: Mapping[RepId, Load]
    lines: Mapping[tuple[RepId, str], int]
    open_cases: Mapping[RepId, int]
    heard: Mapping[str, Published]
    now_ms: int

    def shows(self, what: str) -> bool:
        """Whether the book lets customers see it."""
        return what in self.rules.shows


class Card(Struct, frozen=True, kw_only=True):
    """Somebody who may be chosen.

    Attributes:
        option: The name as a list of choices shows it, with whether there is room.
        room: Whether there is room, in words; empty when customers may not see it.
        heard: What other customers say.
    """

    rep: RepId
    name: str
    option: str
    languages: str = ""
    hours: str = ""
    words: str = ""
    room: str = ""
    is_full: bool = False
    heard: str = ""


def now_words(known: Known, speech: Speech) -> tuple[str, ...]:
    """Say who looks after the customer now, and why it is them."""
    on_duty = reps_on_duty(known.reps, known.now_ms, known.open_cases, known.rules.most_cases)
    duty = Duty(on_duty, reps_absent(known.reps, known.now_ms))
    need = Need(at_ms=known.now_ms, brand=known.brand, channel="page")
    person = person_of(known.mine, known.brand)
    if not person:
        return (speech.say("person.nobody"),)
    found = prefer(known.mine, duty, need, known.rules)
    since = next(one.since_ms for one in known.mine.chosen(known.brand) if one.rep == person)
    name = rep_name(known.reps, person)
    instead = _instead(known, speech, found, person)
    if any(row.rep == person and row.has_left(known.now_ms) for row in known.reps):
        return (speech.say("person.left", name=name), *instead[1:])
    return (speech.say("person.yours", name=name, day=speech.day(since)), *instead)


def _instead(known: Known, speech: Speech, found: Preference, person: RepId) -> tuple[str, ...]:
    """Say who stands in, if anybody does; nothing when the person is there."""
    about = [one for one in found.reasons if one.why in ("away", "off_duty", "left", "busy")]
    if not about or about[0].rep != person:
        return ()
    why = _why(known, speech, about[0])
    takes = next((one for one in found.candidates if one.rep != person), None)
    if takes is None:
        whoever = "person.busy_whoever" if found.wait_until_ms else "person.whoever"
        return (why, speech.say(whoever))
    asked = "person.covers" if takes.why == "covers" else "person.next"
    if found.wait_until_ms:
        asked = "person.busy_then"
    names = {"cover": rep_name(known.reps, takes.rep), "name": rep_name(known.reps, person)}
    return (why, speech.say(asked, **names))


def _why(known: Known, speech: Speech, reason: Reason) -> str:
    name = rep_name(known.reps, reason.rep)
    if reason.why == "busy" or not reason.until_ms:
        return speech.say(f"person.{reason.why}", name=name)
    when = speech.when(reason.until_ms, known.now_ms)
    return speech.say(f"person.{reason.why}_until", name=name, when=when)


def line_words(known: Known, speech: Speech) -> tuple[str, ...]:
    """Say for whom the customer waits, and where in the line, if the book lets them see it."""
    found = []
    for one in known.mine.chosen(known.brand):
        name = rep_name(known.reps, one.rep)
        place = known.lines.get((one.rep, one.brand), 0)
        if one.standing is Standing.WAITING and place and known.shows("line"):
            found.append(speech.say("person.line", name=name, place=place))
        elif one.standing is Standing.WAITING:
            found.append(speech.say("person.waits", name=name))
        elif one.standing is Standing.FULL:
            found.append(speech.say("person.full", name=name))
    return tuple(found)


def unsure_words(known: Known, speech: Speech) -> str:
    """Ask which of two choices it is to be; empty when there is no doubt."""
    if not known.mine.unsure:
        return ""
    was = rep_name(known.reps, known.mine.unsure[0])
    now = person_of(known.mine, known.brand) or next(
        (one.rep for one in known.mine.chosen(known.brand)), RepId("")
    )
    return speech.say("person.unsure", was=was, now=rep_name(known.reps, now))


def cards(known: Known, speech: Speech, wanted: str = "") -> tuple[tuple[Card, ...], int]:
    """Give those who may be chosen, whoever speaks the reader's language first.

    Args:
        known: What the store told.
        speech: The reader's language.
        wanted: Only names with these letters.

    Returns:
        At most `MOST_SHOWN`, with those chosen already always among them; and how many are left
        out.
    """
    chosen = [one.rep for one in known.mine.chosen(known.brand)]
    open_to = [row for row in known.reps if _may_be_shown(known, row, chosen)]
    letters = wanted.casefold()
    found = [
        row
        for row in open_to
        if row.rep in chosen or not letters or letters in (row.name or row.rep).casefold()
    ]
    found.sort(key=lambda row: _order(row, chosen, speech.language))
    return tuple(_card(known, speech, row) for row in found[:MOST_SHOWN]), len(found[MOST_SHOWN:])


def _may_be_shown(known: Known, row: RepRow, chosen: Sequence[RepId]) -> bool:
    if row.rep in known.mine.denied:
        return False
    if row.rep in chosen:
        return not row.has_left(known.now_ms)
    return may_be_chosen(row, known.brand, known.rules)


def _order(row: RepRow, chosen: Sequence[RepId], language: str) -> tuple[int, bool, str]:
    place = chosen.index(row.rep) if row.rep in chosen else len(chosen)
    speaks = any(one.partition("-")[0].lower() == language for one in row.languages)
    return (place, not speaks, (row.name or row.rep).casefold())


def _card(known: Known, speech: Speech, row: RepRow) -> Card:
    name = row.name or row.rep
    load = known.loads.get(row.rep, NO_LOAD)
    stands = {one.standing for one in known.mine.chosen(known.brand) if one.rep == row.rep}
    theirs = Standing.THEIRS in stands
    is_full = not theirs and room_of(row, known.rules) <= load.theirs + load.waiting
    room = ""
    if known.shows("room"):
        key = "person.card_yours" if theirs else "person.card_room"
        if Standing.WAITING in stands:
            key = "person.card_waits"
        elif is_full:
            closed = load.waiting >= known.rules.waiting_list
            key = "person.card_closed" if closed else "person.card_full"
        room = speech.say(key, count=load.waiting)
    return Card(
        rep=row.rep,
        name=name,
        option=f"{name} ({room})" if is_full and room else name,
        languages=language_words(
            row.languages if known.shows("languages") else (), speech.language
        ),
        hours=working_hours(row, speech) if known.shows("hours") else "",
        words=row.words if known.shows("words") else "",
        room=room,
        is_full=is_full,
        heard=heard_words(known.heard.get(row.rep), speech) if known.shows("ratings") else "",
    )


def heard_words(heard: Published | None, speech: Speech) -> str:
    """Say what other customers say: a range with the number behind it, or that it is too early."""
    if heard is None or heard.standing == "cannot_tell":
        return speech.say("person.too_few")
    says = speech.say("person.heard", low=heard.low, high=heard.high, count=heard.at_least)
    if not heard.reasons:
        return says
    tags = ", ".join(
        f"{speech.say(f'person.tag.{reason}')} ({count}+)" for reason, count in heard.reasons
    )
    return f"{says} {speech.say('person.tags', tags=tags)}"
