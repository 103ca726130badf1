"""What customers wrote and somebody has to look at: settled in one click, and that teaches.

What cannot wait comes first, then what waits longest. Nobody's picture and nobody's rank is here.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Literal, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe
from msgspec import Struct
from msgspec.structs import replace

from makegood.desk.access import Desk, at_the_desk, for_reps, may_see_customer
from makegood.desk.customers import book_of, visible
from makegood.desk.letters import made_a_failure
from makegood.desk.shell import shell
from makegood.messages.errors import Refused
from makegood.messages.facts import FailureRaised
from makegood.messages.ids import CustomerId
from makegood.playbooks.triage import NONE
from makegood.ports.rows import CaseRow, PersonRow
from makegood.ports.ties import MOST_TIES, TieKind
from makegood.ports.triage import TriageRow
from makegood.ports.voice import Post
from makegood.ports.words import WaitingWords
from makegood.projections.roster import called
from makegood.projections.triage import WRITTEN, chance_words, kind_words
from makegood.runtime.triage import (
    ORDINARY,
    PUBLIC,
    can_wait,
    is_failure,
    label_of,
    made_by,
)
from makegood.runtime.triage_models import texts_of

PAGE = 20
FILTERS = ("", "urgent", "asked")
SAYS = frozenset({"yes", "no", "seen", "later"})
_PLACE = re.compile(r"([01])\.([0-9]{1,15})\.([0-9a-z]{1,40})")
_LONGEST = 400  # letters of a text in the list; the rest stands where it was written
_LONGEST_WORDS = 4_000


class Row(Struct, frozen=True, kw_only=True):
    """Something that waits, as the list shows it.

    Attributes:
        customer: Whose page it leads to; None for a post of nobody known.
        where: Where it was written, in words.
        text: What it begins with.
        asks: A person is asked whether it is a failure.
        kind: What the model takes it for.
        makes: Whether a yes opens a case.
    """

    item: str
    customer: CustomerId | None
    name: str
    where: str
    brand: str
    at_ms: int
    text: str
    is_longer: bool
    is_urgent: bool
    asks: bool
    kind: str
    chance: str
    is_failure: bool
    makes: bool
    words: tuple[str, ...]
    language: str
    is_public: bool
    is_letter: bool


@require_safe
@for_reps
def written(request: HttpRequest) -> HttpResponse:
    """List what has to be looked at, of brands that this person serves, page by page."""
    show = request.GET.get("show", "")
    only = cast("Literal['', 'urgent', 'asked']", show if show in FILTERS else "")
    found = _PLACE.fullmatch(request.GET.get("after", ""))
    after = (int(found[1]), int(found[2]), found[3]) if found else None
    with at_the_desk(request) as desk:
        rows = desk.reading.waiting_words(
            only=only, brands=desk.brands, after=after, limit=PAGE + 1
        )
        shown = rows[:PAGE]
        book = book_of(desk)
        page = {
            **shell(desk, page="written"),
            "tab": "index",
            "show": only,
            "counted": desk.reading.words_counted(desk.brands),
            "rows": _rows(desk, shown),
            "next": "{}.{}.{}".format(*shown[-1].place) if len(rows) > PAGE else "",
            "is_first": after is None,
            "reads": bool(book.triage.channels),
            "zone": book.timezone,
            "brand_names": {one.id: one.name for one in book.brands.values()},
        }
    return render(request, "desk/written.html", page)


def _rows(desk: Desk, found: Sequence[WaitingWords]) -> list[Row]:
    """Put names and words to what waits, with the same few questions for every page."""
    reading = desk.reading
    triaged = reading.triaged([one.item for one in found])
    texts = texts_of(reading, list(triaged.values()))
    posts = reading.posts([one.item for one in found if one.channel == PUBLIC])
    own = {post.post: post.profile for post in posts.values() if post.profile}
    profiles = sorted({*(one.profile for one in found if one.profile), *own.values()})
    customers = reading.customers_of(profiles)
    cases = reading.cases_of(sorted(set(customers.values())))
    persons = reading.persons(profiles)
    kept = reading.ties(TieKind.APART, rep=desk.me.rep, limit=MOST_TIES)
    apart = {one.customer for one in kept}
    rows = []
    for one in found:
        profile = one.profile or own.get(one.item)
        customer = customers.get(profile) if profile else None
        row = triaged.get(one.item)
        if row is None or not _is_seen(desk, customer, cases, apart):
            continue
        person = persons.get(profile) if profile else None
        name = _name(person, posts.get(one.item))
        rows.append(_row(one, row, customer, name, texts))
    return rows


def _is_seen(
    desk: Desk, customer: CustomerId | None, cases: Sequence[CaseRow], apart: set[CustomerId]
) -> bool:
    if customer is None:
        return True
    return customer not in apart and may_see_customer(desk, customer, cases)


def _name(person: PersonRow | None, post: Post | None) -> str:
    return post.author or "Nobody named" if post is not None else called(person)


def _row(
    one: WaitingWords,
    row: TriageRow,
    customer: CustomerId | None,
    name: str,
    texts: Mapping[str, str],
) -> Row:
    said, text = row.said, texts.get(one.item, "").strip()
    kind = said.kind if said is not None else NONE
    return Row(
        item=one.item,
        customer=customer,
        name=name,
        where=WRITTEN.get(one.channel, WRITTEN["mail"]),
        brand=one.brand,
        at_ms=one.at_ms,
        text=text[:_LONGEST],
        is_longer=len(text) > _LONGEST,
        is_urgent=one.is_urgent,
        asks=one.asks,
        kind=kind_words(kind),
        chance=chance_words(said.sure) if said is not None else "",
        is_failure=kind != NONE,
        makes=one.asks and customer is not None,
        words=row.words,
        language=said.language if said is not None else "",
        is_public=one.channel == PUBLIC,
        is_letter=one.channel == "mail",
    )


@require_POST
@for_reps
def settle(request: HttpRequest, item: str) -> HttpResponse:
    """Keep what a person says of something that waits; where they were asked, a yes is a case."""
    say = request.POST.get("say", "")
    with at_the_desk(request) as desk:
        row, customer = _seen(desk, item)
        if say not in SAYS:
            raise Http404
        label = _label(desk, row, say)
        triage = desk.makegood.post.triage
    if row.labelled_ms:
        messages.info(request, "Somebody has looked at it already; what they said stands.")
    elif say == "later" and row.said is not None and row.said.verdict == "ask":
        can_wait(desk.makegood.store, item)
    else:
        # The failure first: who is cut short in between finds it in the list, and says it again.
        refused = _made(desk, row, customer) if say == "yes" else None
        triage.learn(label)
        if refused is not None:
            messages.error(request, refused.why)
    show = request.POST.get("show", "")
    query = f"?show={show}" if show in FILTERS and show else ""
    return redirect(f"{reverse('desk:written')}{query}")


def _seen(desk: Desk, item: str) -> tuple[TriageRow, CustomerId | None]:
    """Find what this person may see; anything else does not exist for them."""
    row = desk.reading.triaged([item]).get(item)
    if row is None or row.said is None or not desk.me.may_see(row.said.brand):
        raise Http404
    profile = row.profile
    if row.channel == PUBLIC:
        post = desk.reading.posts([item]).get(item)
        if post is None or not desk.me.may_see(post.brand):
            raise Http404
        profile = post.profile
    if not profile:
        return row, None
    customer = desk.reading.customers_of([profile]).get(profile, CustomerId(profile))
    visible(desk, customer)
    return row, customer


def _label(desk: Desk, row: TriageRow, say: str) -> TriageRow:
    label = label_of(row, row.letter, row.profile, desk.me.rep, desk.now_ms)
    if say == "no":
        return replace(label, kind=NONE)
    return replace(label, urgency=ORDINARY) if say == "later" else label


def _made(desk: Desk, row: TriageRow, customer: CustomerId | None) -> Refused | None:
    """Make the failure that the book names of what was written; two who press it make one."""
    said = row.said
    if said is None or said.verdict != "ask" or customer is None:
        return None
    makegood, me = desk.makegood, desk.me
    with makegood.store.reading() as reading:
        letter = reading.letter(row.letter) if not row.ref and row.channel != PUBLIC else None
        post = reading.posts([row.letter]).get(row.letter) if row.channel == PUBLIC else None
        is_one = is_failure(reading, row.letter)
    if letter is not None:
        return made_a_failure(desk, letter, said.failure)
    if is_one:
        return None
    # The words are kept already with what brought them; only a post's are copied, as by hand.
    message_id = f"voice/{row.letter}/failure" if post is not None else made_by(row.letter)
    ref = f"desk:{message_id}" if post is not None else row.ref
    texts = {ref: post.text[:_LONGEST_WORDS] or post.url} if post is not None else {}
    body = FailureRaised(failure=said.failure, brand=said.brand, words=ref, by=me.rep)
    whose = CustomerId(row.profile) if row.profile else customer
    done = makegood.acts.act(whose, body, me.asker, message_id=message_id, texts=texts)
    return done if isinstance(done, Refused) else None
