"""One server on a file and on a port: the second is told who is there."""

import os
import socket
import sys
from contextlib import ExitStack
from threading import Timer

import pytest

from makegood.messages.errors import InputError
from makegood.web.alone import alone, end_with_the_server

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="files are locked elsewhere only")
HOST = "127.0.0.1"
POSTGRES = "postgresql://makegood@db.example.com/makegood"


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def database(tmp_path) -> str:
    return f"sqlite:///{tmp_path / 'new' / 'makegood.db'}"


def test_a_second_server_on_the_same_file_is_refused(database, port):
    with (
        alone(database, HOST, port),
        pytest.raises(InputError, match=r"Another server is running on .*makegood\.db"),
        alone(database, HOST, port, patience_s=0),
    ):
        pass


def test_a_worker_beside_a_server_on_the_same_file_is_told_that_it_is_inside(database, port):
    with (
        alone(database, HOST, port),
        pytest.raises(InputError, match=r"delivers by itself"),
        alone(database, patience_s=0),
    ):
        pass


def test_workers_of_a_database_server_are_as_many_as_you_like():
    with alone(POSTGRES), alone(POSTGRES, patience_s=0):
        pass


def test_the_file_is_free_again_when_its_server_has_ended(database, port):
    for _ in range(2):
        with alone(database, HOST, port, patience_s=0):
            assert (
                oct(os.stat(database.removeprefix("sqlite:///") + ".lock").st_mode)[-3:] == "600"
            )


def test_a_database_server_is_served_by_as_many_as_you_like(port):
    with alone(POSTGRES, HOST, port), alone(POSTGRES, HOST, port, patience_s=0):
        pass


def test_a_port_that_another_server_shares_is_refused(database, port):
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind((HOST, port))
        other.listen()
        with (
            pytest.raises(InputError, match=f"listens on {HOST}:{port} already"),
            alone(database, HOST, port, patience_s=0),
        ):
            pass


def test_a_server_that_is_about_to_end_is_waited_for(database, port):
    with ExitStack() as ending:
        ending.enter_context(alone(database, HOST, port))
        soon = Timer(0.1, ending.close)
        soon.start()
        with alone(database, HOST, port, patience_s=60):
            soon.join()


@pytest.mark.parametrize("host", ["192.0.2.1", "no.such.host.invalid"])
def test_an_address_that_is_not_ours_is_a_mistake_and_not_waited_for(database, port, host):
    with pytest.raises(InputError, match=f"Cannot listen on {host}"), alone(database, host, port):
        pass


def test_a_process_that_nobody_started_to_serve_does_not_end_by_itself():
    ended = []
    end_with_the_server(ended.append)
    assert ended == []
