"""The lines do to a connection what they are told, and nothing else."""

import socket
from threading import Thread

import pytest

from tests.fire.proxy import Lines, Manner

PATIENCE_S = 20
NOTHING_YET_S = 0.1
WORDS = b"a bad day ends well " * 400


@pytest.fixture
def echo():
    """Somebody who says back what is heard, to everybody."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve():
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            Thread(target=answer, args=(connection,), daemon=True).start()

    def answer(connection):
        with connection:
            try:
                while heard := connection.recv(4096):
                    connection.sendall(heard)
            except OSError:
                return

    thread = Thread(target=serve, daemon=True)
    thread.start()
    yield server.getsockname()[:2]
    server.shutdown(socket.SHUT_RDWR)
    server.close()
    thread.join(PATIENCE_S)


@pytest.fixture
def lines(echo):
    laid = Lines(7)
    laid.open("line", echo)
    yield laid
    laid.close()


@pytest.fixture
def talk(lines):
    with socket.create_connection(("127.0.0.1", lines["line"].port), PATIENCE_S) as made:
        yield made


def heard(talk: socket.socket, size: int) -> bytes:
    found = b""
    while len(found) < size:
        piece = talk.recv(size - len(found))
        if not piece:
            break
        found += piece
    return found


def is_up(talk: socket.socket) -> bool:
    talk.sendall(b"?")
    return heard(talk, 1) == b"?"


def nobody_answers(port: int) -> None:
    """Meet the reset while connecting, or with the first byte."""
    with (
        pytest.raises(ConnectionResetError),
        socket.create_connection(("127.0.0.1", port), PATIENCE_S) as refused,
    ):
        heard(refused, 1)


@pytest.mark.parametrize(
    "manner",
    [
        Manner(),
        Manner(weather="delay", delay_s=0.001),
        Manner(weather="throttle", bytes_per_s=1_000_000),
        Manner(weather="silence", share=0.0),
    ],
    ids=lambda one: one.weather,
)
def test_everything_arrives_in_order_however_slowly(lines, talk, manner):
    lines.behave("line", manner)
    talk.sendall(WORDS)
    assert heard(talk, len(WORDS)) == WORDS


def test_a_silent_line_keeps_what_was_said_until_it_speaks_again(lines, talk):
    assert is_up(talk)
    lines.behave("line", Manner(weather="silence"))
    talk.sendall(WORDS)
    talk.settimeout(NOTHING_YET_S)
    with pytest.raises(TimeoutError):
        talk.recv(1)
    talk.settimeout(PATIENCE_S)
    lines.clear()
    assert heard(talk, len(WORDS)) == WORDS


def test_a_reset_is_a_reset_and_a_cut_is_an_end(lines, talk):
    assert is_up(talk)
    lines.break_all("line", reset=True)
    with pytest.raises(ConnectionResetError):
        heard(talk, 1)
    with socket.create_connection(("127.0.0.1", lines["line"].port), PATIENCE_S) as other:
        assert is_up(other)
        lines.break_all("line", reset=False)
        assert other.recv(1) == b""
    assert lines["line"].broken == 2


def test_a_line_that_refuses_takes_nobody_until_it_is_told_to(lines):
    lines.behave("line", Manner(weather="refuse"))
    nobody_answers(lines["line"].port)
    lines.clear()
    with socket.create_connection(("127.0.0.1", lines["line"].port), PATIENCE_S) as taken:
        assert is_up(taken)


def test_a_message_is_cut_in_its_middle(lines, talk):
    assert is_up(talk)
    lines.cut_after("line", 1_000)
    talk.sendall(WORDS)
    found = b""
    try:
        while piece := talk.recv(4096):
            found += piece
    except ConnectionResetError:
        pass  # or the end comes first, as the machine likes
    assert len(found) <= 1_000
    assert WORDS.startswith(found)


def test_whom_nobody_hears_behind_the_line_is_not_heard(lines):
    with socket.create_server(("127.0.0.1", 0)) as gone:
        target = gone.getsockname()[:2]
    line = lines.open("nowhere", target)
    nobody_answers(line.port)
