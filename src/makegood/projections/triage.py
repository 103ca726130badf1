"""What triage made of a letter, in words."""

from makegood.messages.triage_facts import Triaged
from makegood.playbooks.triage import NONE

WRITTEN = {
    "mail": "The letter",
    "told": "What they told on their page",
    "line": "What they wrote to their person",
    "help_desk": "What they wrote at the help desk",
    "survey": "What they added to their answer",
    "public": "The post",
}


def kind_words(kind: str) -> str:
    """Name a kind of failure, or an intent, for people."""
    return "no failure" if kind in (NONE, "") else kind.replace("_", " ")


def chance_words(thousandths: int) -> str:
    """Say a chance as people do; nothing is certain."""
    return f"{min(thousandths // 10, 99)} in 100"


def triage_words(said: Triaged) -> str:
    """Tell what a letter was read as, and what followed."""
    what = WRITTEN.get(said.channel, WRITTEN["mail"])
    read = f"{what} was read as {kind_words(said.kind)} ({chance_words(said.sure)})"
    if said.verdict == "open":
        return f"{read}; that opened the failure."
    return f"{read}; a person is asked." if said.verdict == "ask" else f"{read}."
