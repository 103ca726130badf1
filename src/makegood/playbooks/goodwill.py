"""The section `goodwill`: what fits which loss, how much, and how often sorry is enough.

Source: evidence (14 to 18: match, fall-back, dose and cap; 26 and 33: apologies).
"""

from collections.abc import Callable, Mapping

from makegood.messages.body import Facts
from makegood.playbooks.cel import CelEvaluationError, Expression
from makegood.playbooks.conditions import Conditions, Reads
from makegood.playbooks.entitlements import OWN_FACTS
from makegood.playbooks.failures import Detector
from makegood.playbooks.giving import ApologyTerms, Besides, Goodwill
from makegood.playbooks.mistakes import Place, nearest
from makegood.playbooks.nodes import Node, Scalar
from makegood.playbooks.reading import Section
from makegood.playbooks.spans import DAY_MS
from makegood.playbooks.terms import Loss, Remedy

APOLOGIES_MS = 90 * DAY_MS
_SEVERITIES = ("1", "2", "3", "4", "5")


def read_goodwill(
    top: Section,
    remedies: Mapping[str, Remedy],
    detectors: tuple[Detector, ...],
    conditions: Conditions,
) -> Goodwill:
    """Read the limits of goodwill; without the section there are none."""
    section = top.section("goodwill", "goodwill")
    dosed = [remedy for remedy in remedies.values() if remedy.dosed]
    if section is None:
        for remedy in dosed:
            _no_dose(top, remedy)
        return Goodwill()
    return _Reading(section, remedies, detectors, conditions).goodwill(dosed)


def _no_dose(top: Section, remedy: Remedy) -> None:
    top.report.error(
        Place(remedy.line, 1),
        f"The cost of `{remedy.id}` is a dose, and the book has no `doses`.",
        "Add `doses:` to `goodwill:`, or say `cents` or a `ratio`.",
    )


class _Reading:
    """Reads the section."""

    def __init__(
        self,
        section: Section,
        remedies: Mapping[str, Remedy],
        detectors: tuple[Detector, ...],
        conditions: Conditions,
    ) -> None:
        self.section = section
        self.remedies = remedies
        self.detectors = detectors
        self.conditions = conditions

    def goodwill(self, dosed: list[Remedy]) -> Goodwill:
        section = self.section
        most_ratio, uncounted = self._most()
        doses, used = self._doses(most_ratio), self._used()
        if section.has("doses") != section.has("used"):
            key = "doses" if section.has("doses") else "used"
            section.error(
                key,
                "`doses` and `used` go together: a dose depends on whether the service was used.",
                "Add the other one.",
            )
        for remedy in dosed if not section.has("doses") else ():
            _no_dose(section, remedy)
        self._check_fair(dosed, doses)
        if section.has("doses") and not dosed:
            section.report.warn(
                section.at("doses"),
                "No remedy costs a dose, so the curves say nothing.",
                "Write `cost: {dose: true}` in the remedy they are for.",
            )
        made = Goodwill(
            most_ratio=most_ratio,
            uncounted=uncounted,
            match=self._match(),
            otherwise=self._otherwise(),
            used=_judge(used, self.conditions.vocabulary.parameters) if used is not None else None,
            doses=doses,
            apologies=self._apologies(),
        )
        section.done()
        return made

    def _check_fair(
        self, dosed: list[Remedy], doses: Mapping[bool, tuple[tuple[int, float], ...]]
    ) -> None:
        """A severity that follows who the customer is may not choose a dose."""
        follows = [one.rule for one in self.detectors if one.follows]
        sloped = any(len({share for _, share in curve}) > 1 for curve in doses.values())
        for rule in follows if dosed and sloped else ():
            self.section.report.error(
                Place(rule.line, 1),
                f"The severity of `{rule.id}` follows the customer, and a dose follows severity.",
                "Take the customer out of it, or say why in its `allow_because`.",
            )

    def _most(self) -> tuple[float, frozenset[str]]:
        most = self.section.section("most", "cap")
        if most is None:
            return 0.0, frozenset()
        ratio = most.ratio("ratio")
        if most.has("ratio") and ratio == 0:
            most.error("ratio", "A cap of nothing lets nothing be given.", "1.5 is usual.")
        uncounted = self._named(most, "except")
        most.done()
        return ratio, uncounted

    def _named(self, section: Section, key: str, *, required: bool = False) -> frozenset[str]:
        """Read remedies by id or kind."""
        known = {*self.remedies, *(remedy.kind for remedy in self.remedies.values())}
        named = section.texts(key, required=required)
        for name, place in named:
            if name not in known:
                self.section.report.error(
                    place, f"`{name}` is no remedy and no kind of one.", nearest(name, known)
                )
        return frozenset(name for name, _ in named)

    def _match(self) -> Mapping[Loss, frozenset[str]]:
        match = self.section.section("match", "match")
        if match is None:
            return {}
        found: dict[Loss, frozenset[str]] = {}
        for entry in self.section.named("match", "loss"):
            if entry.key not in tuple(Loss):
                self.section.report.error(
                    entry.place, f"`{entry.key}` is not a loss.", nearest(entry.key, tuple(Loss))
                )
                continue
            found[Loss(entry.key)] = self._named(match, entry.key, required=True)
        return found

    def _otherwise(self) -> str:
        section = self.section
        name = section.text("otherwise", default="")
        remedy = self.remedies.get(name)
        if name and remedy is None:
            section.error("otherwise", f"`{name}` is not a remedy.", nearest(name, self.remedies))
        elif remedy is not None and (not remedy.provider or remedy.confirm_within_ms):
            section.error(
                "otherwise",
                f"`{name}` cannot always be had: nobody provides it, or somebody is asked first.",
                "Name a remedy with a provider and without `confirm_within`, such as a credit.",
            )
        return name

    def _used(self) -> Expression | None:
        details = frozenset(name for one in self.detectors for name in one.details)
        tainted = frozenset(name for one in self.detectors for name in one.tainted)
        reads = Reads(
            roots=("failure",),
            failure=OWN_FACTS | details,
            tainted=tuple(("failure", name) for name in sorted(tainted)),
        )
        return self.conditions.read(self.section, "used", reads, gives="bool", sizes=True)

    def _doses(self, most_ratio: float) -> Mapping[bool, tuple[tuple[int, float], ...]]:
        doses = self.section.section("doses", "list of doses")
        if doses is None:
            return {}
        found = {}
        for key, used in (("used", True), ("unused", False)):
            if not doses.has(key):
                doses.error(key, f"These doses have no `{key}`.", f"Add `{key}: {{1: 0.2}}`.")
                continue
            found[used] = self._curve(doses, key, most_ratio)
        doses.done()
        return found

    def _curve(self, doses: Section, key: str, most_ratio: float) -> tuple[tuple[int, float], ...]:
        points: dict[int, float] = {}
        for entry in doses.named(key, "severity"):
            share = _share(entry.value)
            if entry.key not in _SEVERITIES:
                doses.report.error(entry.place, f"`{entry.key}` is no severity.", "Write 1 to 5.")
            elif share is None:
                doses.report.error(
                    entry.value.place,
                    f"The dose at severity {entry.key} should be a number from 0 to 10.",
                    "1.0 is the whole price.",
                )
            elif most_ratio and share > most_ratio:
                doses.report.error(
                    entry.value.place,
                    f"This dose is more than the {most_ratio:g} that `most` lets anybody give.",
                    "Lower it, or raise `most`.",
                )
            else:
                points[int(entry.key)] = share
        if not points:
            doses.error(key, f"`{key}` has no point.", "Write a severity and a share: `3: 0.25`.")
        return tuple(sorted(points.items())) or ((1, 0.0),)

    def _apologies(self) -> ApologyTerms | None:
        apologies = self.section.section("apologies", "rule for apologies")
        if apologies is None:
            return None
        known = tuple(Besides)
        needs = []
        for name, place in apologies.texts("second_needs"):
            if name in known:
                needs.append(Besides(name))
            else:
                apologies.report.error(
                    place, f"`{name}` goes with no apology.", nearest(name, known)
                )
        terms = ApologyTerms(
            within_ms=apologies.span_ms("within", default=APOLOGIES_MS),
            needs=tuple(dict.fromkeys(needs)) or known,
        )
        if apologies.has("within") and terms.within_ms == 0:
            apologies.error("within", "`within` is longer than nothing.", "Write for example 90d.")
        apologies.done()
        return terms


def _share(node: Node) -> float | None:
    value = node.value if isinstance(node, Scalar) else None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 10:
        return None
    return float(value)


def _judge(used: Expression, parameters: Mapping[str, object]) -> Callable[[Facts], bool | None]:
    def judge(facts: Facts) -> bool | None:
        try:
            found = used.evaluate({"failure": facts, "params": parameters})
        except CelEvaluationError:
            return None
        return found if isinstance(found, bool) else None

    return judge
