"""Dovecot in a folder of its own, on a port of this machine, with one mailbox."""

import os
import pwd
import shutil
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct

from tests.integration.mail_server import certificate
from tests.postfix import free_port, wait_until

USER, PASSWORD = "help@cars.example", "p:w/d"
_CONF = """\
base_dir = {folder}/run
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
disable_plaintext_auth = no
mail_location = maildir:{folder}/mail
mail_uid = {user}
mail_gid = {user}
first_valid_uid = 1
first_valid_gid = 1
default_login_user = {login}
default_internal_user = {internal}
default_internal_group = {internal}
passdb {{
  driver = static
  args = user={name} password={password}
}}
userdb {{
  driver = static
  args = uid={user} gid={user} home={folder}/home
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
service stats {{
  chroot =
}}
service anvil {{
  chroot =
}}
"""


class Dovecot(Struct, frozen=True):
    """A running Dovecot.

    Attributes:
        port: Without TLS until STARTTLS.
        tls_port: With TLS from the first byte.
        maildir: Its one mailbox.
        trust: A context that trusts it alone.
    """

    port: int
    tls_port: int
    maildir: Path
    trust: ssl.SSLContext

    def url(self, *, tls: str = "none") -> str:
        """Give the address as the setting has it."""
        who = f"{USER.replace('@', '%40')}:{PASSWORD.replace('/', '%2F').replace(':', '%3A')}"
        if tls == "tls":
            return f"imaps://{who}@127.0.0.1:{self.tls_port}/INBOX"
        starts = "?starttls=1" if tls == "starttls" else ""
        return f"imap://{who}@127.0.0.1:{self.port}/INBOX{starts}"

    def put(self, name: str, raw: bytes, days_ago: int = 0) -> None:
        """Deliver a mail."""
        path = self.maildir / "new" / name
        draft = self.maildir / "tmp" / name
        draft.write_bytes(raw)
        owner = self.maildir.stat()
        os.chown(draft, owner.st_uid, owner.st_gid)
        came = time.time() - days_ago * 86_400
        os.utime(draft, (came, came))  # its date in the mailbox
        draft.rename(path)

    def flags(self) -> dict[str, str]:
        """Give the flags of what somebody has looked at, by name."""
        found = [path.name for path in (self.maildir / "cur").glob("*")]
        return {name.partition(":2,")[0]: name.partition(":2,")[2] for name in found}

    def forget(self) -> None:
        """Let the mailbox be made anew: its UIDVALIDITY changes, its mails stay."""
        known = self.maildir / "dovecot-uidlist"
        head = known.read_text().partition("\n")[0]
        validity = int(head.partition(" V")[2].partition(" ")[0])
        for path in self.maildir.glob("dovecot.index*"):
            path.unlink()
        # By its clock it would take the same number again within a second.
        known.write_text(f"3 V{validity + 7} N1\n")


def dovecot_path() -> str | None:
    """Where it is; Debian puts it where only the superuser looks."""
    return shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


@contextmanager
def dovecot(program: str, folder: Path) -> Iterator[Dovecot]:
    """Run it; only the superuser may."""
    folder.chmod(0o755)
    owner = pwd.getpwnam("nobody")
    for part in ("mail/new", "mail/cur", "mail/tmp", "home", "run"):
        (folder / part).mkdir(parents=True)
    for part in ("mail", "mail/new", "mail/cur", "mail/tmp", "home"):
        os.chown(folder / part, owner.pw_uid, owner.pw_uid)
    _, trust = certificate(folder)
    port, tls_port = free_port(), free_port()
    (folder / "conf").write_text(
        _CONF.format(
            folder=folder,
            user=owner.pw_uid,
            login="dovenull",
            internal="dovecot",
            name=USER,
            password=PASSWORD,
            port=port,
            tls_port=tls_port,
        )
    )
    command = [program, "-F", "-c", str(folder / "conf")]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        wait_until(lambda: running.poll() is not None or _listens(port))
        log = folder / "log"
        assert running.poll() is None, log.exists() and log.read_text()
        yield Dovecot(port, tls_port, folder / "mail", trust)
    finally:
        running.terminate()
        running.communicate()


def _listens(port: int) -> bool:
    import socket

    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
