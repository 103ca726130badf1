"""One OpenAPI document: the hot paths, written from their forms, joined to the slower routes."""

import inspect
import re
from http.client import responses
from typing import TypeAlias

import msgspec

from makegood.api.forms import Asked, Batch, CameIn, Health, Results, Told
from makegood.api.problems import Problem
from makegood.messages.commands import MessageClass
from makegood.sources.segment import KINDS, Item

Json: TypeAlias = dict[str, object]
_FORMS = (Asked, Batch, CameIn, Health, Item, Problem, Results, Told)
_ANYTHING: Json = {"description": "Any JSON value."}
_KEY: Json = {"security": [{"key": []}, {"keyAsUserName": []}]}
_SEGMENT = (
    "https://segment.com/docs/connections/spec/ says what a call carries; a Segment or "
    "RudderStack server library sends it unchanged."
)


def document(slower: Json) -> Json:
    """Join the generated document of the slower routes with the hot paths.

    Args:
        slower: OpenAPI 3.1 as django-ninja generates it.
    """
    whole = msgspec.json.decode(msgspec.json.encode(_plain(slower)), type=dict[str, object])
    _, forms = msgspec.json.schema_components(
        _FORMS, schema_hook=lambda _: _ANYTHING, ref_template="#/components/schemas/{name}"
    )
    components = _map(whole, "components")
    components["schemas"] = {**_map(components, "schemas"), **forms}
    components["securitySchemes"] = {
        "key": {"type": "http", "scheme": "bearer"},
        "keyAsUserName": {"type": "http", "scheme": "basic"},
    }
    paths = {**_hot_paths(), **_map(whole, "paths")}
    whole["paths"] = {path: _with_keys(_map(paths, path)) for path in sorted(paths)}
    whole["servers"] = [{"url": "/"}]
    return _map({"whole": _level(whole)}, "whole")


def _plain(value: object) -> object:
    """Bring keys to text; django-ninja numbers its responses."""
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value


def _level(value: object) -> object:
    """Take the indentation of the source out of descriptions, as Python 3.13 does by itself."""
    if isinstance(value, dict):
        return {
            key: inspect.cleandoc(inner)
            if key == "description" and isinstance(inner, str)
            else _level(inner)
            for key, inner in value.items()
        }
    return [_level(inner) for inner in value] if isinstance(value, list) else value


def _map(of: Json, name: str) -> Json:
    found = of.setdefault(name, {})
    return found if isinstance(found, dict) else {}


def _with_keys(item: Json) -> Json:
    """Let every operation that needs a key name both ways to send it; say each no alike."""
    for name in item:
        operation = _map(item, name)
        if "security" in operation:
            operation.update(_KEY)
        answers = _map(operation, "responses")
        for status in answers:
            answer = _map(answers, status)
            if status >= "400" and answer["description"] == responses.get(int(status)):
                answer["description"] = "No."
    return item


def _hot_paths() -> Json:
    paths: Json = {"/v1/batch": {"post": _ingest("batch", "Batch", "Many calls at once.")}}
    for kind in KINDS:
        paths[f"/v1/{kind}"] = {"post": _ingest(kind, "Item", f"One {kind} call.")}
    paths["/v1/in/{source}"] = {"post": _come_in()}
    paths["/v1/may-send"] = {"post": _ask()}
    paths["/v1/may-send/{customer_id}"] = {"get": _ask_by_id()}
    paths["/healthz"] = {"get": _health("health", "Whether the process lives.", 200)}
    paths["/readyz"] = {"get": _health("readiness", "Whether the process can serve.", 200, 503)}
    return paths


def _ref(name: str) -> Json:
    return {"content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}}}


def _answers(good: str, *problems: int) -> Json:
    bad = {str(status): {"description": "No.", **_ref("ErrorOut")} for status in problems}
    return {"200": {"description": "OK", **_ref(good)}, **bad}


def _ingest(name: str, form: str, summary: str) -> Json:
    answers = _answers("Results", 401, 403, 413, 415, 429, 503)
    answers["400"] = {
        "description": "The body cannot be read, no item of it can be taken, or strict was asked "
        "for and one cannot. Nothing was stored.",
        "content": {
            "application/json": {
                "schema": {
                    "anyOf": [
                        {"$ref": "#/components/schemas/ErrorOut"},
                        {"$ref": "#/components/schemas/Results"},
                    ]
                }
            }
        },
    }
    return {
        "operationId": f"ingest_{name}",
        "summary": summary,
        "description": f"Stored and folded before the answer, which has one result for each item. "
        f"{_SEGMENT}",
        "tags": ["events"],
        "parameters": [_strict()],
        "requestBody": {"required": True, **_ref(form)},
        "responses": answers,
        **_KEY,
    }


def _come_in() -> Json:
    source: Json = {
        "name": "source",
        "in": "path",
        "required": True,
        "schema": {"type": "string"},
        "description": "A source of the active rule book.",
    }
    return {
        "operationId": "come_in",
        "summary": "A webhook of another system.",
        "description": "Signed as the source of the rule book says, mapped by it, and stored "
        "before the answer. What fits nothing is kept with its reason, and answered with 200.",
        "tags": ["events"],
        "parameters": [source],
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": {"type": ["object", "array"]}}},
        },
        "responses": _answers("CameIn", 400, 401, 403, 404, 413, 415, 429, 503),
    }


def _strict() -> Json:
    return {
        "name": "strict",
        "in": "query",
        "required": False,
        "schema": {"type": "string", "enum": ["0", "1"]},
        "description": "1 refuses the whole request when one item cannot be taken.",
    }


def _ask() -> Json:
    return {
        "operationId": "may_send",
        "summary": "May this message go out?",
        "description": "Judged from what is committed at this moment; never cached.",
        "tags": ["gate"],
        "requestBody": {"required": True, **_ref("Asked")},
        "responses": _answers("Told", 400, 401, 403, 413, 415, 429, 503),
        **_KEY,
    }


def _ask_by_id() -> Json:
    classes = [one.value for one in MessageClass]
    query: list[Json] = [
        {"name": "brand", "in": "query", "required": True, "schema": {"type": "string"}},
        {
            "name": "class",
            "in": "query",
            "required": True,
            "schema": {"type": "string", "enum": classes},
        },
        {"name": "channel", "in": "query", "required": True, "schema": {"type": "string"}},
    ]
    customer: Json = {
        "name": "customer_id",
        "in": "path",
        "required": True,
        "schema": {"type": "string", "pattern": "^p[0-9a-f]{32}$"},
    }
    return {
        "operationId": "may_send_by_id",
        "summary": "May this message go out to this customer?",
        "tags": ["gate"],
        "parameters": [customer, *query],
        "responses": _answers("Told", 400, 401, 403, 429, 503),
        **_KEY,
    }


def _health(name: str, summary: str, *statuses: int) -> Json:
    return {
        "operationId": name,
        "summary": summary,
        "tags": ["server"],
        "responses": {str(s): {"description": "State", **_ref("Health")} for s in statuses},
    }


def written(whole: Json) -> str:
    """Write the document as it is checked in."""
    text = msgspec.json.format(msgspec.json.encode(whole), indent=2).decode()
    return re.sub(r"[ \t]+$", "", text, flags=re.MULTILINE) + "\n"
