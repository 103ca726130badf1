"""Rounds: a source that is away holds up no other, and media are kept with a case as files."""

from msgspec.structs import replace

from makegood.core.decide import Asker
from makegood.messages.facts import FailureRaised
from makegood.playbooks.book import Library
from makegood.ports.voice import Media
from makegood.projections.orders import OTHER
from makegood.runtime.public_voice import PublicVoice
from makegood.runtime.voice_parts import Parts
from makegood.sources.voice.fetching import Fetching
from tests.unit.runtime.voice.world import KATHY, MINUTE_MS, hear, known, now, post_of, said
from tests.unit.sources.voice.vendors import Mastodon, dripping, serving


def voice_at(
    it, url: str, fetching: Fetching | None = None, blog: str = "http://x"
) -> PublicVoice:
    """The public voice, with its server on this machine."""

    def library() -> Library:
        found = it.shelf.current()
        book = found.book(found.active)
        listen = tuple(
            replace(one, url=url) if one.network == "mastodon" else replace(one, url=blog)
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
    return PublicVoice(parts, {}, guard, with_files=True, fetching=fetching)


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


def test_a_source_that_drips_its_head_is_left_and_the_others_are_heard(world) -> None:
    it, _ = world
    entry = b"<item><guid>1</guid><title>x</title></item>"
    feed = b'<rss version="2.0"><channel>' + entry + b"</channel></rss>"
    with serving(lambda *_: (200, {}, feed)) as good, dripping(b"HTTP/1.1 200 OK\r\nx: ") as slow:
        url, hung_up = slow
        fetching = Fetching(lambda _scheme, host, _port: host, seconds=0.3)
        voice = voice_at(it, url, fetching, good)
        assert voice.rounds.run_once() == {"hashtag": {"away": 1}, "blog": {"waiting": 1}}
        assert hung_up.wait(60)
    with it.store.reading() as reading:
        assert reading.heard_to()["hashtag"].wrong == "It took too long."


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


def test_of_several_workers_one_asks_a_source_and_a_crash_gives_it_back(world) -> None:
    it, clock = world
    asked: list[str] = []
    server = Mastodon(1)

    def answer(path, query, headers, body):
        asked.append(path)
        if len(asked) == 1:
            assert other.rounds.run_once() == {"blog": {"away": 1}}
        return server(path, query, headers, body)

    with serving(answer) as url:
        voice, other = voice_at(it, url), voice_at(it, url)
        assert voice.rounds.run_once()["hashtag"] == {"waiting": 1}
        assert len(asked) == 1
        with it.store.writing() as writing:  # it was taken, and whoever took it is no more
            place = writing.change_heard_to("hashtag")
            writing.put_heard_to(replace(place, next_ms=clock.now_ms() + 5 * MINUTE_MS))
        clock.advance(5 * MINUTE_MS - 1)
        assert "hashtag" not in other.rounds.run_once()
        clock.advance(1)
        assert other.rounds.run_once()["hashtag"] == {}


def test_media_that_do_not_come_are_asked_for_again_and_not_for_ever(world) -> None:
    it, clock = world
    asked: list[str] = []

    def answer(path, *_):
        asked.append(path)
        return (503, {}, b"") if path == "/b.png" and len(asked) < 4 else (200, {}, b"x")

    with serving(answer) as url:
        voice = voice_at(it, url)
        media = (Media(url=f"{url}/a.png"), Media(url=f"{url}/b.png"), Media(url="http://x/c"))
        hear(it, said(media=media))
        it.voice.matching.consent("mastodon:ana@example.social", known(it), KATHY)
        with it.store.writing() as writing:
            writing.save_post(replace(post_of(it), case="c", fetch_ms=1))
        rounds = 0
        while post_of(it).fetch_ms:
            clock.advance(max(0, post_of(it).fetch_ms - clock.now_ms()))
            rounds += voice.rounds.keep_media()
    assert rounds == 5
    assert asked.count("/a.png") == 1
    assert [bool(one.digest) for one in post_of(it).media] == [True, True, False]
