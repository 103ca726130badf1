import pytest

from makegood.effects.addresses import is_public, public_address
from makegood.messages.errors import EffectFailed


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.215.14", True), ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", True),
        ("127.0.0.1", False), ("10.1.2.3", False), ("192.168.0.1", False), ("172.16.9.9", False),
        ("169.254.169.254", False), ("0.0.0.9", False), ("100.64.0.1", False), ("::1", False),
        ("fe80::1%eth0", False), ("fd00::1", False), ("::ffff:127.0.0.1", False),
        ("2002:7f00:1::", False), ("::7f00:1", False), ("::10.0.0.1", False),
        ("224.0.0.1", False), ("64:ff9b::7f00:1", False), ("fec0::1", False),
        ("64:ff9b:1::7f00:1", False), ("::ffff:0:7f00:1", False), ("5f00::1", False),
    ],
)  # fmt: skip
def test_only_the_open_internet_is_public(address, public):
    assert is_public(address) is public


def test_one_private_address_among_public_ones_refuses_the_name():
    with pytest.raises(EffectFailed, match="private") as failed:
        public_address("https", "x.example", 443, lambda *_: ("93.184.215.14", "10.0.0.1"))
    assert not failed.value.retry


def test_a_name_without_an_address_may_have_one_later():
    def unknown(_host, _port):
        raise OSError("no such name")

    with pytest.raises(EffectFailed) as failed:
        public_address("https", "x.example", 443, unknown)
    assert failed.value.retry


def test_plain_http_stays_inside():
    with pytest.raises(EffectFailed, match="https"):
        public_address("http", "x.example", 80, lambda *_: ("93.184.215.14",))
