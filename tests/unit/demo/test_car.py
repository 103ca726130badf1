"""The day of the missing car, as facts: two branches, two reservations, one cheery mail."""

from makegood.demo.car import ANA, CarDay
from makegood.messages.commands import MessageClass

DAY = CarDay(at_ms=1_772_000_000_000, brand="north")


def test_the_day_is_told_in_order():
    arrivals = (
        DAY.introduction(),
        DAY.no_car_at_the_airport(),
        DAY.no_car_at_the_harbour(),
        DAY.told_again(),
        DAY.took_the_bus(),
    )
    times = [arrival.time_ms for arrival in arrivals]
    assert times == sorted(times)
    assert DAY.cheery_mail().at_ms > times[-1]
    assert len({arrival.message_id for arrival in arrivals}) == len(arrivals)
    assert {arrival.identifier for arrival in arrivals} == {ANA.identifier}


def test_the_second_branch_failed_another_reservation():
    first, second = DAY.no_car_at_the_airport(), DAY.no_car_at_the_harbour()
    assert first.body.properties["branch"] != second.body.properties["branch"]
    assert first.body.properties["reservation"] != second.body.properties["reservation"]


def test_the_cheery_mail_mixes_and_names_no_way_out():
    mail = DAY.cheery_mail()
    assert mail.message_class is MessageClass.MIXED
    assert "List-Unsubscribe" not in mail.headers()
    assert mail.to == ANA.email
