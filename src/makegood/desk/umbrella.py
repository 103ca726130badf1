"""The umbrella: its brands and who is on duty for them; one tab for each thing they share."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from makegood.desk.access import Desk, at_the_desk, for_reps
from makegood.desk.on_duty import duties
from makegood.desk.shell import shell


def umbrella_shell(desk: Desk, tab: str) -> dict[str, Any]:
    """Give what every page about the umbrella shows.

    Args:
        desk: The desk.
        tab: Which page this is, as `_umbrella_head.html` calls it.
    """
    names = {id_: brand.name for id_, brand in desk.makegood.book.brands.items()}
    return {**shell(desk, page="umbrella"), "tab": tab, "brand_names": names}


@require_safe
@for_reps
def index(request: HttpRequest) -> HttpResponse:
    """Show each brand that the person serves: what is open there, and who is on duty."""
    with at_the_desk(request) as desk:
        shared = umbrella_shell(desk, "index")
        open_by = desk.reading.open_cases_by_brand()
        team = duties(desk.reps, desk.now_ms, {}, desk.makegood.book.duty)
        page = {
            **shared,
            "brands": [
                {
                    "id": id_,
                    "name": name,
                    "open": open_by.get(id_, 0),
                    "on_duty": [one for one in team if one.until_ms and one.serves(id_)],
                }
                for id_, name in shared["brand_names"].items()
                if desk.me.may_see(id_)
            ],
        }
    return render(request, "desk/umbrella.html", page)
