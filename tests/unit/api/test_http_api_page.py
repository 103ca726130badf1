"""The page about the HTTP interface says what the code does."""

import re
from pathlib import Path

import msgspec

from makegood.api.forms import Asked, Told
from makegood.api.problems import Problem
from makegood.sources.batch import read_batch
from makegood.sources.limits import MAX_BATCH_BYTES, MAX_BATCH_ITEMS, MAX_EVENT_BYTES
from makegood.sources.personal import MAX_DEPTH, PERSONAL
from makegood.sources.segment import KINDS, Envelope, Read

PAGE = (Path(__file__).parents[3] / "docs" / "reference" / "http-api.md").read_text("utf-8")
NO, BATCH, QUESTION, ANSWER = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)


def test_the_examples_are_of_their_form():
    assert msgspec.json.decode(NO, type=dict[str, Problem])["error"].where == "batch[1]"
    outcomes = read_batch(BATCH.encode(), Envelope(source="x", received_ms=1_769_851_800_000))
    assert [type(outcome) for outcome in outcomes] == [Read]
    assert msgspec.json.decode(QUESTION, type=Asked).channel == "mail"
    assert not msgspec.json.decode(ANSWER, type=Told).allowed


def test_every_personal_key_is_listed():
    listed = set(re.findall(r"`([a-z0-9]+)`", PAGE))
    assert listed >= PERSONAL


def test_the_limits_and_paths_are_those_of_the_code():
    assert f"{MAX_EVENT_BYTES // 1024} KB an event, {MAX_BATCH_BYTES // 1024} KB" in PAGE
    assert f"{MAX_BATCH_ITEMS:,} events a request" in PAGE
    assert f"{MAX_DEPTH} levels" in PAGE
    assert all(f"/v1/{kind}" in PAGE for kind in KINDS)
