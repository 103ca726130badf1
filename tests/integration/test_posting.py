"""Posts to receivers that answer in every way: connections are kept, and only where it is safe."""

import ssl
from collections.abc import Sequence
from contextlib import contextmanager
from http.client import HTTPException
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread

import pytest

from makegood.effects.posting import FAULTS, Posts, where

YES = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"


class Receiver:
    """Answers each connection's posts with one line of a script after the other."""

    def __init__(self, *scripts: Sequence[bytes]) -> None:
        self.scripts = list(scripts)
        self.heard: list[tuple[int, bytes]] = []
        self.connections = 0
        self.port = 0


@contextmanager
def receiver(*scripts: Sequence[bytes]):
    there = Receiver(*scripts)

    class Handler(StreamRequestHandler):
        def handle(self) -> None:
            number = -1  # only who says something counts: ports are used again
            for turn in range(99):
                head = b""
                while not head.endswith(b"\r\n\r\n"):
                    if not (line := self.rfile.readline()):
                        return
                    head += line
                if number < 0:
                    number = there.connections
                    there.connections += 1
                answers = there.scripts[number]
                length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
                there.heard.append((number, head + self.rfile.read(length)))
                self.wfile.write(answers[turn])
                if turn + 1 == len(answers):
                    return

    class Server(ThreadingTCPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        there.port = server.server_address[1]
        yield there
        server.shutdown()


@pytest.fixture
def posts():
    made = Posts(ssl.create_default_context(), 5.0)
    yield made
    made.close()


def post(posts: Posts, there: Receiver, name: str = "payments", url: str = "", **how: bool):
    at = where(url or f"http://127.0.0.1:{there.port}/a%20b?c=d")
    return posts.post((name, at, "127.0.0.1"), {"x-id": "1"}, b"{}", 20, **how)


def test_one_connection_carries_many_posts_and_each_goes_out_whole(posts):
    with receiver([YES] * 3) as there:
        for _ in range(3):
            assert post(posts, there).content == b"ok"
    assert there.connections == 1
    head = there.heard[0][1].decode().lower()
    assert head.startswith("post /a%20b?c=d http/1.1\r\n")
    assert head.count(f"host: 127.0.0.1:{there.port}\r\n") == head.count("host:") == 1
    assert "accept-encoding: identity\r\n" in head
    assert "content-type: application/json\r\n" in head
    assert "x-id: 1\r\n" in head
    assert head.endswith("\r\n\r\n{}")


def test_a_connection_is_only_used_again_for_the_very_same_receiver(posts):
    with receiver([YES], [YES], [YES]) as there:
        post(posts, there)
        post(posts, there, "another")
        post(posts, there, url=f"http://localhost:{there.port}/")
    assert there.connections == 3


@pytest.mark.parametrize(
    "last",
    [
        b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nok",
        b"HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nok",
        YES,  # and it hangs up without a word
        YES + b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nmore",
    ],
)
def test_a_connection_that_is_over_is_replaced_and_what_nobody_asked_for_is_no_answer(posts, last):
    with receiver([last], [YES]) as there:
        assert post(posts, there).content == b"ok"
        _until_silent(posts)
        assert post(posts, there).content == b"ok"
    assert there.connections == 2


def _until_silent(posts: Posts) -> None:
    """Wait until the receiver's end, or what it said besides, has arrived."""
    for line in [one for kept in posts._idle.values() for one in kept]:
        line.wire._inner.settimeout(5)
        line.wire._inner.recv(1, 2)  # MSG_PEEK


@pytest.mark.parametrize(
    ("answer", "content"),
    [
        (b"HTTP/1.1 204 No Content\r\n\r\n", b""),
        (b"HTTP/1.1 100 Continue\r\n\r\n" + YES, b"ok"),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", b"ok"),
        (b"HTTP/1.1 500 No\r\ncontent-length: 2\r\n\r\nno", b"no"),
    ],
)
def test_whatever_is_answered_whole_is_heard(posts, answer, content):
    with receiver([answer, YES]) as there:
        assert post(posts, there).content == content
        assert post(posts, there).content == b"ok"
    assert there.connections == 1


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n9\r\nok",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nnonsense\r\n",
        b"HTTP/1.1 nonsense\r\n\r\n",
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 200 + b"\r\n",
        b"",
    ],
)
def test_an_answer_that_is_not_whole_is_none_and_its_connection_ends(posts, answer):
    with receiver([answer], [YES]) as there:
        with pytest.raises(FAULTS):
            post(posts, there)
        assert post(posts, there).content == b"ok"
    assert there.connections == 2


def test_a_long_answer_is_refused_or_cut_and_its_connection_ends(posts):
    long = b"HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\n" + b"x" * 50
    with receiver([long], [long], [YES]) as there:
        with pytest.raises(HTTPException, match="longer"):
            post(posts, there)
        assert post(posts, there, cut=True).content == b"x" * 20
        assert post(posts, there).content == b"ok"
    assert there.connections == 3


def test_headers_said_twice_are_one_and_a_redirect_is_only_an_answer(posts):
    head = b"HTTP/1.1 302 Go\r\nlocation: http://127.0.0.1:9/\r\nA: 1\r\na: 2\r\n"
    answer = head + b"content-length: 0\r\n\r\n"
    with receiver([answer]) as there:
        found = post(posts, there)
    assert (found.status, found.headers["a"]) == (302, "1, 2")
    assert len(there.heard) == 1


def test_a_name_and_a_password_in_the_url_are_said_as_such(posts):
    with receiver([YES]) as there:
        post(posts, there, url=f"http://us%40er:p%3Aw@127.0.0.1:{there.port}/")
    assert b"\r\nauthorization: Basic dXNAZXI6cDp3\r\n" in there.heard[0][1]
    assert b"\r\nhost: 127.0.0.1:%d\r\n" % there.port in there.heard[0][1]


def test_a_header_with_a_line_end_is_never_sent(posts):
    with receiver([YES]) as there:
        at = where(f"http://127.0.0.1:{there.port}/")
        with pytest.raises(FAULTS):
            posts.post(("p", at, "127.0.0.1"), {"x": "1\r\nevil: 2"}, b"", 20)
    assert there.heard == []


def test_a_url_is_read_as_it_is_written():
    read = where("https://bücher.example:8443/a?b=c")
    assert (read.scheme, read.host, read.port) == ("https", "xn--bcher-kva.example", 8443)
    assert (read.target, read.header) == ("/a?b=c", "xn--bcher-kva.example:8443")
    assert where("https://[2001:db8::1]/").host == "2001:db8::1"
    assert (where("http://a.example").port, where("https://a.example").port) == (80, 443)
    assert where("http://a.example").target == "/"
