"""What there is to say about a trial of a draft."""

import msgspec

from makegood.ports.drafts import Trial, TrialResult
from makegood.replay.comparing import Comparison
from makegood.replay.wording import headline

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


def headline_of(result: TrialResult) -> str:
    """Say in a sentence what a trial found."""
    found = msgspec.json.decode(result.found, type=Comparison)
    if not found.events:
        return (
            "There is nothing to compare with: nothing happened in the last 365 days that this "
            "Makegood knows of. What the draft would do is not known."
        )
    return headline(found)
