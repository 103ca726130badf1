"""What every store does with sends: each is added to its day, and days are added up."""

from msgspec.structs import replace

from makegood.ports.sends import Sends
from makegood.testing.store_log_conformance import Conformance

ASKED = Sends(day=10, brand="blue", channel="mail", way="asked", count=3)
TOLD = Sends(
    day=10,
    brand="blue",
    channel="mail",
    way="reported",
    count=5,
    source="tool",
    event="Email Delivered",
    campaign="spring",
)


class SendsConformance(Conformance):
    """Counts of sends."""

    def test_a_new_store_knows_of_no_sends(self) -> None:
        with self.make_store().reading() as reading:
            assert reading.sends(0) == ()
            assert reading.told_of(0, 5) == ()

    def test_counts_of_a_day_grow_and_days_are_added_up(self) -> None:
        store = self.make_store()
        promotional = replace(ASKED, message_class="promotional", day=12)
        for _ in range(2):
            with store.writing() as writing:
                writing.add_sends([ASKED, ASKED, promotional, replace(ASKED, channel="sms")])
                writing.add_sends(())
        with store.reading() as reading:
            assert reading.sends(0) == (
                replace(ASKED, day=12, count=18),
                replace(ASKED, channel="sms", count=6),
            )
            assert reading.sends(11) == (replace(ASKED, day=12, count=6),)
            assert reading.sends(13) == ()

    def test_campaigns_are_told_apart_and_the_largest_come_first(self) -> None:
        store = self.make_store()
        autumn = replace(TOLD, campaign="autumn", count=7)
        with store.writing() as writing:
            writing.add_sends([TOLD, ASKED, autumn, replace(TOLD, day=11, count=4)])
        with store.reading() as reading:
            both = (replace(TOLD, day=11, count=9), autumn)
            assert reading.told_of(0, 5) == both
            assert reading.told_of(0, 1) == both[:1]
            assert reading.told_of(12, 5) == ()
            summed = replace(TOLD, day=11, count=16, campaign="")
            assert reading.sends(0) == (ASKED, summed)

    def test_a_transaction_that_fails_counts_nothing(self) -> None:
        store = self.make_store()
        try:
            with store.writing() as writing:
                writing.add_sends([ASKED])
                raise KeyError
        except KeyError:
            pass
        with store.reading() as reading:
            assert reading.sends(0) == ()
