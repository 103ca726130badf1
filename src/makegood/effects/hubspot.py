"""HubSpot: a property of the contact that is true while marketing is held.

Contacts are looked up by e-mail address, and changed by their id: the batch update does not take
addresses ("Unable to perform update/upsert by non-unique 0-1 property", hubspot-api-nodejs #548),
and the upsert, which does, would make a contact of everybody who is none.
Source: HubSpot CRM API v3, contacts, properties, search and lists.
"""

import re
import time
from collections.abc import Mapping, Sequence
from threading import Lock

import msgspec
from msgspec import Struct

from makegood.effects.hubspot_check import LIST_NAME, check_account, find_list
from makegood.effects.vendor import VendorApi, check_base_url
from makegood.messages.errors import EffectFailed, InputError
from makegood.ports.marking import Checked, KeyRefused, Marker, Outcome, Page, Place

SETTING = "MAKEGOOD_HUBSPOT"
MOST = 100  # contacts that one call reads or changes
NONE = 404
_PAGE = 100  # contacts of a page of a search
_CONNECTIONS = 4
_SEARCH_GAP_S = 0.25  # an account has five searches a second, and four were allowed before
_PAUSE_MS = {"SECONDLY": 1_000, "TEN_SECONDLY_ROLLING": 10_000, "DAILY": 3_600_000}
_PROPERTY = re.compile(r"[a-z][a-z0-9_]{0,99}")
_TOKEN = re.compile(r"[\x21-\x7e]{20,200}")
_OTHERS = "hs_additional_emails"
_MARKED, _FREE = "true", "false"
CONTACTS = "/crm/v3/objects/contacts"


class Property(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One property.

    Attributes:
        name: Its internal name.
        brand: The brand whose marketing it holds; empty for the umbrella.
    """

    name: str = "makegood_hold"
    brand: str = ""


class HubspotSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The file that MAKEGOOD_HUBSPOT names.

    Attributes:
        token: Access token of a private app.
        properties: One for the umbrella, or one for each brand.
        base_url: Where the interface is.
        every_minutes: How often everything is compared.
    """

    token: str
    properties: tuple[Property, ...] = (Property(),)
    base_url: str = "https://api.hubapi.com"
    every_minutes: int = 30


class _Contact(Struct, frozen=True):
    id: str
    properties: dict[str, str | None] = {}


class _Contacts(Struct, frozen=True):
    results: tuple[_Contact, ...] = ()


class _Policy(Struct, frozen=True):
    policyName: str = ""  # noqa: N815 - as HubSpot spells it


def hubspot_markers(settings: HubspotSettings) -> tuple[Marker, ...]:
    """Give a marker for each property; all share the token's connections.

    Raises:
        InputError: A setting is wrong.
    """
    if not _TOKEN.fullmatch(settings.token):
        raise InputError(f"{SETTING}: `token` is not the access token of a private app.")
    names = [it.name for it in settings.properties]
    if not names or not all(map(_PROPERTY.fullmatch, names)) or len(set(names)) < len(names):
        raise InputError(
            f"{SETTING}: name one property or more, each once, in small letters, digits and "
            "underscores, as in makegood_hold."
        )
    api = VendorApi(
        "HubSpot",
        check_base_url(settings.base_url, SETTING),
        {"authorization": f"Bearer {settings.token}"},
        connections=_CONNECTIONS,
        pause_ms=_pause_ms,
    )
    turns = SearchTurns()
    return tuple(Hubspot(api, it, turns) for it in settings.properties)


class SearchTurns:
    """Keeps searches of one token apart: they have a limit of their own."""

    def __init__(self, gap_s: float = _SEARCH_GAP_S) -> None:
        self._gap_s = gap_s
        self._next_s = 0.0
        self._lock = Lock()

    def take(self) -> None:
        """Wait for the next turn."""
        with self._lock:
            now_s = time.monotonic()
            wait_s = max(0.0, self._next_s - now_s)
            self._next_s = now_s + wait_s + self._gap_s
        if wait_s:
            time.sleep(wait_s)


class Hubspot:
    """Marks contacts by one property."""

    most = MOST

    def __init__(self, api: VendorApi, property_: Property, turns: SearchTurns) -> None:
        self._api = api
        self._name = property_.name
        self._turns = turns
        self.place = Place(vendor="hubspot", id=property_.name, brand=property_.brand)

    def mark(self, emails: Sequence[str], *, ask: bool = True) -> Outcome:  # noqa: ARG002 - it is
        return self._set(emails, _MARKED)  # asked in any case

    def unmark(self, emails: Sequence[str]) -> Outcome:
        """Set the property to false; a contact that is not there carries no mark."""
        outcome = self._set(emails, _FREE)
        return Outcome(
            done=(*outcome.done, *outcome.absent),
            refused=outcome.refused,
            changed=outcome.changed,
        )

    def marked(self, after: str = "", gone: int = 0) -> Page:  # noqa: ARG002 - pages go by id
        """Page by id: a search gives no more than 10,000 of its results, by any other way."""
        self._turns.take()
        filters = [{"propertyName": self._name, "operator": "EQ", "value": _MARKED}]
        if after:
            filters.append({"propertyName": "hs_object_id", "operator": "GT", "value": after})
        body = {
            "filterGroups": [{"filters": filters}],
            "sorts": [{"propertyName": "hs_object_id", "direction": "ASCENDING"}],
            "properties": ["email", _OTHERS],
            "limit": _PAGE,
        }
        found = self._with_property(f"{CONTACTS}/search", body).results
        contacts = tuple(addresses for one in found if (addresses := _addresses(one)))
        return Page(contacts=contacts, following=found[-1].id if len(found) == _PAGE else "")

    def check(self) -> Checked:
        return check_account(self._api, self._name)

    def set_up(self) -> tuple[str, ...]:
        """Make the property, and a list of who has it for campaigns to leave out."""
        return (self._make_property(), self._make_list())

    def close(self) -> None:
        self._api.close()

    def _set(self, emails: Sequence[str], value: str) -> Outcome:
        if not emails:
            return Outcome()
        known = self._look_up(emails)
        wrong = {
            one.id: {"id": one.id, "properties": {self._name: value}}
            for one in known.values()
            if (one.properties.get(self._name) or _FREE) != value
        }
        set_ = self._update(tuple(wrong.values()))
        refused = tuple(it for it, one in known.items() if one.id in wrong and one.id not in set_)
        return Outcome(
            done=tuple(it for it in known if it not in refused),
            absent=tuple(it for it in emails if it not in known),
            refused=refused,
            changed=tuple(it for it, one in known.items() if one.id in set_),
        )

    def _look_up(self, emails: Sequence[str]) -> Mapping[str, _Contact]:
        """Find contacts by any of their addresses; who is none is left out (207 says so)."""
        body = {
            "idProperty": "email",
            "inputs": [{"id": it} for it in emails],
            "properties": ["email", _OTHERS, self._name],
        }
        found = self._api.call("POST", f"{CONTACTS}/batch/read", body=body).read(_Contacts)
        by_address = {it: one for one in found.results for it in _addresses(one)}
        return {it: by_address[it] for it in emails if it in by_address}

    def _update(self, inputs: Sequence[Mapping[str, object]]) -> frozenset[str]:
        if not inputs:
            return frozenset()
        answer = self._with_property(f"{CONTACTS}/batch/update", {"inputs": list(inputs)})
        return frozenset(one.id for one in answer.results)

    def _with_property(self, path: str, body: Mapping[str, object]) -> _Contacts:
        """Make a call that needs the property; where there is none, say what makes it."""
        try:
            return self._api.call("POST", path, body=body).read(_Contacts)
        except EffectFailed as error:
            if error.retry or isinstance(error, KeyRefused) or self._has_property():
                raise
            raise EffectFailed(
                f"HubSpot has no contact property {self._name}: run "
                "`makegood sync hubspot --set-up`.",
                retry=False,
            ) from error

    def _has_property(self) -> bool:
        path = f"/crm/v3/properties/contacts/{self._name}"
        return self._api.call("GET", path, fine=(NONE,)).status != NONE

    def _make_property(self) -> str:
        if self._has_property():
            return f"The property {self._name} is there already."
        options = [
            {"label": label, "value": value, "displayOrder": place, "hidden": False}
            for place, (label, value) in enumerate((("Yes", _MARKED), ("No", _FREE)))
        ]
        body = {
            "name": self._name,
            "label": f"Marketing is held ({self._name})",
            "description": "Set by Makegood while something is being made good. Do not edit.",
            "groupName": "contactinformation",
            "type": "bool",
            "fieldType": "booleancheckbox",
            "formField": False,
            "options": options,
        }
        self._api.call("POST", "/crm/v3/properties/contacts", body=body)
        return f"The property {self._name} was made."

    def _make_list(self) -> str:
        name = LIST_NAME.format(name=self._name)
        if find_list(self._api, self._name):
            return f'The list "{name}" is there already.'
        is_true = {
            "filterType": "PROPERTY",
            "property": self._name,
            "operation": {"operationType": "BOOL", "operator": "IS_EQUAL_TO", "value": True},
        }
        branch = {"filterBranchType": "AND", "filterBranches": [], "filters": [is_true]}
        body = {
            "name": name,
            "objectTypeId": "0-1",
            "processingType": "DYNAMIC",
            "filterBranch": {"filterBranchType": "OR", "filterBranches": [branch], "filters": []},
        }
        self._api.call("POST", "/crm/v3/lists/", body=body)
        return f'The list "{name}" was made: leave it out of every marketing email and workflow.'


def _addresses(contact: _Contact) -> tuple[str, ...]:
    """Give every address of a contact, its first one first."""
    first = contact.properties.get("email") or ""
    others = (contact.properties.get(_OTHERS) or "").split(";")
    return tuple(dict.fromkeys(it.strip().lower() for it in (first, *others) if it.strip()))


def _pause_ms(content: bytes) -> int:
    """Read which limit was met; the daily one is asked again once an hour."""
    try:
        policy = msgspec.json.decode(content, type=_Policy).policyName
    except msgspec.MsgspecError:
        policy = ""
    return _PAUSE_MS.get(policy, 10_000)
