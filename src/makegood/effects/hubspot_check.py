"""Which marketing emails and workflows of a HubSpot account do not leave out who is marked.

They leave people out by a list, so a list of who has the property is what is looked for: in the
email's `to.contactIlsLists.exclude` (marketing/v3/emails), and in the workflow's
`suppressionListIds` (automation/v4/flows, a beta of HubSpot's).
"""

from collections.abc import Iterator, Sequence
from itertools import islice
from urllib.parse import quote

from msgspec import Struct, field

from makegood.effects.vendor import VendorApi
from makegood.ports.marking import Checked, KeyRefused, Lacking

LIST_NAME = "Makegood: marketing is held ({name})"
MOST_LISTED = 200
_PAGE = 100
_MOST_PAGES = 50
_NONE = 404
# Neither to be sent again, nor by a workflow; every other state counts as to be sent.
_PAST = frozenset(
    {"PUBLISHED", "PUBLISHED_AB", "PUBLISHED_AB_VARIANT", "LOSER_AB_VARIANT", "ERROR", "PAGE_STUB"}
)
_BY_WORKFLOW = "AUTOMATED"  # begins the names of their states
BLIND = (
    "One-to-one emails and sequences that people send from the CRM are not looked at.",
    "Emails that a workflow sends are judged by their workflow, not by themselves.",
    "Whether a list or a segment of your own already leaves these contacts out cannot be told: "
    "only the list of Makegood is looked for.",
)
NO_EMAILS = "The token may not read marketing emails (scope `content`): none was looked at."
NO_FLOWS = "The token may not read workflows (scope `automation`): none was looked at."


class _Ids(Struct, frozen=True):
    exclude: tuple[str | int, ...] = ()


class _To(Struct, frozen=True):
    lists: _Ids = field(default=_Ids(), name="contactIlsLists")


class _Email(Struct, frozen=True):
    id: str
    name: str = ""
    state: str = ""
    to: _To = _To()


class _Flow(Struct, frozen=True):
    id: str
    name: str = ""
    enabled: bool = field(default=False, name="isEnabled")
    object_type: str = field(default="", name="objectTypeId")
    left_out: tuple[str | int, ...] = field(default=(), name="suppressionListIds")


class _Next(Struct, frozen=True):
    after: str = ""


class _Paging(Struct, frozen=True):
    next: _Next | None = None


class _Emails(Struct, frozen=True):
    results: tuple[_Email, ...] = ()
    paging: _Paging | None = None


class _Flows(Struct, frozen=True):
    results: tuple[_Flow, ...] = ()
    paging: _Paging | None = None


class _List(Struct, frozen=True):
    id: str = field(default="", name="listId")


class _Found(Struct, frozen=True):
    list: _List = _List()


def find_list(api: VendorApi, name: str) -> str:
    """Give the id of the list of who has the property; empty when there is none."""
    called = quote(LIST_NAME.format(name=name), safe="")
    path = f"/crm/v3/lists/object-type-id/0-1/name/{called}"
    answer = api.call("GET", path, fine=(_NONE,))
    return "" if answer.status == _NONE else answer.read(_Found).list.id


def check_account(api: VendorApi, name: str) -> Checked:
    """Look at what is to be sent and what runs."""
    list_id = find_list(api, name)
    called = LIST_NAME.format(name=name)
    look = _Look(api, list_id, called)
    lacking: list[Lacking] = []
    blind = list(BLIND)
    if not list_id:
        blind.insert(0, f'The list "{called}" is not there: run `makegood sync hubspot --set-up`.')
    for find, unread in ((look.emails, NO_EMAILS), (look.workflows, NO_FLOWS)):
        try:
            lacking += islice(find(), MOST_LISTED + 1)
        except KeyRefused:
            blind.append(unread)
    more = look.more or len(lacking) > MOST_LISTED
    return Checked(lacking=tuple(lacking[:MOST_LISTED]), more=more, blind=tuple(blind))


class _Look:
    """One look at an account.

    Attributes:
        more: Not everything was looked at.
    """

    def __init__(self, api: VendorApi, list_id: str, called: str) -> None:
        self._api = api
        self._list_id = list_id
        self._called = called
        self.more = False

    def emails(self) -> Iterator[Lacking]:
        after = ""
        for _ in range(_MOST_PAGES):
            params = {"limit": str(_PAGE), **({"after": after} if after else {})}
            page = self._api.call("GET", "/marketing/v3/emails/", params=params).read(_Emails)
            for one in page.results:
                if _is_to_be_sent(one.state) and not self._is_in(one.to.lists.exclude):
                    do = f'Under "Don\'t send to", choose the list "{self._called}".'
                    yield _lacking("email", one.id, one.name, one.state, do)
            after = _after(page.paging)
            if not after:
                return
        self.more = True

    def workflows(self) -> Iterator[Lacking]:
        after = ""
        for _ in range(_MOST_PAGES):
            params = {"limit": str(_PAGE), **({"after": after} if after else {})}
            page = self._api.call("GET", "/automation/v4/flows", params=params).read(_Flows)
            running = [it.id for it in page.results if it.enabled and it.object_type == "0-1"]
            for one in self._flows(running):
                if not self._is_in(one.left_out):
                    do = f'Under "Unenroll from this workflow", choose the list "{self._called}".'
                    yield _lacking("workflow", one.id, one.name, "on", do)
            after = _after(page.paging)
            if not after:
                return
        self.more = True

    def _flows(self, ids: Sequence[str]) -> Sequence[_Flow]:
        """Read workflows whole: the page of them leaves out whom they leave out."""
        if not ids:
            return ()
        body = {"inputs": [{"flowId": it, "type": "FLOW_ID"} for it in ids]}
        return (
            self._api.call("POST", "/automation/v4/flows/batch/read", body=body)
            .read(_Flows)
            .results
        )

    def _is_in(self, lists: Sequence[str | int]) -> bool:
        return bool(self._list_id) and self._list_id in {str(it) for it in lists}


def _is_to_be_sent(state: str) -> bool:
    return state not in _PAST and not state.startswith(_BY_WORKFLOW)


def _after(paging: _Paging | None) -> str:
    return paging.next.after if paging is not None and paging.next is not None else ""


def _lacking(kind: str, id_: str, name: str, status: str, do: str) -> Lacking:
    return Lacking(kind=kind, id=id_, name=name or id_, status=status, do=do)
