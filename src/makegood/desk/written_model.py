"""The model that reads what customers write: what it learned, and what came of each training."""

import re
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from makegood.desk.access import at_the_desk, for_reps
from makegood.desk.customers import book_of
from makegood.desk.shell import shell
from makegood.playbooks.book import RuleBook
from makegood.ports.training import Figures, Training, newest
from makegood.runtime.triage_night import is_installed
from makegood.runtime.triage_words import left_out_words, opened_words, outcome_words, share_words

PAGE = 10
_BEFORE = re.compile(r"[0-9]{1,15}")


@require_safe
@for_reps
def model(request: HttpRequest) -> HttpResponse:
    """Show the model in use, the ones that are kept, and the trainings, page by page."""
    found = _BEFORE.fullmatch(request.GET.get("before", ""))
    with at_the_desk(request) as desk:
        before_ms = int(found[0]) if found else 0
        rows = desk.reading.trainings(before_ms=before_ms, limit=PAGE + 1)
        last = next(iter(desk.reading.trainings(limit=1)), None)
        versions = desk.reading.triage_versions()
        book = book_of(desk)
        page = {
            **shell(desk, page="written"),
            "tab": "model",
            "installed": is_installed(),
            "reads": sorted(book.triage.channels),
            "terms": book.triage.train,
            "window": _window(book),
            "fresh": desk.reading.labels_since(last.labelled_ms if last is not None else 0),
            "used": newest(versions),
            "versions": versions,
            "trainings": [_shown(one) for one in rows[:PAGE]],
            "next": rows[PAGE - 1].at_ms if len(rows) > PAGE else 0,
            "zone": book.timezone,
        }
    return render(request, "desk/written_model.html", page)


def _window(book: RuleBook) -> str:
    terms = book.triage.train
    begins, ends = (
        f"{one // 60:02}:{one % 60:02}" for one in (terms.from_minute, terms.until_minute)
    )
    return f"between {begins} and {ends} ({terms.timezone or book.timezone})"


def _shown(row: Training) -> dict[str, Any]:
    mark = {"taken": "ok", "kept back": "warn", "failed": "alarm"}[row.outcome]
    return {
        "row": row,
        "mark": mark,
        "says": outcome_words(row),
        "figures": [_figure(one) for one in row.figures],
    }


def _figure(one: Figures) -> dict[str, Any]:
    return {
        "told": one,
        "after": share_words(one.after, one.held) if one.held else "cannot tell yet",
        "before": share_words(one.before, one.held) if one.held else "cannot tell yet",
        "opened": opened_words(one) if one.held else "",
        "left_out": left_out_words(one),
    }
