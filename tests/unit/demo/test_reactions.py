"""The model of reactions is seeded, and chooses only what is offered."""

from makegood.core.state import OfferState, OfferStatus
from makegood.demo.chance import Chance
from makegood.demo.reactions import Mood, Reactions
from makegood.playbooks.terms import Tier


def offer(name, **more):
    return OfferState(
        offer=name, about="b", tier=Tier.BETTER, status=OfferStatus.CONFIRMED, **more
    )


OFFERS = (offer("rebook"), offer("refund", declines=True), offer("call", calls=True))


def test_each_kind_of_offer_is_chosen_by_somebody_and_always_the_same():
    mood, again = (Mood(Chance(5), Reactions()) for _ in range(2))
    chosen = [mood.choice(OFFERS, f"case {n}").offer for n in range(300)]
    assert set(chosen) == {"rebook", "refund", "call"}
    assert chosen == [again.choice(OFFERS, f"case {n}").offer for n in range(300)]


def test_what_is_not_offered_is_not_chosen():
    mood = Mood(Chance(5), Reactions())
    assert {mood.choice(OFFERS[:1], f"case {n}").offer for n in range(50)} == {"rebook"}
    assert mood.choice((), "case") is None


def test_a_second_failure_is_harder_to_make_good():
    mood = Mood(Chance(5), Reactions())
    once = sum(mood.is_good(f"case {n}", double=False) for n in range(1000))
    twice = sum(mood.is_good(f"case {n}", double=True) for n in range(1000))
    assert twice < once - 150
