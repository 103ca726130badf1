"""Builds and serves the comparator; each engine is one of Django's databases.

It is written to be fast: keys are remembered as ours are, connections are kept, one query joins
identifier and customer, and nothing runs that the question does not need. It knows one kind of
hold and folds nothing.
"""

import hashlib
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar, Literal

import django
from a2wsgi import WSGIMiddleware
from django.conf import settings
from django.http import HttpRequest
from django.urls import path

from makegood.web.database import django_database
from makegood.web.screens import SCREEN_THREADS, behind
from makegood.web.wire import Handler

HELD = frozenset({"promotional", "survey", "mixed"})
KEY, KEY_SECONDS = "mg_orm", 4.0
urlpatterns: list[Any] = []


def begin(folder: Path, postgres: str) -> tuple[str, ...]:
    """Set Django up; give the names of its databases."""
    databases = {"default": django_database(f"sqlite:///{folder / 'orm.db'}")}
    if postgres:
        databases["postgres"] = django_database(postgres)
    for one in databases.values():
        one.update(CONN_MAX_AGE=None, CONN_HEALTH_CHECKS=False)  # no look before each request
    settings.configure(
        DATABASES=databases,
        INSTALLED_APPS=["benchmarks.orm"],
        ROOT_URLCONF="benchmarks.orm.gate",
        MIDDLEWARE=["django.middleware.common.CommonMiddleware"],  # the answer's length
        ALLOWED_HOSTS=["localhost"],
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        USE_TZ=True,
    )
    django.setup()
    urlpatterns.append(path("", _api().urls))
    return tuple(databases)


def fill(engine: str, names: Sequence[str], held: Sequence[str]) -> None:
    """Write the customers that the other side knows, and the same holds."""
    from django.db import connections

    from benchmarks.orm.models import Customer, Hold, Identifier, Key, Unsubscribe

    with connections[engine].schema_editor() as schema:
        for model in (Customer, Identifier, Hold, Unsubscribe, Key):
            schema.create_model(model)
    made = Customer.objects.using(engine).bulk_create([Customer() for _ in names])
    known = dict(zip(names, made, strict=True))
    Identifier.objects.using(engine).bulk_create(
        [Identifier(name=name, customer=customer) for name, customer in known.items()]
    )
    since = datetime(2026, 1, 1, tzinfo=UTC)
    Hold.objects.using(engine).bulk_create(
        [Hold(customer=known[name], brand="", case=f"k{name}", since=since) for name in held]
    )
    Key.objects.using(engine).create(sha256=_digest(KEY), scopes="gate,ingest")


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def _api() -> Any:
    from ninja import NinjaAPI, Schema
    from pydantic import Field

    from benchmarks.orm.models import Hold, Identifier, Unsubscribe

    class Question(Schema):
        identifier: str
        brand: str
        message_class: Literal[
            "promotional", "survey", "mixed", "service", "receipt", "safety", "legal"
        ] = Field(alias="class")
        channel: str

    class Told(Schema):
        allowed: bool
        reason: str
        says: str
        since: datetime | None = None
        until: str | None = None
        case: str | None = None

    api = NinjaAPI(auth=_Keys()(), docs_url=None, openapi_url=None)

    @api.post("{engine}/v1/may-send", response=Told)
    def may_send(request: HttpRequest, engine: str, asked: Question) -> dict[str, Any]:  # noqa: ARG001
        if asked.message_class not in HELD:
            return {"allowed": True, "reason": "service", "says": "Service always passes."}
        found = Identifier.objects.using(engine).filter(name=asked.identifier).first()
        if found is None:
            return {"allowed": True, "reason": "unknown", "says": "Nobody is known by this name."}
        holds = Hold.objects.using(engine).filter(
            customer_id=found.customer_id, lifted__isnull=True, brand__in=("", asked.brand)
        )
        hold = holds.order_by("since").first()
        if hold is not None:
            return {"allowed": False, "reason": "hold", "says": "A failure is not made good yet.",
                    "since": hold.since, "until": "made_whole", "case": hold.case}  # fmt: skip
        own = Unsubscribe.objects.using(engine).filter(
            customer_id=found.customer_id, brand=asked.brand, channel=asked.channel
        )
        if own.exists():
            return {"allowed": False, "reason": "unsubscribed", "says": "The customer said no."}
        return {"allowed": True, "reason": "free", "says": "Nothing stands against it."}

    return api


def _Keys() -> Any:  # noqa: N802 - gives a class
    from ninja.security import HttpBearer

    from benchmarks.orm.models import Key

    class Keys(HttpBearer):
        """Looks a key up, and remembers it as long as ours are remembered."""

        known: ClassVar[dict[str, float]] = {}

        def authenticate(self, request: HttpRequest, token: str) -> str | None:  # noqa: ARG002
            if self.known.get(token, 0.0) > time.monotonic():
                return token
            wanted = Key.objects.filter(sha256=_digest(token), revoked__isnull=True)
            scopes = wanted.values_list("scopes", flat=True).first()
            if scopes is None or "gate" not in scopes:
                return None
            self.known[token] = time.monotonic() + KEY_SECONDS
            return token

    return Keys


def handler() -> Handler:
    """Give it as WSGI in threads, as our own screens are: its fastest way on this server."""
    from django.core.wsgi import get_wsgi_application

    wsgi: Any = get_wsgi_application()
    return behind(WSGIMiddleware(wsgi, workers=SCREEN_THREADS), 0)


def engines_of(names: Sequence[str]) -> Iterator[str]:
    """Name the engine of each database."""
    return ("PostgreSQL" if name == "postgres" else "SQLite" for name in names)
