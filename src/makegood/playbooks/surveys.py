"""The section `surveys`: after which touchpoint the customer is asked how it was."""

from collections.abc import Callable, Mapping

from msgspec import Struct
from msgspec.structs import replace

from makegood.messages.commands import MessageClass
from makegood.messages.facts import Facts
from makegood.playbooks.cel import CelEvaluationError, Expression
from makegood.playbooks.cel.runtime import truth
from makegood.playbooks.conditions import Conditions, Reads
from makegood.playbooks.failures import check_event
from makegood.playbooks.messages import GIVEN, variables_of
from makegood.playbooks.mistakes import Report, nearest
from makegood.playbooks.reading import Section, without_repeats
from makegood.playbooks.remedies import read_texts
from makegood.playbooks.rulings import SurveyKind, SurveyQuestion, SurveyRule, Touched
from makegood.playbooks.terms import MessageTemplate

DAY_MS = 86_400_000
USEFUL_MS = 3 * DAY_MS  # after that nobody remembers the person at the gate
_OF_A_SURVEY = GIVEN - {"friend_link", "unsubscribe_link"} | {"about", "met", "scores"}
MOST_ALSO = 4  # a page with more is not finished, and what is not finished says nothing
WIDEST = 10  # more steps than that nobody tells apart
OUTSIDE = ("wait", "apology_first")


class Survey(Struct, frozen=True, kw_only=True, eq=False):
    """A survey of a book, read; what it names elsewhere is checked across the book.

    Attributes:
        events: Touchpoints after which it asks.
        section: Where it stands, for what is wrong with what it names.
    """

    id: str
    events: tuple[str, ...]
    question: Mapping[str, str]
    message: str
    kind: SurveyKind
    about: Expression | None
    when: Expression | None
    met: Expression | None
    rule: Expression | None
    place: Expression | None
    channel: Expression | None
    ask_after_ms: int
    every_ms: int
    useful_ms: int
    bad_below: int
    fails_as: str
    section: Section
    span: tuple[int, int] | None = None
    also: tuple[SurveyQuestion, ...] = ()
    outside: bool = False


def read_surveys(top: Section, conditions: Conditions) -> tuple[Survey, ...]:
    """Read the surveys of a book."""
    sections = top.sections("surveys", "survey")
    ids = tuple(section.name("id") for section in sections)
    return tuple(
        _survey(section, name, conditions) for section, name in without_repeats(sections, ids)
    )


def _survey(section: Section, name: str, conditions: Conditions) -> Survey:
    events = tuple(dict.fromkeys(event for event, _ in section.texts("after", required=True)))
    for event in events:
        check_event(section, "after", event, conditions)
    told = Reads(roots=("event",), events=events)
    known = Reads(roots=("event", "customer"), events=events)
    kind = SurveyKind(section.choice("kind", tuple(SurveyKind), default=SurveyKind.THUMBS))
    span = _span(section, kind)
    bad_below = _bad_below(section, kind, span or kind.scale)
    survey = Survey(
        id=name,
        events=events,
        question=read_texts(section, "question"),
        message=section.name("asks"),
        kind=kind,
        about=conditions.read(section, "about", told, gives=""),
        when=conditions.read(section, "when", known, gives="bool"),
        met=conditions.read(section, "met", told, gives=""),
        rule=conditions.read(section, "rule", told, gives=""),
        place=conditions.read(section, "place", told, gives=""),
        channel=conditions.read(section, "channel", told, gives=""),
        ask_after_ms=section.span_ms("ask_after", default=0),
        every_ms=section.span_ms("every", default=0),
        useful_ms=_useful_ms(section),
        bad_below=bad_below,
        fails_as=section.name("fails_as", default=""),
        section=section,
        span=span,
        also=_also(section, fails=section.has("fails_as")),
        outside=section.choice("outside", OUTSIDE, default="wait") == "apology_first",
    )
    section.done()
    return survey


def _span(section: Section, kind: SurveyKind) -> tuple[int, int] | None:
    """Read the ends of a scale of the firm's own; the others have theirs by definition."""
    if kind is not SurveyKind.CUSTOM:
        if section.has("scale"):
            least, most = kind.scale
            why = f"`{kind}` goes from {least} to {most} by its definition."
            section.error("scale", why, "Leave `scale` out, or write `kind: custom`.")
        return None
    if not section.has("scale"):
        section.error("kind", "A custom question needs its scale.", "Add `scale: 1 to 5`.")
        return None
    low, _, high = section.text("scale", default="").partition(" to ")
    ends = [int(one) for one in (low.strip(), high.strip()) if one.isdecimal()]
    if len(ends) != 2 or not ends[0] < ends[1] <= WIDEST:
        why = f"A scale is two whole numbers, 0 to {WIDEST}, the least first."
        section.error("scale", why, "Write `scale: 1 to 5`.")
        return None
    return ends[0], ends[1]


def _also(section: Section, *, fails: bool) -> tuple[SurveyQuestion, ...]:
    """Read the questions besides the first."""
    sections = section.sections("also", "question of a survey")
    if len(sections) > MOST_ALSO:
        why = f"A survey asks at most {MOST_ALSO} questions besides the first."
        section.error("also", why, "Ask fewer, or make another survey.")
    ids = tuple(one.name("id") for one in sections)
    return tuple(_question(one, id_, fails=fails) for one, id_ in without_repeats(sections, ids))


def _question(section: Section, id_: str, *, fails: bool) -> SurveyQuestion:
    kind = SurveyKind(section.choice("kind", tuple(SurveyKind), default=SurveyKind.CSAT))
    scale = _span(section, kind) or kind.scale
    bad_below = scale[0]
    if section.has("bad_below"):
        bad_below = _below(section, kind, scale)
        if not fails:
            why = "A bad score is a failure of some kind, and this survey names none."
            section.error("bad_below", why, "Write `fails_as` in the survey.")
    question = SurveyQuestion(
        id=id_,
        question=read_texts(section, "question"),
        kind=kind,
        scale=scale,
        bad_below=bad_below,
    )
    section.done()
    return question


def _useful_ms(section: Section) -> int:
    useful_ms = section.span_ms("useful_within", default=USEFUL_MS)
    if section.has("useful_within") and useful_ms == 0:
        section.error("useful_within", "`useful_within` is longer than nothing.", "Write 3d.")
    return useful_ms


def _bad_below(section: Section, kind: SurveyKind, scale: tuple[int, int]) -> int:
    if section.has("bad_below") != section.has("fails_as"):
        key = "bad_below" if section.has("bad_below") else "fails_as"
        section.error(
            key,
            "A bad score is a failure of some kind; one without the other says nothing.",
            "Write both `bad_below` and `fails_as`, or neither.",
        )
    if not section.has("bad_below"):
        return scale[0]
    return _below(section, kind, scale)


def _below(section: Section, kind: SurveyKind, scale: tuple[int, int]) -> int:
    least, most = scale
    below = section.whole("bad_below", default=least + 1, most=most)
    if below <= least:
        section.error(
            "bad_below",
            f"No score of {kind} is below {below}: the least is {least}.",
            f"Write {least + 1} to {most}.",
        )
    return below


def check_surveys(
    surveys: tuple[Survey, ...],
    messages: Mapping[str, MessageTemplate],
    failures: frozenset[str],
    report: Report,
) -> None:
    """Check what surveys name elsewhere in the book.

    Args:
        surveys: Of the book.
        messages: Of the book; a survey sends one of class `survey` and no other.
        failures: Every kind of failure.
        report: Takes every mistake.
    """
    for one in surveys:
        _check_message(one, messages.get(one.message), messages)
        if one.fails_as and one.fails_as not in failures:
            hint = nearest(one.fails_as, failures)
            one.section.error("fails_as", f"`{one.fails_as}` is not a failure.", hint)
        if one.about is None:
            report.warn(
                one.section.place,
                f"The survey `{one.id}` has no `about`, and asks after every {one.events[0]}."
                if one.events
                else f"The survey `{one.id}` has no `about`.",
                "Name the booking, segment or order, so that it is asked about once.",
            )


def _check_message(
    one: Survey, template: MessageTemplate | None, messages: Mapping[str, MessageTemplate]
) -> None:
    section = one.section
    if template is None:
        if one.message:
            section.error(
                "asks", f"`{one.message}` is not a message.", nearest(one.message, messages)
            )
        return
    if template.message_class is not MessageClass.SURVEY:
        section.error(
            "asks",
            f"The message `{one.message}` is {template.message_class}; a survey asks and does not "
            "sell, and sends a survey message.",
            "Give it `class: survey`, or name another.",
        )
    for name in sorted(variables_of(template) - _OF_A_SURVEY):
        section.error(
            "asks",
            f"The message `{one.message}` uses ${name}, which a survey cannot fill in.",
            nearest(name, _OF_A_SURVEY),
        )
    if not variables_of(template) & {"link", "scores"}:
        section.error(
            "asks",
            f"The message `{one.message}` has no $link to answer by, nor $scores.",
            "Add `$link`.",
        )


def make_surveys(
    surveys: tuple[Survey, ...], parameters: Mapping[str, object]
) -> Mapping[str, SurveyRule]:
    """Make what the core asks about surveys."""
    return {
        one.id: SurveyRule(
            id=one.id,
            after=one.events,
            question=one.question,
            message=one.message,
            kind=one.kind,
            read=_reader(one, parameters),
            ask_after_ms=one.ask_after_ms,
            every_ms=one.every_ms,
            useful_ms=one.useful_ms,
            bad_below=one.bad_below,
            fails_as=one.fails_as,
            line=one.section.place.line,
            span=one.span,
            also=one.also,
            outside=one.outside,
        )
        for one in surveys
    }


def by_event(
    surveys: tuple[Survey, ...], rules: Mapping[str, SurveyRule]
) -> Mapping[str, tuple[SurveyRule, ...]]:
    """Give the surveys by the event after which they ask."""
    events = dict.fromkeys(event for one in surveys for event in one.events)
    return {
        event: tuple(rules[one.id] for one in surveys if event in one.events) for event in events
    }


def _reader(
    one: Survey, parameters: Mapping[str, object]
) -> Callable[[Facts, Facts], Touched | None]:
    def read(event: Facts, customer: Facts) -> Touched | None:
        env: Facts = {"event": event, "customer": customer, "params": parameters}
        touched = Touched(
            about=_name(one.about, env),
            met=_name(one.met, env),
            rule=_name(one.rule, env),
            place=_name(one.place, env),
            channel=_name(one.channel, env),
        )
        try:
            if one.when is not None and not truth(one.when.exact(env)):
                return None
        except CelEvaluationError as error:
            return replace(touched, missing=error.missing or str(error))
        return touched

    return read


def _name(made: Expression | None, env: Facts) -> str:
    """Work out a name or a number; what lacks a fact is empty."""
    if made is None:
        return ""
    try:
        value = made.exact(env)
    except CelEvaluationError:
        return ""
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
