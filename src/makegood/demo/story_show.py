"""Print a story for a manager: one day, twice, on one axis of time."""

from collections.abc import Iterator, Sequence

from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from makegood.demo.story import Moment, Story, Who
from makegood.messages.money import Money
from makegood.projections.figures import clock_words, counted, day_words, money_words

_STYLES = {
    "fact": "bold red",
    "makegood": "green",
    "outside": "",
    "mail": "blue",
    "customer": "cyan",
    "rep": "magenta",
    "stopped": "bold yellow",
}
_ACCOUNTS = {"owed": "owed, and paid", "marketing": "goodwill, booked to marketing"}
Row = tuple[int, Moment | None, Moment | None]


def show(story: Story, console: Console) -> None:
    """Print the story."""
    console.print(Group(Text(story.synthetic, style="dim"), _timeline(story), _came_to(story)))


def _timeline(story: Story) -> Table:
    table = Table(title="The missing car, twice", title_justify="left", show_lines=False)
    table.add_column("", style="dim", no_wrap=True)
    table.add_column("The same day without Makegood", ratio=2)
    table.add_column("With Makegood", ratio=3)
    day = ""
    for at_ms, left, right in rows_of(story):
        today = day_words(at_ms, story.zone)
        if today != day:
            table.add_section()
            table.add_row("", "", Text(today, style="bold"))
            day = today
        table.add_row(clock_words(at_ms, story.zone), _cell(left), _cell(right))
    return table


def rows_of(story: Story) -> Iterator[Row]:
    """Put both days on one axis: a moment of both stands in one row when both are facts."""
    left = list(story.without)
    for moment in story.told:
        while left and left[0].at_ms < moment.at_ms:
            one = left.pop(0)
            yield one.at_ms, one, None
        same = left and left[0].at_ms == moment.at_ms
        yield moment.at_ms, left.pop(0) if same else None, moment
    for one in left:
        yield one.at_ms, one, None


def _cell(moment: Moment | None) -> Text:
    if moment is None:
        return Text("")
    text = Text(moment.says, style=_STYLES[moment.who])
    if moment.why:
        text.append(f"\n{moment.why}", style="dim not bold")
    return text


def _came_to(story: Story) -> Table:
    table = Table(title="What it came to", title_justify="left", show_header=False, box=None)
    received = f"{count(story.told, 'mail')}; without Makegood {count(story.without, 'mail')}"
    table.add_row("Mails she received", received)
    table.add_row("Mails that did not go out", str(count(story.told, "stopped")))
    for line in story.money:
        money = money_words(Money(line.cents, line.currency))
        table.add_row(
            f"{line.remedy.replace('_', ' ').capitalize()}", _account(money, line.account)
        )
    friends = f"{counted(story.looked, 'look')}, {story.joined} joined"
    table.add_row("Friends by her personal link", friends)
    return table


def _account(money: str, account: str) -> str:
    return f"{money}, {_ACCOUNTS.get(account, account)}"


def count(moments: Sequence[Moment], who: Who) -> int:
    """Count the moments of one kind."""
    return sum(moment.who == who for moment in moments)
