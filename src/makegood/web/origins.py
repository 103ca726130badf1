"""Pages of other origins may send events, where the deployment allows it, and do nothing else.

A key inside a page is known to everybody who opens it, so from a page only a key is taken that may
send events and nothing more.
"""

from collections.abc import Collection

from makegood.api.problems import Problem
from makegood.ports.rows import KeyRow
from makegood.web.wire import Handler, Headers, Receive, Scope, Send, Stopped, header, respond

# What the libraries for browsers send beside the headers that are always allowed.
_HEADERS = b"authorization, content-type, content-encoding, anonymousid, x-retry-count"
_REMEMBERED_SECONDS = b"600"  # so long a browser does not ask again; a setting changes seldom
_NOT_PUBLIC = Problem(
    code="key_not_for_pages",
    message="A page may not use this key: everybody who opens the page could use it too.",
    where="header Authorization",
    what_to_do="Make a key with the scope 'ingest' alone.",
)


class Origins:
    """Says which pages may send, in the words of the Fetch standard (CORS)."""

    def __init__(self, allowed: Collection[str]) -> None:
        """Allow origins; "*" is any, none is none."""
        self._allowed = frozenset(allowed)

    def headers(self, scope: Scope) -> Headers:
        """Give what an answer has to carry so that the page may read it."""
        origin = header(scope, b"origin")
        if not self._allowed:
            return ()
        vary = (b"vary", b"origin")
        if "*" in self._allowed or origin.casefold() in self._allowed:
            return ((b"access-control-allow-origin", origin.encode("latin-1") or b"*"), vary)
        return (vary,)

    def check(self, scope: Scope, key: KeyRow) -> None:
        """Refuse a key that may do more than send, when a page uses it.

        Raises:
            Stopped: It may do more.
        """
        if self._allowed and header(scope, b"origin") and set(key.scopes) != {"ingest"}:
            raise Stopped(403, _NOT_PUBLIC)

    def preflight(self, otherwise: Handler) -> Handler:
        """Answer what a browser asks before it sends.

        Args:
            otherwise: Answers where no page may send, or nobody asked for one.
        """

        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            headers = self.headers(scope)
            if not header(scope, b"access-control-request-method") or not headers:
                await otherwise(scope, receive, send)
                return
            more = (
                (b"access-control-allow-methods", b"POST"),
                (b"access-control-allow-headers", _HEADERS),
                (b"access-control-max-age", _REMEMBERED_SECONDS),
            )
            may = any(name == b"access-control-allow-origin" for name, _ in headers)
            await respond(send, 204, b"", (*headers, *(more if may else ())))

        return answer
