"""Strangers are counted in a window that no further try moves or shortens."""

from threading import Thread

import pytest
from django.test import RequestFactory

from makegood.bootstrap import Makegood
from makegood.portal.rates import PER_RECIPIENT, Rate, address_of, is_within


def test_a_try_is_remembered_for_as_long_as_the_rate_says(makegood: Makegood):
    from django.db import connection

    for _ in range(PER_RECIPIENT.most):
        assert is_within(PER_RECIPIENT, "p1")
    assert not is_within(PER_RECIPIENT, "p1")
    assert is_within(PER_RECIPIENT, "p2")
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key, expires FROM makegood_cache")
        ends = [expires for name, expires in cursor.fetchall() if "recipient:p1" in name]
        cursor.execute("SELECT datetime('now', '+23 hours')")
        (soon,) = cursor.fetchone()
    assert len(ends) == PER_RECIPIENT.most
    assert min(str(end) for end in ends) > soon  # none ends earlier because of a later try


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("10.1.2.3", "10.1.2.3"), ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:bbbb::9", "2001:db8:1:2::/64"), ("::ffff:10.1.2.3", "10.1.2.3"),
        ("fe80::1%eth0", "fe80::/64"), ("", "unknown"), ("not an address", "unknown"),
    ],
)  # fmt: skip
def test_who_has_a_whole_network_is_counted_once(address: str, counted: str):
    assert address_of(RequestFactory().get("/", REMOTE_ADDR=address)) == counted


def test_many_tries_at_the_same_time_count_each(makegood: Makegood):
    from django.db import connections

    rate = Rate(name="crowd", most=3, seconds=3600)
    passed: list[bool] = []

    def ask() -> None:
        passed.append(is_within(rate, "one"))
        connections.close_all()

    threads = [Thread(target=ask) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert passed.count(True) == rate.most
