"""How parity compared, said in sentences that a doubtful reader can check."""

from makegood.analytics.parity.intervals import SPARSE
from makegood.playbooks.spans import DAY_MS


def method_of(by: str, comparisons: int, at_least: int, time_ms: int) -> tuple[str, ...]:
    """Say how the figures came about."""
    return (
        f"Customers stand in groups by {by}, as it was told when the case opened; else as it was "
        "told later. Groups of fewer than five, and those beyond the twelve largest, stand "
        "together as “others”.",
        "A case is compared with cases of the same failure and the same severity (those of its "
        "worst failure), so that a group with worse failures does not look favoured. Each kind "
        "weighs by what both sides have of it (Mantel and Haenszel). Of a kind, fewer than "
        f"{SPARSE} on either side tell nothing, and are not compared.",
        "Answered: words of ours arrived, a person spoke, or a remedy was carried out. A person "
        "is somebody of the firm who reached the customer, gave or chose something with them, or "
        "wrote down their word. Times count from the beginning of the case; what never came "
        "counts as longer than all that came.",
        "A share of one group has Wilson's 95 % interval, a median that of its order statistics; "
        "each of these holds for itself.",
        "Two shares are compared by Newcombe's interval of their difference, from stratified "
        "Wilson limits (Yan and Su 2010). Times and amounts are compared in pairs: of two people "
        "with the same failure, one of the group and one not, in how many had the one of the "
        "group more (half of the ties counted)? 50 % is no difference.",
        f"This report makes {comparisons} comparisons. Their intervals are wide enough to be "
        "right all at once in 95 of 100 reports (Bonferroni): where there is no difference, about "
        "one report in twenty finds one at most.",
        f"With fewer than {at_least} on either side it is too few to tell; no figure is given.",
        f"Cases of the last {time_ms // DAY_MS} days are left out, for they had no time to be "
        "answered; and so is history that was imported, for which nothing was sent.",
        "Several cases of one customer count as if they were of several. A difference is a "
        "question to ask, not its answer; and where none was found, the interval says how large "
        "one could still be.",
    )
