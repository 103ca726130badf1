import pytest
from msgspec.structs import replace

from makegood.effects.webhook import Counterpart, Webhooks, check_counterpart, shared
from makegood.messages.errors import InputError
from makegood.testing.counterparts import SECRET
from tests.unit.effects.scene import ANA

GOOD = Counterpart(name="payments", url="https://pay.example/hook", secret=SECRET)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"secret": ""}, "whsec_"),
        ({"secret": "whsec_c2hvcnQ="}, "24 to 64"),
        ({"secret": "whsec_" + "QUJD" * 40}, "24 to 64"),
        ({"url": "http://pay.example/hook"}, "https"),
        ({"url": "pay.example"}, "http address"),
        ({"url": "ftp://pay.example"}, "http address"),
    ],
)
def test_a_wrong_setting_is_found_at_the_start(change, says):
    with pytest.raises(InputError, match=says):
        check_counterpart(replace(GOOD, **change))


def test_a_right_setting_is_taken():
    webhooks = Webhooks({"payments": GOOD})
    assert webhooks.counterpart("payments") is GOOD
    webhooks.close()


def test_personal_data_is_shared_by_name_only():
    assert shared(ANA, ("name", "profile", "nonsense")) == {"name": "Ana Lopez"}
    assert shared(ANA, ()) == {}
