"""The overview of connections: one number, what is behind it, and what it cannot say."""

from makegood.messages.facts import Touchpoint
from makegood.ports.arrivals import Arrival


def told(makegood, clock, count: int, brand: str) -> None:
    arrivals = [
        Arrival(
            source="campaign-tool",
            message_id=f"{brand}/{number}",
            identifier=f"user:{number}",
            time_ms=clock.now_ms(),
            body=Touchpoint(
                name="Email Delivered",
                properties={"brand": brand, "campaign_name": "Spring <offers>"},
            ),
            body_digest=f"{number}".encode().ljust(16),
        )
        for number in range(count)
    ]
    makegood.intake.take(arrivals)


def page(client) -> str:
    response = client.get("/desk/connections/")
    assert response.status_code == 200
    return response.content.decode()


def test_before_anything_is_known_it_says_so(kathy):
    shown = page(kathy)
    assert "Not known yet" in shown
    assert "Not connected" not in shown
    assert "To connect a tool, put the SMTP gate before its mail server" in shown
    assert "neither asks nor reports" in shown


def test_what_is_told_of_and_did_not_ask_is_named(makegood, clock, kathy, vera):
    cars, vans = list(makegood.book.brands)[:2]
    told(makegood, clock, 4, cars)
    makegood.coverage.count(cars, "mail", "asked", 1)
    makegood.coverage.count(vans, "mail", "smtp", 4)
    makegood.coverage.flush()
    shown = page(kathy)
    assert "At most 62.5 %" in shown
    assert "<b>3</b> did not" in shown
    assert "<b>campaign-tool</b> told of 4 sends by mail" in shown
    assert "Spring &lt;offers&gt; (4)" in shown
    assert "POST /v1/may-send" in shown
    theirs = page(vera)  # who serves the vans only
    assert "100 %" in theirs
    assert "campaign-tool" not in theirs
