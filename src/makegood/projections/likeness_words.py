"""Why somebody is put forward, in the words of a rep's screen."""

from collections.abc import Mapping, Sequence

from makegood.projections.hours import language_words


def likeness_words(reasons: Sequence[tuple[str, str]], brands: Mapping[str, str]) -> str:
    """Tell what speaks for a successor, the weightiest first.

    Args:
        reasons: What, and how much, as they stand on the fact.
        brands: Names by id.
    """
    return " ".join(_told(what, value, brands) for what, value in reasons)


def _told(what: str, value: str, brands: Mapping[str, str]) -> str:
    match what:
        case "choices":
            return f"The customer named them as choice {value}."
        case "languages":
            return f"Speaks {language_words(value.split(), 'en')}."
        case "brands" if value == "*":
            return "Works for all brands."
        case "brands":
            return f"Works for {', '.join(brands.get(one, one) for one in value.split())}."
        case "hours":
            return f"There in {value} of 100 of the same hours."
        case _:
            return f"Has room for {value} more."
