"""A customer's own person on the desk: who it is, and why."""

from typing import Any

from makegood.core.my_person import Duty, Need, person_of, prefer
from makegood.desk.access import Desk
from makegood.desk.story import Story
from makegood.messages.ids import RepId
from makegood.projections.person_words import Teller
from makegood.projections.roster import rep_name
from makegood.runtime.duty import reps_absent, reps_on_duty
from makegood.runtime.duty_hours import by_the_book
from makegood.runtime.rooms import may_be_chosen

CHANNELS = ("phone", "mail", "chat", "desk")
PLACES = ("first", "second", "third")


def person_shown(desk: Desk, story: Story) -> dict[str, Any]:
    """Give what the customer's page shows about their person; nothing where nobody is chosen."""
    book, mine = desk.makegood.library.now(), story.state.my_person
    if not book.people.choices:
        return {"people": None}
    most = book.people.most_cases
    reps = by_the_book(desk.reps, book.duty, desk.now_ms)
    on_duty = reps_on_duty(reps, desk.now_ms, desk.reading.open_cases_by_owner(), most)
    duty = Duty(on_duty, reps_absent(reps, desk.now_ms))
    need = Need(at_ms=desk.now_ms, channel="desk")
    teller = Teller(desk.reps, desk.now_ms, book.timezone)
    found = prefer(mine, duty, need, book.people)
    choices = [
        {
            "name": rep_name(desk.reps, one.rep),
            "standing": one.standing.value,
            "since_ms": one.since_ms,
            "brand": one.brand,
        }
        for one in mine.choices
    ]
    profile = story.profiles[0] if story.profiles else None
    links = desk.makegood.links
    return {
        "people": {
            "person": rep_name(desk.reps, person_of(mine)) if person_of(mine) else "",
            "why": teller.reasons(found.reasons),
            "choices": choices,
            "unsure": [rep_name(desk.reps, one) for one in mine.unsure],
            "waits": [one for one in mine.threads if one.came_ms],
            "open_to": _open_to(desk, story),
            "places": _places(story, book.people.choices),
            "channels": CHANNELS,
            "url": links.person_url(profile, "") if profile is not None else "",
            "hello": book.people.hello.every_ms > 0,
            "allowed": story.state.in_touch.allowed,
            "leaves": [
                {
                    "rep": rep_name(desk.reps, one.rep),
                    "leaves_ms": one.leaves_ms,
                    "successor": rep_name(desk.reps, one.successor) if one.successor else "",
                }
                for one in story.state.in_touch.successions
                if one.is_asked
            ],
            "is_apart": any(one.rep == desk.me.rep and one.side == "rep" for one in mine.refused),
        }
    }


def _open_to(desk: Desk, story: Story) -> list[tuple[RepId, str]]:
    """Whom customers may choose; of whoever is kept apart the choice is refused, and not here."""
    rules, mine = desk.makegood.library.now().people, story.state.my_person
    chosen = {one.rep for one in mine.choices}
    return [
        (row.rep, row.name or row.rep)
        for row in desk.reps
        if row.rep in chosen or may_be_chosen(row, "", rules)
    ]


def _places(story: Story, most: int) -> list[tuple[str, RepId]]:
    chosen = [one.rep for one in story.state.my_person.chosen()]
    return [
        (name, chosen[n] if n < len(chosen) else RepId("")) for n, name in enumerate(PLACES[:most])
    ]
