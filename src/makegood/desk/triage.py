"""Say what a letter is: one key accepts what the model says, another word corrects it."""

import re

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST
from msgspec.structs import replace

from makegood.desk.access import at_the_desk, for_reps
from makegood.desk.letters import letter_seen
from makegood.messages.ids import CustomerId
from makegood.playbooks.triage import NONE
from makegood.runtime.triage import ORDINARY, URGENT, label_of
from makegood.sources.limits import writable

_LONGEST = 60
_SIGNS = re.compile(r"[^\w ?'.:-]")


@require_POST
@for_reps
def label(request: HttpRequest, customer_id: str, letter_id: str) -> HttpResponse:
    """Keep what a person says a letter is; from that the next model learns."""
    wanted = CustomerId(customer_id)
    written = _SIGNS.sub(" ", writable(request.POST.get("intent", ""), _LONGEST))
    intent = " ".join(written.split())
    with at_the_desk(request) as desk:
        letter = letter_seen(desk, wanted, letter_id)
        known = desk.reading.triaged([letter.letter]).get(letter.letter)
        terms = desk.makegood.library.now(letter.brand).triage
        begun = label_of(known, letter.letter, letter.profile, desk.me.rep, desk.now_ms)
        kind = request.POST.get("kind", "") or begun.kind
        if kind not in (NONE, begun.kind, *terms.kinds):
            kind = begun.kind
        made = replace(begun, kind=kind, intent=intent or begun.intent)
        if not request.POST.get("accept"):
            urgency = URGENT if request.POST.get("urgent") else ORDINARY
            made = replace(made, urgency=urgency)
        makegood = desk.makegood
    if letter.kind != "answer" and (terms.channels or known is not None):
        makegood.post.triage.learn(made)
    page = reverse("desk:customer", args=[wanted])
    return redirect(f"{page}#letter-{letter.letter}")
