import pytest
from msgspec.structs import replace

from makegood.effects.channels import Channels
from makegood.effects.outside import Outside
from makegood.messages.commands import (
    AskOwner,
    AskPlace,
    FindPlaces,
    MessageClass,
    SendReply,
    Urgency,
)
from makegood.messages.errors import EffectFailed
from makegood.messages.facts import Carried
from makegood.messages.ids import RepId
from makegood.ports.effect import Addressee
from makegood.testing.counterparts import FakeEffect
from tests.unit.effects.scene import ANA, NOW_MS, can_you, command, message, refund


class Way(FakeEffect):
    """A channel that only notes."""

    def __init__(self, name, field, error=None):
        super().__init__(self._script_of(error))
        self.name = name
        self._field = field

    def _script_of(self, error):
        def script(attempt):
            if error is not None:
                raise error
            return Carried(command=attempt.command.id, detail={"channel": self.name})

        return script

    def reaches(self, to):
        return bool(getattr(to.person, self._field))


def used(order, person=ANA, mail_error=None, sms_error=None):
    channels = Channels((Way("mail", "email", mail_error), Way("sms", "phone", sms_error)))
    return channels.carry_out(command(order), Addressee(person=person), NOW_MS).detail["channel"]


@pytest.mark.parametrize(
    ("urgency", "phone", "mail", "expected"),
    [
        (Urgency.NOW, True, True, "sms"),
        (Urgency.NOW, False, True, "mail"),
        (Urgency.SOON, True, True, "mail"),
        (Urgency.SOON, True, False, "sms"),
        (Urgency.WHEN_CONVENIENT, True, True, "mail"),
    ],
)
def test_the_fastest_way_for_the_urgency(urgency, phone, mail, expected):
    person = replace(ANA, phone=ANA.phone * phone, email=ANA.email * mail)
    assert used(message(urgency=urgency), person) == expected


def test_nobody_reachable_is_for_a_person_to_see():
    with pytest.raises(EffectFailed, match=r"[Nn]o reachable channel") as failed:
        used(message(), replace(ANA, phone="", email=""))
    assert not failed.value.retry


def test_a_rejected_number_gives_way_to_mail_at_once():
    rejected = EffectFailed("no such number", retry=False)
    assert used(message(urgency=Urgency.NOW), sms_error=rejected) == "mail"


def test_a_gateway_that_is_down_is_tried_again_and_not_gone_round():
    with pytest.raises(EffectFailed, match="down"):
        used(message(urgency=Urgency.NOW), sms_error=EffectFailed("down"))


def test_an_offer_keeps_to_the_channel_the_gate_was_asked_about():
    offer = message(message_class=MessageClass.PROMOTIONAL)
    with pytest.raises(EffectFailed, match="no such box"):
        used(offer, mail_error=EffectFailed("no such box", retry=False))


def test_the_cases_own_question_goes_round_a_rejected_address():
    question = message(message_class=MessageClass.SURVEY, urgency=Urgency.SOON, question=True)
    assert used(question, mail_error=EffectFailed("no such box", retry=False)) == "sms"


def test_each_order_goes_to_its_adapter():
    names = ("messages", "confirmations", "fulfilment", "places", "owners", "replies")
    adapters = {name: FakeEffect() for name in names}
    outside = Outside(**adapters)
    finds = FindPlaces(remedy="sister", brand="b", about="E1")
    asks = AskPlace(what="ask", place="a", remedy="sister", rule="r", about="E1", brand="b")
    owner = AskOwner(about="rule", subject="fee", title="Fee", owner=RepId("vera"), due_ms=1)
    replies = SendReply(letter="l", words="w", brand="b")
    for order in (message(), can_you(), refund(), finds, asks, owner, replies):
        outside.carry_out(command(order), Addressee(person=ANA), NOW_MS)
    assert [len(adapter.attempts) for adapter in adapters.values()] == [1, 1, 1, 2, 1, 1]
    assert adapters["fulfilment"].attempts[0].command.order == refund()
