"""What every store does with webhook endpoints and with the log of what they were sent."""

from msgspec.structs import replace

from makegood.core.notices import NoticeKind
from makegood.messages.ids import NoticeId
from makegood.ports.webhooks import Delivery, Endpoint
from makegood.testing.store_log_conformance import Conformance

ENDPOINT = Endpoint(
    id="w1", url="https://example.org/hook", kinds=(NoticeKind.HOLD_OPENED,), brands=("north",)
)


def delivery(notice: str, at_ms: int, endpoint: str = "w1") -> Delivery:
    """One request that was taken."""
    return Delivery(
        endpoint=endpoint,
        notice=NoticeId(notice),
        kind=NoticeKind.HOLD_OPENED,
        at_ms=at_ms,
        attempt=1,
        request_headers={"webhook-id": notice},
        request_body="{}",
        status=204,
    )


class WebhookConformance(Conformance):
    """Endpoints and deliveries."""

    def test_endpoints_are_kept_changed_and_removed_with_their_log(self) -> None:
        store = self.make_store()
        other = replace(ENDPOINT, id="w2")
        with store.writing() as writing:
            writing.put_endpoint(other)
            writing.put_endpoint(ENDPOINT)
            writing.put_endpoint(replace(ENDPOINT, disabled="gone", disabled_ms=9))
            writing.put_deliveries([delivery("n1", 5), delivery("n1", 5, "w2")], 0)
        with store.reading() as reading:
            changed = reading.endpoint("w1")
            assert changed is not None
            assert changed.disabled == "gone"
            assert reading.endpoints() == (changed, other)
            assert reading.endpoint("w3") is None
        with store.writing() as writing:
            assert writing.drop_endpoint("w1")
            assert not writing.drop_endpoint("w1")
        with store.reading() as reading:
            assert reading.endpoints() == (other,)
            assert reading.deliveries("w1", 0, 10) == ()
            assert len(reading.deliveries("w2", 0, 10)) == 1

    def test_the_log_pages_from_the_newest_and_forgets_the_old(self) -> None:
        store = self.make_store()
        with store.writing() as writing:
            writing.put_deliveries([delivery("n1", 5), delivery("n2", 6), delivery("n1", 7)], 0)
        with store.reading() as reading:
            first = reading.deliveries("w1", 0, 2)
            assert [(one.notice, one.at_ms) for one in first] == [("n1", 7), ("n2", 6)]
            rest = reading.deliveries("w1", first[-1].place, 2)
            assert [one.at_ms for one in rest] == [5]
            assert [one.at_ms for one in reading.deliveries("w1", 0, 9, "n1")] == [7, 5]
            assert replace(first[0], place=0) == delivery("n1", 7)
        with store.writing() as writing:
            writing.put_deliveries([delivery("n3", 8)], 7)
        with store.reading() as reading:
            assert [one.at_ms for one in reading.deliveries("w1", 0, 9)] == [8, 7]
