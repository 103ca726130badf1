"""When somebody works, as a customer reads it; hours of another time zone name its city."""

from makegood.messages.errors import InputError
from makegood.portal.speech import Speech
from makegood.ports.rows import RepRow
from makegood.projections.hours import hours_words, zone_words
from makegood.runtime.duty import parse_hours


def working_hours(rep: RepRow, speech: Speech) -> str:
    """Say when somebody works; empty when nobody knows."""
    try:
        words = hours_words(parse_hours(rep.hours), speech.language)
    except InputError:
        return ""
    if not words or rep.timezone == speech.timezone:
        return words
    city = zone_words(rep.timezone, speech.language)
    return speech.say("person.hours_there", hours=words, city=city)
