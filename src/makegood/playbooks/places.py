"""The section `places`: who may be asked to take a customer in, in which order and how long.

Source: story 2; ideas, 9 (an offer names only what somebody has confirmed).
"""

from collections.abc import Collection, Mapping
from string import Template

from msgspec.structs import replace

from makegood.playbooks.failures import Detector
from makegood.playbooks.header import Header, check_brand
from makegood.playbooks.messages import spoken, variables_of
from makegood.playbooks.mistakes import Place, Report, nearest
from makegood.playbooks.placing import PlaceRule
from makegood.playbooks.reading import NAME, Section, without_repeats
from makegood.playbooks.remedies import check_languages
from makegood.playbooks.terms import MessageTemplate, Remedy

READS = ("near", "product", "from", "until", "party", "rate", "expected")
UNKNOWN = ("last", "never")
QUALITY = ("same_or_better", "any")
STORY_NAMES = frozenset(
    {"guest", "house", "place", "brand", "answer_by", "kept_until", "agreed_until", "agreement"}
)
"""What a story may name beside the details of the failure."""
MESSAGE_NAMES = frozenset(
    {"story", "link", "answer_by", "place", "brand", "brand_phone", "umbrella"}
)
"""What the messages to a place may name."""
_METRES = 1000
_MOST_ASKED = 20  # whoever has asked as many has found that there is no room


def read_places(top: Section, header: Header) -> Mapping[str, PlaceRule]:
    """Read the rules about places."""
    sections = top.sections("places", "rule about places")
    ids = tuple(section.name("id") for section in sections)
    return {name: _rule(section, name, header) for section, name in without_repeats(sections, ids)}


def _rule(section: Section, name: str, header: Header) -> PlaceRule:
    brands = tuple(brand for brand, _ in section.texts("brands"))
    for brand in brands:
        check_brand(section, "brands", brand, header)
    availability = section.section("availability", "rule about availability")
    rule = PlaceRule(
        id=name,
        kinds=tuple(kind for kind, _ in section.texts("kinds", required=True)),
        brands=brands,
        reads=_reads(section),
        within_metres=section.whole("within_km", default=0, most=20_000) * _METRES,
        as_good=section.choice("quality", QUALITY, default=QUALITY[0]) == QUALITY[0],
        at_once=_counted(section, "at_once", 1),
        most=_counted(section, "most", 4),
        answer_within_ms=section.span_ms("answer_within"),
        kept_ms=section.span_ms("kept"),
        again=section.whole("ask_again", default=1, most=3),
        oldest_ms=availability.span_ms("oldest") if availability is not None else 0,
        asks_unknown=availability is None
        or availability.choice("unknown", UNKNOWN, default=UNKNOWN[0]) == UNKNOWN[0],
        ask=section.name("ask"),
        expect=section.name("expect"),
        free=section.name("free"),
        story=_story(section),
        line=section.place.line,
    )
    for key in ("answer_within", "kept"):
        if section.has(key) and section.span_ms(key, default=0) == 0:
            section.error(key, f"`{key}` is longer than nothing.", "Write for example 10m.")
    if availability is not None:
        availability.done()
    section.done()
    return rule


def _counted(section: Section, key: str, usual: int) -> int:
    found = section.whole(key, default=usual, most=_MOST_ASKED)
    if section.has(key) and found == 0:
        section.error(key, "Somebody has to be asked.", "Write 1 or more.")
    return found or usual


def _reads(section: Section) -> Mapping[str, str]:
    needs = section.section("needs", "list of needs", required=True)
    if needs is None:
        return {}
    found = {key: needs.name(key, default="") for key in READS}
    needs.done()
    return {key: detail for key, detail in found.items() if detail}


def _story(section: Section) -> Mapping[str, tuple[str, ...]]:
    story = section.section("story", "story", required=True)
    if story is None:
        return {}
    languages = tuple(entry.key for entry in section.named("story", "language"))
    check_languages(section, "story", languages)
    found = {}
    for language in languages:
        clauses = tuple(words for words, _ in story.texts(language, required=True))
        for clause in clauses:
            if not Template(clause).is_valid():
                story.error(language, "A lone `$` is no fact.", "Write `$$` for a dollar sign.")
        found[language] = clauses
    return found


def with_places(
    remedies: Mapping[str, Remedy], rules: Mapping[str, PlaceRule], report: Report
) -> Mapping[str, Remedy]:
    """Let a remedy that names a rule about places stand no longer than that rule lets a yes."""
    found = dict(remedies)
    for remedy in remedies.values():
        if not remedy.places:
            continue
        rule = rules.get(remedy.places)
        if rule is None:
            report.error(
                Place(remedy.line, 1),
                f"The remedy `{remedy.id}` names the places `{remedy.places}`, which `places` "
                "does not have.",
                nearest(remedy.places, rules),
            )
            continue
        found[remedy.id] = replace(remedy, expires_ms=rule.kept_ms)
    return found


def check_places(
    rules: Mapping[str, PlaceRule],
    detectors: Collection[Detector],
    messages: Mapping[str, MessageTemplate],
    report: Report,
) -> None:
    """Check what a rule about places names elsewhere in the book."""
    details = {name for one in detectors for name in one.details}
    for rule in rules.values():
        place = Place(rule.line, 1)
        for key, detail in rule.reads.items():
            if detail not in details:
                report.error(
                    place,
                    f"`{key}` reads the detail `{detail}`, and no failure has it.",
                    nearest(detail, details),
                )
        _check_story(rule, spoken(details) | STORY_NAMES, report)
        for name in (rule.ask, rule.expect, rule.free):
            _check_message(name, messages, place, report)


def _check_story(rule: PlaceRule, known: Collection[str], report: Report) -> None:
    clauses = [clause for told in rule.story.values() for clause in told]
    names = {name for clause in clauses for name in Template(clause).get_identifiers()}
    for name in sorted(names - set(known)):
        report.error(
            Place(rule.line, 1),
            f"The story of `{rule.id}` names ${name}, which nobody tells.",
            nearest(name, known),
        )
    for language, told in rule.story.items():
        if told and set(Template(told[0]).get_identifiers()) - STORY_NAMES:
            report.error(
                Place(rule.line, 1),
                f"The story of `{rule.id}` ({language}) begins with a fact that may be missing.",
                "Begin with $guest, $house and $place; what may be missing comes after it.",
            )


def _check_message(
    name: str, messages: Mapping[str, MessageTemplate], place: Place, report: Report
) -> None:
    template = messages.get(name)
    if name and template is None:
        report.error(place, f"`{name}` is not a message.", nearest(name, messages))
    if template is None:
        return
    if template.message_class.value != "service":
        report.error(place, f"The message `{name}` to a place is service.", "Change its class.")
    for wrong in sorted(variables_of(template) - MESSAGE_NAMES):
        report.error(
            place,
            f"The message `{name}` uses ${wrong}, which a place is not told.",
            nearest(wrong, MESSAGE_NAMES),
        )


def is_name(word: str) -> bool:
    """Whether a word can be the id of a place."""
    return NAME.fullmatch(word.replace("-", "_")) is not None
