"""`makegood reputations`: take ratings from the log and publish what they say, every night."""

from collections.abc import Mapping
from typing import Annotated

import typer

from makegood.analytics.reputation.blind import Counted
from makegood.cli.opening import opened
from makegood.cli.output import CONSOLE
from makegood.messages.errors import InputError
from makegood.messages.ids import CustomerId, ProfileId
from makegood.playbooks.reputation import ReputationTerms
from makegood.ports.reputation import Published
from makegood.runtime.reputations import publish_round


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="reputations")(publish_reputations)


def publish_reputations(
    database: Annotated[str, typer.Option(help="Instead of MAKEGOOD_DATABASE.")] = "",
) -> None:
    """Say anew what customers say of people and rules, where enough changed; ask owners of rules.

    Needs `pip install makegood[reputation]`.
    """
    with opened(database, takes_up=False) as makegood:
        done = publish_round(
            makegood.store,
            makegood.library,
            makegood.book.reputation,
            makegood.clock,
            _publisher,
        )
    reps = sum(one.kind == "rep" for one in done.published)
    CONSOLE.print(
        f"{done.taken:,} new ratings, {done.ratings:,} in all. Said anew: of {reps:,} people and "
        f"{len(done.published) - reps:,} rules. Owners asked to answer: {len(done.asked):,}.",
        highlight=False,
    )


def _publisher(
    found: Counted,
    customers: Mapping[ProfileId, CustomerId],
    terms: ReputationTerms,
    now_ms: int,
) -> tuple[Published, ...]:
    try:
        from makegood.analytics.reputation.publishing import publish
    except ModuleNotFoundError as missing:
        raise InputError(
            f"Reputations need {missing.name}: pip install 'makegood[reputation]'."
        ) from missing
    return publish(found, customers, terms, now_ms)
