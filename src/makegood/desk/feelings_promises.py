"""What is advertised, what is said of it in public, and what the log measures, side by side."""

import csv
import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from makegood.analytics.advertised import Beside, beside, count, words
from makegood.desk.access import Desk, at_the_desk, for_reps
from makegood.desk.customers import book_of
from makegood.desk.feelings import feelings_shell
from makegood.messages.errors import Refused
from makegood.playbooks.advertising import Advertised
from makegood.playbooks.spans import DAY_MS
from makegood.ports.advertised import Touching, TouchKey, Verdict
from makegood.ports.voice import HIDDEN, Post
from makegood.projections.asked import within_words
from makegood.projections.roster import rep_name
from makegood.runtime.advertised import advertised_by, advertised_of
from makegood.sources.limits import writable

PAGE = 20
DAYS = (30, 90, 365)
_DAYS = frozenset(map(str, DAYS))
VERDICTS: tuple[tuple[Verdict, str], ...] = (
    ("against", "Says it was not so"),
    ("kept", "Says it was so"),
    ("unjudged", "Unjudged"),
    ("aside", "About something else"),
)
_HOW = {
    "words": "it has the words",
    "stars": "its stars say so",
    "case": "the case it is kept with is such a failure",
    "read": "it tells of such a failure, read by a machine",
    "label": "somebody sorted it as such a failure",
}
_TOUCH = re.compile(r"([0-9]{1,15})\.([0-9a-f]{32})")
_POST = re.compile(r"([01])\.(-?[0-9]{1,15})\.([0-9a-f]{32})")


@require_safe
@for_reps
def index(request: HttpRequest) -> HttpResponse:
    """List what is advertised with both figures beside each other, page by page."""
    with at_the_desk(request) as desk:
        days, brand = _days(request), _brand(request, desk)
        found = advertised_for(desk, brand, after=writable(request.GET.get("after", ""), 64))
        shown = list(found)[:PAGE]
        some = [found[key] for key in shown]
        page = {
            **feelings_shell(desk, "promises"),
            **_choices(desk, days, brand),
            "shown": [_shown(one) for one in figures(desk, some, days, brand)],
            "next": shown[-1] if len(found) > PAGE else "",
        }
    return render(request, "desk/feelings_promises.html", page)


@require_safe
@for_reps
def table(request: HttpRequest) -> HttpResponse:
    """Give all of it as CSV."""
    with at_the_desk(request) as desk:
        days, brand = _days(request), _brand(request, desk)
        found = figures(desk, tuple(advertised_for(desk, brand).values()), days, brand)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="promises.csv"'
    writer = csv.writer(response, lineterminator="\n")
    writer.writerow(HEADS)
    writer.writerows(row for one in found for row in lines(one, days))
    return response


HEADS = ("promise", "days", "measure", "of_it", "of", "low", "high")


def lines(one: Beside, days: int) -> list[tuple[object, ...]]:
    """Give the lines of one promise: share against it in public, then each share that was kept."""
    name, said = one.promise.id, one.said
    ends = (round(said.interval.low, 4), round(said.interval.high, 4)) if said.about else ("", "")
    found: list[tuple[object, ...]] = [
        (name, days, "posts_against", said.against, said.about, *ends),
        (name, days, "posts_unjudged", said.unjudged, said.about, "", ""),
    ]
    for it in one.measured:
        whole = it.kept + it.broken
        ends = (round(it.interval.low, 4), round(it.interval.high, 4)) if whole else ("", "")
        found.append((name, days, f"{it.kind}_kept", it.kept, whole, *ends))
    if one.failures is not None:
        found.append((name, days, "cases_failed", one.failures, "", "", ""))
    return found


@require_safe
@for_reps
def promise(request: HttpRequest, promise_id: str) -> HttpResponse:
    """Show one promise, and the posts about it, or others that may be, page by page."""
    with at_the_desk(request) as desk:
        days, brand = _days(request), _brand(request, desk)
        one = _promise(desk, promise_id, brand)
        wanted = request.GET.get("list", "")
        is_others = wanted == "others"
        rows, following = (_others if is_others else _touching)(request, desk, one, wanted, brand)
        book = book_of(desk)
        page = {
            **feelings_shell(desk, "promises"),
            **_choices(desk, days, brand),
            **_shown(figures(desk, [one], days, brand)[0]),
            "list": wanted,
            "lists": [("", "About it"), *VERDICTS, ("others", "Other posts")],
            "rows": rows,
            "verdicts": VERDICTS,
            "next": following,
            "zone": book.timezone,
            "within": within_words(one.within_ms) if one.within_ms else "",
        }
    return render(request, "desk/feelings_promise.html", page)


@require_POST
@for_reps
def judge(request: HttpRequest, promise_id: str, post_id: str, says: str) -> HttpResponse:
    """Write down what somebody says of a post."""
    known = next((one for one, _ in VERDICTS if one == says), None)
    if known is None:
        raise Http404
    with at_the_desk(request) as desk:
        _promise(desk, promise_id, "")
        row = desk.reading.posts([post_id]).get(post_id)
        if row is None or row.state in HIDDEN or not desk.me.may_see(row.brand):
            raise Http404
        room, rep = desk.makegood.voice.advertised, desk.me.rep
    done = room.judge(promise_id, post_id, known, rep)
    if isinstance(done, Refused):
        messages.error(request, done.why)
    elif done.rep == rep:
        messages.info(request, "Written down, with your name.")
    else:
        messages.info(request, f"{rep_name(desk.reps, done.rep)} said so before; it stands.")
    at = reverse("desk:feelings-promise", args=[promise_id])
    lists = {"others", *(one for one, _ in VERDICTS)}
    kept = {
        key: value
        for key, known in (("list", lists), ("brand", desk.makegood.book.brands), ("days", _DAYS))
        if (value := request.POST.get(key, "")) in known
    }
    return redirect(f"{at}?{urlencode(kept)}" if kept else at)


def advertised_for(desk: Desk, brand: str, after: str = "") -> dict[str, Advertised]:
    """Give what is advertised by brands that this person may see, in the order of its keys."""
    found = advertised_by(desk.makegood.library.now(), brand)
    return {key: one for key, one in sorted(found.items()) if key > after and _sees(desk, one)}


def figures(
    desk: Desk, promises: Sequence[Advertised], days: int, brand: str
) -> tuple[Beside, ...]:
    """Count for promises over the last days, and put both beside each other."""
    until_ms = desk.now_ms + 1
    span = (_midnight(desk.now_ms) - (days - 1) * DAY_MS, until_ms)
    brands = (brand,) if brand else desk.brands
    return beside(promises, count(desk.reading, promises, span, desk.now_ms, brands))


def _midnight(now_ms: int) -> int:
    return now_ms - now_ms % DAY_MS  # in UTC, as the days are counted


def _sees(desk: Desk, one: Advertised) -> bool:
    return not one.brands or any(desk.me.may_see(it) for it in one.brands)


def _promise(desk: Desk, promise_id: str, brand: str) -> Advertised:
    """Find a promise that this person may see; any other one does not exist for them."""
    found = advertised_for(desk, brand).values()
    one = next((one for one in found if one.id == promise_id), None)
    if one is None:
        raise Http404
    return one


def _days(request: HttpRequest) -> int:
    asked = request.GET.get("days", "")
    return int(asked) if asked in _DAYS else DAYS[1]


def _brand(request: HttpRequest, desk: Desk) -> str:
    asked = request.GET.get("brand", "")
    return asked if asked in desk.makegood.book.brands and desk.me.may_see(asked) else ""


def _choices(desk: Desk, days: int, brand: str) -> dict[str, Any]:
    seen = [one for one in desk.makegood.book.brands.values() if desk.me.may_see(one.id)]
    return {"days": days, "choices": DAYS, "brand": brand, "brands": seen}


def _shown(one: Beside) -> dict[str, Any]:
    return {"one": one, "promise": one.promise, "words": words(one)}


def _touching(
    request: HttpRequest, desk: Desk, one: Advertised, wanted: str, brand: str
) -> tuple[list[dict[str, Any]], str]:
    """Give a page of posts about a promise, and where the next one begins."""
    found = _TOUCH.fullmatch(request.GET.get("after", ""))
    after: TouchKey | None = (int(found[1]), found[2]) if found else None
    verdict = next((one for one, _ in VERDICTS if one == wanted), None)
    rows = desk.reading.touching(
        one.id,
        verdict=verdict,
        brands=(brand,) if brand else desk.brands,
        after=after,
        limit=PAGE + 1,
    )
    shown = rows[:PAGE]
    posts = desk.reading.posts([it.post for it in shown])
    pairs = [(posts[it.post], it) for it in shown if it.post in posts]
    following = "{}.{}".format(*shown[-1].key) if len(rows) > PAGE else ""
    return [_row(desk, post, it) for post, it in pairs if _may_show(desk, post)], following


def _others(
    request: HttpRequest, desk: Desk, one: Advertised, _: str, brand: str
) -> tuple[list[dict[str, Any]], str]:
    """Give a page of posts that nobody found to be about it, who waits longest first."""
    found = _POST.fullmatch(request.GET.get("after", ""))
    after = (int(found[1]), int(found[2]), found[3]) if found else None
    brands = (brand,) if brand else desk.brands
    rows = desk.reading.posts_listed(brands=brands, after=after, limit=PAGE + 1)
    shown = rows[:PAGE]
    touched = desk.reading.touches_of([it.post for it in shown])
    about = {it.post for it in touched if it.promise == one.id}
    book = desk.makegood.library.now()
    free = [
        it
        for it in shown
        if it.post not in about and it.state != "gone" and _may_show(desk, it)
        and (said := advertised_of(book, it.brand, one.id)) is not None
        and said.is_said(it.brand, it.at_ms)
    ]  # fmt: skip
    following = "{}.{}.{}".format(*shown[-1].place) if len(rows) > PAGE else ""
    return [_row(desk, it, None) for it in free], following


def _may_show(desk: Desk, post: Post) -> bool:
    return post.state not in ("ours", "erased") and desk.me.may_see(post.brand)


def _row(desk: Desk, post: Post, touching: Touching | None) -> dict[str, Any]:
    """Give a post as it is shown: its words, and nobody's name or picture."""
    by = touching.rep if touching is not None else ""
    return {
        "post": post,
        "verdict": touching.verdict if touching is not None else "",
        "says": dict(VERDICTS).get(touching.verdict, "") if touching is not None else "",
        "how": _HOW.get(touching.because, "") if touching is not None else "",
        "by": rep_name(desk.reps, by) if by else "",
        "judged_ms": touching.judged_ms if touching is not None else 0,
    }
