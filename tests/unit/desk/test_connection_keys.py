"""Keys and the record of acts at the desk: shown once, written down, safe in a spreadsheet."""

import csv
import io
import re

from msgspec.structs import replace

from makegood.api.keys import KeyRing
from makegood.ports.acts import Act
from makegood.runtime.keeping import Keys, Wish, digest_of
from tests.unit.desk.browsing import questions, token_of, words_of

KEYS = "/desk/connections/keys"
ACTS = "/desk/connections/acts"


def secret_of(response) -> str:
    found = re.search(r'value="(mg_[^"]+)"', response.content.decode())
    return found[1] if found else ""


def made(omar, **more: object):
    token = token_of(omar.get(KEYS))
    form = {"token": token, "name": "shop", "scope": ["ingest", "gate"], **more}
    return omar.post(f"{KEYS}/make", form), form


def test_a_key_is_shown_once_and_the_same_form_makes_no_second(makegood, omar):
    answer, form = made(omar, brand="northwind_vans", days="30", per_second="2.5", strict="1")
    text = secret_of(answer)
    found = KeyRing(makegood.store, lambda: 0.0, makegood.clock.now_ms).find(text)
    assert found is not None
    assert (found.name, found.scopes, found.brands) == (
        "shop", ("ingest", "gate"), ("northwind_vans",),
    )  # fmt: skip
    assert (found.strict, found.per_second) == (True, 2.5)
    assert found.ends_ms == makegood.clock.now_ms() + 30 * 86_400_000
    assert answer["Cache-Control"] == "no-store"
    again = omar.post(f"{KEYS}/make", form, follow=True)
    assert secret_of(again) == ""
    assert "sent before" in words_of(again)
    with makegood.store.reading() as reading:
        assert len(reading.keys()) == 1
    page = omar.get(KEYS)
    assert text not in page.content.decode()
    assert "not used yet" in words_of(page)


def test_what_is_typed_wrong_makes_nothing_and_is_said(makegood, omar):
    for more in ({"scope": []}, {"scope": ["everything"]}, {"days": "soon"}, {"name": " "}):
        answer, _ = made(omar, **more)
        assert answer.status_code == 422
        assert 'role="alert"' in answer.content.decode()
    with makegood.store.reading() as reading:
        assert reading.keys() == ()


def test_a_key_is_rotated_and_revoked_and_each_is_in_the_record(makegood, omar):
    _, row = Keys(makegood.store, makegood.clock).make(Wish(name="shop", scopes=("gate",)))
    token = token_of(omar.get(KEYS))
    answer = omar.post(f"{KEYS}/{digest_of(row)}/rotate", {"token": token, "hours": "2"})
    assert secret_of(answer)
    assert "rotated" in words_of(answer)
    omar.post(f"{KEYS}/{digest_of(row)}/revoke")
    with makegood.store.reading() as reading:
        known, acts = reading.keys(), reading.acts()
    rows = {digest_of(one): one for one in known}
    assert rows[digest_of(row)].revoked_ms
    assert [(act.what, act.who) for act in acts[:2]] == [
        ("key.revoked", "omar"),
        ("key.rotated", "omar"),
    ]
    assert acts[0].how.startswith("signed in")
    shown = words_of(omar.get(ACTS))
    assert "A key got a new secret" in shown
    assert "key.rotated" in shown
    assert "omar" in shown


def test_the_record_is_paged_and_filtered(makegood, omar):
    with makegood.store.writing() as writing:
        for n in range(120):
            who = "kathy" if n % 4 == 0 else "omar"
            writing.put_act(Act(what="key.made", at_ms=n * 86_400_000, who=who, about=f"k{n:03}"))
    first = omar.get(ACTS)
    assert words_of(first).count("no.") == 50
    following = re.search(r'href="\?(before=\d+)">More', first.content.decode())
    assert following is not None
    assert "k069" in words_of(omar.get(f"{ACTS}?{following[1]}"))
    assert words_of(omar.get(f"{ACTS}?who=kathy")).count("no.") == 30
    day = omar.get(f"{ACTS}?since=1970-01-03&until=1970-01-04")
    assert re.findall(r"k\d{3}", words_of(day)) == ["k003", "k002"]
    for wild in ("since=yesterday", "before=-1", "before=x", "what=nothing", "until=9999-12-31"):
        assert omar.get(f"{ACTS}?{wild}").status_code == 200


def test_no_cell_of_the_csv_is_a_formula_and_all_of_it_is_there(makegood, omar):
    wild = ("=HYPERLINK(1)", "+1", "-1", "@x", "\t=1", 'a "quoted", word\nand a line')
    with makegood.store.writing() as writing:
        for who in wild:
            writing.put_act(Act(what="signed_in", at_ms=5, who=who))
        for n in range(1_200):
            writing.put_act(Act(what="key.made", at_ms=n, who="omar"))
    answer = omar.get(f"{ACTS}.csv")
    text = b"".join(answer.streaming_content).decode()
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == 1_206
    cells = [cell for row in rows for cell in row.values()]
    assert not any(cell.startswith(("=", "+", "-", "@", "\t")) for cell in cells)
    assert {row["who"].lstrip("'") for row in rows} == {*wild, "omar"}
    some = omar.get(f"{ACTS}.csv?what=signed_in")
    assert b"".join(some.streaming_content).count(b"signed_in") == 6


def test_many_keys_cost_no_more_questions(makegood, omar):
    few = questions(makegood, omar, KEYS)
    keys = Keys(makegood.store, makegood.clock)
    for n in range(60):
        keys.make(Wish(name=f"k{n}", scopes=("gate",)))
    assert questions(makegood, omar, KEYS) == few
    page = omar.get(KEYS)
    more = re.search(r'href="\?after=([0-9a-f]{8})">More', page.content.decode())
    assert more is not None
    assert words_of(omar.get(f"{KEYS}?after={more[1]}")).count("not used yet") == 10


def test_a_hold_released_by_hand_is_in_the_record(makegood, omar):
    from tests.e2e.screens import customer_of, introduce, no_car

    introduce(makegood)
    case = no_car(makegood)
    page = omar.get(f"/desk/cases/{case}")
    form = {"token": token_of(page), "reason": "asked for it", "text": "asked for it"}
    assert omar.post(f"/desk/cases/{case}/release", form).status_code in (200, 302)
    with makegood.store.reading() as reading:
        released = [act for act in reading.acts() if act.what == "hold.released"]
    assert [(act.who, act.about) for act in released] == [
        ("omar", customer_of(makegood, "user:ana"))
    ]
    assert "asked for it" not in repr(released)


def test_an_old_row_of_a_key_still_reads(makegood):
    from makegood.store.shapes import pack, unpack_key

    _, row = Keys(makegood.store, makegood.clock).make(Wish(name="a", scopes=("gate",)))
    old = {"sha256": row.sha256, "name": "a", "scopes": ["gate"], "created_ms": row.created_ms}
    assert unpack_key(pack(old)) == replace(row)
