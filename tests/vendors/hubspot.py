"""HubSpot on this machine: what the CRM API v3 takes, and what it refuses.

Each rule names where it is published: [contacts], [search], [properties], [lists], [emails] and
[flows] are the guides at developers.hubspot.com/docs, [usage] "API usage guidelines", [#548]
issue 548 of HubSpot/hubspot-api-nodejs, [#619] issue 619 of HubSpot/hubspot-api-php. Nothing of
this is HubSpot's code.
"""

import sys
import time
from collections import deque
from typing import Any
from urllib.parse import unquote

from tests.vendors.local import Asked, LocalVendor, Said

TOKEN = "pat-eu1-00000000-0000-4000-8000-000000000000"
MOST_IN_A_BATCH = 100
LARGEST_SEARCH_PAGE = 200
MOST_FOUND = 10_000
SEARCHES_A_SECOND = 5
OPERATORS = {"EQ", "GT"}


class Hubspot(LocalVendor):
    """An account with contacts, properties, lists, marketing emails and workflows."""

    def __init__(self, port: int = 0) -> None:
        super().__init__(port)
        self.token = TOKEN
        self.scopes = {"contacts", "lists", "content", "automation"}
        self.contacts: dict[int, dict[str, str]] = {}
        self.properties = {"email", "hs_additional_emails", "hs_object_id"}
        self.lists: dict[str, dict[str, Any]] = {}
        self.emails: list[dict[str, Any]] = []
        self.flows: list[dict[str, Any]] = []
        self.stale: set[int] = set()  # contacts whose change the search does not know yet
        self.searches: deque[float] = deque()
        self.most_found = MOST_FOUND
        self._next = 500

    def join(self, *emails: str, others: str = "") -> int:
        """People become contacts; gives the id of the last."""
        for email in emails:
            self._next += 1
            self.contacts[self._next] = {"email": email, "hs_additional_emails": others}
        return self._next

    def held(self, name: str = "makegood_hold") -> set[str]:
        return {it["email"] for it in self.contacts.values() if it.get(name) == "true"}

    def answer(self, asked: Asked) -> Said:
        # [usage] a private app's token goes as a bearer token.
        if asked.headers.get("authorization") != f"Bearer {self.token}":
            return fault(401, "INVALID_AUTHENTICATION", "Authentication credentials not found.")
        if asked.method in ("POST", "PATCH") and not isinstance(asked.body, dict):
            return fault(400, "VALIDATION_ERROR", "Invalid input JSON.")
        with self.lock:
            return self._resource(asked, asked.path.strip("/").split("/"))

    def _resource(self, asked: Asked, parts: list[str]) -> Said:  # noqa: C901 - a line for each
        match asked.method, parts:
            case "POST", ["crm", "v3", "objects", "contacts", "batch", "read"]:
                return self._read(asked.body)
            case "POST", ["crm", "v3", "objects", "contacts", "batch", "update"]:
                return self._update(asked.body)
            case "POST", ["crm", "v3", "objects", "contacts", "search"]:
                return self._search(asked.body)
            case "GET", ["crm", "v3", "properties", "contacts", name]:
                return self._property(name)
            case "POST", ["crm", "v3", "properties", "contacts"]:
                return self._make_property(asked.body)
            case "GET", ["crm", "v3", "lists", "object-type-id", "0-1", "name", name]:
                return self._list(unquote(name))
            case "POST", ["crm", "v3", "lists"]:
                return self._make_list(asked.body)
            case "GET", ["marketing", "v3", "emails"]:
                return self._page(asked, "content", self.emails)
            case "GET", ["automation", "v4", "flows"]:
                bare = [{k: v for k, v in it.items() if k != "suppressionListIds"}
                        for it in self.flows]  # fmt: skip
                return self._page(asked, "automation", bare)
            case "POST", ["automation", "v4", "flows", "batch", "read"]:
                return self._flows(asked.body)
        return Said(status=404, content={"status": "error", "message": "Resource not found"})

    def _read(self, body: dict[str, Any]) -> Said:
        # [contacts] batch read: at most 100, `idProperty` email reads by address, a secondary
        # address finds its contact too; [#619] 207 when some are not there.
        inputs = body.get("inputs")
        if not isinstance(inputs, list) or not inputs or len(inputs) > MOST_IN_A_BATCH:
            return fault(400, "VALIDATION_ERROR", "The batch may hold 1 to 100 inputs.")
        if body.get("idProperty") not in (None, "email"):
            return fault(400, "VALIDATION_ERROR", "idProperty is not unique.")
        found, missing = {}, []
        for one in inputs:
            id_ = self._id_of(str(one.get("id", "")), body.get("idProperty"))
            if id_ is None:
                missing.append(str(one.get("id", "")))
            else:
                found[id_] = self._shown(id_, body.get("properties", []))
        answer: dict[str, Any] = {"status": "COMPLETE", "results": list(found.values())}
        if missing:
            answer |= {"numErrors": 1, "errors": [not_found(missing)]}
        return Said(status=207 if missing else 200, content=answer)

    def _id_of(self, value: str, by: str | None) -> int | None:
        if by is None:
            return int(value) if value.isdigit() and int(value) in self.contacts else None
        for id_, one in self.contacts.items():
            if value.lower() in (one["email"], *one["hs_additional_emails"].split(";")):
                return id_
        return None

    def _shown(self, id_: int, properties: list[str]) -> dict[str, Any]:
        values = {name: self.contacts[id_].get(name) for name in properties}
        shown = {"hs_object_id": str(id_), **{n: v for n, v in values.items() if n}}
        return {"id": str(id_), "properties": shown, "archived": False}

    def _update(self, body: dict[str, Any]) -> Said:
        # [contacts] batch update: at most 100, by record id; [#548] an `idProperty` that is the
        # address is refused; [contacts] "non-existent properties will result in an error".
        inputs = body.get("inputs")
        if not isinstance(inputs, list) or not inputs or len(inputs) > MOST_IN_A_BATCH:
            return fault(400, "VALIDATION_ERROR", "The batch may hold 1 to 100 inputs.")
        if "idProperty" in body or any("idProperty" in one for one in inputs):
            return fault(400, "VALIDATION_ERROR", "Unable to perform update by non-unique 0-1 ...")
        for one in inputs:
            for name, value in one["properties"].items():
                if name not in self.properties:
                    return fault(400, "VALIDATION_ERROR", f"Property {name} does not exist")
                if not isinstance(value, str) or value not in ("", "true", "false"):
                    return fault(400, "VALIDATION_ERROR", f"{value!r} is not one of the options")
        results, missing = [], []
        for one in inputs:
            id_ = self._id_of(str(one["id"]), None)
            if id_ is None:
                missing.append(str(one["id"]))
                continue
            self.contacts[id_].update(one["properties"])
            results.append(self._shown(id_, list(one["properties"])))
        answer: dict[str, Any] = {"status": "COMPLETE", "results": results}
        if missing:
            answer |= {"numErrors": 1, "errors": [not_found(missing)]}
        return Said(status=207 if missing else 200, content=answer)

    def _search(self, body: dict[str, Any]) -> Said:
        # [search] five requests a second for each account; at most 200 a page; at most 5 groups
        # of 6 filters; paging beyond 10,000 results is a 400.
        now = time.monotonic()
        while self.searches and self.searches[0] <= now - 1:
            self.searches.popleft()
        if len(self.searches) >= SEARCHES_A_SECOND:
            return limited("SECONDLY")
        self.searches.append(now)
        groups = body.get("filterGroups", [])
        filters = groups[0]["filters"] if len(groups) == 1 else []
        limit = body.get("limit", 10)
        if not filters or len(filters) > 6 or not 0 < limit <= LARGEST_SEARCH_PAGE:
            return fault(400, "VALIDATION_ERROR", "There was a problem with the request.")
        if any(it["operator"] not in OPERATORS for it in filters):
            return fault(400, "VALIDATION_ERROR", "An unknown operator.")
        if any(it["propertyName"] not in self.properties for it in filters):
            return fault(400, "VALIDATION_ERROR", "A property of a filter does not exist.")
        found = [id_ for id_ in sorted(self.contacts) if self._fits(id_, filters)]
        start = int(body.get("after", 0))
        if start + limit > self.most_found:
            return fault(400, "VALIDATION_ERROR", "Paging beyond 10,000 results.")
        page = found[start : start + limit]
        results = [self._shown(id_, body.get("properties", [])) for id_ in page]
        return Said(content={"total": len(found), "results": results})

    def _fits(self, id_: int, filters: list[dict[str, str]]) -> bool:
        """Compare; the index may be behind ("newly created or updated ... a few moments")."""
        for it in filters:
            name, value = it["propertyName"], it["value"]
            if name == "hs_object_id":
                fits = id_ > int(value) if it["operator"] == "GT" else id_ == int(value)
            else:
                fits = (self.contacts[id_].get(name) == value) != (id_ in self.stale)
            if not fits:
                return False
        return True

    def _property(self, name: str) -> Said:
        if name not in self.properties:
            return fault(404, "OBJECT_NOT_FOUND", f"Property {name} does not exist")
        return Said(content={"name": name, "type": "bool"})

    def _make_property(self, body: dict[str, Any]) -> Said:
        # [properties] name, label, type, fieldType and groupName are required; a bool is a
        # booleancheckbox with the options true and false; a name is taken once (409).
        if not all(body.get(it) for it in ("name", "label", "type", "fieldType", "groupName")):
            return fault(400, "VALIDATION_ERROR", "A required field is missing.")
        values = {one.get("value") for one in body.get("options", [])}
        is_bool = (body["type"], body["fieldType"]) == ("bool", "booleancheckbox")
        if not is_bool or values != {"true", "false"} or body["groupName"] != "contactinformation":
            return fault(400, "VALIDATION_ERROR", "A bool needs the options true and false.")
        if body["name"] in self.properties:
            return fault(409, "OBJECT_ALREADY_EXISTS", "It exists.")
        self.properties.add(body["name"])
        return Said(status=201, content={"name": body["name"]})

    def _list(self, name: str) -> Said:
        if "lists" not in self.scopes:
            return fault(403, "MISSING_SCOPES", "This app has not been granted the scopes.")
        if name not in self.lists:
            return fault(404, "OBJECT_NOT_FOUND", "List does not exist")
        return Said(content={"list": self.lists[name]})

    def _make_list(self, body: dict[str, Any]) -> Said:
        # [lists] name, objectTypeId and processingType are required; the root of the filters is
        # an OR of ANDs; a name is taken once for each kind of object.
        branch = body.get("filterBranch", {})
        joined = branch.get("filterBranches", [])
        if not body.get("name") or body.get("objectTypeId") != "0-1" or body["name"] in self.lists:
            return fault(400, "VALIDATION_ERROR", "A required field is missing, or taken.")
        if body.get("processingType") != "DYNAMIC" or branch.get("filterBranchType") != "OR":
            return fault(400, "VALIDATION_ERROR", "The root filter branch has to be an OR.")
        if not joined or any(it.get("filterBranchType") != "AND" for it in joined):
            return fault(400, "VALIDATION_ERROR", "An OR branch has AND branches.")
        self.lists[body["name"]] = {"listId": str(len(self.lists) + 40), "name": body["name"]}
        return Said(content={"list": self.lists[body["name"]]})

    def _page(self, asked: Asked, scope: str, rows: list[dict[str, Any]]) -> Said:
        # [emails], [flows] cursor paging by `after`, and a scope each.
        if scope not in self.scopes:
            return fault(403, "MISSING_SCOPES", "This app has not been granted the scopes.")
        start, limit = int(asked.params.get("after", 0)), int(asked.params.get("limit", 100))
        if not 0 < limit <= 100:
            return fault(400, "VALIDATION_ERROR", "limit")
        answer: dict[str, Any] = {"results": rows[start : start + limit]}
        if start + limit < len(rows):
            answer["paging"] = {"next": {"after": str(start + limit)}}
        return Said(content=answer)

    def _flows(self, body: dict[str, Any]) -> Said:
        # [flows] batch read: inputs of {flowId, type: FLOW_ID}.
        inputs = body.get("inputs", [])
        if not inputs or any(it.get("type") != "FLOW_ID" for it in inputs):
            return fault(400, "VALIDATION_ERROR", "inputs")
        wanted = {it["flowId"] for it in inputs}
        return Said(content={"results": [it for it in self.flows if it["id"] in wanted]})


def email(id_: str, name: str, state: str, *excluded: str) -> dict[str, Any]:
    """Give a marketing email as [emails] shows it."""
    lists = {"include": ["12"], "exclude": list(excluded)}
    return {"id": id_, "name": name, "state": state, "to": {"contactIlsLists": lists}}


def flow(id_: str, name: str, *excluded: int, on: bool = True, of: str = "0-1") -> dict[str, Any]:
    """Give a workflow as [flows] shows it."""
    return {
        "id": id_, "name": name, "isEnabled": on, "objectTypeId": of,
        "suppressionListIds": list(excluded),
    }  # fmt: skip


def not_found(ids: list[str]) -> dict[str, Any]:
    return {
        "status": "error",
        "category": "OBJECT_NOT_FOUND",
        "message": "Could not get some CONTACT objects, they may be deleted or not exist.",
        "context": {"ids": ids},
    }


def fault(status: int, category: str, message: str) -> Said:
    content = {"status": "error", "message": message, "category": category, "correlationId": "0"}
    return Said(status=status, content=content)


def limited(policy: str) -> Said:
    # [usage] 429 with the policy that was met.
    content = {
        "status": "error", "message": "You have reached your secondly limit.",
        "errorType": "RATE_LIMIT", "policyName": policy,
    }  # fmt: skip
    return Said(status=429, content=content)


if __name__ == "__main__":  # to try the guide: python -m tests.vendors.hubspot 8907
    with Hubspot(int(sys.argv[1])) as hubspot:
        hubspot.join("ana@example.org", "ben@example.org")
        hubspot.emails.append(email("71", "Spring offers", "SCHEDULED"))
        hubspot.wait()
