"""A text of a made-up mail, with its label."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Text:
    """One template of a made-up company."""

    language: str
    label: str
    subject: str
    body: str
    lists: bool = False
