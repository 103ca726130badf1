"""What is written in part never stays, however late a thread of the engine still writes."""

import os
from contextlib import suppress

import polars as pl
import pytest

from makegood.gate.screening.lists import whole, written
from makegood.messages.errors import InputError


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".parquet"])
def test_a_thread_that_is_late_leaves_no_file_behind(tmp_path, suffix):
    path = tmp_path / f"good{suffix}"
    rows = pl.LazyFrame({"email": ["ana@example.org"]})
    late = None
    with suppress(InputError), whole(path) as file:
        late = written(rows, path, file)
        raise InputError("Another thread could not read the list.")
    assert late is not None
    with suppress(ValueError, OSError, pl.exceptions.PolarsError):
        late.collect(engine="streaming")
    assert os.listdir(tmp_path) == []


def test_what_is_written_appears_when_it_is_whole(tmp_path):
    path = tmp_path / "good.parquet"
    rows = pl.LazyFrame({"email": ["ana@example.org"]})
    with whole(path) as file:
        written(rows, path, file).collect(engine="streaming")
        assert not path.exists()
    assert os.listdir(tmp_path) == ["good.parquet"]
    assert pl.read_parquet(path).to_dicts() == [{"email": "ana@example.org"}]
