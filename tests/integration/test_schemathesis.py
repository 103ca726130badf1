"""Whatever is sent to the documented interface: never a 500, and every no says what and where."""

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import Case, Response
from schemathesis.checks import CheckContext
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from makegood.api.keys import SCOPES, mint
from makegood.bootstrap import Makegood
from makegood.messages.facts import Identified, Touchpoint
from makegood.web.asgi import screens
from makegood.web.front import Front
from makegood.web.parts import Joined, Parts
from tests.e2e import screens as desk
from tests.integration.fronts import serving

DOCUMENT = Path(__file__).parents[2] / "docs" / "reference" / "openapi.json"
schema = schemathesis.openapi.from_dict(json.loads(DOCUMENT.read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[str, str]]:
    """The whole application, Django included, with one case in it."""
    with desk.serving() as (makegood, _):
        facts = {"reservation": "R1", "reason": "no_vehicle"}
        lost = Touchpoint(name="Rental Unfulfilled", properties=facts)
        desk.take(makegood, "user:1", Identified(), "hello")
        desk.take(makegood, "user:1", lost, "lost")
        text, row = mint("tester", tuple(SCOPES), 0)
        with makegood.store.writing() as writing:
            writing.put_key(row)
        with serving(Front(lambda: Parts(joined(makegood)), screens)) as url:
            yield url, text


def joined(makegood: Makegood) -> Joined:
    return Joined(
        take=makegood.intake.take,
        gate=makegood.gate,
        store=makegood.store,
        clock=makegood.clock,
        key=makegood.settings.key,
    )


def says_what_and_where(ctx: CheckContext, response: Response, case: Case) -> None:
    """A check of ours: 500 never, and every 4xx and 503 has the one shape."""
    assert response.status_code < 500 or response.status_code == 503
    if response.status_code >= 400:
        error = response.json()["error"]
        assert set(error) == {"code", "message", "where", "what_to_do"}
        assert all(error.values())


@schema.parametrize()
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_the_interface_keeps_its_word(case: Case, server: tuple[str, str]) -> None:
    url, key = server
    answer = case.call(base_url=url, headers={"Authorization": f"Bearer {key}"})
    checks = [
        says_what_and_where,
        status_code_conformance,
        content_type_conformance,
        response_schema_conformance,
        unsupported_method,
    ]
    case.validate_response(answer, checks=checks)


def test_the_document_is_served_as_it_is_checked_in(server: tuple[str, str]) -> None:
    url, _ = server
    assert httpx.get(f"{url}/v1/openapi.json").json() == json.loads(DOCUMENT.read_text())
    assert httpx.get(f"{url}/readyz").json()["status"] == "ready"


def test_a_body_reaches_the_slower_routes(server: tuple[str, str]) -> None:
    url, key = server
    headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": "once"}
    body = {"identifier": "user:1", "words": "x" * 3_900}
    for repeated in (False, True):
        answer = httpx.post(f"{url}/v1/failures", json=body, headers=headers)
        assert (answer.status_code, answer.json()["repeated"]) == (200, repeated)


def test_the_screens_are_behind_the_same_door(server: tuple[str, str]) -> None:
    url, _ = server
    answer = httpx.get(f"{url}/desk/")
    assert answer.status_code == 302
    assert httpx.get(f"{url}/accounts/login/").status_code == 200
    assert httpx.get(f"{url}/nothing/").status_code == 404
