"""Small exports for the audit's tests, written to a folder of the test's own."""

import csv
from collections.abc import Sequence
from pathlib import Path

from makegood.analytics.audit.figures import Audit
from makegood.analytics.audit.options import Options
from makegood.analytics.audit.run import audit_files
from makegood.playbooks.book import RuleBook

DAY_MS = 86_400_000
NO_OPTIONS = Options()


def write_csv(path: Path, rows: Sequence[Sequence[str]], *, separator: str = ",") -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=separator).writerows(rows)
    return path


def audited(
    folder: Path,
    failures: Sequence[Sequence[str]],
    sends: Sequence[Sequence[str]],
    *,
    book: RuleBook | None = None,
    options: Options = NO_OPTIONS,
) -> Audit:
    figures, _ = audit_files(
        write_csv(folder / "failures.csv", failures),
        write_csv(folder / "sends.csv", sends),
        book,
        options,
    )
    check_sums(figures)
    return figures


def check_sums(figures: Audit) -> None:
    """Every row of both files is in exactly one account."""
    one, two = figures.failures, figures.sends
    assert one.rows == one.left_out + one.no_failure + one.cannot_judge + one.holding
    assert two.rows == sum(
        (
            two.left_out, two.not_arrived, two.came_later, two.sent_and_arrived, two.service,
            two.unclassified, two.to_others, two.outside_holds, two.repeated, two.held_longer,
            two.held,
        )
    )  # fmt: skip
    assert sum(entry.rows for entry in figures.left_out) == one.left_out + two.left_out
