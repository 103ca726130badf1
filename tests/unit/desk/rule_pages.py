"""What the tests of the rule book's pages read and type."""

from makegood.books.opening import read_book
from makegood.bootstrap import Makegood
from makegood.ports.drafts import Draft
from tests.unit.desk.browsing import words_of

CARS = read_book("car-rental")[0]
RIDE = "remedies/ride_home/cost/cents"
CALL = "plans/0/call_within"
NO_CAR = "failures/no_car/when"
PAGES = ("", "/draft", "/text", "/history")
POSTS = ("edit", "write", "example", "discard", "try", "trials/1/stop", "activate", "roll-back")


def stands(makegood: Makegood) -> dict[str, str]:
    from makegood.playbooks.spots import spots_of

    newest = draft_of(makegood)
    return {spot.path: spot.written for spot in spots_of(newest.text if newest else CARS)}


def stands_as_text(makegood: Makegood) -> str:
    newest = draft_of(makegood)
    assert newest is not None
    return newest.text


def diff_lines(text: str) -> list[str]:
    from makegood.desk.rules import diff

    return diff(CARS, text).splitlines()


def draft_of(makegood: Makegood) -> Draft | None:
    with makegood.store.reading() as reading:
        return reading.draft()


def active_of(makegood: Makegood) -> str:
    return makegood.shelf.latest().active


def fields(makegood: Makegood, **typed: str) -> dict[str, str]:
    """The form as it was shown, with something else typed into it."""
    paths = {"ride": RIDE, "call": CALL, "when": NO_CAR}
    now = stands(makegood)
    form = {f"was:{paths[name]}": now[paths[name]] for name in typed}
    return form | {f"v:{paths[name]}": value for name, value in typed.items()}


def change(makegood: Makegood, client, **typed: str):
    return client.post("/desk/rules/edit", fields(makegood, **typed), follow=True)


def revision(makegood: Makegood) -> dict[str, str]:
    newest = draft_of(makegood)
    return {"revision": str(newest.revision if newest else 0), "active": active_of(makegood)}


def tried(makegood: Makegood, client) -> str:
    client.post("/desk/rules/try")
    makegood.trials.wait()
    return words_of(client.get("/desk/rules/draft"))


def activate(makegood: Makegood, client, reason: str = "Rides cost less now."):
    form = revision(makegood) | {"reason": reason}
    return client.post("/desk/rules/activate", form, follow=True)
