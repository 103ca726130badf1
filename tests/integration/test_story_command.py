"""`makegood story missing-car`: the timeline comes from the log, and ends by itself."""

from io import StringIO

import msgspec
from rich.console import Console
from typer.testing import CliRunner

from makegood.cli import app
from makegood.demo.story import Moment, Story
from makegood.demo.story_missing_car import play_missing_car, this_afternoon
from makegood.demo.story_show import count, show

AT_MS = this_afternoon(1_770_000_000_000)
HOUR_MS = 3_600_000


def the(story: Story, words: str) -> Moment:
    (found,) = [moment for moment in story.told if words in moment.says]
    return found


def test_the_story_is_told_in_order_with_rule_and_line():
    story = play_missing_car(AT_MS)
    assert [m.at_ms for m in story.told] == sorted(m.at_ms for m in story.told)
    owner, chosen = the(story, "Kathy owns it"), the(story, "The customer chose")
    good, offer = the(story, "good again."), the(story, "Thank you for staying")
    assert AT_MS == owner.at_ms < chosen.at_ms < good.at_ms < offer.at_ms
    assert offer.at_ms - good.at_ms >= 7 * 24 * HOUR_MS
    assert "rule no_car, line" in the(story, "no car at Airport").why
    assert "rule told_twice, line" in the(story, "told twice").why
    assert the(story, "A second failure").at_ms == AT_MS + 45 * 60_000


def test_the_cheery_mail_reaches_her_only_in_the_world_without_makegood():
    story = play_missing_car(AT_MS)
    (cheery,) = [moment for moment in story.without if moment.who == "mail"]
    (stopped,) = [moment for moment in story.told if moment.who == "stopped"]
    assert stopped.at_ms == cheery.at_ms == AT_MS + 18 * HOUR_MS
    assert "mixed" in stopped.why
    assert not any("how was your rental" in m.says for m in story.told if m.who == "mail")


def test_the_money_and_the_friend_are_counted():
    story = play_missing_car(AT_MS)
    assert {(line.account, line.cents) for line in story.money} == {
        ("owed", 28_900),
        ("marketing", 31_000),
    }
    assert (story.looked, story.joined) == (1, 1)


def test_the_command_prints_one_json_object():
    result = CliRunner().invoke(app, ["story", "missing-car", "--format", "json"])
    assert result.exit_code == 0, result.output
    story = msgspec.json.decode(result.stdout, type=Story)
    assert count(story.told, "stopped") == 1


def test_a_manager_reads_both_days_side_by_side():
    console = Console(width=140, record=True, file=StringIO())
    show(play_missing_car(AT_MS), console)
    text = console.export_text()
    assert "The same day without Makegood" in text
    assert "Kathy owns it from now on." in text
