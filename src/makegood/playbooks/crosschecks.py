"""What one section of a book says about another: names that exist, plans that are complete."""

from collections.abc import Iterable, Mapping

from msgspec import Struct, field

from makegood.messages.commands import HELD_CLASSES, MessageClass
from makegood.playbooks.cel import Expression
from makegood.playbooks.duty import DutyHours
from makegood.playbooks.entitlements import Entitlement
from makegood.playbooks.failures import OTHER, Detector
from makegood.playbooks.giving import Budget, Goodwill
from makegood.playbooks.lapsing import LapseRule
from makegood.playbooks.messages import check_variables, variables_of
from makegood.playbooks.mistakes import Place, Report, nearest
from makegood.playbooks.people_terms import PeopleRules
from makegood.playbooks.places import check_places
from makegood.playbooks.placing import PlaceRule, WalkRule
from makegood.playbooks.promises import Disclosure
from makegood.playbooks.reading import Section
from makegood.playbooks.requests import Request
from makegood.playbooks.rulings import RequestRule
from makegood.playbooks.sending import USUAL_SENDS, SendRule
from makegood.playbooks.silence import Promise
from makegood.playbooks.surveys import Survey, check_surveys
from makegood.playbooks.terms import Loss, MessageTemplate, Plan, Remedy
from makegood.playbooks.waiting import WaitRule

_SALES = frozenset({MessageClass.PROMOTIONAL})
_QUESTIONS = frozenset({MessageClass.SURVEY})
_SERVICE = frozenset(MessageClass) - HELD_CLASSES


class Parts(Struct, frozen=True, kw_only=True, eq=False):
    """The sections of a book, read and compiled."""

    detectors: tuple[Detector, ...]
    promises: tuple[Promise, ...]
    entitlements: tuple[Entitlement, ...]
    remedies: Mapping[str, Remedy]
    messages: Mapping[str, MessageTemplate]
    people: PeopleRules
    plans: tuple[tuple[Plan, Section], ...]
    requests: tuple[Request, ...]
    goodwill: Goodwill = Goodwill()
    budgets: tuple[Budget, ...] = ()
    sends: Mapping[str, SendRule] = field(default_factory=lambda: USUAL_SENDS)
    disclosures: tuple[Disclosure, ...] = ()
    claims: tuple[RequestRule, ...] = ()
    surveys: tuple[Survey, ...] = ()
    places: Mapping[str, PlaceRule] = {}
    walks: Mapping[str, WalkRule] = {}
    lapses: tuple[LapseRule, ...] = ()
    waits: tuple[WaitRule, ...] = ()
    told: frozenset[str] = frozenset()
    duty: DutyHours = DutyHours()

    @property
    def kinds(self) -> dict[str, int]:
        """Every failure kind that needs a plan, with its line."""
        kinds = {one.rule.id: one.rule.line for one in self.detectors}
        kinds |= {one.id: one.line for one in self.waits}
        return kinds | {one.rule.id: one.rule.line for one in self.promises}


def check_across(parts: Parts, report: Report) -> None:
    """Check what no section can check alone."""
    served = _check_kinds(parts, report)
    for kind, line in parts.kinds.items():
        if kind and kind not in served:
            report.error(
                Place(line, 1), f"No plan is for `{kind}`.", "Add it to the `for:` of a plan."
            )
    if OTHER not in served:
        report.error(
            Place(1, 1),
            f"No plan is for `{OTHER}`: what people raise by hand and no rule describes.",
            f"Add `{OTHER}` to the `for:` of a plan.",
        )
    for plan, section in parts.plans:
        _check_plan(plan, section, parts)
    check_surveys(parts.surveys, parts.messages, frozenset({*parts.kinds, OTHER}), report)
    _check_growth(parts, report)
    check_places(parts.places, parts.detectors, parts.messages, report)
    _check_used(parts, report)


def _check_kinds(parts: Parts, report: Report) -> dict[str, int]:
    known = {*parts.kinds, *(one.id for one in parts.lapses), OTHER}
    served: dict[str, int] = {}
    for plan, section in parts.plans:
        for name, place in section.texts("for"):
            if name not in known:
                report.error(place, f"`{name}` is not a failure.", nearest(name, known))
            elif served.setdefault(name, plan.line) != plan.line:
                line = report.line(served[name])
                report.error(place, f"`{name}` has a plan already, in {line}.", "Keep it in one.")
    return served


def _check_growth(parts: Parts, report: Report) -> None:
    """A failure that grows takes the plan of the worse kind; who the customer is never does."""
    plan_of = {kind: plan.line for plan, _ in parts.plans for kind in plan.failures}
    for one in parts.detectors:
        for other in parts.detectors:
            same = _may_be_same(one.about, other.about)
            chooses = plan_of.get(one.rule.id) != plan_of.get(other.rule.id)
            if one.follows and same and chooses:
                report.error(
                    Place(one.rule.line, 1),
                    f"The severity of `{one.rule.id}` follows the customer, and would choose "
                    f"between its plan and that of `{other.rule.id}`: both may have the same "
                    "`about`.",
                    "Give them one plan, or take the customer out of the severity.",
                )


def _may_be_same(one: Expression | None, other: Expression | None) -> bool:
    """Whether two failures may be about the same thing; what reads the same fact may be."""
    if one is None or other is None:
        return False
    return one.text == other.text or bool(set(one.paths) & set(other.paths))


def _check_plan(plan: Plan, section: Section, parts: Parts) -> None:
    if plan.hold.cool_off_ms > plan.hold.longest_ms:
        section.error("hold", "`cool_off` is longer than `longest`.", "Make `longest` the longer.")
    if _may_be_outside(plan, parts) and not plan.explanation:
        section.error(
            "explanation",
            "A failure of this plan can have a cause outside the firm, and it explains nothing.",
            "Add `explanation:`, the message that goes instead of the apology.",
        )
    if plan.double is None:
        section.report.warn(
            section.place,
            "This plan does nothing more after a second failure.",
            "Add `on_double_deviation:`.",
        )
    _check_double(plan, section, parts)
    _check_fit(plan, section, parts)
    for key, name, classes, word in _sent(plan):
        _check_message(section, key, name, (classes, word), plan, parts)


def _check_double(plan: Plan, section: Section, parts: Parts) -> None:
    """A second failure takes an apology, a person and something given, all three.

    Source: Joireman, Gregoire, Devezer and Tripp 2013: one without the other does not turn anger.
    """
    if plan.double is None or parts.goodwill == Goodwill():  # a book that sets no limits
        return
    owed = {kind for rule in parts.entitlements for kind in rule.failures}
    chosen = [one for one in plan.offers if one.tier in plan.double.tiers and not one.calls]
    if not (plan.gives or chosen or set(plan.failures) <= owed):
        section.report.warn(
            section.at("on_double_deviation"),
            "After a second failure this plan apologises, calls and gives nothing.",
            "Compensation and apology go together: add a remedy to `least`, or one to choose.",
        )


def _check_fit(plan: Plan, section: Section, parts: Parts) -> None:
    """Point at remedies of a plan that make good nothing that its failures cost."""
    loses = {one.rule.id: one.rule.loses for one in parts.detectors}
    loses |= {one.rule.id: one.rule.loses for one in parts.promises}
    loses |= {one.id: one.loses for one in parts.waits}
    losses = {loses.get(kind, Loss.SERVICE) for kind in plan.failures}
    chosen = (offer.id for offer in plan.offers)
    for name in dict.fromkeys((*plan.gives, *plan.gives_outside, *chosen)):
        if not any(parts.goodwill.fits(loss, parts.remedies[name]) for loss in losses):
            instead = parts.goodwill.otherwise or "nothing"
            section.report.warn(
                section.at("offers"),
                f"`{name}` fits nothing that is lost here ({', '.join(sorted(losses))}), so "
                f"{instead} comes instead of it.",
                "Name it in `match:` of `goodwill`, or take it out of the plan.",
            )


def _sent(plan: Plan) -> Iterable[tuple[str, str, frozenset[MessageClass], str]]:
    yield "apology", plan.apology, _SERVICE, "service"
    yield "explanation", plan.explanation, _SERVICE, "service"
    yield "offer_message", plan.offer_message, _SERVICE, "service"
    yield "chosen_message", plan.chosen_message, _SERVICE, "service"
    yield "made_whole", plan.made_whole.question, _QUESTIONS, "survey"
    if plan.double is not None:
        yield "on_double_deviation", plan.double.apology, _SERVICE, "service"
    if plan.then_offer is not None:
        yield "then_offer", plan.then_offer.message, _SALES, "promotional"


def _check_message(
    section: Section,
    key: str,
    name: str,
    wanted: tuple[frozenset[MessageClass], str],
    plan: Plan,
    parts: Parts,
) -> None:
    if not name:
        return
    template = parts.messages.get(name)
    if template is None:
        section.error(key, f"`{name}` is not a message.", nearest(name, parts.messages))
        return
    classes, word = wanted
    if template.message_class not in classes:
        section.error(
            key,
            f"The message `{name}` is {template.message_class}; `{key}` sends a {word} message.",
            f"Make `{name}` {word} ({section.report.line(template.line)}), or name another.",
        )
    detectors = [one for one in parts.detectors if one.rule.id in plan.failures]
    _check_fallbacks(section, template, detectors)
    all_detailed = len(detectors) == len(plan.failures)
    shared = (
        frozenset.intersection(*(frozenset(one.details) for one in detectors))
        if detectors and all_detailed
        else frozenset()
    )
    check_variables(section, template, shared, chosen=key == "chosen_message")


def _check_fallbacks(
    section: Section, template: MessageTemplate, detectors: Iterable[Detector]
) -> None:
    """A message that cannot be filled in is not sent; an apology must never be lost like that."""
    for one in detectors:
        bare = variables_of(template) & (set(one.details) - set(one.rule.details))
        for name in sorted(bare):
            section.report.error(
                Place(one.rule.line, 1),
                f"The message `{template.id}` uses ${name}, and `{one.rule.id}` may not know it.",
                f'Give it a fallback: `has(event.{name}) ? event.{name} : ""`.',
            )


def _may_be_outside(plan: Plan, parts: Parts) -> bool:
    causes = [one.cause for one in parts.detectors if one.rule.id in plan.failures]
    causes += [one.rule.cause for one in parts.promises if one.rule.id in plan.failures]
    causes += [one.cause for one in parts.waits if one.id in plan.failures]
    return bool(plan.gives_outside) or any(
        isinstance(cause, Expression) or cause.is_outside for cause in causes
    )


def _check_used(parts: Parts, report: Report) -> None:
    given = {name for plan, _ in parts.plans for name in (*plan.gives, *plan.gives_outside)}
    given |= {rule.remedy for rule in parts.entitlements}
    given |= {row.remedy for request in parts.requests for row in request.rows}
    given |= {one.claim.pays for one in parts.claims if one.claim is not None}
    given.add(parts.goodwill.otherwise)
    given |= {one.brings for one in parts.remedies.values()}
    said = {name for plan, _ in parts.plans for _, name, _, _ in _sent(plan)}
    said |= {one.message for one in parts.surveys} | {one.tell for one in parts.waits}
    said |= {parts.people.room, parts.people.unsure} | parts.told
    said |= {name for one in parts.places.values() for name in (one.ask, one.expect, one.free)}
    leaving = parts.people.leaving
    said |= {leaving.introduction, leaving.gone, leaving.stays}
    for remedy in parts.remedies.values():
        if (remedy.accepted_by or remedy.places) and remedy.id in given:
            report.error(
                Place(remedy.line, 1),
                f"`{remedy.id}` sends the customer to somebody else, and is given without a yes "
                "of those who accept them.",
                "Offer it as `better` or `beyond`; then they are asked first.",
            )
    for message in parts.messages.values():
        if message.id not in said and not message.canned:  # a rep puts that in by hand
            report.warn(Place(message.line, 1), f"No plan sends the message `{message.id}`.")
