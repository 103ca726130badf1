"""Form tokens: drawn when a form is shown, so that sending it twice does its work once."""

import secrets

from django.http import HttpRequest

from makegood.messages.ids import RepId
from makegood.sources.limits import writable


def new_token() -> str:
    """Draw the token of one shown form."""
    return secrets.token_urlsafe(12)


def message_id_of(request: HttpRequest, rep: RepId, act: str) -> str:
    """Derive the event's message id: the same form sent again is the same event."""
    token = writable(request.POST.get("token", ""), 40) or new_token()
    return f"{rep}:{act}:{token}"
