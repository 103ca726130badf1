"""Postfix in a folder of its own, on a port of this machine, delivering into one Maildir."""

import os
import pwd
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event

from msgspec import Struct

TRIES = 400
_TICK_S = 0.05
_MAIN = """\
compatibility_level = 3.6
queue_directory = {folder}/spool
data_directory = {folder}/data
mail_owner = postfix
setgid_group = postdrop
myhostname = post.example
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
smtputf8_enable = yes
virtual_mailbox_domains = example.org
virtual_mailbox_base = {folder}
virtual_mailbox_maps = static:mail/
virtual_minimum_uid = 1
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
default_transport = discard
smtpd_recipient_restrictions = permit_mynetworks, reject
smtpd_client_connection_count_limit = 0
in_flow_delay = 0
maillog_file = {folder}/data/log
maillog_file_prefixes = {folder}
alias_maps =
"""
_MASTER = """\
127.0.0.1:{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"""


class Postfix(Struct, frozen=True):
    """A running Postfix.

    Attributes:
        port: Where it listens.
        maildir: Where everything for example.org arrives.
    """

    port: int
    maildir: Path

    def mails(self) -> list[bytes]:
        """Give what has arrived, with the line ends of the wire."""
        return [path.read_bytes().replace(b"\n", b"\r\n") for path in self._files()]

    def _files(self) -> list[Path]:
        return sorted((self.maildir / "new").glob("*"))

    def wait_for(self, count: int) -> list[bytes]:
        """Give what has arrived as soon as it is so many."""
        wait_until(lambda: len(self._files()) >= count)
        return self.mails()


def postfix_path() -> str | None:
    """Where it is; Debian puts it where only the superuser looks."""
    return shutil.which("postfix", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


def wait_until(is_so) -> None:
    """Look again until it is so."""
    never = Event()
    for _ in range(TRIES):
        if is_so():
            return
        never.wait(_TICK_S)
    raise AssertionError("It did not come to be.")


def free_port() -> int:
    """A port that nobody has at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def postfix(program: str, folder: Path) -> Iterator[Postfix]:
    """Run it; only the superuser may."""
    owner, port = pwd.getpwnam("postfix"), free_port()
    for name in ("spool", "data", "mail", "conf"):
        (folder / name).mkdir()
    folder.chmod(0o755)
    for name in ("data", "mail"):
        os.chown(folder / name, owner.pw_uid, owner.pw_gid)
    uid, gid = owner.pw_uid, owner.pw_gid
    (folder / "conf" / "main.cf").write_text(_MAIN.format(folder=folder, uid=uid, gid=gid))
    (folder / "conf" / "master.cf").write_text(_MASTER.format(port=port))
    command = [program, "-c", str(folder / "conf")]
    started = subprocess.run([*command, "start"], capture_output=True, text=True, check=False)
    log = folder / "data" / "log"
    assert started.returncode == 0, (started.stderr, log.exists() and log.read_text())
    try:
        yield Postfix(port, folder / "mail")
    finally:
        subprocess.run([*command, "stop"], capture_output=True, check=False)
