"""The grammar of rule books and laws as a JSON Schema, for editors.

It says what can be said field by field, and is made of the lists and patterns that the reader
uses. What only the whole tells (names that exist, conditions that compile, plans that are whole)
is for `makegood check`.
"""

from collections.abc import Mapping
from typing import Any

from makegood.messages.commands import MessageClass, Urgency
from makegood.playbooks.budgets import PERIODS
from makegood.playbooks.entitlements import BASES, GIVEN
from makegood.playbooks.everyone import KEYS
from makegood.playbooks.example_mail import CLASSES
from makegood.playbooks.giving import Besides
from makegood.playbooks.header import CURRENCY, GRAMMAR, MAIL
from makegood.playbooks.lookups import AIRPORTS, ASKED_BY
from makegood.playbooks.mappings import Cell, Form, Signing
from makegood.playbooks.merging import REPLACES
from makegood.playbooks.outgoing import UNCLASSIFIED, WHEN_HELD
from makegood.playbooks.outgoing_terms import PURPOSES
from makegood.playbooks.plans import (
    APOLOGY_KINDS,
    CHOICE_TIERS,
    ENDINGS,
    OFFERED_BY,
    OTHERWISE,
    SCOPES,
)
from makegood.playbooks.requests.read import HITS
from makegood.playbooks.rulings import SurveyKind
from makegood.playbooks.schema_asking import SURVEY_MORE
from makegood.playbooks.schema_parts import EXPRESSION as _EXPRESSION
from makegood.playbooks.schema_parts import FLAG as _FLAG
from makegood.playbooks.schema_parts import LANGUAGES as _LANGUAGES
from makegood.playbooks.schema_parts import MARK as _MARK
from makegood.playbooks.schema_parts import NAME as _NAME
from makegood.playbooks.schema_parts import SCALAR as _SCALAR
from makegood.playbooks.schema_parts import SPAN as _SPAN
from makegood.playbooks.schema_parts import TEXT as _TEXT
from makegood.playbooks.schema_parts import Schema
from makegood.playbooks.schema_parts import choice as _choice
from makegood.playbooks.schema_parts import either as _either
from makegood.playbooks.schema_parts import list_of as _list
from makegood.playbooks.schema_parts import map_of as _map
from makegood.playbooks.schema_parts import matches as _matches
from makegood.playbooks.schema_parts import needs as _needs
from makegood.playbooks.schema_parts import ref as _ref
from makegood.playbooks.schema_parts import some as _some
from makegood.playbooks.schema_parts import whole as _whole
from makegood.playbooks.schema_sections import KINDS as _OF_SECTIONS
from makegood.playbooks.sources import (
    DECIMALS,
    DELIMITERS,
    KINDS_OF_CUSTOMER,
    LOYALTY,
    PERSON,
)
from makegood.playbooks.spans import DAY
from makegood.playbooks.terms import Answer, Cause, Loss, Tier
from makegood.playbooks.vocabulary import FACT_TYPES

_ANY: Schema = {}
_REQUIRED = "*"


def schema() -> dict[str, Any]:
    """Give the whole schema: a file that has `law` is a law, one of a `source` is that alone."""
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Makegood rule book",
        "if": {"required": ["law"]},
        "then": _ref("law"),
        "else": {
            "if": {"required": ["source"]},
            "then": _ref("source"),
            "else": _ref("rule book"),
        },
        "definitions": {name: _kind(fields) for name, fields in _ALL.items()}
        | {"facts": _FACTS, "texts": _TEXTS}
        | {"rule book": _kind(_BOOK) | {"anyOf": [_needs("builds_on"), _needs(*_WHOLE)]}},
    }


def _kind(fields: Mapping[str, Schema]) -> dict[str, Any]:
    required = [name.rstrip(_REQUIRED) for name in fields if name.endswith(_REQUIRED)]
    made: dict[str, Any] = {
        "type": "object",
        "properties": {name.rstrip(_REQUIRED): value for name, value in fields.items()},
        "additionalProperties": False,
    }
    return made | ({"required": required} if required else {})


_FACT: Schema = _matches(r"customer\.\w+")
_DAY = {**_matches(DAY.pattern), "description": "A day, as in 2024-10-28."}
_DAY_OR_PARAMETER = _matches(DAY.pattern, r"params\.\w+")
_MAIL = _matches(MAIL.pattern)
_WORKED_OUT: Schema = {"type": "string", "description": "An expression in CEL."}
_CENTS = _either(_whole(), _WORKED_OUT)
_SHARE: Schema = {"type": "number", "minimum": 0, "maximum": 10}
_FACTS = _map(_either(_choice(sorted(FACT_TYPES)), _ref("facts")))
_TEXTS: Schema = {**_map(_TEXT), **_LANGUAGES}
_TIERS = _choice(CHOICE_TIERS)
_OFFERS = _some(_either(_NAME, _ref("offer")))
_GIVES = _some(_either(_NAME, _ref("apology")))

_MAIL_TERMS: Mapping[str, Schema] = {
    "unclassified": _choice(UNCLASSIFIED), "when_held": _choice(WHEN_HELD), "parked_for": _SPAN,
}  # fmt: skip
_PHRASES = _either(_some(_TEXT), _map(_some(_TEXT)))

_WHOLE = ("umbrella", "brands", "failures", "plans")
_BOOK: Mapping[str, Schema] = {
    "makegood*": {"const": GRAMMAR},
    "name*": _TEXT,
    "builds_on": _TEXT,
    "may_change": _some(_TEXT),
    "umbrella": _TEXT,
    "currency": _matches(CURRENCY.pattern),
    "timezone": _TEXT,
    "double_window": _SPAN,
    "brands": _list(_ref("brand")),
    "authority": _map(_ref("amount")),
    "approval": _ref("approval"),
    "budgets": _list(_ref("budget")),
    "sends": _map(_ref("send")),
    "parameters": _map(_ANY),
    "facts": _map(_ref("facts")),
    "sensitive": _some(_TEXT),
    "laws": _some(_either(_NAME, _ref("law of the book"))),
    "look_up": _list(_ref("look-up")),
    "sources": _some(_either(_NAME, _ref("source of the book"), _ref("source"))),
    "failures": _list(_ref("failure")),
    "silence": _list(_ref("silence rule")),
    "lapses": _list(_ref("lapse")),
    "waits": _list(_ref("wait")),
    "promises": _list(_ref("promise")),
    "disclosures": _list(_ref("disclosure")),
    "entitlements": _list(_ref("entitlement")),
    "remedies": _list(_ref("remedy")),
    "plans": _list(_ref("plan")),
    "messages": _list(_ref("message")),
    "waivers": _map(_ref("texts")),
    "requests": _list(_ref("request")),
    "claims": _list(_ref("claim")),
    "surveys": _list(_ref("survey")),
    "asking": _ref("section about asking"),
    "places": _list(_ref("rule about places")),
    "walks": _list(_ref("rule about walks")),
    "goodwill": _ref("goodwill"),
    "outgoing": _ref("section about outgoing mail"),
    "standing": _ref("standing"),
    "everyone": _ref("comparison"),
    "people": _ref("section about people"),
    "reputation": _ref("section about reputations"),
    "calls": _ref("section about calls"),
    "duty": _ref("section about duty"),
    "owners": _ref("section about owners"),
    "triage": _ref("section about triage"),
    "monday": _ref("section about letters to management"),
    "letters": _ref("section about letters"),
    "employees": _ref("section about employees"),
    "routing": _ref("section about routing"),
    "voice": _ref("section about what is said in public"),
    "advertised": _list(_ref("advertised promise")),
    "examples": _list(_ref("example")),
}
_KINDS: Mapping[str, Mapping[str, Schema]] = {
    "brand": {
        "id*": _NAME, REPLACES: _MARK, "name*": _TEXT, "sender*": _MAIL, "offers_sender*": _MAIL,
        "phone": _TEXT, "strict": _FLAG, "book": _TEXT,
    },
    "amount": {"cents*": _whole()},
    "approval": {"within*": _SPAN},
    "budget": {
        "id*": _NAME, REPLACES: _MARK, "cents*": _whole(), "per*": _choice(PERIODS),
        "roles*": _some(_TEXT), "brand": _NAME,
    },
    "send": {
        "channel": _NAME, "brand": _NAME, "brand_from": _TEXT, "campaign_from": _TEXT,
    },
    "goodwill": {
        "most": _ref("cap"), "match": _map(_some(_TEXT)), "otherwise": _TEXT,
        "used": _EXPRESSION, "doses": _ref("list of doses"),
        "apologies": _ref("rule for apologies"), "allow_because": _TEXT,
    },
    "cap": {"ratio*": _SHARE, "except": _some(_TEXT)},
    "list of doses": {"used*": _map(_SHARE), "unused*": _map(_SHARE)},
    "rule for apologies": {"within": _SPAN, "second_needs": _some(_choice(tuple(Besides)))},
    "section about outgoing mail": {
        **_MAIL_TERMS, "senders": _list(_ref("sender")), "rules": _list(_ref("rule for mail")),
        "signals": _ref("wording of mails"),
    },
    "sender": {
        "brand*": _NAME, "addresses": _some(_MAIL), "domains": _some(_TEXT),
        "users": _some(_TEXT), "ports": _some(_whole(65535, 1)), **_MAIL_TERMS,
    },
    "rule for mail": {
        "id*": _NAME, REPLACES: _MARK, "when*": _EXPRESSION, "because": _TEXT,
        "class*": _choice(tuple(MessageClass)),
    },
    "wording of mails": dict.fromkeys(PURPOSES, _PHRASES),
    "law of the book": {
        "law*": _NAME, REPLACES: _MARK, "for": _map(_some(_NAME)), "pays": _map(_NAME),
    },
    "look-up": {
        "on*": _some(_TEXT), "in*": _choice((AIRPORTS,)),
        "by*": _kind({f"{one}*": _TEXT for one in ASKED_BY}),
    },
    "source of the book": {"source*": _NAME, REPLACES: _MARK, "with": _map(_ANY)},
    "source": {
        "source*": _NAME, REPLACES: _MARK, "title*": _TEXT, "form*": _choice(tuple(Form)),
        "signed": _choice(tuple(Signing)), "table": _ref("table"), "parameters": _map(_ANY),
        "key*": _EXPRESSION, "at": _ref("time"), "customer*": _ref("list of identifiers"),
        "person": _ref("list of personal data"), "ignore": _some(_EXPRESSION),
        "events*": _list(_ref("mapped event")),
    },
    "table": {
        "delimiter": _choice(DELIMITERS), "encoding": _TEXT, "decimal": _choice(DECIMALS),
        "yes": _some(_TEXT), "no": _some(_TEXT), "columns*": _map(_ref("column of a table")),
    },
    "column of a table": {
        "heads*": _some(_TEXT), "as": _choice(tuple(Cell)), "format": _TEXT, "required": _FLAG,
    },
    "time": {"value*": _EXPRESSION, "format": _TEXT, "zone": _TEXT},
    "list of identifiers": {
        **dict.fromkeys(KINDS_OF_CUSTOMER, _EXPRESSION), LOYALTY: _map(_EXPRESSION),
    },
    "list of personal data": dict.fromkeys(PERSON, _EXPRESSION),
    "mapped event": {
        "id*": _NAME, "when": _EXPRESSION, "event": _TEXT, "facts": _map(_EXPRESSION),
        "words": _EXPRESSION, "raises": _ref("raised failure"),
    },
    "raised failure": {
        "failure*": _EXPRESSION, "about*": _EXPRESSION, "brand": _EXPRESSION, "words": _EXPRESSION,
    },
    "failure": {
        "id*": _NAME, REPLACES: _MARK, "on*": _some(_TEXT), "title*": _TEXT, "about*": _EXPRESSION,
        "said_about": _EXPRESSION, "when": _EXPRESSION, "loses*": _choice(tuple(Loss)),
        "severity*": _either(_whole(5, 1), _WORKED_OUT),
        "cause*": _either(_choice(tuple(Cause)), {"type": "string", "pattern": "[^A-Za-z_]"}),
        "inferred_cause": _FLAG, "price": _EXPRESSION, "brand": _EXPRESSION,
        "details": _map(_EXPRESSION), "source": _TEXT, "allow_because": _TEXT,
    },
    "silence rule": {
        "id*": _NAME, REPLACES: _MARK, "after*": _TEXT, "unless*": _TEXT, "within*": _SPAN,
        "about": _EXPRESSION, "title*": _TEXT, "loses": _choice(tuple(Loss)),
        "severity": _whole(5, 1), "cause": _choice(tuple(Cause)), "allow_because": _TEXT,
    },
    "promise": {
        "id*": _NAME, REPLACES: _MARK, "says*": _ref("texts"), "on": _TEXT, "kept_by": _TEXT,
        "about": _EXPRESSION, "within*": _SPAN, "by": _EXPRESSION, "who": _EXPRESSION,
        "binds": _map(_EXPRESSION), "title*": _TEXT, "loses": _choice(tuple(Loss)),
        "severity": _whole(5, 1), "cause": _choice(tuple(Cause)), "allow_because": _TEXT,
    },
    "disclosure": {
        "id*": _NAME, REPLACES: _MARK, "says*": _ref("texts"), "on": _some(_TEXT),
        "about": _EXPRESSION, "amount": _EXPRESSION, "who": _EXPRESSION, "channel": _EXPRESSION,
        "allow_because": _TEXT,
    },
    "entitlement": {
        "id*": _NAME, REPLACES: _MARK, "for*": _some(_TEXT), "jurisdiction": _TEXT,
        "from": _DAY_OR_PARAMETER, "to": _DAY, "before": _DAY_OR_PARAMETER, "when": _EXPRESSION,
        "given*": _choice(GIVEN), "pays*": _ref("payment"), "once": _NAME, "deadline*": _SPAN,
        "basis": _choice(BASES), "source": _TEXT, "boundary": _TEXT, "form": _TEXT,
        "allow_because": _TEXT,
    },
    "payment": {
        "remedy*": _TEXT, "ratio": _either(_SHARE, _WORKED_OUT), "cents": _CENTS,
        "most_cents": _CENTS, "currency": _matches(CURRENCY.pattern),
    },
    "remedy": {
        "id*": _NAME, REPLACES: _MARK, "kind*": _NAME, "title*": _ref("texts"),
        "cost": _ref("cost"), "provider": _NAME, "confirm_within": _SPAN,
        "redirects": _ref("redirect"), "detail": _map(_SCALAR), "places": _NAME,
        "brings": _NAME,
    },
    "redirect": {"accepted_by*": _NAME, "expires*": _SPAN},
    "cost": {"cents": _whole(), "ratio": _SHARE, "dose": _FLAG},
    "plan": {
        "for*": _some(_TEXT), REPLACES: _MARK, "hold*": _ref("hold"), "apology*": _NAME,
        "explanation": _NAME, "offers*": _ref("list of offers"), "offer_first": _some(_TIERS),
        "offer_message": _NAME, "chosen_message": _NAME, "choose_within": _SPAN,
        "otherwise": _choice(OTHERWISE), "open_within": _SPAN, "call_within*": _SPAN,
        "useful_within*": _SPAN, "on_double_deviation": _ref("answer to a second failure"),
        "made_whole*": _ref("ending"), "then_offer": _ref("offer afterwards"),
    },
    "hold": {
        "scope*": _choice(SCOPES), "until": _choice(("made_whole",)), "cool_off": _SPAN,
        "longest": _SPAN,
    },
    "list of offers": {
        "least*": _GIVES, "least_outside": _GIVES, "better": _OFFERS, "beyond": _OFFERS,
    },
    "apology": {"apology*": _choice(APOLOGY_KINDS)},
    "offer": {"remedy*": _NAME, "declines": _FLAG, "calls": _FLAG},
    "answer to a second failure": {
        "offer": _some(_TIERS), "call_within*": _SPAN, "apology": _NAME,
    },
    "ending": {
        "asked*": _NAME, "ask_after*": _SPAN, "ask_again": _SPAN, "or": _choice(ENDINGS),
    },
    "offer afterwards": {
        "message*": _NAME, "by": _choice(OFFERED_BY), "after*": _SPAN,
    },
    "message": {
        "id*": _NAME, REPLACES: _MARK, "class*": _choice(tuple(MessageClass)),
        "urgency": _choice(tuple(Urgency)), "canned": _FLAG,
        "texts*": {**_map(_ref("text")), **_LANGUAGES},
    },
    "text": {"subject*": _TEXT, "text*": _TEXT},
    "request": {
        "id*": _NAME, REPLACES: _MARK, "title*": _ref("texts"), "takes": _ref("facts"),
        "values": _map(_EXPRESSION), "looks_at": _map(_either(_EXPRESSION, _ref("column"))),
        "answer_within": _SPAN, "hit": _choice(HITS), "rows": _list(_ref("row")), "source": _TEXT,
        "allow_because": _TEXT,
    },
    "claim": {
        "id*": _NAME, REPLACES: _MARK, "title*": _ref("texts"), "source": _TEXT,
        "for*": _some(_TEXT), "most_cents*": _whole(), "receipt_above_cents": _whole(),
        "within*": _SPAN, "not_payable": _some(_TEXT), "says": _ref("texts"), "pays*": _NAME,
        "answer_within": _SPAN,
    },
    "survey": {
        "id*": _NAME, REPLACES: _MARK, "after*": _some(_TEXT), "about": _EXPRESSION,
        "when": _EXPRESSION, "met": _EXPRESSION, "rule": _EXPRESSION, "place": _EXPRESSION,
        "channel": _EXPRESSION, "question*": _ref("texts"), "asks*": _NAME,
        "kind": _choice(tuple(SurveyKind)), "ask_after": _SPAN, "every": _SPAN,
        "useful_within": _SPAN, "bad_below": _whole(10, 1), "fails_as": _NAME,
        **SURVEY_MORE,
    },
    "column": {"value*": _EXPRESSION, "one_of*": _some(_SCALAR)},
    "row": {
        "id*": _NAME, "when": _map(_some(_SCALAR)), "answer*": _choice(tuple(Answer)),
        "says": _ref("texts"), "gives": _ref("gift"),
        "waives": _either(_NAME, _ref("waiver")),
        "charges": _CENTS, "within": _SPAN,
    },
    "waiver": {"what*": _NAME, "once": _FLAG},
    "gift": {"remedy*": _NAME, "cents": _CENTS},
    "standing": {
        "tier": _ref("tier"), "tenure": _ref("tenure"), "value": _ref("value"),
        "payment": _ref("payment record"), "partner": _ref("partner"),
        "agreements": _ref("list of agreements"), "public_voice": _ref("public voice"),
    },
    "tier": {"from*": _FACT, "order*": _some(_TEXT)},
    "tenure": {"since": _FACT, "years": _FACT, "bought_by": _some(_TEXT)},
    "value": {"cents*": _FACT, "bands": _map(_whole())},
    "payment record": {"from*": _FACT, "good*": _some(_SCALAR)},
    "partner": {"from*": _FACT, "reciprocal_cents": _FACT},
    "list of agreements": {"from*": _FACT},
    "public voice": {"from*": _FACT, "wide": _some(_TEXT), "wide_from": _whole()},
    "comparison": {
        "same": _some(_choice(KEYS)), "came_back_by": _some(_TEXT), "within": _SPAN,
        "judge_after": _SPAN, "too_few": _whole(),
    },
    "example": {
        "name": _TEXT, "given": _list(_either(_TEXT, _ref("given event"), _ref("given letter"))),
        "asks": _TEXT, "about": _TEXT, "with": _map(_ANY), "customer": _map(_ANY),
        "declines": _FLAG, "on": _DAY, "wait": _SPAN, "expect*": _ref("expectation"),
        "mail": _ref("given mail"),
    },
    "given mail": {
        "from*": _MAIL, "subject": _TEXT, "text": _TEXT, "headers": _map(_SCALAR), "user": _TEXT,
        "port": _whole(65535),
    },
    "given event": {"event*": _TEXT, "with": _map(_ANY), "after": _SPAN},
    "expectation": {
        "failures": _some(_TEXT), "cannot": _some(_TEXT), "held": _FLAG,
        "offers": _some(_choice(tuple(Tier))), "owed": _map(_whole()), "unsure": _some(_TEXT),
        "double": _FLAG, "answer": _choice(tuple(Answer)), "row": _TEXT, "cents": _whole(),
        "charges": _whole(), "within": _SPAN, "asked": _some(_TEXT),
        "class": _choice(CLASSES), "brand": _TEXT,
    },
    "law": {
        "law*": _NAME, "title*": _TEXT, "jurisdiction": _TEXT, "basis": _choice(BASES),
        "source": _TEXT, "parameters": _map(_ANY), "needs*": _list(_ref("need")),
        "may_have": _map(_TEXT), "values": _map(_EXPRESSION),
        "entitlements": _list(_ref("entitlement")), "examples": _list(_ref("example of a law")),
    },
    "need": {"for*": _some(_TEXT), "facts": _map(_TEXT)},
    "example of a law": {
        "name*": _TEXT, "failure*": _TEXT, "with": _map(_ANY), "price_cents": _whole(),
        "declines": _FLAG, "on": _DAY, "parameters": _map(_ANY),
        "expect*": _ref("expectation of a law"),
    },
    "expectation of a law": {"owed*": _map(_whole()), "unsure": _some(_TEXT)},
}  # fmt: skip
_ALL: Mapping[str, Mapping[str, Schema]] = {**_KINDS, **_OF_SECTIONS}
