"""An endpoint for tests of screens: it took one notice, and answers no more."""

from makegood.bootstrap import Makegood
from makegood.core.notices import NoticeKind
from makegood.effects.hooks import SINK
from makegood.ports.notices import SinkHealth
from makegood.ports.webhooks import Delivery
from makegood.runtime.endpoints import Wanted

URL = "https://93.184.215.14/makegood"  # an address, so that nobody looks a name up


def a_failing_webhook(makegood: Makegood) -> str:
    """Make an endpoint with tellings, a log, and something that failed; give its id."""
    wanted = Wanted(description="The newsletter tool of the vans, and a name that is rather long")
    row = makegood.endpoints.add(URL, wanted, "omar")
    sink = SINK + row.id
    with makegood.store.writing() as writing:
        writing.publish(100, makegood.sinks(), makegood.clock.now_ms())
        now_ms = makegood.clock.now_ms()
        for one in writing.claim_tellings(sink, now_ms, 60_000, 3):
            delivery = Delivery(
                endpoint=row.id,
                notice=one.said.notice.id,
                kind=NoticeKind.HOLD_OPENED,
                at_ms=now_ms,
                attempt=1,
                request_headers={"webhook-id": one.said.notice.id},
                request_body='{"type": "hold.opened", "data": {"a": "' + "x" * 300 + '"}}',
                status=500,
                answer_headers={"server": "nginx"},
                answer_body="<h1>It is full.</h1>",
                took_ms=41,
                error="It answered 500: It is full.",
            )
            writing.put_deliveries([delivery], 0)
        health = SinkHealth(sink=sink, failures=2, error="It answered 500: It is full.")
        writing.release_sink(health, 1, 0)
    return row.id
