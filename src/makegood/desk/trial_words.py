"""What there is to say about a trial of a draft."""

import msgspec

from makegood.ports.drafts import Trial, TrialResult
from makegood.projections.figures import day_words
from makegood.replay.comparing import Comparison

_ENDS = {
    "failed": "It ended with a fault ({}) and found nothing; the server's log says more.",
    "stopped": "It was stopped before its end. Begin again to see what would have been.",
    "interrupted": "The server was restarted before its end. Begin again.",
}


def status_words(trial: Trial, by: str) -> str:
    """Say how a trial fares, in a sentence."""
    if trial.status == "running":
        return f"{trial.done:,} of {trial.total:,} customers judged by both books. Begun by {by}."
    if trial.status == "done":
        return f"Compared over {trial.log:,} events by {by}."
    return _ENDS[trial.status].format(trial.error)


def headline_of(result: TrialResult, trial: Trial, zone: str) -> str:
    """Say in a sentence what a trial found."""
    found = msgspec.json.decode(result.found, type=Comparison)
    if not found.events:
        return (
            "There is nothing to compare with: nothing happened in the last 365 days that this "
            "Makegood knows of. What the draft would do is not known."
        )
    over = f"{found.customers:,} customer{'' if found.customers == 1 else 's'}"
    changes = (
        f"Something changes for {found.changed:,} of" if found.changed else "Nothing changes for"
    )
    since = day_words(trial.since_ms, zone)
    return f"{changes} {over} of whom anything was heard since {since}."
