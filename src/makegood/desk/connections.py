"""What Makegood is connected to: one tab for each kind of connection."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from makegood.desk.access import Desk, at_the_desk, for_reps
from makegood.desk.shell import shell


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
    return {**shell(desk, page="connections"), "tab": tab}


@require_safe
@for_reps
def index(request: HttpRequest) -> HttpResponse:
    with at_the_desk(request) as desk:
        page = connections_shell(desk, "index")
    return render(request, "desk/connections.html", page)
