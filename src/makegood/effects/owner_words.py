"""What the mails within the firm say that ask who answers for a rule or a place, by language."""

from collections.abc import Mapping, Sequence

OWNER_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "subject.cause": "What is behind this?",
        "subject.rule": "Customers find this rule worse.",
        "subject.search": "What people find who search for us changed:",
        "search": "Who searches for “{title}” finds:",
        "rule": "Customers find this rule worse than others: {title}.",
        "cause.one": "This was found to be behind 1 case: {title}.",
        "cause.more": "This was found to be behind {cases} cases: {title}.",
        "late": "Whoever answers for it let the time pass.",
        "wanted.rule": "Please say why it is so, or what will change, until {by}.",
        "wanted.cause": (
            "Please say what becomes of it: it is changed, will change, or stays, until {by}."
        ),
    },
    "de": {
        "subject.cause": "Was steckt dahinter?",
        "subject.rule": "Diese Regel finden Kunden schlechter.",
        "subject.search": "Was man findet, wenn man nach uns sucht, hat sich geändert:",
        "search": "Wer nach „{title}“ sucht, findet:",
        "rule": "Diese Regel finden Kunden schlechter als andere: {title}.",
        "cause.one": "Hinter 1 Fall steckt dies: {title}.",
        "cause.more": "Hinter {cases} Fällen steckt dies: {title}.",
        "late": "Wer dafür einsteht, hat die Zeit verstreichen lassen.",
        "wanted.rule": "Bitte sagen Sie bis {by}, warum es so ist oder was sich ändert.",
        "wanted.cause": (
            "Bitte sagen Sie bis {by}, was daraus wird: ob es geändert ist, sich ändern wird oder "
            "so bleibt."
        ),
    },
    "es": {
        "subject.cause": "¿Qué hay detrás?",
        "subject.rule": "Esta regla gusta menos a los clientes.",
        "subject.search": "Ha cambiado lo que encuentra quien nos busca:",
        "search": "Quien busca «{title}» encuentra:",
        "rule": "Esta regla gusta a los clientes menos que otras: {title}.",
        "cause.one": "Esto estaba detrás de 1 caso: {title}.",
        "cause.more": "Esto estaba detrás de {cases} casos: {title}.",
        "late": "Quien responde de ello dejó pasar el plazo.",
        "wanted.rule": "Diga por qué es así, o qué va a cambiar, antes de: {by}.",
        "wanted.cause": (
            "Diga qué será de ello (está cambiado, va a cambiar o se queda como está), antes de: "
            "{by}."
        ),
    },
}
DEFAULT = "en"


def language_for(spoken: Sequence[str], usual: str) -> str:
    """Choose the language of a mail: the first of who reads it that there are words in.

    Args:
        spoken: The languages of who reads it, as the roster has them, the first before others.
        usual: What the rule book says where none of these is known; empty where it says nothing.

    Returns:
        The tag as it was written, so that dates are written as in that region.
    """
    for tag in (*spoken, usual):
        if tag.replace("_", "-").partition("-")[0].lower() in OWNER_WORDS:
            return tag
    return DEFAULT


def words_in(language: str) -> Mapping[str, str]:
    """Give the words of a language, whatever its region."""
    return OWNER_WORDS[language.replace("_", "-").partition("-")[0].lower()]
