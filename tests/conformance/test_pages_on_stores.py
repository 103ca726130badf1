"""A statement may give any number of rows; they come page by page, and once each."""

import pytest

from makegood.ports.store import Store
from makegood.store.session import PAGE
from tests.conformance.engines import ON_DISK

ROWS = 2 * PAGE + 3
COUNTED = """WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
    SELECT i, 'x' FROM n WHERE i > ?"""


@pytest.fixture(params=ON_DISK)
def store(request: pytest.FixtureRequest) -> Store:
    made: Store = request.getfixturevalue(request.param)
    return made


def test_rows_come_once_and_a_reader_may_leave_early(store):
    with store.reading() as reading:
        session = reading._db
        pages = list(session.pages(COUNTED, ROWS, 0))
        assert [len(page) for page in pages] == [PAGE, PAGE, 3]
        assert [row[0] for page in pages for row in page] == list(range(1, ROWS + 1))
        left = session.pages(COUNTED, ROWS, 1)  # two at once, and one of them not to its end
        assert next(left)[0] == (2, "x")
        assert [len(page) for page in session.pages(COUNTED, ROWS, PAGE)] == [PAGE, 3]
        left.close()
        assert session.rows("SELECT 1") == [(1,)]
        assert list(session.pages(COUNTED, 1, 5)) == []
