"""Say what a letter is: one key agrees with the model, another word corrects it.

Where the book asks a person, who agrees makes the failure that the book names.
"""

import re

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST
from msgspec.structs import replace

from makegood.desk.access import at_the_desk, for_reps
from makegood.desk.letters import again, back, letter_seen, made_a_failure
from makegood.messages.ids import CustomerId
from makegood.playbooks.triage import NONE
from makegood.ports.triage import TriageRow
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
        accepts = bool(request.POST.get("accept")) and known is not None and known.said is not None
        made = begun
        if not accepts:
            urgency = URGENT if request.POST.get("urgent") else ORDINARY
            made = replace(begun, kind=kind, intent=intent or begun.intent, urgency=urgency)
        triage = desk.makegood.post.triage
        said_before = known is not None and known.labelled_ms > 0
    if letter.kind != "answer" and (terms.channels or known is not None):
        if not (accepts and said_before):  # a page from before corrects nobody
            triage.learn(made)
        if accepts and known is not None and (failure := _agreed(known)):
            refused = made_a_failure(desk, letter, failure)
            if refused is not None:
                return again(request, wanted, letter, refused)
    return back(request, wanted, f"letter-{letter.letter}")


def _agreed(known: TriageRow) -> str:
    """Name the failure that a person was asked about, and nobody said that it is another one."""
    said = known.said
    if said is None or said.verdict != "ask" or (known.labelled_ms and known.kind != said.kind):
        return ""
    return said.failure
