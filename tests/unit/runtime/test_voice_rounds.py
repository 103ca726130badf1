"""Rounds: a source that is away holds up no other, and media are kept with a case as files."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from makegood.core.decide import Asker
from makegood.messages.facts import FailureRaised
from makegood.messages.ids import RepId
from makegood.playbooks.book import Library
from makegood.ports.voice import Media
from makegood.projections.orders import OTHER
from makegood.runtime.public_voice import PublicVoice
from makegood.runtime.voice_parts import Parts
from tests.unit.runtime.voice_world import MINUTE_MS, hear, known, listening, now, post_of, said
from tests.unit.sources.voice.vendors import Mastodon, serving

KATHY = RepId("kathy")


@pytest.fixture
def world(tmp_path: Path):
    with listening(tmp_path) as both:
        yield both


def voice_at(it, url: str) -> PublicVoice:
    """The public voice, with its server on this machine."""

    def library() -> Library:
        found = it.shelf.current()
        book = found.book(found.active)
        listen = tuple(
            replace(one, url=url) if one.network == "mastodon" else replace(one, url="http://x")
            for one in book.voice.listen
        )
        book = replace(book, voice=replace(book.voice, listen=listen))
        return replace(found, books={**found.books, found.active: book})

    def guard(_scheme: str, host: str, _port: int) -> str:
        if host == "x":
            raise OSError("away")
        return host

    parts = Parts(
        store=it.store, intake=it.intake, library_of=library, clock=it.clock, files=it.post.files
    )
    return PublicVoice(parts, {}, guard, with_files=True)


def test_a_source_that_is_away_holds_up_no_other_and_is_asked_again_later(world) -> None:
    it, clock = world
    server = Mastodon(2)
    with serving(server) as url:
        voice = voice_at(it, url)
        assert voice.rounds.run_once() == {"hashtag": {"waiting": 2}, "blog": {"away": 1}}
        assert voice.rounds.run_once() == {}
        with it.store.reading() as reading:
            places = reading.heard_to()
        assert places["blog"].wrong
        assert not places["hashtag"].wrong
        clock.advance(MINUTE_MS)
        assert voice.rounds.run_once() == {"hashtag": {}}


def test_media_are_kept_with_the_case_and_go_when_the_match_was_wrong(world) -> None:
    it, _ = world
    with serving(lambda *_: (200, {"content-type": "image/png"}, b"\x89PNG\r\n\x1a\nx")) as url:
        voice = voice_at(it, url)
        hear(it, said(media=(Media(url=f"{url}/a.png"), Media(url="http://x/b.png"))))
        ana = known(it)
        it.voice.matching.consent("mastodon:ana@example.social", ana, KATHY)
        body = FailureRaised(failure=OTHER, by=KATHY)
        it.acts.act(ana, body, Asker(rep=KATHY, role="rep"), message_id="f")
        with it.store.reading() as reading:
            case = reading.cases_of([now(it, ana)])[0].case
        voice.attach(post_of(it).post, case, KATHY)
        assert voice.rounds.keep_media() == 1
        assert voice.rounds.keep_media() == 0
    row = post_of(it)
    kept, away = row.media
    assert (kept.kind, kept.size) == ("image/png", 9)
    assert it.post.files.get(row.post, kept.digest) == b"\x89PNG\r\n\x1a\nx"
    assert (away.digest, away.why != "") == ("", True)
    voice.matching.take_back("mastodon:ana@example.social", KATHY)
    assert it.post.files.get(row.post, kept.digest) is None
    assert post_of(it).media[0].digest == ""
    assert post_of(it).case == ""
