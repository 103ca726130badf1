"""Public voice: what is said in public, who waits for an answer, and what becomes of it."""

import re
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe
from msgspec import Struct

from makegood.analytics.voice import shares
from makegood.desk.access import Desk, at_the_desk, for_reps, may_see_customer
from makegood.desk.customers import book_of, visible
from makegood.desk.files import kept_file
from makegood.desk.shell import shell
from makegood.messages.errors import InputError, Refused
from makegood.messages.facts import FailureRaised
from makegood.messages.identifiers import normal
from makegood.messages.ids import CaseId, CustomerId
from makegood.playbooks.voice import Listening
from makegood.ports.rows import CaseRow
from makegood.ports.voice import HIDDEN, HeardTo, Post
from makegood.projections.asked import within_words
from makegood.projections.orders import OTHER
from makegood.projections.roster import rep_name
from makegood.runtime.public_voice import PublicVoice
from makegood.runtime.raising import customer_meant
from makegood.runtime.voice_codes import NAMES_ALONE
from makegood.sources.limits import writable
from makegood.sources.voice.heard import link

PAGE = 20
WINDOW_MS = 90 * 86_400_000
_LONGEST_WORDS = 4_000
_PLACE = re.compile(r"([01])\.(-?[0-9]{1,15})\.([0-9a-f]{32})")
_NO_CUSTOMER = Refused(
    code="no_such_customer", why="Nobody, or not only one customer, is known by this."
)


@require_safe
@for_reps
def voice(request: HttpRequest) -> HttpResponse:
    """List what is said in public, who waits longest first, page by page."""
    found = _PLACE.fullmatch(request.GET.get("after", ""))
    after = (int(found[1]), int(found[2]), found[3]) if found else None
    with at_the_desk(request) as desk:
        rows = desk.reading.posts_listed(brands=desk.brands, after=after, limit=PAGE + 1)
        shown = rows[:PAGE]
        owners = desk.reading.customers_of([one.profile for one in shown if one.profile])
        cases = desk.reading.cases_of(sorted(set(owners.values())))
        book = book_of(desk)
        page = {
            **shell(desk, page="voice"),
            "zone": book.timezone,
            "terms": book.voice,
            "target": within_words(book.voice.target_ms),
            "breach": within_words(book.voice.breach_ms),
            "posts": [_shown(desk, one, owners.get(one.profile), cases) for one in shown],
            "next": "{}.{}.{}".format(*shown[-1].place) if len(rows) > PAGE else "",
            "is_first": after is None,
            "shares": _shares(desk) if after is None else (),
            "away": _away(desk, book.voice.listen),
            "brand_names": {one.id: one.name for one in book.brands.values()},
        }
    return render(request, "desk/voice.html", page)


@require_POST
@for_reps
def act(request: HttpRequest, post_id: str, act: str) -> HttpResponse:
    """Do something with a post."""
    do = _ACTS.get(act)
    if do is None:
        raise Http404
    with at_the_desk(request) as desk:
        row = _post(desk, post_id)
        owner = desk.reading.customers_of([row.profile]).get(row.profile) if row.profile else None
        if owner is not None and act in _OF_THE_CUSTOMER:
            visible(desk, owner)
        asked = Asked(
            desk=desk,
            row=row,
            url=request.POST.get("url", "").strip(),
            owner=owner,
            customer=_named(request, desk) if act in ("match", "code") else _NO_CUSTOMER,
            case=desk.case_row(request.POST.get("case", "")).case if act == "attach" else None,
            is_told=request.POST.get("consent") == "yes",
        )
    done = do(asked)
    if isinstance(done, Refused):
        messages.error(request, done.why)
    elif done:
        messages.info(request, done)
    return redirect(f"{reverse('desk:voice')}#post-{post_id}")


@require_safe
@for_reps
def file(request: HttpRequest, post_id: str, digest: str) -> HttpResponse:
    """Give what is kept with a post, to be saved; only what truly is a picture is shown."""
    with at_the_desk(request) as desk:
        row = _post(desk, post_id)
        files = desk.makegood.post.files
    known = next((one for one in row.media if one.digest == digest), None)
    content = files.get(row.post, digest) if known is not None else None
    if known is None or content is None:
        raise Http404
    name = f"{digest[:12]}.{_ending(known.kind)}"
    return kept_file(content, name, is_shown=bool(request.GET.get("shown")))


def _ending(kind: str) -> str:
    found = kind.rpartition("/")[2]
    return found if found.isalnum() and len(found) < 6 else "bin"


def _away(desk: Desk, listen: tuple[Listening, ...]) -> list[HeardTo]:
    """Give what is not heard of what is listened to today, as far as they see the brand."""
    seen = {one.id for one in listen if desk.me.may_see(one.brand)}
    return [one for one in desk.reading.heard_to().values() if one.wrong and one.source in seen]


def _shares(desk: Desk) -> tuple[Any, ...]:
    counts = desk.reading.voice_counts(desk.now_ms - WINDOW_MS, desk.now_ms)
    return shares([one for one in counts if desk.me.may_see(one.brand)])


def _shown(
    desk: Desk, row: Post, owner: CustomerId | None, cases: tuple[CaseRow, ...]
) -> dict[str, Any]:
    theirs = [one for one in cases if one.customer == owner and desk.me.may_see(one.brand)]
    is_visible = owner is not None and may_see_customer(desk, owner, cases)
    return {
        "post": row,
        "customer": owner if is_visible else None,
        "cases": [one for one in theirs if one.is_open],
        "by": rep_name(desk.reps, row.answered_by) if row.answered_by else "",
        "is_name": row.network in NAMES_ALONE,
        "mine": row.answered_by == desk.me.rep,
        "is_late": row.state == "waiting" and 0 < row.breach_ms <= desk.now_ms,
        "left_ms": row.breach_ms - desk.now_ms,
        "took_ms": row.answered_ms - row.at_ms,
    }


def _post(desk: Desk, post_id: str) -> Post:
    """Find a post that this person may see; any other one does not exist for them."""
    row = desk.reading.posts([post_id]).get(post_id)
    if row is None or row.state in HIDDEN or not desk.me.may_see(row.brand):
        raise Http404
    return row


Done = str | Refused
_OF_THE_CUSTOMER = frozenset({"attach", "failure", "unmatch"})
"""What is done to whose post it is: only somebody who may see them does it."""


class Asked(Struct, frozen=True, kw_only=True):
    """What somebody wants to do with a post, as it was when they asked.

    Attributes:
        owner: Whose it is.
        customer: Whose it shall be, or why that is nobody.
        case: With which it shall be kept.
        is_told: The customer told them.
    """

    desk: Desk
    row: Post
    url: str
    owner: CustomerId | None
    customer: CustomerId | Refused
    case: CaseId | None
    is_told: bool

    @property
    def voice(self) -> PublicVoice:
        """What does it."""
        return self.desk.makegood.voice


def _answered(asked: Asked) -> Done:
    url = link(asked.url)
    if asked.url and not url:
        return Refused(code="no_link", why="Write the link as https://..., or leave it empty.")
    done = asked.voice.room.answer(asked.row.post, asked.desk.me.rep, url)
    return done if isinstance(done, Refused) else "Written down: a person answered."


def _again(asked: Asked) -> Done:
    done = asked.voice.room.waits_again(asked.row.post, asked.desk.me.rep)
    return done if isinstance(done, Refused) else "Taken back. They wait again, since they wrote."


def _gone(asked: Asked) -> Done:
    done = asked.voice.room.gone(asked.row.post, asked.desk.me.rep)
    return done if isinstance(done, Refused) else "Its words are forgotten, as its author wants."


def _named(request: HttpRequest, desk: Desk) -> CustomerId | Refused:
    try:
        name = normal(writable(request.POST.get("customer", ""), 300))
    except InputError as error:
        return Refused(code="no_identifier", why=str(error))
    found = customer_meant(desk.makegood.store, desk.makegood.intake, name)
    if found is None or not may_see_customer(desk, found, desk.reading.cases_of([found])):
        return _NO_CUSTOMER
    return found


def _match(asked: Asked) -> Done:
    if not asked.is_told:
        why = "Only the customer can say whose handle it is; say that they told you."
        return Refused(code="no_consent", why=why)
    if isinstance(asked.customer, Refused):
        return asked.customer
    if not asked.row.author:
        return Refused(code="gone", why="Nobody is named as its author any more.")
    rep = asked.desk.me.rep
    done = asked.voice.matching.consent(asked.row.handle, asked.customer, rep)
    return done if isinstance(done, Refused) else "The handle is theirs, as they said."


def _code(asked: Asked) -> Done:
    if isinstance(asked.customer, Refused):
        return asked.customer
    done = asked.voice.matching.code_for(asked.customer)
    if isinstance(done, Refused):
        return done
    return (
        f"Tell the customer alone, where you know them: “Write MG-{done.code} in a reply there.” "
        "Whoever writes it is matched; never write it in public yourself."
    )


def _unmatch(asked: Asked) -> Done:
    done = asked.voice.matching.take_back(asked.row.handle, asked.desk.me.rep)
    return done if isinstance(done, Refused) else "Taken back. The handle is nobody's again."


def _attach(asked: Asked) -> Done:
    if asked.case is None:
        return Refused(code="no_such_case", why="There is no such case.")
    done = asked.voice.attach(asked.row.post, asked.case, asked.desk.me.rep)
    return done if isinstance(done, Refused) else "It is kept with the case; its media follow."


def _failure(asked: Asked) -> Done:
    """Make a matched post a failure; two people who press make one."""
    if asked.owner is None:
        return Refused(code="nobodys", why="Whose post it is, nobody said; it is never guessed.")
    row, me = asked.row, asked.desk.me
    message_id = f"voice/{row.post}/failure"
    ref = f"desk:{message_id}"
    words = row.text[:_LONGEST_WORDS] or row.url
    body = FailureRaised(failure=OTHER, brand=row.brand, words=ref, by=me.rep)
    acts = asked.desk.makegood.acts
    done = acts.act(asked.owner, body, me.asker, message_id=message_id, texts={ref: words})
    return done if isinstance(done, Refused) else "A case is open; keep the post with it."


_ACTS = {
    "answered": _answered,
    "again": _again,
    "gone": _gone,
    "match": _match,
    "code": _code,
    "unmatch": _unmatch,
    "attach": _attach,
    "failure": _failure,
}
