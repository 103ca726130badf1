"""Bytes that strangers sent, given to a browser so that it saves and never runs them."""

from django.http import HttpResponse
from django.utils.http import content_disposition_header

_PICTURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)
"""What a picture begins with; only what truly is one is shown inside the page of a letter."""
_ALONE = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; img-src 'self'; "
    "style-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)


def kept_file(content: bytes, name: str, *, is_shown: bool) -> HttpResponse:
    """Give bytes that a stranger sent, to be saved; a true picture may be shown, alone."""
    picture = next((kind for begins, kind in _PICTURES if content.startswith(begins)), "")
    if is_shown and picture:
        return alone(HttpResponse(content, content_type=picture))
    response = HttpResponse(content, content_type="application/octet-stream")
    response.headers["Content-Disposition"] = _saved_as(name)
    return alone(response)


def _saved_as(name: str) -> str:
    """Write the header that lets a browser save, and never open, a file."""
    return content_disposition_header(as_attachment=True, filename=name) or "attachment"


def alone(response: HttpResponse) -> HttpResponse:
    """Let a page or file of a stranger run nothing, and show nothing from elsewhere."""
    response.headers["Content-Security-Policy"] = _ALONE
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
