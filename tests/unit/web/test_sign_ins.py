"""Sign-ins are written down, bursts of failed ones once; and all of somebody's can be ended."""

from collections.abc import Iterator

import pytest
from django.test import Client

from makegood.bootstrap import Makegood
from makegood.messages.errors import InputError
from tests.e2e.screens import PASSWORD, serving

LOGIN = "/accounts/login/"


@pytest.fixture
def makegood() -> Iterator[Makegood]:
    with serving() as (opened, _):
        yield opened


def sign_in(name: str = "kathy", password: str = PASSWORD) -> Client:
    client = Client()
    client.post(LOGIN, {"login": name, "password": password})
    return client


def acts(makegood: Makegood):
    with makegood.store.reading() as reading:
        return [(act.what, act.who, act.how, act.about) for act in reading.acts_after(0, 100)]


def test_a_sign_in_is_written_down_with_how(makegood):
    sign_in()
    assert acts(makegood) == [("signed_in", "kathy", "signed in + password", "kathy")]


@pytest.mark.parametrize(
    ("tried", "named"), [("kathy", "kathy"), ("my secret pw", "a name that nobody has")]
)
def test_a_burst_of_failures_is_written_down_once_and_never_what_was_typed(makegood, tried, named):
    for n in range(9):
        sign_in(tried, f"wrong {n}")
    assert acts(makegood) == [("sign_in.failed", "", "", named)]
    assert "secret" not in repr(acts(makegood))


def test_all_sign_ins_of_somebody_end_and_a_new_one_is_not_touched(makegood):
    from makegood.web.accounts import sign_out_everywhere

    phone, desk, other = sign_in(), sign_in(), sign_in("omar")
    assert [one.get("/desk/").status_code for one in (phone, desk, other)] == [200] * 3
    sign_out_everywhere("kathy", makegood.store)
    assert [one.get("/desk/").status_code for one in (phone, desk, other)] == [302, 302, 200]
    assert acts(makegood)[-1][0] == "signed_out.everywhere"
    assert sign_in().get("/desk/").status_code == 200
    with pytest.raises(InputError):
        sign_out_everywhere("nobody at all", makegood.store)


def test_after_a_restore_everybody_signs_in_anew(makegood):
    from makegood.web.sessions import end_sign_ins

    desk, other = sign_in(), sign_in("omar")
    end_sign_ins()
    assert [one.get("/desk/").status_code for one in (desk, other)] == [302, 302]
