"""A Makegood with one rep, and a Zendesk whose trigger calls it; what waits is told by hand."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from makegood.bootstrap import Makegood, open_makegood
from makegood.core.decide import Asker
from makegood.effects.zendesk import ZendeskSettings
from makegood.messages.ids import RepId
from makegood.ports.rows import RepRow
from makegood.settings import Settings, SourceSecrets
from makegood.web.front import Front
from makegood.web.parts import Joined, Parts
from tests.integration.fronts import nothing_here
from tests.integration.fronts import serving as served
from tests.unit.sources.payloads import NORTHWIND
from tests.vendors.zendesk import EMAIL, SECRET, TOKEN, Account, Ticket, serving

KATHY = Asker(rep=RepId("kathy"), role="rep")


def tagged(ticket: Ticket, by: str) -> bool:
    """The trigger of the guide: our tag is there, and none of ours that says how it stands."""
    ours = {"makegood_open", "makegood_whole", "makegood_closed"}
    return "makegood" in ticket.tags and not ours & set(ticket.tags)


@contextmanager
def beside_zendesk(folder: Path, **more: Any) -> Iterator[tuple[Makegood, Account]]:
    """Let the two speak to each other, without a worker.

    Args:
        folder: For the database.
        more: Further settings of the Makegood.
    """
    with serving(Account(triggers={"tagged": tagged})) as zendesk:
        settings = Settings(
            database=f"sqlite:///{folder / 'makegood.db'}",
            key=b"k" * 32,
            book=NORTHWIND,
            base_url="https://care.northwind.example.com",
            sources={"zendesk": SourceSecrets(secrets=(SECRET,))},
            zendesk=ZendeskSettings(url=zendesk.url, email=EMAIL, token=TOKEN, allow_private=True),
            **more,
        )
        makegood = open_makegood(settings)
        with makegood.store.writing() as writing:
            hours = "mon-sun 00:00-00:00"
            writing.put_reps([RepRow(rep=KATHY.rep, name="Kathy", role="rep", hours=hours)])
        joined = Joined(
            take=makegood.intake.take,
            gate=makegood.gate,
            store=makegood.store,
            clock=makegood.clock,
            key=settings.key,
            receiving=makegood.receiving,
            sources=settings.sources,
            close=makegood.close,
        )
        with served(Front(lambda: Parts(joined), lambda: nothing_here)) as url:
            zendesk.endpoint = f"{url}/v1/in/zendesk"
            yield makegood, zendesk
