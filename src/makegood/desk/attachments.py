"""What a form brings to be attached, what it names, and what stands in a draft already."""

from collections.abc import Sequence
from typing import Any, cast

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest

from makegood.desk.access import Desk
from makegood.messages.errors import Refused
from makegood.playbooks.letters import MOST_FILES, LetterTerms
from makegood.ports.attached import Attached
from makegood.ports.letters import Jotting, Letter
from makegood.runtime.attaching import PIECE, Attaching, Draft, Upload
from makegood.sources.limits import writable

ONLY_THE_DRAFT = ("insert", "attaching", "detach", "keep")
"""Buttons of a letter's form that send nothing."""


def uploads_of(request: HttpRequest) -> list[Upload]:
    """Give the files that a form brings."""
    files = cast("list[UploadedFile[Any]]", request.FILES.getlist("attach"))
    return [
        Upload(
            name=one.name or "",
            kind=one.content_type or "",
            pieces=lambda one=one: one.chunks(PIECE),  # type: ignore[misc]
        )
        for one in files
    ]


def is_only_a_draft(request: HttpRequest) -> bool:
    """Whether somebody works at a letter and does not send it yet."""
    return any(request.POST.get(name) for name in ONLY_THE_DRAFT)


def attached_by(
    request: HttpRequest, attaching: Attaching, draft: Draft, terms: LetterTerms
) -> tuple[str, ...] | Refused:
    """Attach what a form brings, and take out what it says; name all that is then attached.

    A file that is chosen when somebody presses "send" is meant to go, too.
    """
    if file := request.POST.get("detach", ""):
        attaching.detach(draft, file)
    named = [one[:64] for one in request.POST.getlist("file")[: MOST_FILES + 1] if one != file]
    uploads = uploads_of(request)
    if not uploads:
        return tuple(named)
    token = writable(request.POST.get("token", ""), 40)
    added = attaching.attach(draft, uploads, terms, token)
    return added if isinstance(added, Refused) else tuple(dict.fromkeys((*named, *added)))


def in_draft(
    desk: Desk, letter: Letter, unsent: Sequence[Attached], jottings: Sequence[Jotting]
) -> tuple[Attached, ...]:
    """Say what is attached to the answer that this person has begun to a letter."""
    own = [one for one in jottings if one.rep == desk.me.rep and one.thread == letter.thread]
    if own and all(one.letter != letter.letter for one in own):
        return ()  # it stands at another letter of the conversation
    draft = Draft(profile=letter.profile, rep=desk.me.rep, thread=letter.thread)
    return tuple(one for one in unsent if draft.has(one))
