"""The section `messages`: what is said, in which class, in which languages."""

from collections.abc import Collection, Mapping
from string import Template

from makegood.messages.commands import MessageClass, Urgency
from makegood.playbooks.mistakes import nearest
from makegood.playbooks.nodes import Fields
from makegood.playbooks.reading import Section, without_repeats
from makegood.playbooks.remedies import check_languages
from makegood.playbooks.terms import MessageTemplate, MessageText

GIVEN = frozenset(
    {"greeting", "brand", "brand_phone", "umbrella", "link", "friend_link", "unsubscribe_link"}
)
"""Variables that every message may use."""
OF_A_CASE = frozenset({"about", "owner", "owed_cents", "currency", "failure"})
"""Variables that every message of a plan may use besides."""
OF_AN_ANSWER = frozenset({"greeting", "brand", "brand_phone", "umbrella", "owner"})
"""Variables of what reps put into their answers; `owner` is who answers."""
OF_A_CHOICE = frozenset({"offer"})
"""Variable of the message that confirms a choice."""


def read_messages(top: Section) -> Mapping[str, MessageTemplate]:
    """Read the messages of a book."""
    sections = top.sections("messages", "message")
    ids = tuple(section.name("id") for section in sections)
    messages = {name: _message(section, name) for section, name in without_repeats(sections, ids)}
    _check_same_languages(top, messages)
    return messages


def variables_of(template: MessageTemplate) -> frozenset[str]:
    """Give every variable a message uses, in any language."""
    parts = [part for text in template.texts.values() for part in (text.subject, text.text)]
    return frozenset(name for part in parts for name in Template(part).get_identifiers())


def spoken(names: Collection[str]) -> frozenset[str]:
    """Give every name under which facts may be said: `price_cents` is also `$price`."""
    found = set(names)
    for name in names:
        if name.endswith("_cents"):
            found.add(name.removesuffix("_cents"))
        elif name.endswith("_ms"):
            stem = name.removesuffix("_ms")
            found |= {stem, f"{stem}_date"}
    return frozenset(found)


def _message(section: Section, name: str) -> MessageTemplate:
    message = MessageTemplate(
        id=name,
        message_class=MessageClass(section.choice("class", tuple(MessageClass))),
        urgency=Urgency(section.choice("urgency", tuple(Urgency), default=Urgency.SOON)),
        texts=_texts(section),
        line=section.place.line,
        canned=section.flag("canned"),
    )
    _check_canned(section, message)
    section.done()
    return message


def _check_canned(section: Section, message: MessageTemplate) -> None:
    """A rep's answer is service, and knows no case: only so much can be filled in."""
    if not message.canned:
        return
    if message.message_class is not MessageClass.SERVICE:
        why = f"`{message.id}` is put into answers to letters, and those are service."
        section.error("class", why, "Give it the class `service`.")
    for unknown in sorted(variables_of(message) - OF_AN_ANSWER):
        why = f"`{message.id}` uses ${unknown}, which is not known in an answer to a letter."
        section.error("canned", why, nearest(unknown, OF_AN_ANSWER))


def _texts(section: Section) -> Mapping[str, MessageText]:
    if section.section("texts", "list of texts", required=True) is None:
        return {}
    entries = section.named("texts", "language")
    check_languages(section, "texts", tuple(entry.key for entry in entries))
    texts = {}
    for entry in entries:
        if not isinstance(entry.value, Fields):
            section.report.error(
                entry.value.place, "A text has a `subject` and a `text`.", "Write both below it."
            )
            continue
        text = Section(entry.value, "text", section.report)
        texts[entry.key] = MessageText(subject=_words(text, "subject"), text=_words(text, "text"))
        text.done()
    return texts


def _words(section: Section, key: str) -> str:
    words = section.text(key)
    if not Template(words).is_valid():
        section.error(key, "A lone `$` is not a variable.", "Write `$$` for a dollar sign.")
        return ""
    return words


def _check_same_languages(top: Section, messages: Mapping[str, MessageTemplate]) -> None:
    """A customer who reads Spanish should not get one message of three in English."""
    every = {language for message in messages.values() for language in message.texts}
    for section in top.sections("messages", "message"):
        message = messages.get(section.text("id", default=""))
        lacking = sorted(every - set(message.texts)) if message is not None else []
        if lacking:
            top.report.warn(
                section.place,
                f"The message `{message.id if message else ''}` is not there in "
                f"{', '.join(lacking)}, as others are.",
                "Translate it.",
            )


def check_variables(
    section: Section, template: MessageTemplate, details: Collection[str], *, chosen: bool
) -> None:
    """Report variables of a message that its plan cannot fill in.

    Args:
        section: The plan that sends it.
        template: The message.
        details: Details that every failure of the plan has.
        chosen: It confirms a choice.
    """
    known = GIVEN | spoken(OF_A_CASE | frozenset(details)) | (OF_A_CHOICE if chosen else set())
    for name in sorted(variables_of(template) - known):
        section.report.error(
            section.place,
            f"The message `{template.id}` ({section.report.line(template.line)}) uses ${name}, "
            "which this plan cannot fill in.",
            nearest(name, known),
        )
