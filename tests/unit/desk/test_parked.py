"""The tab of parked mail: how much waits and why; one that was guessed wrong may be released."""

import pytest
from msgspec.structs import replace

from makegood.bootstrap import Makegood
from makegood.ports.parking import ParkedRow, parked_id
from makegood.projections.parked import masked
from makegood.testing.store_parking_conformance import parked_mail, waiting
from tests.unit.desk.browsing import words_of

PAGE = "/desk/connections/parked"


def park(makegood: Makegood, *rows: ParkedRow) -> None:
    with makegood.store.writing() as writing:
        writing.park([parked_mail()], rows)


def of_cars(who: str, **changes) -> ParkedRow:
    known = {"brand": "northwind_cars", "classed_by": "signals", **changes}
    return replace(waiting(who, at_ms=1_767_258_000_000), **known)


def release(browser, row: ParkedRow, reason: str = "It is a receipt"):
    given = {"parked": row.parked, "reason": reason}
    return browser.post(f"{PAGE}/release", given, follow=True)


def test_what_waits_is_counted_and_listed_without_addresses(omar, makegood: Makegood):
    assert "No mail waits at the SMTP gate." in words_of(omar.get(PAGE))
    ruled = of_cars("susanne.miller", classed_by="rule", rule="campaign_tool")
    park(makegood, ruled, of_cars("bo"), of_cars("eve", reason="unclassified", message_class=""))
    page = omar.get(PAGE)
    text = words_of(page)
    assert "2 of Northwind Cars : marketing to them is held" in text
    assert "1 of Northwind Cars : nobody knows what this mail is" in text
    assert "s…r@example.org" in text
    assert "the rule campaign_tool says so" in text
    assert "susanne.miller" not in page.content.decode()


def test_a_supervisor_releases_what_was_guessed_with_a_reason(omar, makegood: Makegood):
    row = of_cars("ana")
    park(makegood, row)
    assert "Say in up to 200 characters" in words_of(release(omar, row, "  "))
    assert "the gate sends it within seconds" in words_of(release(omar, row))
    with makegood.store.reading() as reading:
        found = reading.parked_row(row.parked)
    assert found is not None
    assert (found.message_class, found.classed_by) == ("service", "person")
    assert found.rule == "omar: It is a receipt"


@pytest.mark.parametrize("by", ["rule", "person"])
def test_nobody_releases_past_a_rule_or_what_a_person_said(omar, makegood: Makegood, by):
    row = of_cars("ana", classed_by=by)
    park(makegood, row)
    assert "Release it" not in words_of(omar.get(PAGE))
    assert "change the rule, or its kind" in words_of(release(omar, row))
    with makegood.store.reading() as reading:
        assert reading.parked_row(row.parked) == row


def test_who_serves_another_brand_sees_nothing_of_it(vera, kathy, makegood: Makegood):
    row = of_cars("ana")
    park(makegood, row)
    assert "northwind_cars" not in words_of(vera.get(PAGE))
    assert "a…@example.org" in words_of(kathy.get(PAGE))
    assert "Release it" not in words_of(kathy.get(PAGE))
    assert release(kathy, row).status_code == 403
    assert release(vera, row).status_code == 403


def test_what_is_not_there_is_not_found(omar):
    assert release(omar, of_cars("nobody")).status_code == 404


def test_the_list_pages(omar, makegood: Makegood):
    from makegood.desk.queue import PAGE as ROWS

    mail = parked_mail()
    rows = [
        replace(of_cars(f"g{n}"), parked=parked_id(mail.mail, f"g{n}")) for n in range(ROWS + 1)
    ]
    park(makegood, *rows)
    first = omar.get(PAGE).content.decode()
    assert first.count("<article") == ROWS
    after = first.partition("?after=")[2].partition('"')[0]
    second = omar.get(f"{PAGE}?after={after}").content.decode()
    assert second.count("<article") == 1
    assert "<article" in omar.get(f"{PAGE}?after=nonsense").content.decode()


def test_an_address_is_masked():
    assert masked("ana.ruiz@example.org") == "a…z@example.org"
    assert masked("bo@example.org") == "b…@example.org"
    assert masked("postmaster") == "…"
