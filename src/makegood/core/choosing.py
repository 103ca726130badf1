"""Judge who may be chosen, refused or spoken with; whether there is room is seen under a lock.

The reason for a refusal is for a supervisor alone. A rep who wants no more to do with a customer
gives one; a customer need not.
Source: story 5; evidence, "A person of one's own" (a deny-list both ways).
"""

from typing import TypeAlias

from msgspec.structs import replace

from makegood.core.decision import Asker, Decision, refuse
from makegood.core.my_person import MyPerson
from makegood.core.state import State
from makegood.messages.facts import (
    Contacted,
    GotInTouch,
    HelloAllowed,
    HelloDone,
    Introduced,
    PersonChosen,
    PersonRefused,
    WishNoted,
)
from makegood.messages.ids import EventId
from makegood.playbooks.book import Library, RuleBook
from makegood.playbooks.mistakes import nearest

OfTouch: TypeAlias = HelloAllowed | WishNoted | HelloDone | Introduced
OfPeople: TypeAlias = PersonChosen | PersonRefused | GotInTouch | Contacted | OfTouch
"""What is said about a customer and the people who look after them."""
NOT_FREE = "This person cannot take this customer just now; please choose somebody else."
"""What the firm reads, of who is away as well: a wish to be kept apart is nobody's business."""
NOT_AVAILABLE = "This person cannot be chosen just now; please choose somebody else."
"""One sentence whether they left, serve another brand or are kept apart: the reason is theirs."""


def judge(state: State, wanted: OfPeople, asker: Asker, library: Library) -> Decision:
    """Judge whether it can be so, and complete it.

    Args:
        state: The customer's state.
        wanted: What is said.
        asker: The customer, or the rep who writes it down.
        library: Rule books; that of the brand says what holds.
    """
    match wanted:
        case PersonChosen():
            return choose(state, wanted, asker, library.now(wanted.brand))
        case PersonRefused():
            return keep_apart(state, wanted, asker)
        case GotInTouch() | Contacted():
            return speak(state, wanted, asker)
        case HelloAllowed() | WishNoted() | HelloDone() | Introduced():
            return keep_in_touch(state, wanted, asker)


def choose(state: State, wanted: PersonChosen, asker: Asker, book: RuleBook) -> Decision:
    """Judge a choice, and complete it with the one it replaces.

    Args:
        state: The customer's state.
        wanted: Whom they want, in order; nobody takes the choice back.
        asker: The customer, or the rep who writes it down for them.
        book: The book of the brand it is for.
    """
    rules, mine = book.people, state.my_person
    if not rules.choices:
        return refuse("nobody_chosen_here", "Here nobody is chosen; whoever is free helps you.")
    if wanted.brand and wanted.brand not in book.brands:
        hint = nearest(wanted.brand, book.brands)
        return refuse("no_such_brand", f"There is no brand `{wanted.brand}`. {hint}".strip())
    if len(wanted.choices) > rules.choices:
        return refuse("too_many_choices", f"Please choose at most {rules.choices}.")
    if len(set(wanted.choices)) < len(wanted.choices) or "" in wanted.choices:
        return refuse("chosen_twice", "Please choose each person once.")
    if mine.denied & set(wanted.choices):
        return refuse("not_available", NOT_AVAILABLE)
    before = _current(mine, wanted.brand)
    return Decision(
        body=replace(wanted, by=asker.rep, theirs="", waits=(), full=(), instead_of=before)
    )


def _current(mine: MyPerson, brand: str) -> EventId:
    return next((one.event for one in mine.choices if one.brand == brand), EventId(""))


def keep_apart(state: State, wanted: PersonRefused, asker: Asker) -> Decision:
    """Judge a wish to have nothing more to do with each other, or to take it back."""
    mine = state.my_person
    known = any((one.rep, one.side) == (wanted.rep, wanted.side) for one in mine.refused)
    if not wanted.rep:
        return refuse("nobody_named", "Name the person.")
    if wanted.again and not known:
        return refuse("not_refused", "There is nothing to take back.")
    if wanted.side == "rep" and not asker.rep:
        return refuse("reps_only", "Only a person of the firm can say this.")
    if wanted.side == "rep" and not wanted.again:
        if wanted.rep != asker.rep:
            return refuse("not_yours", "Each person of the firm says this for themselves alone.")
        if not wanted.why:
            return refuse("reason_needed", "Say why; a supervisor alone reads it.")
    if known and not wanted.again:
        return refuse("refused_already", "This is so already.")
    return Decision(body=replace(wanted, by=asker.rep))


def speak(state: State, wanted: GotInTouch | Contacted, asker: Asker) -> Decision:
    """Judge that somebody wrote or spoke: the customer may always, a rep for themselves."""
    if not wanted.channel:
        return refuse("no_channel", "Say on which channel.")
    if isinstance(wanted, GotInTouch):
        return Decision(body=wanted)
    if not asker.rep:
        return refuse("reps_only", "Only a person of the firm can write down whom they spoke to.")
    rep = wanted.rep or asker.rep
    if rep in state.my_person.denied:
        return refuse("not_available", NOT_FREE)
    return Decision(body=replace(wanted, rep=rep))


def keep_in_touch(state: State, wanted: OfTouch, asker: Asker) -> Decision:
    """Judge what is said about hellos and introductions; the customer's own word is theirs."""
    match wanted:
        case HelloAllowed():
            if wanted.allowed and not state.my_person.choices:
                return refuse("nobody_chosen", "Choose your person first.")
            return Decision(body=replace(wanted, by=asker.rep))
        case WishNoted():
            if not wanted.words:
                return refuse("no_words", "Say what they wish for.")
            return Decision(body=replace(wanted, by=asker.rep))
        case HelloDone() | Introduced():
            return _by_rep(state, wanted, asker)


def _by_rep(state: State, wanted: HelloDone | Introduced, asker: Asker) -> Decision:
    """Judge what a rep writes down of a task."""
    if not asker.rep:
        return refuse("reps_only", "Only a person of the firm can write this down.")
    mine = state.in_touch
    if isinstance(wanted, HelloDone):
        hello = mine.hello(wanted.hello)
        if hello is None or hello.ended != "due":
            return refuse("no_such_hello", "There is no such hello, or it is over.")
        return Decision(body=replace(wanted, by=asker.rep))
    who = (wanted.rep, wanted.successor, wanted.brand)
    waits = (one for one in mine.successions if one.waits_to_meet)
    if who not in {(one.rep, one.successor, one.brand) for one in waits}:
        return refuse("nobody_to_meet", "Nobody waits for this call any more.")
    return Decision(body=replace(wanted, by=asker.rep))
