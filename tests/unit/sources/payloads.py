"""Webhook bodies in the shapes that the vendors document; the people in them are made up."""

from pathlib import Path
from typing import Any

NORTHWIND = str(Path(__file__).parents[3] / "examples/help-desk/northwind.yaml")
EVERY_TICKET = str(Path(__file__).parents[3] / "examples/help-desk/every-ticket.yaml")

ZENDESK: dict[str, Any] = {  # the JSON body of the triggers in docs/howto/zendesk.md, filled in
    "what": "tagged",
    "ticket": "35436",
    "at": "2026-11-18T11:06:00Z",
    "tags": "vip makegood",
    "priority": "High",
    "channel": "Mail",
    "by": "agent",
    "requester_email": "ana@example.org",
    "requester_external_id": "",
    "requester_phone": "+1 212 555 0100",
    "requester_language": "en-US",
}
_CONTACT = {
    "id": 1,
    "name": "Ana Reyes",
    "identifier": None,
    "email": "ana@example.org",
    "phone_number": None,
    "type": "contact",
}
_CONVERSATION = {
    "id": 567,
    "channel": "Channel::WebWidget",
    "status": "open",
    "labels": [],
    "meta": {"sender": _CONTACT, "assignee": None},
    "timestamp": 1_795_000_000,
    "updated_at": 1_795_000_000.123,
    "account": {"id": 1, "name": "Northwind"},
}
CHATWOOT: dict[str, dict[str, Any]] = {
    "message_created": {
        "event": "message_created",
        "id": 1234,
        "content": "Where is my car?",
        "created_at": "2026-11-18T11:06:00.000Z",
        "message_type": "incoming",
        "private": False,
        "sender": _CONTACT,
        "conversation": _CONVERSATION,
        "account": {"id": 1, "name": "Northwind"},
    },
    "conversation": _CONVERSATION,
}
_PERSON = {"id": 8, "email": "emily@example.com", "firstname": "Emily", "lastname": "Adams"}
ZAMMAD: dict[str, Any] = {  # shortened from Zammad's admin documentation, webhook payload
    "ticket": {
        "id": 81,
        "number": "10081",
        "article_count": 1,
        "state": "open",
        "create_article_type": "phone",
        "customer": {**_PERSON, "phone": "0061 2 1234 7777"},
        "group": {"id": 3, "name": "Service Desk"},
        "priority": {"id": 2, "name": "2 normal"},
        "updated_at": "2026-11-13T14:34:35.333Z",
    },
    "article": {
        "id": 104,
        "body": "This is a simple Webhook Test.",
        "internal": False,
        "sender": "Customer",
        "type": "phone",
    },
}


def zendesk(what: str, **other: str) -> dict[str, Any]:
    return {**ZENDESK, "what": what, **other}


def chatwoot(event: str, **other: object) -> dict[str, Any]:
    kind = "message_created" if event.startswith("message") else "conversation"
    return {**CHATWOOT[kind], "event": event, **other}


def zammad(**ticket: object) -> dict[str, Any]:
    return {**ZAMMAD, "ticket": {**ZAMMAD["ticket"], **ticket}}
