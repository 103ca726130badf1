"""Run every benchmark, one after the other, and print a Markdown table and one line of JSON.

`python -m benchmarks --quick` takes a minute; `--only fold --only queue` runs some of them;
`--write docs/performance.md` also puts the table between the two marks of that page.
"""

import argparse
import re
import tempfile
from pathlib import Path

import msgspec

from benchmarks.databases import postgres_server
from benchmarks.report import Plan, machine, markdown, moment
from benchmarks.suite import ALL, run_all

MARKED = re.compile(r"(?<=<!-- figures: begin -->\n).*?(?=\n<!-- figures: end -->)", re.DOTALL)


def write_into(page: Path, table: str) -> None:
    """Replace what stands between the marks of a page."""
    text, count = MARKED.subn(lambda _: table, page.read_text())
    if count != 1:
        raise SystemExit(f"{page} needs one pair of marks: <!-- figures: begin --> and end.")
    page.write_text(text)


def main() -> None:
    """Measure, print, and fail when a bound is broken."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small inputs, few repeats")
    parser.add_argument("--only", action="append", choices=ALL, help="repeat for several")
    parser.add_argument("--postgres", default="", metavar="URL", help="a server; else the wheel's")
    parser.add_argument("--folder", metavar="PATH", help="on the disk to measure")
    parser.add_argument("--write", type=Path, metavar="PAGE", help="a page with the two marks")
    asked = parser.parse_args()
    names = [name for name in ALL if not asked.only or name in asked.only]
    with tempfile.TemporaryDirectory(dir=asked.folder) as folder:
        path = Path(folder)
        with postgres_server(asked.postgres, path) as url:
            before = moment(path)
            results = run_all(names, Plan(quick=asked.quick, postgres=url, folder=path))
            where = machine(before, moment(path))
    table = markdown(where, results)
    print(table)
    print()
    print(msgspec.json.encode({"machine": where, "results": results}).decode())
    if asked.write:
        write_into(asked.write, table)
    if not all(bound.holds for result in results for bound in result.bounds):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
