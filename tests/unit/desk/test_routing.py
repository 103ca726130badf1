"""The page about routing: load and room, what was left to chance, and who waits."""

import re
from html import unescape

from django.test import Client
from msgspec.structs import replace

from makegood.bootstrap import Makegood
from makegood.core.routed import Routed
from makegood.messages.ids import EventId, ProfileId, RepId
from makegood.ports.routings import Routing
from makegood.ports.rows import RepRow
from makegood.ports.ties import Tie, TieKind
from makegood.testing.clock import FakeClock
from tests.e2e.screens import customer_of, introduce
from tests.unit.desk.browsing import CountingStore, words_of

PATH = "/desk/team/routing"
KATHY, OMAR = RepId("kathy"), RepId("omar")


def decided(makegood: Makegood, now_ms: int, count: int, begin: int = 0, **more) -> None:
    introduce(makegood)
    customer = customer_of(makegood, "user:ana")
    one = Routed(EventId("e"), "k", "case", now_ms, KATHY, KATHY, (KATHY, OMAR), waited_ms=0)
    rows = [
        Routing(customer=customer, routed=replace(one, event=EventId(f"e{n}"), **more))
        for n in range(begin, begin + count)
    ]
    with makegood.store.writing() as writing:
        writing.project_routings((), rows)


def test_it_shows_load_chance_and_waits_and_ranks_nobody(
    makegood: Makegood, clock: FakeClock, omar: Client
):
    decided(makegood, clock.now_ms(), 40, slice=500, level="gold")
    decided(makegood, clock.now_ms(), 40, 40, slice=500, by_chance=True, chosen=OMAR,
            waited_ms=3_600_000, level="silver")  # fmt: skip
    shown = words_of(omar.get(PATH))
    listed = shown.partition("Load and room, by name")[2]
    assert listed.index("Kathy Moreno") < listed.index("Omar Haddad")
    assert "40 of 80" in shown
    assert "silver (level, 40 waits) : More of them waited long." in shown
    assert "gold (level, 40 waits) : Fewer of them waited long." in shown
    assert "photo" not in shown


def test_who_waits_still_is_among_those_who_wait_long_once_they_are(
    makegood: Makegood, clock: FakeClock, omar: Client
):
    decided(makegood, clock.now_ms() - 301_000, 2, kind="talk", waited_ms=-1)
    decided(makegood, clock.now_ms() - 299_000, 3, 2, kind="talk", waited_ms=-1)
    assert "5 0 of 0 cannot tell yet 2 of 2" in words_of(omar.get(PATH))


def test_too_few_tell_nothing_and_another_span_may_be_chosen(
    makegood: Makegood, clock: FakeClock, omar: Client
):
    assert "No decision was written down" in words_of(omar.get(PATH))
    decided(makegood, clock.now_ms() - 10 * 86_400_000, 5, level="gold")
    assert "Cannot tell yet: too few on one side." in words_of(omar.get(PATH))
    assert "No decision was written down" in words_of(omar.get(f"{PATH}?days=7"))
    assert omar.get(f"{PATH}?days=x").status_code == 200


def test_of_a_brand_that_one_does_not_serve_nothing_is_shown(
    makegood: Makegood, clock: FakeClock, omar: Client
):
    decided(makegood, clock.now_ms(), 33, brand="elsewhere", level="gold")
    assert "33" in words_of(omar.get(PATH))
    with makegood.store.writing() as writing:
        writing.put_reps(
            [replace(one, brands=("cars",)) for one in writing.reps() if one.rep == OMAR]
        )
    assert "33" not in words_of(omar.get(PATH))


def test_the_page_asks_as_much_of_the_store_for_few_as_for_many(
    makegood: Makegood, clock: FakeClock, omar: Client
):
    store = makegood.store

    def asked() -> int:
        makegood.store = counted = CountingStore(store)
        assert omar.get(PATH).status_code == 200
        makegood.store = store
        return sum(counted.asked.values())

    decided(makegood, clock.now_ms(), 3)
    few = asked()
    decided(makegood, clock.now_ms(), 60, 3, chosen=OMAR)
    more_people(makegood, 250)
    assert asked() == few


def more_people(makegood: Makegood, count: int) -> None:
    with makegood.store.writing() as writing:
        writing.put_reps(
            [RepRow(rep=RepId(f"r{n}"), name=f"Person {n:03} & co", role="rep")
             for n in range(count)]
        )  # fmt: skip


def test_many_people_come_page_by_page_each_once(makegood: Makegood, omar: Client):
    more_people(makegood, 250)
    path, seen = PATH, []
    for _ in range(5):
        body = omar.get(path).content.decode()
        seen += re.findall(r'<th scope="row">([^<]+)</th><td class="keep"[^>]*>', body)
        found = re.search(r'rel="next" href="([^"]+)"', body)
        if found is None:
            break
        path = PATH + unescape(found[1])
    assert len(seen) == len(set(seen)) > 250
    assert [one.casefold() for one in seen] == sorted(one.casefold() for one in seen)
    assert "From the first name" in body
    assert "Kathy Moreno" in words_of(omar.get(f"{PATH}?after=somebody-who-left"))


def test_conversations_that_wait_are_part_of_the_load(
    makegood: Makegood, clock: FakeClock, omar: Client
):
    introduce(makegood)
    customer = customer_of(makegood, "user:ana")
    talk = Tie(customer=customer, profile=ProfileId(customer), kind=TieKind.TALK, item="t",
               rep=KATHY, at_ms=1)  # fmt: skip
    with makegood.store.writing() as writing:
        writing.project_ties([customer], [talk])
    assert re.search(r"Kathy Moreno on duty \d+( of \d+)? 1 ", words_of(omar.get(PATH)))
