"""A mailbox whose server lies about the size of a mail fills nobody's memory."""

import socket
from collections.abc import Iterator
from datetime import date
from threading import Thread

import pytest

from makegood.sources.imap import MailAway, box_of, opened_box


def _answers(line: bytes) -> bytes:
    tag, _, said = line.partition(b" ")
    said = said.upper()
    if said.startswith(b"CAPABILITY"):
        return b"* CAPABILITY IMAP4rev1\r\n" + tag + b" OK done\r\n"
    if said.startswith(b"STATUS"):
        return b'* STATUS "INBOX" (UIDVALIDITY 1 UIDNEXT 2)\r\n' + tag + b" OK done\r\n"
    if said.startswith(b"SELECT"):
        return b"* 1 EXISTS\r\n" + tag + b" OK [READ-WRITE] done\r\n"
    if said.startswith(b"UID SEARCH"):
        return b"* SEARCH 1\r\n" + tag + b" OK done\r\n"
    if b"RFC822.SIZE" in said:
        return b"* 1 FETCH (UID 1 RFC822.SIZE 10)\r\n" + tag + b" OK done\r\n"
    if b"BODY.PEEK" in said:
        return b"* 1 FETCH (UID 1 BODY[] {9000000000}\r\nFrom: a@example.com\r\n"
    return tag + b" OK done\r\n"


def _serve(door: socket.socket) -> None:
    line, _ = door.accept()
    with line, line.makefile("rb") as lines:
        line.sendall(b"* OK ready\r\n")
        for one in lines:
            line.sendall(_answers(one.strip()))
            if b"BODY.PEEK" in one or b"LOGOUT" in one:
                return


@pytest.fixture
def liar() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as door:
        thread = Thread(target=_serve, args=(door,), daemon=True)
        thread.start()
        yield door.getsockname()[1]
        thread.join(10)


def test_a_mail_larger_than_its_server_said_ends_the_round(liar: int) -> None:
    box = box_of(f"imap://a:b@127.0.0.1:{liar}/INBOX")
    with opened_box(box) as opened:
        assert opened.numbers() == (1, 2)
        with pytest.raises(MailAway, match="abort") as caught:
            list(opened.after(0))
    assert "more than any mail has" in str(caught.value.__cause__)


def test_a_server_that_hangs_up_is_one_fault_and_no_other(liar: int) -> None:
    box = box_of(f"imap://a:b@127.0.0.1:{liar}/INBOX")
    with pytest.raises(MailAway, match="stopped"), opened_box(box) as opened:
        list(opened.after(0, since=date(2026, 3, 1)))
