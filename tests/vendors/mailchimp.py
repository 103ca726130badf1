"""Mailchimp on this machine: what the Marketing API 3.0 takes, and what it refuses.

Each rule names where it is published: [ref] is the reference at
mailchimp.com/developer/marketing/api, [spec] the OpenAPI description in
mailchimp/mailchimp-client-lib-codegen, [limits] "Fundamentals: throttling". Nothing of this is
Mailchimp's code.
"""

import re
import sys
from base64 import b64decode
from hashlib import md5
from typing import Any

from tests.vendors.local import Asked, LocalVendor, Said

KEY = "0123456789abcdef0123456789abcdef-us6"
MOST_CONNECTIONS = 10
MOST_IN_A_BATCH = 500
LARGEST_PAGE = 1000
DEFAULT_PAGE = 10
LIST = "a1b2c3d4e5"
SUBSCRIBED = ("subscribed", "unsubscribed", "cleaned", "pending", "transactional", "archived")


class Mailchimp(LocalVendor):
    """An account with audiences, their members, tags, campaigns and automations."""

    def __init__(self, port: int = 0) -> None:
        super().__init__(port)
        self.key = KEY
        self.members: dict[str, dict[str, str]] = {LIST: {}}  # list -> address -> status
        self.tags: dict[str, dict[int, tuple[str, list[str]]]] = {LIST: {}}
        self.saved: dict[int, Any] = {}
        self.campaigns: list[dict[str, Any]] = []
        self.automations: list[dict[str, Any]] = []
        self.most_connections = MOST_CONNECTIONS
        self.open = 0
        self.highest = 0
        self._next = 100

    def join(self, *emails: str, status: str = "subscribed", audience: str = LIST) -> None:
        """People join an audience."""
        self.members[audience].update(dict.fromkeys(emails, status))

    def leave(self, email: str, audience: str = LIST) -> None:
        """A contact is deleted for good."""
        del self.members[audience][email]
        for _name, tagged in self.tags[audience].values():
            if email in tagged:
                tagged.remove(email)

    def tagged(self, tag: str = "makegood-hold", audience: str = LIST) -> set[str]:
        return {
            it for name, emails in self.tags[audience].values() if name == tag for it in emails
        }

    def add_tag(self, name: str, audience: str = LIST) -> int:
        self._next += 1
        self.tags[audience][self._next] = (name, [])
        return self._next

    def begins(self) -> Said | None:
        # [limits] 10 simultaneous connections; more are answered 429.
        with self.lock:
            self.open += 1
            self.highest = max(self.highest, self.open)
            if self.open > self.most_connections:
                return problem(
                    429, "Too Many Requests", "You have exceeded the limit of 10 sim..."
                )
        return None

    def ends(self) -> None:
        with self.lock:
            self.open -= 1

    def answer(self, asked: Asked) -> Said:
        # [ref] HTTP Basic, any user name, the key as the password.
        kind, _, words = asked.headers.get("authorization", "").partition(" ")
        if kind != "Basic" or b64decode(words).decode().partition(":")[2] != self.key:
            return problem(401, "API Key Invalid", "Your API key may be invalid.")
        if not asked.path.startswith("/3.0/"):
            return problem(404, "Resource Not Found", "The requested resource could not be found.")
        if "count" in asked.params and not 0 < int(asked.params["count"]) <= LARGEST_PAGE:
            # [spec] count: "Default value is 10. Maximum value is 1000".
            return problem(400, "Invalid Resource", "count is larger than 1000.")
        with self.lock:
            return self._resource(asked, asked.path.removeprefix("/3.0").split("/")[1:])

    def _resource(self, asked: Asked, parts: list[str]) -> Said:
        match asked.method, parts:
            case "GET", ["campaigns"]:
                return self._sendings(asked, "campaigns", self.campaigns)
            case "GET", ["automations"]:
                return self._sendings(asked, "automations", self.automations)
            case _, ["lists", audience, *rest] if audience in self.members:
                return self._in_list(asked, audience, rest)
        return problem(404, "Resource Not Found", "The requested resource could not be found.")

    def _in_list(self, asked: Asked, audience: str, rest: list[str]) -> Said:
        match asked.method, rest:
            case "GET", ["tag-search"]:
                return self._tag_search(asked, audience)
            case "POST", ["segments"]:
                return self._make_segment(asked, audience)
            case "POST", ["segments", segment] if segment.isdigit():
                return self._batch(asked, audience, int(segment))
            case "GET", ["segments", segment] if segment.isdigit():
                return self._segment(int(segment))
            case "GET", ["segments", segment, "members"] if segment.isdigit():
                return self._segment_members(asked, audience, int(segment))
            case "GET", ["members", hashed, "tags"]:
                return self._member_tags(asked, audience, hashed)
            case (("PUT" | "PATCH" | "POST"), ["members", *_]):
                return self._write_member(asked, audience, rest)
        return problem(404, "Resource Not Found", "The requested resource could not be found.")

    def _tag_search(self, asked: Asked, audience: str) -> Said:
        # [spec] "compared to each tag as a prefix".
        begins = asked.params.get("name", "")
        tags = [
            {"id": id_, "name": name}
            for id_, (name, _) in self.tags[audience].items()
            if name.startswith(begins)
        ]
        return Said(content={"tags": tags, "total_items": len(tags)})

    def _make_segment(self, asked: Asked, audience: str) -> Said:
        # [ref] `name` is required; `static_segment` cannot be given together with `options`.
        body = asked.body if isinstance(asked.body, dict) else {}
        name, emails = body.get("name"), body.get("static_segment")
        if not name or not isinstance(emails, list) or "options" in body:
            return problem(
                400, "Invalid Resource", "The resource submitted could not be validated."
            )
        if any(name == known for known, _ in self.tags[audience].values()):
            return problem(400, "Bad Request", "Sorry, that tag already exists.")
        id_ = self.add_tag(name, audience)
        self.tags[audience][id_][1].extend(it for it in emails if it in self.members[audience])
        return Said(content={"id": id_, "name": name, "type": "static", "list_id": audience})

    def _batch(self, asked: Asked, audience: str, segment: int) -> Said:
        # [ref] "Batch add or remove members": arrays of addresses, at most 500; "Any emails
        # provided that are not present on the list will be ignored".
        if segment not in self.tags[audience]:
            return problem(404, "Resource Not Found", "The requested resource could not be found.")
        body = asked.body if isinstance(asked.body, dict) else {}
        if not body or not body.keys() <= {"members_to_add", "members_to_remove"}:
            return problem(400, "Invalid Resource", "Schema describes members_to_add...")
        add, remove = body.get("members_to_add", []), body.get("members_to_remove", [])
        if not all(isinstance(it, str) and "@" in it for it in (*add, *remove)):
            return problem(400, "Invalid Resource", "Please provide valid email addresses.")
        if max(len(add), len(remove)) > MOST_IN_A_BATCH:
            return problem(400, "Bad Request", "You may only specify up to 500 members.")
        known, (_name, tagged) = self.members[audience], self.tags[audience][segment]
        added = [it for it in dict.fromkeys(add) if it in known and it not in tagged]
        removed = [it for it in dict.fromkeys(remove) if it in tagged]
        tagged[:] = [it for it in tagged if it not in removed] + added
        return Said(
            content={
                "members_added": [{"email_address": it} for it in added],
                "members_removed": [{"email_address": it} for it in removed],
                "errors": [],
                "total_added": len(added),
                "total_removed": len(removed),
                "error_count": 0,
            }
        )

    def _segment(self, segment: int) -> Said:
        if segment not in self.saved:
            return problem(404, "Resource Not Found", "The requested resource could not be found.")
        return Said(content={"id": segment, "type": "saved", "options": self.saved[segment]})

    def _segment_members(self, asked: Asked, audience: str, segment: int) -> Said:
        # [spec] members of a segment: `include_cleaned`, `include_transactional` and
        # `include_unsubscribed` are off unless asked for.
        if segment not in self.tags[audience]:
            return problem(404, "Resource Not Found", "The requested resource could not be found.")
        shown = {"subscribed", "pending"} | {
            status for status in SUBSCRIBED if asked.params.get(f"include_{status}") == "true"
        }
        known = self.members[audience]
        members = [it for it in self.tags[audience][segment][1] if known[it] in shown]
        offset = int(asked.params.get("offset", 0))
        page = members[offset : offset + int(asked.params.get("count", DEFAULT_PAGE))]
        return Said(
            content={
                "members": [{"email_address": it} for it in page],
                "total_items": len(members),
            }
        )

    def _member_tags(self, asked: Asked, audience: str, hashed: str) -> Said:
        # [ref] subscriber_hash: "The MD5 hash of the lowercase version of the list member's
        # email address."
        if not re.fullmatch(r"[0-9a-f]{32}", hashed):
            return problem(404, "Resource Not Found", "The requested resource could not be found.")
        by_hash = {
            md5(it.lower().encode(), usedforsecurity=False).hexdigest(): it
            for it in self.members[audience]
        }
        if hashed not in by_hash:
            return problem(404, "Resource Not Found", "The requested resource could not be found.")
        tags = [
            {"id": id_, "name": name}
            for id_, (name, emails) in self.tags[audience].items()
            if by_hash[hashed] in emails
        ]
        return Said(content={"tags": tags, "total_items": len(tags)})

    def _write_member(self, asked: Asked, audience: str, rest: list[str]) -> Said:
        """Do what the real one would do: make a contact, or change its subscription."""
        body = asked.body if isinstance(asked.body, dict) else {}
        email = str(body.get("email_address", "somebody@example.com"))
        self.members[audience][email] = str(body.get("status", "subscribed"))
        return Said(content={"email_address": email, "status": self.members[audience][email]})

    def _sendings(self, asked: Asked, what: str, all_: list[dict[str, Any]]) -> Said:
        # [spec] GET /campaigns takes status, list_id, count and offset; GET /automations takes
        # status, count and offset, and no list_id.
        allowed = {"status", "count", "offset", "fields"} | (
            {"list_id"} if what == "campaigns" else set()
        )
        if not asked.params.keys() <= allowed:
            return problem(400, "Invalid Resource", "An unknown parameter.")
        statuses = {"save", "paused", "sending"} | (
            {"schedule", "sent"} if what == "campaigns" else set()
        )
        status = asked.params.get("status", "")
        if status and status not in statuses:
            return problem(400, "Invalid Resource", "status is not one of the expected values.")
        rows = [it for it in all_ if not status or it["status"] == status]
        if "list_id" in asked.params:
            wanted = asked.params["list_id"]
            rows = [it for it in rows if it["recipients"]["list_id"] == wanted]
        offset, count = int(asked.params.get("offset", 0)), int(asked.params.get("count", 10))
        return Said(content={what: rows[offset : offset + count], "total_items": len(rows)})


def campaign(
    name: str, options: Any = None, *, status: str = "schedule", audience: str = LIST
) -> dict[str, Any]:
    """Give a campaign as [spec] shows it; `options` are its `segment_opts`."""
    recipients: dict[str, Any] = {"list_id": audience}
    if options is not None:
        recipients["segment_opts"] = options
    return {
        "id": name.casefold().replace(" ", "-"),
        "type": "regular",
        "status": status,
        "settings": {"title": name, "subject_line": "Synthetic"},
        "recipients": recipients,
    }


def excludes(segment: int, *, match: str = "all", also: int = 0) -> dict[str, Any]:
    """Give `segment_opts` that leave out a tag.

    [ref] alternative schemas, StaticSegment: field `static_segment`, op `static_is` or
    `static_not`, value the segment's id.
    """
    others = [{"condition_type": "EmailAddress", "field": "EMAIL", "op": "contains", "value": "a"}]
    out = {
        "condition_type": "StaticSegment", "field": "static_segment", "op": "static_not",
        "value": segment,
    }  # fmt: skip
    return {"match": match, "conditions": [*others[:also], out]}


def problem(status: int, title: str, detail: str) -> Said:
    """[spec] a problem detail document."""
    content = {
        "type": "https://mailchimp.com/developer/marketing/docs/errors/",
        "title": title,
        "status": status,
        "detail": detail,
        "instance": "00000000-0000-0000-0000-000000000000",
    }
    return Said(status=status, content=content)


if __name__ == "__main__":  # to try the guide: python -m tests.vendors.mailchimp 8906
    with Mailchimp(int(sys.argv[1])) as mailchimp:
        mailchimp.join("ana@example.org", "ben@example.org")
        mailchimp.campaigns.append(campaign("Spring offers"))
        mailchimp.wait()
