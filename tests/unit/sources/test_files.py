"""A file's rows are taken, known already, in conflict or in the rejects; the counts add up."""

import json
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from makegood.messages.errors import InputError
from makegood.messages.facts import Touchpoint
from makegood.ports.arrivals import Acknowledged, Arrival
from makegood.ports.rows import Taken
from makegood.sources.files import Counted, Options, Progress, import_file


class Noon:
    def now_ms(self) -> int:
        return 1_767_355_200_000


class Log:
    """Remembers what it took, as the log does: one body for each (source, message id)."""

    def __init__(self) -> None:
        self.arrivals: dict[tuple[str, str], Arrival] = {}
        self.calls: list[int] = []

    def take(self, arrivals) -> list[Acknowledged]:
        self.calls.append(len(arrivals))
        return [Acknowledged(taken=self._take(arrival), event="e") for arrival in arrivals]

    def _take(self, arrival: Arrival) -> Taken:
        known = self.arrivals.setdefault((arrival.source, arrival.message_id), arrival)
        if known is arrival:
            return Taken.NEW
        same = known.body_digest == arrival.body_digest
        return Taken.DUPLICATE if same else Taken.CONFLICT

    def properties(self) -> list[object]:
        bodies = [arrival.body for arrival in self.arrivals.values()]
        return [body.properties for body in bodies if isinstance(body, Touchpoint)]


def bring(path: Path, log: Log, **options) -> Counted:
    return import_file(path, log.take, Noon(), Options(source="history", **options))


def write(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def track(n: int, **more: object) -> str:
    item = {"type": "track", "event": "A", "userId": str(n), "timestamp": "2026-01-01T00:00:00Z"}
    return json.dumps({**item, **more})


def test_json_lines_are_taken_and_the_rest_is_written_down(tmp_path):
    rejects = tmp_path / "rejects.jsonl"
    path = write(
        tmp_path / "f.jsonl",
        track(1, messageId="a"),
        "",
        track(1, messageId="a"),
        "{broken",
        track(2, messageId="a"),
        json.dumps({"type": "track", "event": "A"}),
        track(3),
    )
    log = Log()
    counted = bring(path, log, rejects=rejects)
    assert counted == Counted(rows=6, taken=2, duplicate=1, conflict=1, rejected=2)
    lines = [json.loads(line) for line in rejects.read_text().splitlines()]
    assert sorted(line["line"] for line in lines) == [4, 5, 6]
    assert next(line for line in lines if line["line"] == 4)["raw"] == "{broken"
    assert all(len(line["error"]) > 10 for line in lines)


def test_the_same_file_twice_takes_nothing_twice(tmp_path):
    path = write(tmp_path / "f.csv", "user_id,event,time", "1,A,2026-01-01", "2,B,2026-01-02")
    log = Log()
    assert bring(path, log).taken == 2
    assert bring(path, log) == Counted(rows=2, duplicate=2)


def test_columns_become_fields_and_cells_become_values(tmp_path):
    path = write(
        tmp_path / "f.csv",
        "user_id,Event,timestamp,delay_minutes,seat,paid,properties.trip.from,note_code,empty",
        "007,Flight Delayed,2026-01-01T00:00:00Z,185,007,TRUE,JFK,1.50,",
    )
    log = Log()
    assert bring(path, log, mapping={"note_code": "properties.code:text"}).taken == 1
    assert log.properties() == [
        {
            "delay_minutes": 185,
            "seat": "007",
            "paid": True,
            "trip": {"from": "JFK"},
            "code": "1.50",
        }
    ]
    (arrival,) = log.arrivals.values()
    assert arrival.identifier == "user:007"


def test_a_column_may_be_left_out(tmp_path):
    path = write(tmp_path / "f.csv", "guest,what,secret", "1,A,x")
    log = Log()
    mapping = {"guest": "userId", "what": "event", "secret": "-"}
    assert bring(path, log, mapping=mapping).taken == 1
    assert log.properties() == [{}]


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        ({"nobody": "userId"}, "no column 'nobody'"),
        ({"a": "user"}, "mapped to 'user'"),
        ({"a": "userId", "b": "userId"}, "Two columns"),
    ],
)
def test_a_wrong_mapping_is_refused_before_anything_is_taken(tmp_path, mapping, said):
    log = Log()
    with pytest.raises(InputError, match=said):
        bring(write(tmp_path / "f.csv", "a,b", "1,2"), log, mapping=mapping)
    assert log.calls == []


def test_a_broken_csv_row_does_not_end_the_import(tmp_path):
    rejects = tmp_path / "rejects.jsonl"
    path = tmp_path / "f.csv"
    path.write_bytes(b'userId,event\n1,A,too many\n2\n"3"x,A\n\xff,A\n4,"two\nlines"\n\n5,B\n')
    log = Log()
    counted = bring(path, log, rejects=rejects)
    assert counted == Counted(rows=6, taken=2, rejected=4)
    lines = [json.loads(line) for line in rejects.read_text().splitlines()]
    assert [line["line"] for line in lines] == [2, 3, 4, 5]
    assert lines[3]["raw"] == "\\xff,A"


def test_parquet_rows_are_taken(tmp_path):
    path = tmp_path / "f.parquet"
    frame = pl.DataFrame(
        {
            "userId": [1, 2, None],
            "event": ["A", "B", "C"],
            "timestamp": pl.Series(["2026-01-01", "2026-01-02", "2026-01-03"]).str.to_datetime(),
            "ratio": [0.5, float("nan"), 1.0],
            "legs": [["JFK", "SFO"], [], None],
        }
    )
    frame.write_parquet(path)
    log = Log()
    counted = bring(path, log, is_history=True)
    assert counted == Counted(rows=3, taken=2, rejected=1)
    assert log.properties() == [{"ratio": 0.5, "legs": ["JFK", "SFO"]}, {"legs": []}]
    assert all(arrival.imported for arrival in log.arrivals.values())


def test_many_rows_come_in_batches_and_progress_reaches_the_end(tmp_path):
    seen: list[Progress] = []
    for name in ("f.jsonl", "f.parquet"):
        path = tmp_path / name
        if name == "f.jsonl":
            write(path, *(track(n) for n in range(1201)))
        else:
            pl.DataFrame({"userId": range(1201), "event": ["A"] * 1201}).write_parquet(path)
        log = Log()
        seen.clear()
        assert bring(path, log, progress=seen.append).taken == 1201
        assert log.calls == [500, 500, 201]
        assert [p.done for p in seen] == sorted(p.done for p in seen)
        assert seen[-1].done == seen[-1].total > 0


def test_a_dry_run_counts_and_takes_nothing(tmp_path):
    path = write(tmp_path / "f.jsonl", track(1), "{", track(2, properties={"email": "n/a"}))
    log = Log()
    assert bring(path, log, is_dry_run=True) == Counted(rows=3, taken=2, rejected=1)
    assert log.calls == []


def test_history_must_say_when_it_happened(tmp_path):
    path = write(tmp_path / "f.csv", "userId,event", "1,A")
    assert bring(path, Log(), is_history=True) == Counted(rows=1, rejected=1)


def test_a_line_too_long_for_memory_is_one_reject(tmp_path):
    path = write(tmp_path / "f.jsonl", "x" * 3_000_000, track(1))
    assert bring(path, Log()) == Counted(rows=2, taken=1, rejected=1)


@pytest.mark.parametrize("name", ["f.xlsx", "missing.csv", "empty.csv", "broken.parquet"])
def test_a_file_that_cannot_be_read_at_all_is_refused(tmp_path, name):
    path = tmp_path / name
    if not name.startswith("missing"):
        path.write_bytes(b"" if "empty" in name else b"nonsense")
    with pytest.raises(InputError):
        bring(path, Log())


cells = st.text(max_size=12) | st.sampled_from(["1", "A", '"', "\n", "2026-01-01"])


@given(st.lists(st.lists(cells, max_size=4), max_size=12))
def test_whatever_a_csv_file_holds_the_counts_add_up(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("csv") / "f.csv"
    text = "userId,event,timestamp\n" + "\n".join(",".join(row) for row in rows)
    path.write_text(text, encoding="utf-8", newline="")
    rejects = path.with_suffix(".rejects")
    counted = bring(path, Log(), rejects=rejects)
    assert counted.rows == (
        counted.taken + counted.duplicate + counted.conflict + counted.rejected
    )
    written = rejects.read_bytes().count(b"\n")
    assert written == counted.conflict + counted.rejected
