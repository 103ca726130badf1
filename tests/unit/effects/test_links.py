import pytest

from makegood.effects.links import PORTAL_DAYS, LinkExpired, LinkForged, Links
from makegood.messages.ids import CaseId, ProfileId
from tests.unit.effects.scene import CASE, KEY, NOW_MS, PROFILE, Hands, links

DAY_MS = 86_400_000


def test_each_link_brings_back_what_it_was_made_of():
    made = links()
    assert made.read_portal(made.portal_token(PROFILE, CASE)) == (PROFILE, CASE)
    assert made.read_referral(made.referral_token(PROFILE, CASE)) == (PROFILE, CASE)
    token = made.unsubscribe_token(PROFILE, "rent", "mail")
    assert made.read_unsubscribe(token) == (PROFILE, "rent", "mail")


def test_the_portal_link_works_on_its_last_day_and_not_a_second_longer():
    clock = Hands()
    made = links(clock)
    token = made.portal_token(PROFILE, CASE)
    clock.move(PORTAL_DAYS * DAY_MS)
    assert made.read_portal(token) == (PROFILE, CASE)
    clock.move(1000)
    with pytest.raises(LinkExpired):
        made.read_portal(token)


def test_a_server_whose_clock_runs_behind_takes_a_new_link():
    token = links(Hands()).portal_token(PROFILE, CASE)
    assert links(Hands(NOW_MS - 30_000)).read_portal(token) == (PROFILE, CASE)


def test_an_old_mail_still_lets_its_reader_unsubscribe():
    clock = Hands()
    made = links(clock)
    token = made.unsubscribe_token(PROFILE, "rent", "mail")
    clock.move(3000 * DAY_MS)
    assert made.read_unsubscribe(token)[0] == PROFILE


@pytest.mark.parametrize("token", ["", "nonsense", "a.b.c", "é.b.c", "..", "." * 500])
def test_nonsense_is_forged(token):
    with pytest.raises(LinkForged):
        links().read_portal(token)


def test_a_changed_letter_is_forged():
    made = links()
    token = made.portal_token(PROFILE, CASE)
    other = ("B" if token[0] != "B" else "C") + token[1:]
    with pytest.raises(LinkForged):
        made.read_portal(other)


def test_a_forwarded_friend_link_opens_nobodys_page():
    made = links()
    with pytest.raises(LinkForged):
        made.read_portal(made.referral_token(PROFILE, CASE))


def test_another_deployment_cannot_sign_for_us():
    token = Links(b"the key of somebody else, as long", "https://x", Hands()).portal_token(
        PROFILE, CASE
    )
    with pytest.raises(LinkForged):
        links().read_portal(token)


def test_an_expired_forgery_is_called_forged():
    clock = Hands()
    made = links(clock)
    token = made.portal_token(ProfileId("p"), CaseId("k"))
    clock.move(100 * DAY_MS)
    with pytest.raises(LinkForged):
        made.read_portal(token[:-2] + ("AA" if not token.endswith("AA") else "BB"))


def test_addresses_stand_on_the_base_without_a_double_slash():
    made = links()
    assert made.portal_url(PROFILE, CASE).startswith("https://care.example/c/")
    assert made.unsubscribe_url(PROFILE, "rent", "mail").startswith("https://care.example/u/")
    assert made.referral_url(PROFILE, CASE).startswith("https://care.example/r/")


def test_no_token_shows_the_key():
    assert KEY.decode() not in links().portal_token(PROFILE, CASE)
