"""Print what a changed rule book would have done: a table, and why."""

from typing import TYPE_CHECKING

from rich.table import Table

from makegood.cli.output import CONSOLE

if TYPE_CHECKING:
    from makegood.replay.comparing import Comparison


def print_comparison(found: "Comparison") -> None:
    """Print a comparison, customers masked; a reason that stands already is not said again."""
    from makegood.replay.wording import amount_words, examples_of, figure_words, headline

    def say(text: str, style: str = "") -> None:
        CONSOLE.print(text, style=style, markup=False, highlight=False)

    say(f"{found.new.name} against {found.old.name}. {headline(found)}", style="bold")
    table = Table(show_edge=False, pad_edge=False)
    table.add_column("")
    for head in (f"old {found.old.hash[:8]}", f"new {found.new.hash[:8]}", "difference"):
        table.add_column(head, justify="right")
    for one in found.figures:
        style = "bold" if one.difference else "dim" if not one.customers else ""
        numbers = (amount_words(one, one.old), amount_words(one, one.new))
        change = amount_words(one, one.difference, signed=True)
        table.add_row(figure_words(one), *numbers, change, style=style)
    CONSOLE.print(table)
    say(f"{found.opened:,} cases only by the new book, {found.not_opened:,} only by the old one.")
    for one, examples in examples_of(found):
        say(f"\n{figure_words(one)}: differs for {one.customers:,}", style="bold")
        for example in examples:
            old, new = amount_words(one, example.old), amount_words(one, example.new)
            say(f"  {example.customer}: {old} -> {new}. {example.says}")
    for left in found.not_applied:
        who = ", ".join(left.customers)
        what = f" {left.what}" if left.what else ""
        say(f"Could not be applied: {left.fact}{what}, {left.times:,} times ({who}): {left.why}.")
    if found.failed:
        say(f"{found.failed:,} customers could not be judged and are left out.", style="yellow")
    for sentence in found.not_simulated:
        say(sentence, style="dim")
