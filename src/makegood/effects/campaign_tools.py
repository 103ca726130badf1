"""The campaign tools of a deployment, each place of theirs once."""

from makegood.effects.hubspot import SETTING as HUBSPOT
from makegood.effects.hubspot import HubspotSettings, hubspot_markers
from makegood.effects.mailchimp import SETTING as MAILCHIMP
from makegood.effects.mailchimp import MailchimpSettings, mailchimp_markers
from makegood.messages.errors import InputError
from makegood.ports.marking import Marker, Placed

SETTINGS = {"mailchimp": MAILCHIMP, "hubspot": HUBSPOT}
_SHORTEST_MINUTES, _LONGEST_MINUTES = 5, 1440


def placed_of(
    mailchimp: MailchimpSettings | None, hubspot: HubspotSettings | None
) -> tuple[Placed, ...]:
    """Give a marker for each place that the settings name.

    Raises:
        InputError: A setting is wrong; it says which.
    """
    placed: tuple[Placed, ...] = ()
    if mailchimp is not None:
        placed += _placed(MAILCHIMP, mailchimp_markers(mailchimp), mailchimp.every_minutes)
    if hubspot is not None:
        placed += _placed(HUBSPOT, hubspot_markers(hubspot), hubspot.every_minutes)
    return placed


def _placed(setting: str, markers: tuple[Marker, ...], minutes: int) -> tuple[Placed, ...]:
    if not _SHORTEST_MINUTES <= minutes <= _LONGEST_MINUTES:
        raise InputError(
            f"{setting}: `every_minutes` is a number from {_SHORTEST_MINUTES} to "
            f"{_LONGEST_MINUTES}."
        )
    keys = [one.place.key for one in markers]
    twice = next((key for key in keys if keys.count(key) > 1), "")
    if twice:
        raise InputError(f"{setting}: {twice} stands there twice; each place is one brand's.")
    return tuple(Placed(marker=one, every_ms=minutes * 60_000) for one in markers)
