"""The figures of a week in words: one page that says what to do."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from urllib.parse import quote

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal
from msgspec import Struct

from makegood.analytics.monday.figures import Figures, Middle, Pair, Part, RuleFigure
from makegood.analytics.monday.weeks import Week
from makegood.messages.money import Money
from makegood.playbooks.book import Library
from makegood.playbooks.monday import MondayRule
from makegood.ports.monday import BrandLine, Sheet, SheetPart, SheetRow
from makegood.projections.figures import clock_words, day_words, locale_for, money_words
from makegood.projections.orders import failure_words
from makegood.runtime.monday_words import EN, WORDS

MOST_KINDS = 4
MOST_BRANDS = 6
MOST_OWNERS = 3
MOST_DOING = 4
MOST_CURRENCIES = 3


class Told(Struct, frozen=True, kw_only=True):
    """What a letter says beside its figures.

    Attributes:
        week: Which week.
        now_ms: When it is written.
        names: Names of people of the firm, by sign-in name.
        more: Failures of the week before that became known after its letter.
        late_ms: When it was due, where it is late; 0 otherwise.
        is_counting: Customers of before an upgrade are still being counted.
    """

    week: Week
    now_ms: int
    names: Mapping[str, str] = {}
    more: int = 0
    late_ms: int = 0
    is_counting: bool = False


def sheet_of(figures: Figures, rule: MondayRule, library: Library, told: Told) -> Sheet:
    """Write a letter; the same figures give the same words."""
    return _Writer(figures, rule, library, told).sheet()


class _Writer:
    def __init__(self, figures: Figures, rule: MondayRule, library: Library, told: Told) -> None:
        self._f = figures
        self._rule = rule
        self._library = library
        self._book = library.now()
        self._told = told
        self._words = WORDS.get(rule.language, EN)
        self._locale: Locale = locale_for(rule.language)

    def sheet(self) -> Sheet:
        f, week = self._f, self._told.week
        has_brands = len(f.brands) > 1
        return Sheet(
            language=self._rule.language,
            subject=self._say(
                "subject", week=week.name, failures=self._n(f.failures.now),
                waiting=self._n(f.waiting.now),
            ),
            title=self._say("title", umbrella=self._book.umbrella),
            week=self._say(
                "week", week=week.name, first=self._day(week.first), last=self._day(week.last)
            ),
            doing=tuple(self._doing())[:MOST_DOING] or (self._say("do_nothing"),),
            heads=(self._say("now"), self._say("before")),
            parts=tuple(
                SheetPart(title=self._say(title), rows=tuple(rows))
                for title, rows in (
                    ("let_down", self._let_down()),
                    ("held", self._held()),
                    ("made_good", self._made_good()),
                    ("waiting", self._waiting()),
                    ("public", self._public()),
                    ("rules", self._rules()),
                    ("unseen", self._unseen()),
                )
            ),
            brand_heads=tuple(
                self._say(one)
                for one in ("brand", "h_failures", "h_customers", "h_held", "h_good", "h_waiting")
            )
            if has_brands
            else (),
            brand_rows=self._brands() if has_brands else (),
            brand_rest=self._rest() if has_brands else "",
            notes=tuple(self._notes()),
            foot=self._say("foot", book=f"{self._book.name} {self._book.hash[:8]}"),
        )  # fmt: skip

    def _say(self, key: str, **values: object) -> str:
        return self._words[key].format(**values)

    def _n(self, count: int) -> str:
        return str(format_decimal(count, locale=self._locale))

    def _day(self, day: date) -> str:
        return str(format_date(day, "long", locale=self._locale))

    def _moment(self, at_ms: int) -> str:
        zone = self._told.week.zone
        day = day_words(at_ms, zone, self._locale)
        return f"{day}, {clock_words(at_ms, zone, self._locale)}"

    def _row(self, key: str, pair: Pair, note: str = "", link: str = "") -> SheetRow:
        return SheetRow(
            label=self._say(key), now=self._n(pair.now), before=self._n(pair.before),
            note=note, link=link,
        )  # fmt: skip

    def _let_down(self) -> Iterator[SheetRow]:
        f = self._f
        yield self._row("customers", f.customers)
        yield self._row("failures", f.failures, link="/desk/")
        kinds = [one for one in f.kinds if one[1].now or one[1].before]
        for name, pair in kinds[:MOST_KINDS]:
            title = failure_words(name, self._library)
            yield SheetRow(
                label=title, now=self._n(pair.now), before=self._n(pair.before), sub=True
            )
        rest = [pair for _, pair in kinds[MOST_KINDS:]]
        if rest:
            yield SheetRow(
                label=self._say("more_kinds", count=len(rest)),
                now=self._n(sum(one.now for one in rest)),
                before=self._n(sum(one.before for one in rest)),
                sub=True,
            )
        yield self._row("again", f.again)
        yield self._row("outside", f.outside)

    def _held(self) -> Iterator[SheetRow]:
        yield self._row("held_now", self._f.held)
        yield self._row("stopped", self._f.stopped, link="/desk/connections/")

    def _made_good(self) -> Iterator[SheetRow]:
        f = self._f
        yield self._row("good", f.made_good, note=self._share_note(f.said_good[0]))
        now, before = f.took
        yield SheetRow(
            label=self._say("took"), now=self._middle(now), before=self._middle(before),
            note=self._middle_note(now),
        )  # fmt: skip
        for account, currency, pair in f.money[:MOST_CURRENCIES]:
            kind = self._words.get(account, account)
            yield SheetRow(
                label=f"{self._say('cost')}: {kind}",
                now=money_words(Money(pair.now, currency), self._locale),
                before=money_words(Money(pair.before, currency), self._locale),
            )

    def _share_note(self, part: Part) -> str:
        interval = part.interval
        percent = "" if interval is None else self._say(
            "interval", low=round(100 * interval.low), high=round(100 * interval.high)
        )  # fmt: skip
        return self._say("good_note", part=part.part, whole=part.whole, interval=percent)

    def _middle(self, one: Middle) -> str:
        return "-" if one.interval is None else _span(one.interval.value)

    def _middle_note(self, one: Middle) -> str:
        if one.interval is None:
            return self._say("too_few")
        ends = (one.interval.low, one.interval.high)
        between = self._say("between", low=_span(ends[0]), high=_span(ends[1]))
        return f"{self._say('median_of', cases=one.cases)}, {between}"

    def _waiting(self) -> Iterator[SheetRow]:
        f, zone = self._f, self._told.week.zone
        yield self._row("open", f.waiting, note=self._owners(), link="/desk/")
        if f.oldest_ms:
            day = day_words(f.oldest_ms, zone, self._locale)
            yield SheetRow(label=self._say("longest"), now=day)
        yield self._row("promises", f.promises, link="/desk/team/silent")
        yield self._row("waits", f.waits, link="/desk/team/silent")
        yield self._row("asked", f.asked, link="/desk/asked")

    def _owner(self, rep: str) -> str:
        return self._told.names.get(rep, rep) if rep else self._say("nobody")

    def _owners(self) -> str:
        if not self._f.owners:
            return ""
        shown = self._f.owners[:MOST_OWNERS]
        rest = sum(count for _, count in self._f.owners[MOST_OWNERS:])
        words = [f"{self._owner(rep)} {self._n(count)}" for rep, count in shown]
        if rest:
            words.append(self._say("others", count=self._n(rest)))
        return self._say("owners", owners=", ".join(words))

    def _public(self) -> Iterator[SheetRow]:
        f = self._f
        yield self._row("posts", f.posts, link="/desk/voice")
        now, before = f.in_time
        note = self._say("too_few")
        if now.interval is not None:
            low, high = round(100 * now.interval.low), round(100 * now.interval.high)
            note = self._say("between", low=f"{low} %", high=f"{high} %")
        yield SheetRow(
            label=self._say("in_time"), now=self._part(now), before=self._part(before),
            note=note if now.whole else "",
        )  # fmt: skip

    def _part(self, one: Part) -> str:
        return self._say("part", part=self._n(one.part), whole=self._n(one.whole))

    def _rules(self) -> Iterator[SheetRow]:
        f = self._f
        yield self._row("policy", f.policy, link="/desk/team/root-causes")
        yield self._row("refused", f.refused)
        yield self._row("reconsidered", f.reconsidered)
        yield self._row("exceptions", f.exceptions)
        if f.rules:
            worst = f.rules[0]
            note = self._say(
                "worst_note", version=self._book.hash[:8], let_down=worst.let_down,
                refused=worst.refused, exceptions=worst.exceptions,
            )  # fmt: skip
            yield SheetRow(
                label=self._say("worst", rule=worst.rule),
                now=self._n(worst.let_down + worst.refused), note=note, link=_rule_link(worst),
            )  # fmt: skip

    def _unseen(self) -> Iterator[SheetRow]:
        f = self._f
        yield self._row("unsettled", f.unsettled, link="/desk/team/root-causes")
        yield self._row("unclear", f.unclear)
        yield self._row("ownerless", f.ownerless)

    def _doing(self) -> Iterator[str]:
        f, zone = self._f, self._told.week.zone
        if f.ownerless.now:
            yield self._say("do_owner", count=self._n(f.ownerless.now))
        if f.promises.now:
            yield self._say("do_promises", count=self._n(f.promises.now))
        if f.rules:
            worst = f.rules[0]
            count = self._n(worst.let_down + worst.refused)
            yield self._say(
                "do_rule", rule=worst.rule, count=count, exceptions=self._n(worst.exceptions)
            )
        if f.oldest_ms:
            day = day_words(f.oldest_ms, zone, self._locale)
            yield self._say("do_longest", day=day, owner=self._owner(f.owners[0][0]))
        late = f.in_time[0].whole - f.in_time[0].part
        if late:
            yield self._say("do_public", late=self._n(late), whole=self._n(f.in_time[0].whole))
        if f.unsettled.now:
            yield self._say("do_unsettled", count=self._n(f.unsettled.now))

    def _brands(self) -> tuple[BrandLine, ...]:
        return tuple(
            BrandLine(
                name=self._brand(one.brand),
                cells=tuple(
                    self._n(count)
                    for count in (
                        one.failures, one.customers, one.held, one.made_good, one.waiting,
                    )
                ),
            )
            for one in self._f.brands[:MOST_BRANDS]
        )  # fmt: skip

    def _brand(self, brand: str) -> str:
        known = self._book.brands.get(brand)
        return known.name if known is not None else brand or self._say("no_brand")

    def _rest(self) -> str:
        more = len(self._f.brands) - MOST_BRANDS
        return self._say("rest", count=more) if more > 0 else ""

    def _notes(self) -> Iterator[str]:
        told = self._told
        if told.late_ms:
            yield self._say("late", due=self._moment(told.late_ms))
        if told.now_ms < told.week.ends_ms:
            yield self._say("not_over", moment=self._moment(told.now_ms))
        if told.more:
            key = "late_known" if told.more > 0 else "fewer_known"
            yield self._say(key, count=self._n(abs(told.more)))
        if told.is_counting:
            yield self._say("still_counting")
        if self._rule.brands:
            names: Sequence[str] = [self._brand(one) for one in self._rule.brands]
            shown = ", ".join(names[:MOST_BRANDS])
            more = len(names) - MOST_BRANDS
            rest = f" {self._say('rest', count=more)}" if more > 0 else ""
            yield self._say("brands", brands=shown + rest)
        yield self._say("counts", moment=self._moment(told.now_ms))


def _rule_link(worst: RuleFigure) -> str:
    if worst.let_down:
        return f"/desk/team/root-cause?cause={quote(f'rule:{worst.rule}', safe='')}"
    return "/desk/rules"


def _span(minutes: float) -> str:
    """Write minutes: 45 min, 3 h 20 min, 5 d; an end that nobody knows is open."""
    if minutes in (float("inf"), float("-inf")):
        return "…"
    whole = round(minutes)
    if whole < 60:
        return f"{whole} min"
    if whole < 2 * 24 * 60:
        return f"{whole // 60} h {whole % 60} min"
    return f"{whole // (24 * 60)} d"
