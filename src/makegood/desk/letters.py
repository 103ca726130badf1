"""Answer a letter, undo an answer, make a letter a failure, look at what came with it."""

import re
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe
from msgspec.structs import replace

from makegood.desk.access import Desk, at_the_desk, for_reps
from makegood.desk.attachments import attached_by, is_only_a_draft
from makegood.desk.case import case_page
from makegood.desk.customers import UNPROCESSABLE, book_of, page_of, visible
from makegood.desk.files import alone, kept_file
from makegood.desk.letter_card import letters_shown, others_writing
from makegood.desk.shell import shell
from makegood.desk.story import story_of
from makegood.desk.tokens import message_id_of, new_token
from makegood.effects.canned import canned_words
from makegood.messages.errors import Refused
from makegood.messages.facts import FailureRaised
from makegood.messages.ids import CustomerId, EventId, ProfileId
from makegood.ports.letters import Jotting, Letter
from makegood.ports.store import Reading, Store
from makegood.projections.orders import OTHER
from makegood.projections.roster import called
from makegood.runtime.answering_letters import NEW, Answer, LetterAnswers
from makegood.runtime.attaching import Draft
from makegood.runtime.holding import is_somebody
from makegood.runtime.intake import patiently
from makegood.runtime.letters_sent import is_first
from makegood.runtime.triage import is_failure, made_by
from makegood.sources.limits import writable

LONGEST = 20_000
_LONGEST_WORDS = 4_000
_CASE = re.compile(r"[0-9A-Za-z_-]{1,80}")
_PLACE = re.compile(r"([0-9]{1,15})\.([0-9a-f]{16,64})")


@require_safe
@for_reps
def letters(request: HttpRequest, customer_id: str) -> HttpResponse:
    """List everything a customer wrote and was answered, page by page."""
    wanted = CustomerId(customer_id)
    place = _PLACE.fullmatch(request.GET.get("after", ""))
    with at_the_desk(request) as desk:
        visible(desk, wanted)
        story = story_of(desk, wanted)
        page = {
            **shell(desk, page="customer"),
            "customer": wanted,
            "name": called(story.person),
            "zone": book_of(desk).timezone,
            "token": new_token(),
            "brands": tuple(book_of(desk).brands.values()),
            **letters_shown(desk, story, (int(place[1]), place[2]) if place else None),
        }
    return render(request, "desk/letters.html", page)


@require_POST
@for_reps
def reply(request: HttpRequest, customer_id: str, letter_id: str) -> HttpResponse:
    """Answer a letter; or work at the answer: attach something, put a canned reply into it."""
    wanted = CustomerId(customer_id)
    text = writable(request.POST.get("text", ""), LONGEST)
    with at_the_desk(request) as desk:
        letter = letter_seen(desk, wanted, letter_id)
        brand = request.POST.get("brand", "") or letter.brand
        if not desk.me.may_see(brand):
            raise Http404
        me, makegood, book = desk.me, desk.makegood, book_of(desk)
        profiles = desk.reading.profiles_of([wanted]).get(wanted, ())
        message_id = message_id_of(request, me.rep, f"{wanted}:{letter.letter}:reply")
        text = with_canned(desk, request, wanted, brand, text)
    if is_only_a_draft(request) or request.FILES:
        _jot(desk, letter, text)
    draft = Draft(profile=letter.profile, rep=me.rep, thread=letter.thread)
    terms = book.for_brand(brand).letters
    files = attached_by(request, makegood.post.attaching, draft, terms)
    if isinstance(files, Refused):
        return again(request, wanted, letter, files)
    if is_only_a_draft(request):
        return back(request, wanted, f"letter-{letter.letter}")
    answer = Answer(letter=letter, text=text, brand=brand, files=files)
    done = answers_of(desk).reply(answer, me.asker, book, message_id)
    if isinstance(done, Refused):
        _jot(desk, letter, text)
        return again(request, wanted, letter, done)
    with makegood.store.writing() as writing:
        writing.drop_jotting(profiles, me.rep, letter.thread)
    return back(request, wanted, "letters")


def with_canned(
    desk: Desk, request: HttpRequest, wanted: CustomerId, brand: str, text: str
) -> str:
    """Put a canned reply under what is written, where its button was pressed."""
    canned = request.POST.get("canned", "") if request.POST.get("insert") else ""
    if not canned:
        return text
    person = story_of(desk, wanted).person
    more = canned_words(book_of(desk), canned, brand, person, desk.me.name)
    return f"{text}\n\n{more}".strip()


def answers_of(desk: Desk) -> LetterAnswers:
    """Give what writes letters of ours down."""
    makegood = desk.makegood
    return LetterAnswers(makegood.store, makegood.acts, makegood.clock, makegood.post.attaching)


@require_POST
@for_reps
def undo(request: HttpRequest, customer_id: str, letter_id: str) -> HttpResponse:
    """Take a letter of ours back before it goes out; words and attachments are a draft again."""
    wanted = CustomerId(customer_id)
    with at_the_desk(request) as desk:
        answer = letter_seen(desk, wanted, letter_id)
        me, makegood = desk.me, desk.makegood
        message_id = message_id_of(request, me.rep, f"{wanted}:{answer.letter}:undo")
        before = _answered_by(desk, wanted, answer)
        profile = drafted_with(desk, request, wanted)
    whose = CustomerId(answer.profile)
    refused = answers_of(desk).take_back(whose, EventId(answer.event), me.asker, message_id)
    if refused is not None:
        return again(request, wanted, answer, refused)
    draft = Draft(profile=answer.profile, rep=me.rep, thread=answer.thread)
    if is_first(answer):
        draft = Draft(profile=profile, rep=me.rep, thread=NEW)
        _jot_first(desk, answer, profile)
    elif before is not None:
        _jot(desk, before, answer.text, is_undone=True)
    makegood.post.attaching.back(
        [one.holder for one in answer.files if one.holder], EventId(answer.event), draft
    )
    return back(request, wanted, "letters")


def _jot_first(desk: Desk, first: Letter, profile: ProfileId) -> None:
    """Make the first letter of a conversation the draft of one again."""
    row = Jotting(
        profile=profile,
        rep=desk.me.rep,
        letter="",
        at_ms=desk.now_ms,
        text=first.text,
        thread=NEW,
        subject=first.subject,
        to=first.sender,
        brand=first.brand,
    )
    keep_draft(desk, row, is_undone=True)


@require_POST
@for_reps
def failure(request: HttpRequest, customer_id: str, letter_id: str) -> HttpResponse:
    """Make a letter a failure: one key stops the marketing and opens a case with its words."""
    wanted = CustomerId(customer_id)
    with at_the_desk(request) as desk:
        letter = letter_seen(desk, wanted, letter_id)
    refused = made_a_failure(desk, letter, OTHER)
    if refused is not None:
        return again(request, wanted, letter, refused)
    with desk.makegood.store.writing() as writing:
        writing.drop_waiting_words([letter.letter])
    with at_the_desk(request) as desk:
        open_cases = [row for row in desk.reading.cases_of([wanted]) if row.is_open]
        seen = [row for row in open_cases if desk.me.may_see(row.brand)]
    if seen:
        return redirect("desk:case", case_id=seen[0].case)
    return redirect("desk:customer", customer_id=wanted)


def made_a_failure(desk: Desk, letter: Letter, failure: str) -> Refused | None:
    """Make a letter a failure with its words, once; say why not. Nothing else may be open."""
    me, makegood = desk.me, desk.makegood
    with makegood.store.reading() as reading:
        if is_failure(reading, letter.letter):
            return None
    # The letter names it, not the form: two people who press the key make one failure.
    message_id = made_by(letter.letter)
    ref = f"desk:{message_id}"
    words = "\n\n".join(part for part in (letter.subject, letter.text) if part)[:_LONGEST_WORDS]
    body = FailureRaised(failure=failure, brand=letter.brand, words=ref, by=me.rep)
    whose = CustomerId(letter.profile)  # who wrote it, of all who are linked
    done = makegood.acts.act(whose, body, me.asker, message_id=message_id, texts={ref: words})
    return done if isinstance(done, Refused) else None


@require_POST
@for_reps
def draft(request: HttpRequest, customer_id: str, letter_id: str) -> HttpResponse:
    """Keep what is being written, and say who else is writing."""
    wanted = CustomerId(customer_id)
    text = writable(request.POST.get("text", ""), LONGEST)
    with at_the_desk(request) as desk:
        letter = letter_seen(desk, wanted, letter_id)
        profiles = desk.reading.profiles_of([wanted]).get(wanted, ())
        names = others_writing(desk, desk.reading.jottings_of(profiles))
    _jot(desk, letter, text)  # also nothing: who deleted all of it wants none of it back
    return render(request, "desk/_writing.html", {"others_writing": names})


@require_safe
@for_reps
def page(request: HttpRequest, customer_id: str, letter_id: str) -> HttpResponse:
    """Show a letter as it was laid out: sanitised, alone, without anything from elsewhere."""
    with at_the_desk(request) as desk:
        letter = letter_seen(desk, CustomerId(customer_id), letter_id)
    html = letter.page
    for one in letter.files:
        if one.cid:
            where = f"/desk/customers/{customer_id}/letters/{letter_id}/files/{one.digest}"
            html = html.replace(f'src="cid:{one.cid}"', f'src="{where}?shown=1"')
    whole = f"<!doctype html><html lang=en><meta charset=utf-8><title>Letter</title>{html}"
    return alone(HttpResponse(whole, content_type="text/html; charset=utf-8"))


@require_safe
@for_reps
def file(request: HttpRequest, customer_id: str, letter_id: str, digest: str) -> HttpResponse:
    """Give what is attached, to be saved; only what truly is a picture is shown in the page."""
    with at_the_desk(request) as desk:
        letter = letter_seen(desk, CustomerId(customer_id), letter_id)
        files = desk.makegood.post.files
    known = next((one for one in letter.files if one.digest == digest), None)
    content = files.get(known.holder or letter.letter, digest) if known is not None else None
    if known is None or content is None:
        raise Http404
    return kept_file(content, known.name, is_shown=bool(request.GET.get("shown")))


def letter_seen(desk: Desk, customer: CustomerId, letter_id: str) -> Letter:
    """Find a letter of this customer that this person may see; any other one does not exist."""
    visible(desk, customer)
    letter = desk.reading.letter(letter_id)
    profiles = desk.reading.profiles_of([customer]).get(customer, ())
    if letter is None or letter.profile not in profiles or not desk.me.may_see(letter.brand):
        raise Http404
    return letter


def _answered_by(desk: Desk, customer: CustomerId, answer: Letter) -> Letter | None:
    """Find the last letter of the conversation before an answer."""
    profiles = desk.reading.profiles_of([customer]).get(customer, ())
    place = (answer.at_ms, answer.letter)
    before = desk.reading.letters_of(profiles, after=place, limit=50)
    own = (one for one in before if one.thread == answer.thread and one.kind != "answer")
    return next(own, None)


def _jot(desk: Desk, letter: Letter, text: str, *, is_undone: bool = False) -> None:
    row = Jotting(
        profile=letter.profile,
        rep=desk.me.rep,
        letter=letter.letter,
        at_ms=desk.now_ms,
        text=text,
        thread=letter.thread,
    )
    keep_draft(desk, row, is_undone=is_undone)


def drafted_with(desk: Desk, request: HttpRequest, wanted: CustomerId) -> ProfileId:
    """Say with whom the page keeps the draft of a first letter: whoever its case began with."""
    case = case_in(request)
    if not case:
        return ProfileId(wanted)
    row = desk.case_row(case)
    found = story_of(desk, wanted).state.case(row.case)
    if row.customer != wanted or found is None:
        raise Http404
    return found.origin.profile


def keep_draft(desk: Desk, row: Jotting, *, is_undone: bool = False) -> bool:
    """Keep a draft; False, and nothing kept, when it is for somebody who was erased meanwhile.

    Args:
        desk: Whose it is.
        row: The draft.
        is_undone: It was sent and undone: what was begun since then stands below it.
    """
    return patiently(lambda: _put_draft(desk.makegood.store, row, is_undone=is_undone))


def _put_draft(store: Store, row: Jotting, *, is_undone: bool) -> bool:
    with store.writing() as writing:
        if not is_somebody(writing, row.profile):
            return False
        writing.put_jotting(_joined(writing, row) if is_undone else row)
    return True


def _joined(reading: Reading, row: Jotting) -> Jotting:
    place = (row.profile, row.rep, row.thread)
    own = reading.jottings_of([row.profile])
    begun = next((one.text for one in own if (one.profile, one.rep, one.thread) == place), "")
    if row.text in begun:  # undone twice
        return replace(row, text=begun)
    return replace(row, text=f"{row.text}\n\n{begun}".strip())


def case_in(request: HttpRequest) -> str:
    """Name the case whose page the form stood on; empty for the customer's page."""
    found = _CASE.fullmatch(request.POST.get("case", ""))
    return found[0] if found else ""


def back(request: HttpRequest, wanted: CustomerId, part: str) -> HttpResponse:
    """Go back to the page the form stood on."""
    case = case_in(request)
    page = reverse("desk:case", args=[case]) if case else reverse("desk:customer", args=[wanted])
    return redirect(f"{page}#{part}")


def again(request: HttpRequest, wanted: CustomerId, letter: Letter, why: Refused) -> HttpResponse:
    """Show the page again, with what was refused at the letter."""
    return page_again(request, wanted, {"letter_wrong": why.why, "letter_at": letter.letter})


def page_again(request: HttpRequest, wanted: CustomerId, more: dict[str, Any]) -> HttpResponse:
    """Show the page that the form stood on again, with what was refused."""
    case = case_in(request)
    shown: dict[str, Any]
    with at_the_desk(request) as desk:
        row = desk.case_row(case) if case else None
        if row is not None and row.customer != wanted:
            raise Http404
        shown = page_of(desk, wanted) if row is None else case_page(desk, row)
    page = "desk/case.html" if case else "desk/customer.html"
    return render(request, page, shown | more, status=UNPROCESSABLE)
