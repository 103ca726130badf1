"""The section `plans`: Plan B for each kind of failure."""

from collections.abc import Mapping
from typing import Literal

from makegood.playbooks.mistakes import nearest
from makegood.playbooks.nodes import Fields, Items, Node, Scalar
from makegood.playbooks.reading import Section
from makegood.playbooks.spans import DAY_MS
from makegood.playbooks.terms import (
    DoubleTerms,
    HoldTerms,
    MadeWholeTerms,
    Offer,
    Plan,
    Remedy,
    ThenOffer,
    Tier,
)

APOLOGY_KINDS = ("basic", "status", "commitment")
SCOPES = ("umbrella", "brand")
OTHERWISE = ("call_by_owner",)
OFFERED_BY = ("owner", "brand", "chosen_rep")
ENDINGS = ("customer_said_so", "least_delivered")
CHOICE_TIERS = (Tier.BETTER, Tier.BEYOND)
LONGEST_MS = 30 * DAY_MS  # a hold this old is a case that somebody forgot


def read_plans(top: Section, remedies: Mapping[str, Remedy]) -> tuple[tuple[Plan, Section], ...]:
    """Read the plans, each with its section for the checks across sections."""
    return tuple(
        (_Reading(section, remedies).plan(), section) for section in top.sections("plans", "plan")
    )


class _Reading:
    """Reads one plan."""

    def __init__(self, section: Section, remedies: Mapping[str, Remedy]) -> None:
        self.section = section
        self.remedies = remedies
        self.apology_kind = APOLOGY_KINDS[0]

    def plan(self) -> Plan:
        section = self.section
        failures = tuple(name for name, _ in section.texts("for", required=True))
        gives, gives_outside, offers = self._offers()
        section.choice("otherwise", OTHERWISE, default="call_by_owner")
        plan = Plan(
            id=failures[0] if failures else "",
            failures=failures,
            hold=self._hold(),
            apology=section.name("apology"),
            explanation=section.name("explanation", default=""),
            apology_kind=self.apology_kind,
            gives=gives,
            gives_outside=gives_outside,
            offers=offers,
            tiers=self._tiers(section, "offer_first", offers) or CHOICE_TIERS,
            offer_message=section.name("offer_message", default=None if offers else ""),
            chosen_message=section.name("chosen_message", default=None if offers else ""),
            choose_within_ms=section.span_ms("choose_within", default=None if offers else 0),
            open_within_ms=section.span_ms("open_within", default=0),
            call_within_ms=section.span_ms("call_within"),
            useful_ms=section.span_ms("useful_within"),
            double=self._double(offers),
            made_whole=self._made_whole(),
            then_offer=self._then_offer(),
            line=section.place.line,
        )
        section.done()
        return plan

    def _hold(self) -> HoldTerms:
        hold = self.section.section("hold", "hold", required=True)
        if hold is None:
            return HoldTerms()
        hold.choice("until", ("made_whole",), default="made_whole")
        scope: Literal["umbrella", "brand"] = (
            "brand" if hold.choice("scope", SCOPES) == "brand" else "umbrella"
        )
        terms = HoldTerms(
            scope=scope,
            cool_off_ms=hold.span_ms("cool_off", default=0),
            longest_ms=hold.span_ms("longest", default=LONGEST_MS),
        )
        if terms.longest_ms == 0:
            hold.error("longest", "A hold stands longer than nothing.", "Write for example 30d.")
        hold.done()
        return terms

    def _offers(self) -> tuple[tuple[str, ...], tuple[str, ...], tuple[Offer, ...]]:
        offers = self.section.section("offers", "list of offers", required=True)
        if offers is None:
            return (), (), ()
        gives = self._given(offers, "least", required=True)
        gives_outside = self._given(offers, "least_outside", required=False)
        found: dict[str, Offer] = {}
        for tier in CHOICE_TIERS:
            for node in _items(offers.node(tier.value)):
                offer = self._offer(node, tier)
                if offer is None:
                    continue
                if offer.id in found:
                    self.section.report.error(
                        node.place, f"`{offer.id}` is offered twice.", "Keep it in one tier."
                    )
                found.setdefault(offer.id, offer)
        offers.done()
        return gives, gives_outside, tuple(found.values())

    def _given(self, offers: Section, key: str, *, required: bool) -> tuple[str, ...]:
        """Read what is given by itself; `apology: commitment` says how we say sorry."""
        found = []
        for node in _items(offers.node(key, required=required)):
            if isinstance(node, Fields):
                self._apology(Section(node, "apology", offers.report))
                continue
            remedy = self._remedy(node)
            if remedy is not None and not remedy.provider:
                offers.report.error(
                    node.place,
                    f"`{remedy.id}` cannot be given by itself: nobody provides it.",
                    "Apologies and explanations go by `apology:` and `explanation:` of the plan.",
                )
            if remedy is not None:
                found.append(remedy.id)
        return tuple(dict.fromkeys(found))

    def _apology(self, entry: Section) -> None:
        self.apology_kind = entry.choice("apology", APOLOGY_KINDS)
        entry.done()

    def _offer(self, node: Node, tier: Tier) -> Offer | None:
        if not isinstance(node, Fields):
            remedy = self._remedy(node)
            return self._checked(remedy, node, tier, declines=False, calls=False)
        entry = Section(node, "offer", self.section.report)
        written = entry.scalar("remedy", "a remedy", required=True)
        declines, calls = entry.flag("declines"), entry.flag("calls")
        entry.done()
        remedy = self._remedy(written) if written is not None else None
        return self._checked(remedy, node, tier, declines=declines, calls=calls)

    def _checked(
        self, remedy: Remedy | None, node: Node, tier: Tier, *, declines: bool, calls: bool
    ) -> Offer | None:
        if remedy is None:
            return None
        if calls != (remedy.kind == "call"):
            self.section.report.error(
                node.place,
                f"`{remedy.id}` is a {remedy.kind}, so it "
                + ("is no call." if calls else "needs `calls: true`."),
                f"Write `{{remedy: {remedy.id}, calls: true}}` for a call and only for one.",
            )
        return Offer(id=remedy.id, tier=tier, declines=declines, calls=calls)

    def _remedy(self, node: Node) -> Remedy | None:
        written = node.written if isinstance(node, Scalar) else ""
        if written not in self.remedies:
            self.section.report.error(
                node.place, f"`{written}` is not a remedy.", nearest(written, self.remedies)
            )
        return self.remedies.get(written)

    def _double(self, offers: tuple[Offer, ...]) -> DoubleTerms | None:
        double = self.section.section("on_double_deviation", "answer to a second failure")
        if double is None:
            return None
        if offers:
            double.node("offer", required=True)
        terms = DoubleTerms(
            tiers=self._tiers(double, "offer", offers),
            call_within_ms=double.span_ms("call_within"),
            apology=double.name("apology", default=""),
        )
        double.done()
        return terms

    def _tiers(self, section: Section, key: str, offers: tuple[Offer, ...]) -> tuple[Tier, ...]:
        tiers = []
        for name, place in section.texts(key):
            if name not in [tier.value for tier in CHOICE_TIERS]:
                section.report.error(
                    place, f"`{name}` is not a tier of choice.", nearest(name, CHOICE_TIERS)
                )
            elif not any(offer.tier == name for offer in offers):
                section.report.error(
                    place, f"The plan offers nothing `{name}`.", f"Add `{name}:` to its offers."
                )
            else:
                tiers.append(Tier(name))
        return tuple(dict.fromkeys(tiers))

    def _made_whole(self) -> MadeWholeTerms:
        whole = self.section.section("made_whole", "ending", required=True)
        if whole is None:
            return MadeWholeTerms(question="", ask_after_ms=0)
        by = whole.choice("or", ENDINGS, default="customer_said_so")
        terms = MadeWholeTerms(
            question=whole.name("asked"),
            ask_after_ms=whole.span_ms("ask_after"),
            ask_again_ms=whole.span_ms("ask_again", default=0),
            by_criterion=by == "least_delivered",
        )
        whole.done()
        return terms

    def _then_offer(self) -> ThenOffer | None:
        then = self.section.section("then_offer", "offer afterwards")
        if then is None:
            return None
        by = then.choice("by", OFFERED_BY, default="owner")
        terms = ThenOffer(
            message=then.name("message"),
            after_ms=then.span_ms("after"),
            by_owner=by != "brand",
            by_chosen_rep=by == "chosen_rep",
        )
        then.done()
        return terms


def _items(node: Node | None) -> tuple[Node, ...]:
    if node is None:
        return ()
    return node.items if isinstance(node, Items) else (node,)
