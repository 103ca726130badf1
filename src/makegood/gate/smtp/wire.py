"""The bytes of a message between two servers: as they came, or not at all."""

import re

END = b".\r\n"
# A lone dot between line ends of which one is none for us, and may be one for the server behind
# us: it would end the message there and read the rest as commands (SMTP smuggling, 2023).
# Between two whole ones it cannot stand here: that was the end.
_SMUGGLED = re.compile(rb"(?:\A|[\r\n])\.[\r\n]")


def is_smuggling(wire: bytes) -> bool:
    """Whether a server that takes bare line ends would see an end of data inside.

    Args:
        wire: The message as it was transferred, dots doubled.
    """
    return _SMUGGLED.search(wire) is not None


def plain(wire: bytes) -> bytes:
    """Take the doubled dots out (RFC 5321 4.5.2); only CRLF begins a line."""
    begun = wire[1:] if wire.startswith(b".") else wire
    return begun.replace(b"\r\n.", b"\r\n")


def wired(content: bytes) -> bytes:
    """Double the dots of a message that was kept, as `plain` undoes it."""
    begun = b"." + content if content.startswith(b".") else content
    return begun.replace(b"\r\n.", b"\r\n..")
