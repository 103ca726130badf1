"""A large synthetic firm's week: forty brands, many kinds of failure, three currencies."""

from msgspec.structs import replace

from makegood.analytics.monday.figures import Counts, figures_of
from makegood.analytics.monday.weeks import week_named
from makegood.bootstrap import Makegood
from makegood.messages.ids import RepId
from makegood.playbooks.monday import MondayRule
from makegood.ports.monday import MondayLetter, letter_id
from makegood.ports.reckoned import (
    ClosedCount,
    CustomerCount,
    HeldCount,
    LetDownCount,
    MovedSum,
    OverdueCount,
    RequestCount,
    StandingCount,
)
from makegood.ports.sends import Sends
from makegood.ports.voice import VoiceCount
from makegood.projections.monday_page import html_of, text_of
from makegood.runtime.monday_sheet import Told, sheet_of

DAY_MS = 86_400_000
BRANDS = tuple(f"house_of_the_{n:02}_th_brand" for n in range(40))


def week_of_forty() -> Counts:
    """Count what a firm of forty brands does in a week."""
    lets, customers, closed, standing, held, moved, late = [], [], [], [], [], [], []
    for place, brand in enumerate(BRANDS):
        for week in (0, 1):
            for kind in range(12):
                rule = f"a_kind_of_failure_with_quite_a_long_name_{kind}"
                root = f"rule:late_cancellation_fee_of_group_{kind}" if kind % 3 else ""
                lets.append(
                    LetDownCount(
                        week=week, brand=brand, rule=rule, root=root,
                        cause="nature" if kind == 5 else "firm",
                        root_kind="policy" if root else "", failures=90 + place + kind, again=7,
                    )
                )  # fmt: skip
            customers.append(CustomerCount(week=week, brand=brand, customers=800 + place))
            closed += [
                ClosedCount(
                    week=week, brand=brand, phase="made_whole", minutes=30 * n, cases=5 + n
                )
                for n in range(1, 9)
            ]
            moved += [
                MovedSum(
                    week=week, brand=brand, account="owed", currency=currency, cents=987_654_321
                )
                for currency in ("EUR", "GBP", "USD")
            ]
        standing.append(
            StandingCount(
                brand=brand, owner=RepId(f"rep{place % 7}" if place % 5 else ""), cases=90,
                unclear=3, oldest_ms=1_767_000_000_000,
            )
        )  # fmt: skip
        held.append(HeldCount(brand=brand, customers=700))
        late.append(OverdueCount(kind="promise", brand=brand, items=9, oldest_ms=5))
    customers += [CustomerCount(week=n, brand=None, customers=31_234) for n in (0, 1)]
    held.append(HeldCount(brand=None, customers=27_777))
    no = RequestCount(
        week=1, name="refund_after_departure", how="allowed", by_rule=True, again=True,
        requests=2_345,
    )  # fmt: skip
    post = VoiceCount(
        source="x", brand="", language="en", posts=1_000, answered=900, not_late=800, in_time=500
    )
    stopped = (Sends(day=1, brand="", channel="mail", way="held", count=123_456),)
    return Counts(
        let_down=lets, customers=customers, closed=closed, standing=(standing, standing),
        held=(held, held), moved=moved, requests=[no, replace(no, week=0)],
        overdue=(late, late), posts=((post,), (post,)), stopped=(stopped, stopped),
    )  # fmt: skip


def letter_of_forty(makegood: Makegood, language: str) -> MondayLetter:
    """Write its letter, late and with everything a letter can say, and keep it."""
    rule = MondayRule(id=f"forty_{language}", to=("md@firm.example.com",), language=language)
    week = week_named("2026-W01", "Europe/Berlin")
    assert week is not None
    names = {f"rep{n}": f"Maximiliane Mustermann-Beispiel {n}" for n in range(7)}
    told = Told(
        week=week, now_ms=week.ends_ms + DAY_MS, names=names, more=12,
        late_ms=week.ends_ms, is_counting=True,
    )  # fmt: skip
    sheet = sheet_of(figures_of(week_of_forty()), rule, makegood.library, told)
    name = letter_id(rule.id, week.name)
    row = MondayLetter(
        letter=name, name=rule.id, week=week.name, brands=(), to=rule.to, at_ms=told.now_ms,
        due_ms=week.ends_ms, book=makegood.book.hash, failures=1, sheet=sheet,
        html=html_of(sheet, "https://makegood.example.com", f"/desk/feelings/letters/{name}"),
        text=text_of(sheet, "https://makegood.example.com", f"/desk/feelings/letters/{name}"),
        late=True,
    )  # fmt: skip
    with makegood.store.writing() as writing:
        writing.put_monday(row)
    return row
