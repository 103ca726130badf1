"""The record of privileged acts at the desk: who, what, when; paged, filtered, and as CSV."""

import csv
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from makegood.core.holds import iso
from makegood.desk.access import at_the_desk, for_reps, makegood_of
from makegood.desk.connections import connections_shell, must_connect
from makegood.ports.acts import ACTS, Act, Sought
from makegood.ports.store import Store
from makegood.sources.limits import writable

PAGE = 50
_CSV_PAGE = 1_000
_COLUMNS = (
    "place", "at", "what", "who", "how", "about", "before", "after", "request", "prior", "seal",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@require_safe
@for_reps
def acts(request: HttpRequest) -> HttpResponse:
    """Show a page of the record."""
    with at_the_desk(request) as desk:
        must_connect(desk)
        found = desk.reading.acts(_sought(request), before=_before(request), limit=PAGE + 1)
        page = connections_shell(desk, "acts")
    kept = {name: request.GET.get(name, "") for name in ("who", "what", "since", "until")}
    asked = {name: value for name, value in kept.items() if value}
    following = urlencode({**asked, "before": found[PAGE - 1].place}) if len(found) > PAGE else ""
    page |= {
        "zone": desk.makegood.book.timezone,
        "acts": [_shown(act) for act in found[:PAGE]],
        "words": ACTS,
        "asked": kept,
        "query": urlencode(asked),
        "following": following,
    }
    return render(request, "desk/connection_acts.html", page)


def _shown(act: Act) -> dict[str, object]:
    """Give an act as a line of the page: what it means, and what it changed, in words."""
    return {
        **{name: getattr(act, name) for name in ("at_ms", "what", "who", "how", "about")},
        **{name: getattr(act, name) for name in ("place", "seal", "request")},
        "says": ACTS.get(act.what, act.what),
        "before": _words(act.before),
        "after": _words(act.after),
    }


def _words(values: Mapping[str, str]) -> str:
    said = (f"{name.replace('_', ' ')}: {value}" for name, value in values.items() if value)
    return "; ".join(said)


@require_safe
@for_reps  # type: ignore[arg-type]  # a stream is no HttpResponse to its types
def acts_csv(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """Give all of it, or what is asked for, page by page, as a file for a spreadsheet."""
    with at_the_desk(request) as desk:
        must_connect(desk)
    lines = _lines(makegood_of(request).store, _sought(request))
    answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="acts.csv"'
    return answer


def _lines(store: Store, sought: Sought) -> Iterator[str]:
    yield _line(_COLUMNS)
    before = 0
    while True:
        with store.reading() as reading:
            found = reading.acts(sought, before=before, limit=_CSV_PAGE)
        for act in found:
            yield _line(_cells(act))
        if len(found) < _CSV_PAGE:
            return
        before = found[-1].place


def _cells(act: Act) -> tuple[str, ...]:
    return (
        str(act.place), iso(act.at_ms), act.what, act.who, act.how, act.about,
        _said(act.before), _said(act.after), act.request, act.prior, act.seal,
    )  # fmt: skip


def _line(cells: tuple[str, ...]) -> str:
    """Write a line in which no cell is a formula: a spreadsheet runs what begins like one."""
    text = StringIO()
    safe = [f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in cells]
    csv.writer(text).writerow(safe)
    return text.getvalue()


def _said(values: Mapping[str, str]) -> str:
    return "; ".join(f"{name}: {value}" for name, value in values.items())


def _sought(request: HttpRequest) -> Sought:
    """Read what is asked for; what cannot be read is no limit."""
    given = request.GET
    what = given.get("what", "")
    return Sought(
        who=writable(given.get("who", ""), 150),
        what=what if what in ACTS else "",
        since_ms=_day_ms(given.get("since", "")),
        until_ms=_day_ms(given.get("until", ""), days=1),
    )


def _day_ms(text: str, days: int = 0) -> int:
    """Read a day in UTC; `until` is the whole of its day."""
    try:
        day = date.fromisoformat(text) + timedelta(days=days)
    except (ValueError, OverflowError):
        return 0
    moment = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return max(0, int(moment.timestamp() * 1000))


def _before(request: HttpRequest) -> int:
    given = request.GET.get("before", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 16 else 0
