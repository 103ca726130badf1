"""Mailchimp: a tag on the contact, kept by the audience's static segment of that name.

A tag *is* a static segment; up to 500 addresses at once are added to or taken from it. That
touches no subscription, and an address that is not in the audience is left out.
Source: Mailchimp Marketing API 3.0, "Batch add or remove members" (lists/segments).
"""

import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from hashlib import md5
from threading import Lock
from urllib.parse import quote

from msgspec import Struct

from makegood.effects.mailchimp_check import check_audience
from makegood.effects.vendor import Answered, VendorApi, check_base_url
from makegood.messages.errors import EffectFailed, InputError
from makegood.ports.marking import Checked, Marker, Outcome, Page, Place

SETTING = "MAKEGOOD_MAILCHIMP"
NONE = 404
MOST = 500  # addresses that one call adds or removes
_PAGE = 1000  # contacts of a page, the most there are
_CONNECTIONS = 4  # of the ten that an account has; its other tools need some
_PAUSE_MS = 10_000  # a 429 says "too many connections", and not for how long
_KEY = re.compile(r"[0-9a-zA-Z]{8,64}-([a-z]{2}[0-9]{1,3})")
_LIST = re.compile(r"[0-9a-zA-Z]{1,40}")
_ALL = "include_cleaned", "include_transactional", "include_unsubscribed"


class Audience(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One audience.

    Attributes:
        list: Its id, as Mailchimp's settings of the audience show it.
        brand: The brand whose contacts it holds; empty for the umbrella.
        tag: Carried by who is held.
    """

    list: str
    brand: str = ""
    tag: str = "makegood-hold"


class MailchimpSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The file that MAKEGOOD_MAILCHIMP names.

    Attributes:
        key: An API key; what follows its dash is the data centre.
        audiences: At least one.
        base_url: Instead of the data centre's own address.
        every_minutes: How often everything is compared.
    """

    key: str
    audiences: tuple[Audience, ...]
    base_url: str = ""
    every_minutes: int = 30


class _Email(Struct, frozen=True):
    email_address: str = ""


class _Tag(Struct, frozen=True):
    id: int
    name: str


class _Tags(Struct, frozen=True):
    tags: tuple[_Tag, ...] = ()


class _Failed(Struct, frozen=True):
    email_addresses: tuple[str, ...] = ()


class _Batch(Struct, frozen=True):
    members_added: tuple[_Email, ...] = ()
    members_removed: tuple[_Email, ...] = ()
    errors: tuple[_Failed, ...] = ()


class _Members(Struct, frozen=True):
    members: tuple[_Email, ...] = ()
    total_items: int = 0


def mailchimp_markers(settings: MailchimpSettings) -> tuple[Marker, ...]:
    """Give a marker for each audience; all share the key's connections.

    Raises:
        InputError: A setting is wrong.
    """
    found = _KEY.fullmatch(settings.key)
    if found is None:
        raise InputError(
            f"{SETTING}: `key` is no API key; it ends with a dash and the data centre, as in -us6."
        )
    if not settings.audiences or not all(_LIST.fullmatch(it.list) for it in settings.audiences):
        raise InputError(
            f"{SETTING}: name each audience by its id, as in {{'list': 'a1b2c3d4e5'}}."
        )
    if not all(it.tag.strip() and len(it.tag) <= 100 for it in settings.audiences):
        raise InputError(f"{SETTING}: a tag has 1 to 100 characters.")
    url = settings.base_url or f"https://{found[1]}.api.mailchimp.com"
    basic = b64encode(f"makegood:{settings.key}".encode()).decode()
    api = VendorApi(
        "Mailchimp",
        check_base_url(url, SETTING) + "/3.0",
        {"authorization": f"Basic {basic}"},
        connections=_CONNECTIONS,
        pause_ms=lambda _content: _PAUSE_MS,
    )
    return tuple(Mailchimp(api, audience) for audience in settings.audiences)


class Mailchimp:
    """Marks the contacts of one audience by its tag."""

    most = MOST

    def __init__(self, api: VendorApi, audience: Audience) -> None:
        self._api = api
        self._audience = audience
        self._list = f"/lists/{quote(audience.list, safe='')}"
        self._segment = 0
        self._finding = Lock()
        self.place = Place(
            vendor="mailchimp", id=f"{audience.list}/{audience.tag}", brand=audience.brand
        )

    def mark(self, emails: Sequence[str], *, ask: bool = True) -> Outcome:
        if not emails:
            return Outcome()
        answer = self._change({"members_to_add": list(emails)})
        added = _lower(answer.members_added)
        refused = {one.lower() for it in answer.errors for one in it.email_addresses}
        tagged: set[str] = set()
        for email in emails if ask else ():
            if email not in added and self._has_tag(email):
                tagged.add(email)
        done = tuple(it for it in emails if it in added or it in tagged)
        wrong = tuple(it for it in emails if it in refused and it not in done)
        absent = tuple(it for it in emails if it not in done and it not in wrong)
        changed = tuple(it for it in emails if it in added)
        return Outcome(done=done, absent=absent, refused=wrong, changed=changed)

    def unmark(self, emails: Sequence[str]) -> Outcome:
        """Take the tag away; a contact that is not there carries none, so it counts as done."""
        if not emails:
            return Outcome()
        removed = _lower(self._change({"members_to_remove": list(emails)}).members_removed)
        return Outcome(done=tuple(emails), changed=tuple(it for it in emails if it in removed))

    def marked(self, after: str = "", gone: int = 0) -> Page:
        """Page by offset: what was taken away meanwhile moved the rest forward."""
        offset = max(0, int(after or 0) - gone)
        params = {
            **dict.fromkeys(_ALL, "true"),
            "count": str(_PAGE),
            "offset": str(offset),
            "fields": "members.email_address,total_items",
        }
        page = self._of_segment("GET", "/members", params=params).read(_Members)
        contacts = tuple((one.email_address.lower(),) for one in page.members if one.email_address)
        ends = offset + len(page.members)
        is_last = not page.members or ends >= page.total_items
        return Page(contacts=contacts, following="" if is_last else str(ends))

    def check(self) -> Checked:
        return check_audience(self._api, self._audience.list, self._audience.tag, self._tag_id())

    def set_up(self) -> tuple[str, ...]:
        tag, audience = self._audience.tag, self._audience.list
        if self._find_tag():
            return (f"The tag {tag} is in the audience {audience} already.",)
        self._api.call("POST", f"{self._list}/segments", body={"name": tag, "static_segment": []})
        if not self._find_tag():
            raise EffectFailed(f"Mailchimp took the tag {tag} and does not show it; try again.")
        return (f"The tag {tag} was made in the audience {audience}.",)

    def close(self) -> None:
        self._api.close()

    def _has_tag(self, email: str) -> bool:
        """Ask for one contact's tags; there are none where there is no such contact."""
        hashed = md5(email.lower().encode(), usedforsecurity=False).hexdigest()
        params = {"count": str(_PAGE), "fields": "tags.id,tags.name"}
        path = f"{self._list}/members/{hashed}/tags"
        answer = self._api.call("GET", path, params=params, fine=(NONE,))
        if answer.status == NONE:
            return False
        return any(it.name == self._audience.tag for it in answer.read(_Tags).tags)

    def _change(self, body: Mapping[str, Sequence[str]]) -> _Batch:
        return self._of_segment("POST", "", body=body).read(_Batch)

    def _of_segment(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        body: object = None,
    ) -> Answered:
        """Call about the tag's segment; one that was made anew under its name is found once."""
        for _ in range(2):
            whole = f"{self._list}/segments/{self._tag_id()}{path}"
            answer = self._api.call(method, whole, params=params, body=body, fine=(NONE,))
            if answer.status != NONE:
                return answer
            self._segment = 0
        raise self._no_tag()

    def _tag_id(self) -> int:
        with self._finding:
            self._segment = self._segment or self._find_tag()
            if not self._segment:
                raise self._no_tag()
            return self._segment

    def _find_tag(self) -> int:
        path, tag = f"{self._list}/tag-search", self._audience.tag
        answer = self._api.call("GET", path, params={"name": tag}, fine=(NONE,))
        if answer.status == NONE:
            raise EffectFailed(
                f"Mailchimp has no audience {self._audience.list}; correct the file of {SETTING}.",
                retry=False,
            )
        return next((it.id for it in answer.read(_Tags).tags if it.name == tag), 0)

    def _no_tag(self) -> EffectFailed:
        return EffectFailed(
            f"The audience {self._audience.list} has no tag {self._audience.tag}: run "
            "`makegood sync mailchimp --set-up`.",
            retry=False,
        )


def _lower(members: Sequence[_Email]) -> frozenset[str]:
    return frozenset(it.email_address.lower() for it in members)
