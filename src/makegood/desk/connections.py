"""What Makegood is connected to: one tab for each kind of connection."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from makegood.desk.access import Desk, at_the_desk, for_reps
from makegood.desk.shell import shell
from makegood.projections.coverage import coverage


def must_connect(desk: Desk) -> None:
    """Let nobody on who may not change connections.

    Raises:
        PermissionDenied: They have no such permission, or serve some brands only.
    """
    if not desk.me.connects:
        raise PermissionDenied


def connections_shell(desk: Desk, tab: str) -> dict[str, Any]:
    """Give what every page about connections shows.

    Args:
        desk: The desk.
        tab: Which page this is, as `_connections_head.html` calls it.
    """
    names = {id_: brand.name for id_, brand in desk.makegood.book.brands.items()}
    return {**shell(desk, page="connections"), "tab": tab, "brand_names": names}


@require_safe
@for_reps
def index(request: HttpRequest) -> HttpResponse:
    """Show what share of the sends we know of asked the gate, and what is not connected."""
    with at_the_desk(request) as desk:
        now_ms = desk.makegood.clock.now_ms()
        shared = connections_shell(desk, "index")
        names = shared["brand_names"]
        found = coverage(desk.reading, now_ms, desk.brands)
        page = {
            **shared,
            "coverage": found,
            "parts": [(names.get(one.brand, ""), one) for one in found.parts],
            "loose": [(names.get(one.brand, ""), one) for one in found.loose],
            "reports": sorted(desk.makegood.book.sends),
        }
    return render(request, "desk/connections.html", page)
