"""Networks and feeds are asked as their interfaces say; what is hostile in them does nothing."""

import gzip

import pytest
from msgspec.structs import replace

from makegood.effects.addresses import public_only
from makegood.messages.errors import InputError
from makegood.playbooks.voice import Listening
from makegood.ports.voice import HeardTo
from makegood.sources.voice import bluesky, feeds, mastodon
from makegood.sources.voice.feeds import read_feed
from makegood.sources.voice.fetching import Fetching
from makegood.sources.voice.heard import VoiceAway, link, plain
from makegood.sources.voice.webhook import read_body
from tests.unit.sources.voice.vendors import (
    Answer,
    Asked,
    Bluesky,
    Mastodon,
    as_json,
    dripping,
    serving,
    status,
    view,
)

START = HeardTo(source="s")
ATOM = b"""<?xml version="1.0"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">
<title>Blog</title>
<entry><id>tag:1</id><title>No car</title><updated>2026-11-26T11:59:00Z</updated>
<author><name>Ana</name></author><link href="https://blog.example/1"/>
<link rel="enclosure" type="audio/mpeg" href="https://blog.example/a.mp3"/>
<content type="html">&lt;p&gt;Again &lt;script&gt;x()&lt;/script&gt;.&lt;/p&gt;</content></entry>
<entry><title>no id</title></entry></feed>"""


def asking() -> Fetching:
    return Fetching(lambda _scheme, host, _port: host)


def toot(url: str, what: str = "hashtag", words: str = "northwind") -> Listening:
    return Listening(id="s", network="mastodon", url=url, what=what, words=words)


def test_a_hashtag_is_read_once_and_then_only_what_is_new() -> None:
    server = Mastodon(3)
    with serving(server) as url:
        first, place = mastodon.listen(toot(url), START, asking())
        assert [one.external.rpartition("/")[2] for one in first] == ["3", "2", "1"]
        assert mastodon.listen(toot(url), place, asking())[0] == ()
        server.statuses += [status(n) for n in range(4, 100)]
        more, place = mastodon.listen(toot(url), place, asking())
        assert len(more) == len({one.external for one in more}) == 96
        assert place.place == "99"
    one = first[0]
    assert one.text == "No car 3.\nAgain & again."
    assert one.author.startswith("ana@127.0.0.1")
    assert (one.language, one.media[0].words) == ("en", "A desk")
    assert "avatar" not in repr(one)


def test_what_was_not_said_to_everybody_is_not_heard() -> None:
    server = Mastodon(0)
    server.statuses = [status(1, visibility="direct"), status(2, reblog={"id": "1"}), status(3)]
    with serving(server) as url:
        found, _ = mastodon.listen(toot(url), START, asking())
    assert [one.external.rpartition("/")[2] for one in found] == ["3"]


def test_mentions_need_the_token_and_an_account_is_looked_up() -> None:
    with serving(Mastodon(2, token="secret-token")) as url:
        with pytest.raises(VoiceAway, match="401"):
            mastodon.listen(toot(url, "mentions"), START, asking())
        found, _ = mastodon.listen(toot(url, "mentions"), START, asking(), "secret-token")
        assert len(found) == 2
        assert len(mastodon.listen(toot(url, "account"), START, asking())[0]) == 2
        with pytest.raises(VoiceAway, match="no such account"):
            mastodon.listen(toot(url, "account", "nobody"), START, asking())


def test_an_account_of_bluesky_is_read_back_to_what_was_heard() -> None:
    server = Bluesky(2)
    with serving(server) as url:
        source = Listening(id="s", network="bluesky", url=url, what="account", words="a.example")
        found, place = bluesky.listen(source, START, asking())
        assert [one.text for one in found] == ["No car 2.", "No car 1."]  # and no repost
        server.posts = [view(n) for n in range(250, 0, -1)]
        more, place = bluesky.listen(source, place, asking())
        assert {one.external for one in more} >= {
            f"at://did:plc:ana/app.bsky.feed.post/{n}" for n in range(3, 251)
        }
    one = found[0]
    assert (one.author, one.url) == ("ana.example", "https://bsky.app/profile/ana.example/post/2")
    assert one.at_ms > 1_795_000_000_000  # not what the author's program said


def test_a_search_of_bluesky_needs_a_session() -> None:
    with serving(Bluesky(1)) as url:
        source = Listening(id="s", network="bluesky", url=url, what="search", words="northwind")
        with pytest.raises(VoiceAway, match="403"):
            bluesky.listen(source, START, asking())
        with pytest.raises(VoiceAway, match="401"):
            bluesky.listen(source, START, asking(), "northwind.example:wrong")
        found, _ = bluesky.listen(source, START, asking(), "northwind.example:app-pass-word")
        assert len(found) == 1


def test_a_session_is_kept_until_it_is_refused_and_not_opened_for_each_look() -> None:
    server, opened, is_over = Bluesky(1), [], False

    def answer(path: str, query: Asked, headers: Asked, body: bytes) -> Answer:
        if path.endswith("createSession"):
            opened.append(path)
        elif is_over and len(opened) < 2:
            return as_json({"error": "ExpiredToken"}, 400)
        return server(path, query, headers, body)

    sessions: dict[str, str] = {}
    secret = "northwind.example:app-pass-word"
    with serving(answer) as url:
        source = Listening(id="s", network="bluesky", url=url, what="search", words="northwind")
        for _ in range(3):
            assert len(bluesky.listen(source, START, asking(), secret, sessions)[0]) == 1
        assert len(opened) == 1
        is_over = True
        assert len(bluesky.listen(source, START, asking(), secret, sessions)[0]) == 1
    assert len(opened) == 2


def test_authors_whose_handles_lead_nowhere_are_not_one() -> None:
    server = Bluesky(0)
    server.posts = [
        view(n, author={"did": f"did:plc:{n}", "handle": "handle.invalid"}) for n in (2, 1)
    ]
    with serving(server) as url:
        source = Listening(id="s", network="bluesky", url=url, what="account", words="a.example")
        found, _ = bluesky.listen(source, START, asking())
    assert [one.author for one in found] == ["did:plc:2", "did:plc:1"]


def test_the_same_number_in_two_feeds_is_two_entries() -> None:
    entry = b"<channel><title>x</title><item><guid>1</guid></item></channel>"
    feed = b'<rss version="2.0">' + entry + b"</rss>"
    (one,) = read_feed(feed, "https://a.example/feed")
    (other,) = read_feed(feed, "https://a.example/comments")
    assert one.external != other.external
    assert one.author == "a.example"


def test_a_feed_is_asked_only_for_what_changed() -> None:
    def answer(_path: str, _query: object, headers: dict[str, str], _body: bytes) -> Answer:
        if headers.get("if-none-match") == '"v1"':
            return 304, {}, b""
        return 200, {"etag": '"v1"', "last-modified": "Thu, 26 Nov 2026 11:59:00 GMT"}, ATOM

    with serving(answer) as url:
        source = Listening(id="s", network="feed", url=f"{url}/feed")
        (one,), place = feeds.listen(source, START, asking())
        assert feeds.listen(source, place, asking()) == ((), place)
    assert (one.external, one.author, one.url) == ("tag:1", "Ana", "https://blog.example/1")
    assert one.text == "No car\n\nAgain ."
    assert one.media[0].kind == "audio/mpeg"


@pytest.mark.parametrize(
    "content",
    [
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><rss version="2.0"></rss>',
        '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE x [<!entity a "b">]><rss/>'.encode(
            "utf-16"
        ),
        b"<html>no feed</html>",
        b"",
        b"\xff\xfe\x00",
    ],
)
def test_a_bomb_and_what_is_no_feed_are_refused(content: bytes) -> None:
    with pytest.raises(VoiceAway):
        read_feed(content, "blog.example")


def test_a_feed_of_very_many_entries_is_cut() -> None:
    entries = b"".join(b"<item><guid>%d</guid><title>x</title></item>" % n for n in range(900))
    feed = b'<rss version="2.0"><channel><title>x</title>' + entries + b"</channel></rss>"
    assert len(read_feed(feed, "blog.example")) == 500


def test_so_much_and_no_more_is_fetched() -> None:
    big = b"x" * (3 * 1024 * 1024)

    def answer(path: str, _query: object, headers: dict[str, str], _body: bytes) -> Answer:
        match path:
            case "/big":
                return 200, {}, big
            case "/packed":
                return 200, {"content-encoding": "gzip"}, gzip.compress(big)
            case "/round":
                return 302, {"location": "/round"}, b""
            case "/inside":
                return 302, {"location": "https://127.0.0.1/admin"}, b""
            case "/file":
                return 302, {"location": "ftp://files.example/x"}, b""
            case _:
                return 200, {}, headers.get("authorization", "").encode()

    with serving(answer) as url:
        for path, why in (("/big", "longer"), ("/packed", "packs"), ("/round", "more than 3")):
            with pytest.raises(VoiceAway, match=why):
                asking().get(url + path)
        with pytest.raises(VoiceAway, match="no web address"):
            asking().get(f"{url}/file")

        def guard(scheme: str, host: str, port: int) -> str:
            return host if scheme == "http" else public_only(scheme, host, port)

        with pytest.raises(VoiceAway, match="private address"):
            Fetching(guard).get(f"{url}/inside")
        assert asking().get(f"{url}/x", {"authorization": "Bearer t"}).content == b"Bearer t"
    with pytest.raises(VoiceAway, match="https"):
        Fetching(public_only).get(f"{url}/x")


def test_a_token_is_not_told_to_whom_a_server_sends_us_on() -> None:
    heard: list[str] = []

    def other(_path: str, _query: object, headers: dict[str, str], _body: bytes) -> Answer:
        heard.append(headers.get("authorization", ""))
        return 200, {}, b"[]"

    with serving(other) as there, serving(lambda *_: (302, {"location": there}, b"")) as here:
        asking().get(f"{here}/x", {"authorization": "Bearer t"})
    assert heard == [""]


def test_an_answer_that_takes_for_ever_is_ended() -> None:
    ticks = iter(range(0, 1_000, 25))
    slow = Fetching(lambda _scheme, host, _port: host, lambda: float(next(ticks)))
    with serving(lambda *_: (200, {}, b"x")) as url, pytest.raises(VoiceAway, match="too long"):
        slow.get(url)


@pytest.mark.parametrize(
    "begin",
    [
        b"HTTP/1.1 200 OK\r\nx-slow: ",
        b"HTTP/1.1 200 OK\r\ncontent-length: 99999\r\n\r\n",
        b"HTTP/1.1 200 O",
    ],
    ids=["header", "body", "first line"],
)
def test_a_server_that_drips_is_left_when_the_time_is_over(begin: bytes) -> None:
    fetching = Fetching(lambda _scheme, host, _port: host, seconds=0.2)
    with dripping(begin) as (url, hung_up):
        with pytest.raises(VoiceAway, match="too long"):
            fetching.get(url)
        assert hung_up.wait(60)


def test_the_pages_of_one_look_have_an_end_together() -> None:
    now = [0.0]
    with serving(lambda *_: (200, {}, b"x")) as url:
        look = Fetching(lambda _scheme, host, _port: host, lambda: now[0]).one_look(20)
        assert look.get(url).content == b"x"
        now[0] = 19.0
        assert look.get(url).content == b"x"
        now[0] = 20.0  # each page by itself would have 20 seconds more
        with pytest.raises(VoiceAway, match="too long"):
            look.get(url)


def test_words_are_plain_and_links_lead_to_the_web() -> None:
    assert plain("<p>a</p><p onclick=x()>b</p><img src=x onerror=y()>") == "a\nb"
    assert plain("&lt;script&gt;x&lt;/script&gt;") == "<script>x</script>"
    assert link("javascript:x()") == link("data:x") == link("https://a b") == link(7) == ""
    assert link("https://example.org/a") == "https://example.org/a"


@pytest.mark.parametrize("body", [b"", b"[1]", b'{"posts": 1}', b"\xff", b'{"posts":[' + b"[" * 9])
def test_a_delivery_that_is_none_is_refused(body: bytes) -> None:
    with pytest.raises(InputError, match="no JSON"):
        read_body(body)


def test_places_are_kept_when_nothing_new_came() -> None:
    with serving(Mastodon(0)) as url:
        before = replace(START, place="7")
        assert mastodon.listen(toot(url), before, asking()) == ((), before)
