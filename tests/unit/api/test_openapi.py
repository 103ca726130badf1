"""The checked-in document is the one the code gives, and every answer has its form in it."""

import json
from pathlib import Path

import pytest

from makegood.api.openapi import written

SNAPSHOT = Path(__file__).parents[3] / "docs" / "reference" / "openapi.json"


def test_the_document_that_is_checked_in_is_the_one_that_is_served(django_ready):
    from makegood.api.urls import openapi

    assert SNAPSHOT.read_text(encoding="utf-8") == written(openapi()), (
        "run: python -m makegood.api > docs/reference/openapi.json"
    )


@pytest.mark.parametrize("path", ["/v1/batch", "/v1/may-send", "/v1/cases", "/v1/failures"])
def test_hot_and_slow_paths_stand_in_one_document(path):
    document = json.loads(SNAPSHOT.read_text(encoding="utf-8"))
    assert document["openapi"].startswith("3.1")
    assert path in document["paths"]


def test_every_reference_leads_somewhere():
    text = SNAPSHOT.read_text(encoding="utf-8")
    schemas = json.loads(text)["components"]["schemas"]
    names = {part.split('"')[0] for part in text.split('"#/components/schemas/')[1:]}
    assert names
    assert names <= set(schemas)
