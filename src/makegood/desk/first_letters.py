"""Write to a customer who did not write: from the customer's page, or from that of a case."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe
from msgspec import Struct

from makegood.desk.access import Desk, at_the_desk, for_reps
from makegood.desk.attachments import attached_by, is_only_a_draft
from makegood.desk.customers import book_of, visible
from makegood.desk.files import kept_file
from makegood.desk.letter_card import known_as, others_writing
from makegood.desk.letters import (
    LONGEST,
    answers_of,
    back,
    case_in,
    drafted_with,
    keep_draft,
    page_again,
    with_canned,
)
from makegood.desk.tokens import message_id_of
from makegood.messages.errors import Refused
from makegood.messages.ids import CaseId, CustomerId, ProfileId
from makegood.ports.letters import Jotting
from makegood.runtime.answering_letters import NEW, First
from makegood.runtime.attaching import Draft
from makegood.sources.limits import writable

LONGEST_SUBJECT = 200
_LONGEST_ADDRESS = 254


class _Written(Struct, frozen=True, kw_only=True):
    """What stands in the form, and whom it is filed with."""

    profile: ProfileId
    to: str
    subject: str
    text: str
    case: CaseId
    brand: str

    def jot(self, desk: Desk) -> bool:
        """Keep it as the draft; False when it is for somebody who was erased meanwhile."""
        row = Jotting(
            profile=self.profile,
            rep=desk.me.rep,
            letter="",
            at_ms=desk.now_ms,
            text=self.text,
            thread=NEW,
            subject=self.subject,
            to=self.to,
            brand=self.brand,
        )
        return keep_draft(desk, row)


@require_POST
@for_reps
def begin(request: HttpRequest, customer_id: str) -> HttpResponse:
    """Send the first letter of a conversation; or work at it, as at an answer."""
    wanted = CustomerId(customer_id)
    with at_the_desk(request) as desk:
        written = _written(desk, request, wanted)
        brand = request.POST.get("brand", "")
        if not desk.me.may_see(brand):
            raise Http404
        me, makegood, book = desk.me, desk.makegood, book_of(desk)
        profiles = desk.reading.profiles_of([wanted]).get(wanted, ())
        emails = known_as(desk, profiles).emails
        message_id = message_id_of(request, me.rep, f"{wanted}:begin")
    is_known = written.jot(desk)
    draft = Draft(profile=written.profile, rep=me.rep, thread=NEW)
    if not is_known:
        raise Http404
    terms = book.for_brand(brand).letters
    files = attached_by(request, makegood.post.attaching, draft, terms)
    if isinstance(files, Refused):
        return page_again(request, wanted, {"first_wrong": files.why})
    if is_only_a_draft(request):
        return back(request, wanted, "letters")
    if written.to not in emails:
        return page_again(request, wanted, {"first_wrong": "Choose an address of theirs."})
    first = First(
        profile=written.profile if written.case else emails[written.to],
        draft=written.profile,
        to=written.to,
        subject=written.subject,
        text=written.text,
        brand=brand,
        case=written.case,
        files=files,
    )
    done = answers_of(desk).begin(first, me.asker, book, message_id)
    if isinstance(done, Refused):
        return page_again(request, wanted, {"first_wrong": done.why})
    with makegood.store.writing() as writing:
        writing.drop_jotting([written.profile], me.rep, NEW)
    return back(request, wanted, "letters")


@require_POST
@for_reps
def draft(request: HttpRequest, customer_id: str) -> HttpResponse:
    """Keep what is being written, and say who else is writing."""
    wanted = CustomerId(customer_id)
    with at_the_desk(request) as desk:
        written = _written(desk, request, wanted)
        profiles = desk.reading.profiles_of([wanted]).get(wanted, ())
        names = others_writing(desk, desk.reading.jottings_of(profiles))
    written.jot(desk)
    return render(request, "desk/_writing.html", {"others_writing": names})


def _written(desk: Desk, request: HttpRequest, wanted: CustomerId) -> _Written:
    """Read the form, for somebody who may see the customer, and the case where there is one."""
    visible(desk, wanted)
    case = case_in(request)
    profile = drafted_with(desk, request, wanted)
    text = writable(request.POST.get("text", ""), LONGEST)
    brand = request.POST.get("brand", "")
    return _Written(
        profile=profile,
        to=writable(request.POST.get("to", ""), _LONGEST_ADDRESS).strip().casefold(),
        subject=" ".join(writable(request.POST.get("subject", ""), LONGEST_SUBJECT).split()),
        text=with_canned(desk, request, wanted, brand, text),
        case=CaseId(case),
        brand=brand if desk.me.may_see(brand) else "",
    )


@require_safe
@for_reps
def attached(request: HttpRequest, customer_id: str, file: str) -> HttpResponse:
    """Give what somebody attached to a draft of theirs, to be saved; to nobody else."""
    wanted = CustomerId(customer_id)
    with at_the_desk(request) as desk:
        visible(desk, wanted)
        row = desk.reading.attached([file]).get(file)
        profiles = desk.reading.profiles_of([wanted]).get(wanted, ())
        files = desk.makegood.post.files
    if row is None or row.profile not in profiles or row.rep != desk.me.rep or row.said:
        raise Http404
    content = files.get(row.file, row.digest)
    if content is None:
        raise Http404
    return kept_file(content, row.name, is_shown=False)
