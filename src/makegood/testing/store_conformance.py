"""The conformance suite of the Store port: an engine passes it before it has tests of its own.

Derive a test class, say how to make a fresh store, and run it with pytest:

    class TestMyStore(StoreConformance):
        def make_store(self) -> Store:
            return MyStore(...)
"""

from collections.abc import Callable
from itertools import pairwise
from threading import Barrier, Thread
from typing import TypeVar

from msgspec.structs import replace

from makegood.messages.errors import StoreBusy
from makegood.ports.acts import first_break
from makegood.ports.rows import Taken
from makegood.testing.store_account_conformance import AccountConformance
from makegood.testing.store_advertised_conformance import AdvertisedConformance
from makegood.testing.store_answer_conformance import AnswerConformance
from makegood.testing.store_asked_conformance import AskedConformance
from makegood.testing.store_attached_conformance import AttachedConformance
from makegood.testing.store_book_conformance import BookConformance
from makegood.testing.store_budget_conformance import MAY, BudgetConformance, gift
from makegood.testing.store_desk_conformance import (
    CaseConformance,
    CustomerConformance,
    PeopleConformance,
)
from makegood.testing.store_everyone_conformance import EveryoneConformance
from makegood.testing.store_feeling_conformance import FeelingConformance
from makegood.testing.store_history_conformance import HistoryConformance
from makegood.testing.store_letter_conformance import LetterConformance
from makegood.testing.store_link_conformance import ProbableLinkConformance
from makegood.testing.store_log_conformance import (
    Conformance,
    GateConformance,
    LinkConformance,
    LogConformance,
)
from makegood.testing.store_lot_conformance import LotConformance
from makegood.testing.store_mail_conformance import MailKindConformance
from makegood.testing.store_mark_conformance import MarkConformance
from makegood.testing.store_monday_conformance import MondayConformance
from makegood.testing.store_notice_conformance import NoticeConformance, notice
from makegood.testing.store_outbox_conformance import OutboxConformance, claim
from makegood.testing.store_parking_conformance import ParkingConformance
from makegood.testing.store_place_conformance import PlaceConformance
from makegood.testing.store_pointer_conformance import PointerConformance
from makegood.testing.store_reputation_conformance import ReputationConformance
from makegood.testing.store_routing_conformance import RoutingConformance
from makegood.testing.store_samples import command, customer, known, offered, profile, put
from makegood.testing.store_screening_conformance import ScreeningConformance
from makegood.testing.store_search_conformance import SearchConformance
from makegood.testing.store_sends_conformance import SendsConformance
from makegood.testing.store_silence_conformance import SilenceConformance
from makegood.testing.store_spend_conformance import SpendConformance
from makegood.testing.store_tie_conformance import TieConformance
from makegood.testing.store_triage_conformance import TriageConformance
from makegood.testing.store_unfit_conformance import UnfitConformance
from makegood.testing.store_voice_conformance import VoiceConformance
from makegood.testing.store_watching_conformance import WatchConformance, made
from makegood.testing.store_webhook_conformance import WebhookConformance
from makegood.testing.store_words_conformance import WordsConformance

Given = TypeVar("Given")
TRIES = 50  # a busy store says so; a caller who asks again gets through


class ThreadConformance(Conformance):
    """Two threads at once."""

    def test_a_look_sees_what_is_committed_and_leaves_nothing_open(self) -> None:
        store = self.make_store()
        known(store, "ana")
        with store.looking() as looking:
            assert len(looking.log(0, 9)) == 1
        known(store, "ben")
        with store.looking() as looking:
            assert len(looking.log(0, 9)) == 2
        with store.reading() as reading:  # maybe on the connection that only looked
            assert len(reading.log(0, 9)) == 2
            known(store, "eve")
            assert len(reading.log(0, 9)) == 2, "one moment"

    def test_two_who_change_one_customer_wait_for_each_other(self) -> None:
        store = self.make_store()
        known(store, "ana", "ben")

        def add_one(_thread: int) -> None:
            with store.writing() as writing:
                row = writing.lock((customer("ana"), customer("ben")))[customer("ana")]
                writing.save((replace(row, events=row.events + 1),))

        at_once(add_one, times=20)
        with store.reading() as reading:
            row = reading.row(customer("ana"))
        assert row is not None
        assert row.events == 40

    def test_two_who_write_acts_down_make_one_chain(self) -> None:
        store = self.make_store()

        def write(thread: int) -> None:
            with store.writing() as writing:
                writing.put_act(made(thread))

        at_once(write, times=20)
        with store.reading() as reading:
            acts = reading.acts_after(0, 100)
            assert first_break(acts) is None
            assert reading.acts_end() == (40, acts[-1].seal)

    def test_two_who_offer_the_same_event_store_it_once(self) -> None:
        store = self.make_store()
        batch = [offered(f"{n}", f"c{n % 7}") for n in range(30)]

        def offer(thread: int) -> list[Taken]:
            mine = batch if thread else list(reversed(batch))
            with store.writing() as writing:
                return [receipt.taken for receipt in writing.append(mine)]

        answers = at_once(offer)
        assert [it for answer in answers for it in answer].count(Taken.NEW) == len(batch)
        with store.reading() as reading:
            assert len(reading.log(0, 100)) == len(batch)
            assert reading.counts()["log"] == len(batch)

    def test_two_workers_never_hold_the_same_command(self) -> None:
        store = self.make_store()
        put(store, *(command(f"{n:03}") for n in range(60)))

        def work(_thread: int) -> list[str]:
            return [row.command.id for row in claim(store, 1000, limit=5)]

        claimed = [id_ for some in at_once(work, times=6) for id_ in some]
        assert len(claimed) == len(set(claimed)) == 60

    def test_two_who_link_a_chain_from_both_ends_make_one_customer(self) -> None:
        store = self.make_store()
        names = [f"c{n}" for n in range(8)]
        pairs = list(pairwise(names))

        def link(thread: int) -> None:
            for left, right in pairs if thread else reversed(pairs):
                with store.writing() as writing:
                    writing.link(profile(left), profile(right))

        at_once(link)
        with store.reading() as reading:
            found = reading.customers_of([profile(name) for name in names])
            assert set(found.values()) == {customer("c0")}
            assert len(found) == len(names)
            assert len(reading.profiles_of((customer("c0"),))[customer("c0")]) == len(names)

    def test_who_follows_the_feed_misses_nothing_that_two_write_and_publish(self) -> None:
        store = self.make_store()
        count = iter(range(10_000))

        def notice_and_publish(thread: int) -> list[str]:
            mine = [f"n{thread}-{next(count)}" for _ in range(3)]
            with store.writing() as writing:
                writing.put_notices([notice(name) for name in mine])
            with store.writing() as writing:
                writing.publish(2, {}, 0)
            with store.reading() as reading:
                places = [one.sequence for one in reading.feed(0, 10_000)]
            assert places == list(range(1, len(places) + 1)), "a place was given out late"
            return mine

        written = {id_ for some in at_once(notice_and_publish, times=15) for id_ in some}
        with store.writing() as writing:
            while writing.publish(100, {}, 0):
                pass
        with store.reading() as reading:
            feed = reading.feed(0, 10_000)
        assert [one.sequence for one in feed] == list(range(1, len(feed) + 1))
        assert {one.notice.id for one in feed} == written

    def test_two_cannot_both_take_the_last_money(self) -> None:
        store = self.make_store()
        count = iter(range(1000))

        def take(thread: int) -> int | None:
            event = f"e{thread}-{next(count)}"
            with store.writing() as writing:
                return writing.reserve(gift(event, 7), 100)

        taken = at_once(take, times=20)
        got = [one for one in taken if one is not None]
        assert sorted(got) == [7 * n for n in range(1, 15)]
        with store.reading() as reading:
            assert reading.taken_from("front", MAY) == 98


class StoreConformance(
    LogConformance,
    LinkConformance,
    GateConformance,
    OutboxConformance,
    CustomerConformance,
    CaseConformance,
    AskedConformance,
    PeopleConformance,
    BookConformance,
    EveryoneConformance,
    ScreeningConformance,
    SendsConformance,
    ReputationConformance,
    BudgetConformance,
    MailKindConformance,
    ParkingConformance,
    MarkConformance,
    NoticeConformance,
    WebhookConformance,
    UnfitConformance,
    ProbableLinkConformance,
    WatchConformance,
    TieConformance,
    AccountConformance,
    PlaceConformance,
    PointerConformance,
    RoutingConformance,
    LotConformance,
    AnswerConformance,
    FeelingConformance,
    AdvertisedConformance,
    SpendConformance,
    LetterConformance,
    VoiceConformance,
    SearchConformance,
    SilenceConformance,
    HistoryConformance,
    MondayConformance,
    TriageConformance,
    AttachedConformance,
    WordsConformance,
    ThreadConformance,
):
    """Every promise of the port."""


def at_once(do: Callable[[int], Given], times: int = 1) -> list[Given]:
    """Do something in two threads that start together; give what each call gave."""
    start = Barrier(2)
    given: list[Given] = []
    faults: list[BaseException] = []

    def run(thread: int) -> None:
        try:
            start.wait()
            given.extend(_patiently(do, thread) for _ in range(times))
        except BaseException as fault:  # noqa: BLE001 - shown by the thread that asked
            faults.append(fault)

    threads = [Thread(target=run, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]
    return given


def _patiently(do: Callable[[int], Given], thread: int) -> Given:
    for _ in range(TRIES):
        try:
            return do(thread)
        except StoreBusy:
            continue
    raise StoreBusy
