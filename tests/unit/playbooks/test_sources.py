"""What is wrong with a source is said with its place, and packs are bound as laws are."""

import pytest

from makegood.books.opening import read_book, shipped_books, shipped_laws, shipped_sources
from makegood.playbooks.binding import bind, bound_sources, unbound
from makegood.playbooks.load import check_book, load_book
from makegood.playbooks.mappings import Cell, Form, Signing
from tests.unit.playbooks.small_book import SMALL
from tests.unit.sources.payloads import NORTHWIND

GOOD = """\
sources:
  - source: rows
    title: Rows
    form: csv
    table:
      delimiter: tab
      columns:
        number: {heads: [Number, No], required: true}
        night: {heads: Rate, as: cents}
    key: record.number
    at: {value: record.changed, zone: Europe/Berlin}
    customer: {email: record.email}
    events:
      - id: late
        when: record.minutes > 1
        event: Parcel Late
        facts: {order: record.number}
"""


def said(text: str) -> list[str]:
    """Give every mistake with its line."""
    return [str(one) for one in check_book(SMALL + text, name="small").errors]


def test_a_source_is_read_as_it_is_written():
    source = load_book(SMALL + GOOD, name="small").source("rows")
    assert source is not None
    assert (source.form, source.signed) == (Form.CSV, None)
    assert source.table is not None
    assert source.table.delimiter == "\t"
    assert source.table.columns[1].cell is Cell.CENTS
    assert source.at is not None
    assert source.at.zone == "Europe/Berlin"
    assert check_book(SMALL + GOOD, name="small").warnings == ()


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("form: csv", "form: pigeon", "`form` cannot be `pigeon`"),
        ("form: csv", "form: webhook", "has to say how it is `signed`"),
        ("form: csv", "form: csv\n    signed: bearer", "Only a webhook is signed"),
        ("source: rows", "source: makegood_rows", "are ours"),
        ("key: record.number", "kee: record.number", "has no `key`"),
        ("record.minutes > 1", "record.minutes", "no error"),
        ("record.minutes > 1", "event.minutes > 1", "event"),
        ("record.minutes > 1", "record.minutes + ", "`when`"),
        ("record.minutes > 1", "'\"late\"'", "should give a bool"),
        ("customer: {email: record.email}", "customer: {}", "Nobody is named"),
        ("customer: {email: record.email}", "customer: {mail: record.email}", "no field `mail`"),
        ("event: Parcel Late", "event: Parcel Lost", "`facts` declares no event `Parcel Lost`"),
        ("event: Parcel Late", "with: 1", "becomes an `event` or `raises`"),
        ("zone: Europe/Berlin", "zone: Berlin", "is no time zone"),
        ("zone: Europe/Berlin", "format: yesterday", "is no form of a time"),
        ("as: cents", "as: coins", "cannot be `coins`"),
        ("delimiter: tab", "delimiter: '#'", "cannot be `#`"),
        ("delimiter: tab", "encoding: klingon", "is no encoding"),
        ("    table:\n", "    tabel:\n", "no field `tabel`"),
        (
            "      - id: late",
            "      - id: late\n        event: Parcel Late\n      - id: late",
            "called",
        ),
    ],
)
def test_a_mistake_is_said(old, new, why):
    assert old in GOOD
    found = said(GOOD.replace(old, new, 1))
    if why == "no error":  # of no type that is known: the record decides
        assert found == []
    else:
        assert any(why in one for one in found), found


def test_a_mistake_in_an_expression_has_its_own_line():
    (error,) = said(GOOD.replace("record.minutes > 1", "params.most > 1"))
    line = (SMALL + GOOD).splitlines().index("        when: record.minutes > 1") + 1
    assert error.startswith(f"small:{line}:")


def test_a_pack_is_bound_once_and_can_be_taken_off_again():
    text = SMALL + "sources: [zendesk]\n"
    bound = bind(text, {}, sources=shipped_sources())
    assert bound_sources(bound).keys() == {"zendesk"}
    assert bind(bound, {}, sources=shipped_sources()) == bound
    assert unbound(bound).rstrip() == text.rstrip()
    source = load_book(bound, name="small").source("zendesk")
    assert source is not None
    assert source.signed is Signing.ZENDESK


def test_a_pack_that_is_not_there_or_not_named_is_said():
    assert any("There is no source `zendes`" in one for one in said("sources: [zendes]\n"))
    known = check_book(SMALL + "sources: [zendes]\n", name="s", sources=("zendesk",)).errors
    assert "Did you mean `zendesk`?" in str(known[0])
    pack = f"---\n{shipped_sources()['zendesk']}"
    assert any("does not name the source `zendesk`" in one for one in said(pack))


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ("{source: zendesk, with: {tags: x}}", "There is no `tags` to set"),
        ("{source: zendesk, with: {tag: 7}}", "`tag` is a text"),
        ("{source: zendesk, also: 1}", "no field `also`"),
        ("zendesk, zendesk", "stands here twice"),
    ],
)
def test_what_a_book_sets_of_a_pack_has_to_be_there(given, why):
    text = bind(SMALL + f"sources: [{given}]\n", {}, sources=shipped_sources())
    found = [str(one) for one in check_book(text, name="small").errors]
    assert any(why in one for one in found), found


def test_a_mistake_in_a_pack_is_said_with_the_packs_name_and_line():
    packs = {"zendesk": shipped_sources()["zendesk"].replace("record.what ==", "rekord.what ==")}
    text = bind(SMALL + "sources: [zendesk]\n", {}, sources=packs)
    found = [str(one) for one in check_book(text, name="small").errors]
    assert found
    assert all(one.startswith("source zendesk:") for one in found)


@pytest.mark.parametrize("name", sorted(shipped_books()))
def test_every_pack_that_ships_is_for_every_book_that_ships(name):
    over = (
        f"makegood: 1\nname: own\nbuilds_on: {name}\nsources: [{', '.join(shipped_sources())}]\n"
    )
    text = bind(
        over, shipped_laws(), lambda file: shipped_books().get(file[:-5]), shipped_sources()
    )
    checked = check_book(text, name="own")
    assert checked.errors == ()
    assert checked.book is not None
    assert checked.book.sources.keys() >= shipped_sources().keys()


def test_a_brand_has_the_umbrellas_sources_and_may_put_another_in_their_place():
    umbrella, _ = read_book(NORTHWIND)
    own = """\
makegood: 1
name: vans
builds_on: northwind
sources: [{source: zendesk, replaces: true, with: {tag: vans}}]
"""
    found = {"vans.yaml": own, "northwind.yaml": unbound(umbrella)}
    text = bind(
        own, {}, lambda file: found.get(file) or shipped_books().get(file[:-5]), shipped_sources()
    )
    book = load_book(text, name="vans")
    zendesk = book.source("zendesk")
    assert zendesk is not None
    assert zendesk.parameters["tag"] == "vans"
    assert book.source("zammad") is not None
