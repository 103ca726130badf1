"""Find what a decision table forgets: inputs without a row, rows that never fit, two that do."""

from makegood.playbooks.mistakes import Place, Report
from makegood.playbooks.requests.boxes import Box, TooTangled, common, left_of
from makegood.playbooks.requests.columns import spread
from makegood.playbooks.requests.read import Request


def check_tables(requests: tuple[Request, ...], report: Report) -> None:
    """Warn of gaps, overlaps and idle rows, each with an input that shows it."""
    for request in requests:
        place = Place(request.line, 1)
        try:
            _check_gap(request, report, place)
            _check_idle(request, report)
        except TooTangled:
            report.warn(
                place,
                f"The table of `{request.id}` is too tangled to be checked for gaps.",
                "Split it into two requests, or name values that say more at once.",
            )
        if request.hit == "only":
            _check_overlaps(request, report)


def _check_gap(request: Request, report: Report, place: Place) -> None:
    left = left_of([spread(request.columns)], request.boxes)
    if left:
        report.warn(
            place,
            f"No row of `{request.id}` fits {_shown(request, left[0])}.",
            "Add a row, or one at the end without `when`; until then a person is asked.",
        )


def _check_idle(request: Request, report: Report) -> None:
    for index, (row, box) in enumerate(zip(request.rows, request.boxes, strict=True)):
        if not all(box):
            why = "asks for what cannot be"
        elif request.hit == "first" and not left_of([box], request.boxes[:index]):
            why = "can never count: the rows above take all that fits it"
        else:
            continue
        report.warn(Place(row.line, 1), f"The row `{row.id}` {why}.", "Move it up, or drop it.")


def _check_overlaps(request: Request, report: Report) -> None:
    rows = tuple(zip(request.rows, request.boxes, strict=True))
    for index, (row, box) in enumerate(rows):
        for other, other_box in rows[:index]:
            both = common(box, other_box)
            if both is not None:
                report.warn(
                    Place(row.line, 1),
                    f"`{row.id}` and `{other.id}` both fit {_shown(request, both)}.",
                    "Tell them apart, or write `hit: first`; until then a person is asked.",
                )


def _shown(request: Request, box: Box) -> str:
    """Say an input in words, leaving out what may be anything."""
    parts = [
        f"{name} = {column.describe(cells)}"
        for (name, column), cells in zip(request.columns.items(), box, strict=True)
        if cells != column.every
    ]
    return ", ".join(parts) or "anything"
