"""Zendesk's Tickets API: read a ticket, write tags and an internal note, and never over anybody.

Each rule has its source beside it; tests/vendors/zendesk.py is a server that insists on them.
"""

import ssl
from base64 import b64encode
from collections.abc import Mapping
from typing import Any, Literal, TypeAlias
from urllib.parse import urlsplit

import httpx
import msgspec
from msgspec import Struct

from makegood.effects.addresses import Guard, public_only
from makegood.effects.patience import Patience, patient_client
from makegood.effects.webhook import wait_ms
from makegood.messages.errors import EffectFailed, InputError

_SECONDS = 20.0
_MOST_BYTES = 1024 * 1024  # a page of a hundred comments is far below
_TRIES = 3  # somebody else changed the ticket in between; three times in a row is seldom
_LONGER_MS = 15 * 60_000  # what a person has to put right is not asked every minute
_NOTES = 100  # our last note is among so many of the newest
Method: TypeAlias = Literal["GET", "PUT"]


class ZendeskApp(Struct, frozen=True, kw_only=True):
    """How the card in the sidebar knows that Zendesk asks for it.

    Attributes:
        public_key: The app's, as PEM (GET /api/v2/apps/{id}/public_key.pem).
        audience: https://<subdomain>.zendesk.com/api/v2/apps/installations/<id>.json
    """

    public_key: str
    audience: str


class ZendeskSettings(Struct, frozen=True, kw_only=True):
    """One Zendesk of the deployment.

    Attributes:
        url: https://<subdomain>.zendesk.com
        email: Of the agent whose API token is used; notes carry that name.
        token: The API token; or
        oauth: An OAuth access token with the scopes tickets:read and tickets:write.
        tag: What opens a case; `<tag>_open`, `<tag>_whole` and `<tag>_closed` say how it stands.
        source: The source of the rule book that its webhooks come by.
        brands: Whose cases are written back; empty for all.
        app: The card in the sidebar; None shows none.
        allow_private: For a server of one's own in tests: http and private addresses are fine.
    """

    url: str
    email: str = ""
    token: str = ""
    oauth: str = ""
    tag: str = "makegood"
    source: str = "zendesk"
    brands: tuple[str, ...] = ()
    app: ZendeskApp | None = None
    allow_private: bool = False


class Ticket(Struct, frozen=True, kw_only=True):
    """What is read of a ticket.

    Attributes:
        updated_at: Goes back with a change, so that nobody's is overwritten.
    """

    id: int
    status: str
    updated_at: str
    tags: list[str] = []


class Requester(Struct, frozen=True, kw_only=True):
    """Who asked for help.

    Attributes:
        external_id: What the firm's own systems call them, where Zendesk was told.
    """

    id: int
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    external_id: str | None = None


class _Asked(Struct, frozen=True):
    requester_id: int


class _WithUsers(Struct, frozen=True):
    ticket: _Asked
    users: list[Requester]


class _Whole(Struct, frozen=True):
    ticket: Ticket


class _Comment(Struct, frozen=True):
    body: str = ""
    public: bool = True


class _Comments(Struct, frozen=True):
    comments: list[_Comment]


def check_zendesk(settings: ZendeskSettings) -> None:
    """Find a wrong setting at the start.

    Raises:
        InputError: Says which and what to write.
    """
    url = urlsplit(settings.url)
    if url.scheme not in ("https", "http") or not url.hostname or url.path.strip("/"):
        raise InputError("MAKEGOOD_ZENDESK: url is written https://<subdomain>.zendesk.com.")
    if url.scheme == "http" and not settings.allow_private:
        raise InputError("MAKEGOOD_ZENDESK: url needs https.")
    if bool(settings.oauth) == bool(settings.token) or bool(settings.token) != bool(
        settings.email
    ):
        raise InputError("MAKEGOOD_ZENDESK: give `email` and `token`, or `oauth` alone.")


class Zendesk:
    """Speaks to one Zendesk."""

    def __init__(
        self,
        settings: ZendeskSettings,
        guard: Guard = public_only,
        tls: ssl.SSLContext | None = None,
        seconds: float = _SECONDS,
    ) -> None:
        """Keep where it is and who we are.

        Args:
            settings: Where, and as whom.
            guard: Chooses the address to connect to, or refuses.
            tls: Whom to trust; the certificates that httpx ships when not given.
            seconds: How long one exchange may last.

        Raises:
            InputError: A setting cannot be used.
        """
        check_zendesk(settings)
        self._settings = settings
        self._guard = guard
        self._patience = Patience(seconds)
        made = tls or httpx.create_ssl_context(trust_env=False)
        self._client = patient_client(made, self._patience, httpx.Timeout(seconds, connect=5.0))

    def close(self) -> None:
        self._client.close()

    def write(
        self, ticket_id: str, *, take: frozenset[str], put: str, note: str, mark: str, now_ms: int
    ) -> bool:
        """Set our tag and add an internal note, both or neither, once.

        One request changes tags and note, and only if nobody changed the ticket since it was read
        (`updated_stamp` and `safe_update`: developer.zendesk.com, Creating and updating tickets,
        "Protecting against ticket update collisions"). So no tag of others is lost, and a repeat
        after a crash finds its own mark in the notes.

        Args:
            ticket_id: The ticket.
            take: Tags of ours that go.
            put: The tag of ours that stays; empty for none.
            note: What the note says, with the mark in it; empty changes tags only.
            mark: Tells this note from all others.
            now_ms: The present.

        Returns:
            Whether anything was written; False when it stands there already.

        Raises:
            EffectFailed: It was not written.
        """
        for _ in range(_TRIES):
            ticket = self._ticket(ticket_id, now_ms)
            kept = [tag for tag in ticket.tags if tag not in take and tag != put]
            tags = [*kept, put] if put else kept
            is_same = sorted(tags) == sorted(ticket.tags)
            if is_same and (not note or self._has_note(ticket_id, mark, now_ms)):
                return False
            if ticket.status == "closed":
                raise EffectFailed(
                    f"Ticket {ticket_id} is closed, and Zendesk lets nobody change it.",
                    retry=False,
                )
            if self._put(ticket, tags, note, now_ms):
                return True
        raise EffectFailed(f"Others change ticket {ticket_id} all the time.")

    def requester(self, ticket_id: str, now_ms: int) -> Requester:
        """Read who asked, with the users beside the ticket (developer.zendesk.com, Side-Loading).

        Raises:
            EffectFailed: It cannot be known now.
        """
        path = f"/api/v2/tickets/{ticket_id}.json?include=users"
        found: _WithUsers = _read(self._ask("GET", path, None, now_ms), _WithUsers)
        for user in found.users:
            if user.id == found.ticket.requester_id:
                return user
        raise EffectFailed("Zendesk does not say who asked.", retry=False)

    def _ticket(self, ticket_id: str, now_ms: int) -> Ticket:
        answer = self._ask("GET", f"/api/v2/tickets/{ticket_id}.json", None, now_ms)
        whole: _Whole = _read(answer, _Whole)
        return whole.ticket

    def _has_note(self, ticket_id: str, mark: str, now_ms: int) -> bool:
        """Look for a mark in the newest notes (developer.zendesk.com, Ticket Comments)."""
        path = f"/api/v2/tickets/{ticket_id}/comments.json?sort=-created_at&page[size]={_NOTES}"
        page: _Comments = _read(self._ask("GET", path, None, now_ms), _Comments)
        return any(mark in one.body and not one.public for one in page.comments)

    def _put(self, ticket: Ticket, tags: list[str], note: str, now_ms: int) -> bool:
        """Write; False when the ticket has changed since it was read (409)."""
        change: dict[str, Any] = {
            "tags": tags,
            "safe_update": True,
            "updated_stamp": ticket.updated_at,
        }
        if note:
            change["comment"] = {"body": note, "public": False}
        path = f"/api/v2/tickets/{ticket.id}.json"
        return self._ask("PUT", path, {"ticket": change}, now_ms) is not None

    def _ask(
        self, method: Method, path: str, body: Mapping[str, Any] | None, now_ms: int
    ) -> bytes | None:
        """Give the answer; None for a conflict."""
        try:
            with self._patience.one_exchange():
                response = self._client.send(self._request(method, path, body), stream=True)
                try:
                    content = _content(response)
                finally:
                    response.close()
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            said = str(error) or type(error).__name__
            raise EffectFailed(f"Zendesk did not answer: {said}.") from error
        if response.status_code == 409 and method == "PUT":
            return None
        _judge(response, content, now_ms)
        return content

    def _request(self, method: Method, path: str, body: Mapping[str, Any] | None) -> httpx.Request:
        url = httpx.URL(f"{self._settings.url.rstrip('/')}{path}")
        headers = {"authorization": self._authorization(), "accept": "application/json"}
        content = None if body is None else msgspec.json.encode(body)
        if content is not None:
            headers["content-type"] = "application/json"
        if self._settings.allow_private:
            return self._client.build_request(method, url, content=content, headers=headers)
        # Connect to the very address that was checked: a name may point elsewhere a moment later.
        address = self._guard(url.scheme, url.host, url.port or 443)
        return self._client.build_request(
            method,
            url.copy_with(host=address),
            content=content,
            headers={**headers, "host": url.netloc.decode("ascii")},
            extensions={"sni_hostname": url.host},
        )

    def _authorization(self) -> str:
        """Write who we are: `{email}/token:{token}` as Basic, or an OAuth token as Bearer.

        Source: developer.zendesk.com, api-reference/introduction/security-and-auth.
        """
        one = self._settings
        if one.oauth:
            return f"Bearer {one.oauth}"
        return f"Basic {b64encode(f'{one.email}/token:{one.token}'.encode()).decode()}"


def _content(response: httpx.Response) -> bytes:
    content = b""
    for part in response.iter_raw():
        content += part
        if len(content) > _MOST_BYTES:
            raise httpx.ReadError("the answer is longer than 1 MiB")
    return content


def _judge(response: httpx.Response, content: bytes, now_ms: int) -> None:
    """Say whether another try can help, and when.

    429 comes with Retry-After (developer.zendesk.com, rate-limits); 404 is a ticket that was
    deleted; 422 one that cannot be changed, for instance because it was closed meanwhile.
    """
    status = response.status_code
    if response.is_success:
        return
    said = f"Zendesk answered {status}"
    after_ms = wait_ms(response.headers.get("retry-after", ""), now_ms)
    if status == 404:
        raise EffectFailed(f"{said}: the ticket is not there any more.", retry=False)
    if status in (401, 403):
        raise EffectFailed(
            f"{said}: look at email, token and permissions in MAKEGOOD_ZENDESK.",
            after_ms=_LONGER_MS,
        )
    if status in (429, 409) or status >= 500:
        raise EffectFailed(f"{said}.", after_ms=after_ms)
    raise EffectFailed(f"{said}: {_reason(content)}", retry=False)


def _reason(content: bytes) -> str:
    """Give what Zendesk calls the mistake; never what a customer wrote."""
    try:
        found = msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeError):
        return "no reason given."
    details = found.get("details") if isinstance(found, dict) else None
    return str(details or (found.get("error") if isinstance(found, dict) else ""))[:200]


def _read(content: bytes | None, form: type[Any]) -> Any:
    try:
        return msgspec.json.decode(content or b"", type=form)
    except (msgspec.DecodeError, UnicodeError) as error:
        raise EffectFailed(f"Zendesk answered something unexpected: {error}.") from None
