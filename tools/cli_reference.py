"""Write docs/reference/cli.md from the command itself: `python -m tools.cli_reference`."""

from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any

import typer

from makegood.cli import app

PAGE = Path(__file__).parents[1] / "docs/reference/cli.md"
HEAD = """# The command line

Made from the command itself by `python -m tools.cli_reference`; a test compares them.

Commands that open a deployment read the environment:

| Variable | What it says | Unless set |
|---|---|---|
| `MAKEGOOD_DATABASE` | `sqlite:///path` or `postgresql://user@host/name` | `sqlite:///makegood.db` |
| `MAKEGOOD_KEY` | the secret behind pseudonyms, links and cookies; 32 to 64 characters | beside an SQLite file, a file of its own |
| `MAKEGOOD_BOOK` | path of the rule book to begin with, or the name of one that ships; it becomes active when it is named for the first time, and when its text changes until a person activates one | the active one; a new deployment begins with `car-rental` |
| `MAKEGOOD_BASE_URL` | where customers and reps reach this deployment | `http://localhost:8000` |
| `MAKEGOOD_SMTP` | `smtp://host:port` of the mail server; `?starttls=1` for TLS | no mail is sent |
| `MAKEGOOD_COUNTERPARTS` | path of a JSON file that names who carries out remedies | nobody is asked |
| `MAKEGOOD_SOURCES` | path of a JSON file with the secrets of the rule book's webhooks: `{"zendesk": {"secrets": ["..."]}}` | no webhook is believed |
| `MAKEGOOD_ZENDESK` | path of a JSON file that names the Zendesk to write back to; see its guide | nothing is written back |
| `MAKEGOOD_IMAP` | `imaps://user:password@host/INBOX` of the mailbox that customers write to, or `imap://...?starttls=1`; see [letters](../howto/letters.md) | no mail is fetched |
| `MAKEGOOD_ATTACHMENTS` | folder in which what is attached to letters is kept; it belongs into your backup | beside the database file; with PostgreSQL none: then `makegood mail` takes nothing, and what comes otherwise leaves what is attached in the mail |
| `MAKEGOOD_AVAILABILITY` | path of a JSON file that names who knows which places have room; see [sold out](../howto/sold-out.md) | people are asked without it |
| `MAKEGOOD_PROXIES` | servers of yours in front, each of which appends the address it saw to `X-Forwarded-For`; with 1 or more, `X-Forwarded-Proto` is believed too | `0`: clients connect directly |
| `MAKEGOOD_PRIVATE_WEBHOOKS` | `1` lets webhook endpoints be on private addresses, and plain http | only https, on the open internet |
| `MAKEGOOD_ORIGINS` | web origins, with commas between them, whose pages may send events with a key of the scope `ingest` alone; `*` for any | no page may |
| `MAKEGOOD_LIMIT_KEYS` | requests a second and at once that one key may make of one server process, for events and questions to the gate; `0` for no limit | `5000/10000` |
| `MAKEGOOD_LIMIT_API` | the same for every other path with a key | `100/200` |
| `MAKEGOOD_LIMIT_ADDRESSES` | the same for one address (of IPv6 one /64), where no key is asked for: pages, sign-in, callbacks | `50/200` |
| `MAKEGOOD_LOG` | `text`, or `json` for one JSON object a line, on standard error | `text` |

`NO_COLOR` switches colours off. An expected mistake is one message on standard error and exit code 2.
"""  # noqa: E501 - a table of Markdown has long lines


def page() -> str:
    """Give the whole page."""
    return "\n".join([HEAD, *_sections(typer.main.get_command(app), "makegood")])


def _sections(command: Any, path: str) -> Iterator[str]:
    """Walk a group of commands; click's classes are vendored by typer and have no public types."""
    for name, child in command.commands.items():
        if child.hidden:
            continue
        whole = f"{path} {name}"
        if hasattr(child, "commands"):
            yield f"## `{whole}`\n\n{_sentence(child.help)}\n"
            yield from _sections(child, whole)
        else:
            yield _section(child, whole)


def _section(command: Any, path: str) -> str:
    arguments = [one for one in command.params if one.param_type_name == "argument"]
    options = [one for one in command.params if one.param_type_name == "option"]
    usage = [path, *(_usage(one) for one in arguments), *(["[options]"] if options else [])]
    parts = [f"{'#' * path.count(' ')}# `{path}`", _sentence(command.help)]
    parts.append(f"    {' '.join(usage)}")
    rows = [_row(f"`{_name(one)}`", one) for one in arguments]
    rows += [_row(_spelt(one), one) for one in options]
    if rows:
        parts.append("\n".join(["| | | Unless given |", "|---|---|---|", *rows]))
    return "\n\n".join(parts) + "\n"


def _usage(argument: Any) -> str:
    name = _name(argument) + ("..." if argument.nargs == -1 else "")
    return name if argument.required else f"[{name}]"


def _name(parameter: Any) -> str:
    return str(parameter.name).upper()


def _spelt(option: Any) -> str:
    """Write an option with the values it takes."""
    names = [*option.opts, *option.secondary_opts]
    spelt = ", ".join(f"`{name}`" for name in names)
    kind = option.type_descriptor.annotation
    if isinstance(kind, type) and issubclass(kind, Enum):
        spelt += " " + ", ".join(str(one.value) for one in kind)
    return spelt


def _row(first: str, parameter: Any) -> str:
    says = (parameter.help or "").replace("|", r"\|")
    return f"| {first} | {says} | {_default(parameter)} |"


def _default(parameter: Any) -> str:
    if parameter.required:
        return "must be given"
    value = parameter.default() if callable(parameter.default) else parameter.default
    if getattr(parameter, "is_flag", False):
        return "yes" if value else "no"
    return f"`{_plain(value)}`" if value not in (None, "", (), []) else ""


def _plain(value: object) -> str:
    return str(getattr(value, "value", value))


def _sentence(text: str | None) -> str:
    return " ".join((text or "").split())


if __name__ == "__main__":
    PAGE.write_text(page())
