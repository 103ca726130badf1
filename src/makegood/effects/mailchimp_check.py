"""Which campaigns and automations of a Mailchimp audience do not leave out who carries the tag.

A campaign leaves a tag out by a condition of its segment: `static_segment`, `static_not`, and
the tag's id. The editor's "Do not send to" is not in the interface (wagtail-newsletter #7), nor
are customer journeys ("Does not include Customer Journeys", Mailchimp's words on automations).
"""

from collections.abc import Iterator, Sequence
from urllib.parse import quote

from msgspec import Struct
from msgspec.structs import replace

from makegood.effects.vendor import VendorApi
from makegood.ports.marking import Checked, Lacking

MOST_LISTED = 200
_PAGE = 200
_MOST_PAGES = 25  # for each status; an account with more is told that there is more
_CAMPAIGN_STATUSES = ("schedule", "save", "paused", "sending")
_AUTOMATION_STATUSES = ("sending", "save", "paused")
_FIELDS = "id,status,settings,recipients"
BLIND = (
    "Customer journeys are not in Mailchimp's interface: begin each one with a filter "
    "that contacts tagged {tag} do not pass.",
    'The editor\'s "Do not send to" is not in the interface either: a campaign that leaves '
    "the tag out in that way only is listed all the same.",
)


class _Condition(Struct, frozen=True):
    field: str = ""
    op: str = ""
    value: object = None


class _Options(Struct, frozen=True):
    saved_segment_id: int | None = None
    match: str = "all"
    conditions: tuple[_Condition, ...] = ()


class _Recipients(Struct, frozen=True):
    list_id: str = ""
    segment_opts: _Options | None = None


class _Titles(Struct, frozen=True):
    title: str = ""
    subject_line: str = ""


class _Sending(Struct, frozen=True):
    id: str
    status: str = ""
    settings: _Titles = _Titles()
    recipients: _Recipients = _Recipients()


class _Sendings(Struct, frozen=True):
    campaigns: tuple[_Sending, ...] = ()
    automations: tuple[_Sending, ...] = ()
    total_items: int = 0


class _Segment(Struct, frozen=True):
    options: _Options | None = None


def check_audience(api: VendorApi, audience: str, tag: str, segment: int) -> Checked:
    """Look at what waits, recurs or runs for an audience; what was sent is past."""
    look = _Look(api, audience, segment)
    lacking: list[Lacking] = []
    for kind, sending in look.all():
        if not look.leaves_out(sending.recipients.segment_opts):
            lacking.append(_lacking(kind, sending, tag))
        if len(lacking) >= MOST_LISTED:
            look.more = True
            break
    blind = tuple(it.format(tag=tag) for it in BLIND)
    return Checked(lacking=tuple(lacking), more=look.more, blind=blind)


class _Look:
    """One look at an audience.

    Attributes:
        more: Not everything was looked at.
    """

    def __init__(self, api: VendorApi, audience: str, segment: int) -> None:
        self._api = api
        self._audience = audience
        self._segment = segment
        self._saved: dict[int, bool] = {}
        self.more = False

    def all(self) -> Iterator[tuple[str, _Sending]]:
        for status in _CAMPAIGN_STATUSES:
            yield from (("campaign", one) for one in self._pages("campaigns", status))
        for status in _AUTOMATION_STATUSES:
            yield from (("automation", one) for one in self._pages("automations", status))

    def _pages(self, what: str, status: str) -> Iterator[_Sending]:
        fields = ",".join(f"{what}.{name}" for name in _FIELDS.split(","))
        params = {"status": status, "count": str(_PAGE), "fields": f"{fields},total_items"}
        if what == "campaigns":
            params["list_id"] = self._audience
        for page in range(_MOST_PAGES):
            answer = self._api.call(
                "GET", f"/{what}", params={**params, "offset": f"{page * _PAGE}"}
            )
            found = answer.read(_Sendings)
            rows: Sequence[_Sending] = getattr(found, what)
            yield from (row for row in rows if row.recipients.list_id == self._audience)
            if len(rows) < _PAGE:
                return
        self.more = True

    def leaves_out(self, options: _Options | None) -> bool:
        """Whether the segment of a sending leaves out who carries the tag.

        Of conditions of which any one is enough, it has to be the only one.
        """
        if options is None:
            return False
        is_strict = options.match == "all" or len(options.conditions) == 1
        if is_strict and any(self._excludes(it) for it in options.conditions):
            return True
        return bool(options.saved_segment_id) and self._saved_leaves_out(options.saved_segment_id)

    def _excludes(self, condition: _Condition) -> bool:
        return (condition.field, condition.op) == ("static_segment", "static_not") and (
            str(condition.value) == str(self._segment)
        )

    def _saved_leaves_out(self, saved: int | None) -> bool:
        if saved is None:
            return False
        if saved not in self._saved:
            path = f"/lists/{quote(self._audience, safe='')}/segments/{saved}"
            answer = self._api.call("GET", path, params={"fields": "options"}, fine=(404,))
            found = answer.read(_Segment) if answer.status != 404 else _Segment()
            options = found.options
            # A segment of a segment is not followed: that would be a loop at worst.
            self._saved[saved] = options is not None and self.leaves_out(
                replace(options, saved_segment_id=None)
            )
        return self._saved[saved]


def _lacking(kind: str, sending: _Sending, tag: str) -> Lacking:
    name = sending.settings.title or sending.settings.subject_line or sending.id
    return Lacking(
        kind=kind,
        id=sending.id,
        name=name,
        status=sending.status,
        do=f'Send it to a segment with the condition "Tags: contact is not tagged {tag}".',
    )
