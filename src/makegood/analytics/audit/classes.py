"""What a message was for, by stated rules; what they do not tell is never counted as marketing."""

import re
from collections.abc import Mapping

import polars as pl

from makegood.messages.commands import HELD_CLASSES, MessageClass

UNCLASSIFIED = "unclassified"
MARKETING = frozenset(one.value for one in HELD_CLASSES)

CLASS_NAMES: Mapping[MessageClass, tuple[str, ...]] = {
    MessageClass.PROMOTIONAL: (
        "promotional", "promotion", "promo", "marketing", "campaign", "newsletter", "bulk",
        "broadcast", "blast", "commercial", "advertising", "offer", "loyalty",
    ),
    MessageClass.SURVEY: ("survey", "feedback", "nps", "csat", "review request"),
    MessageClass.MIXED: ("mixed",),
    MessageClass.SERVICE: (
        "service", "transactional", "transaction", "trans", "notification", "operational",
        "support",
    ),
    MessageClass.RECEIPT: ("receipt", "confirmation", "invoice"),
    MessageClass.SAFETY: ("safety", "security"),
    MessageClass.LEGAL: ("legal", "terms"),
}  # fmt: skip
PROMOTIONAL_WORDS = (
    "newsletter", "newsletters", "offer", "offers", "sale", "sales", "discount", "discounts",
    "deal", "deals", "promo", "promotion", "promotions", "voucher", "coupon",
    "% off", "off your next", "loyalty", "rewards", "upgrade now", "win-back", "winback",
    "we miss you", "black friday", "referral", "join our", "last chance",
)  # fmt: skip
SURVEY_WORDS = (
    "survey", "feedback", "nps", "csat", "how was", "how did we do", "rate us", "rate your",
    "review your", "leave a review", "tell us what you think",
)  # fmt: skip
SERVICE_WORDS = (
    "receipt", "confirmation", "confirmed", "invoice", "booking", "itinerary", "boarding pass",
    "check-in", "password", "verification", "verify", "refund", "payment", "cancellation",
    "cancelled", "delay", "delayed", "apology", "sorry", "dispatched", "shipped", "delivery",
    "reminder", "your order", "your ticket", "security alert", "terms",
)  # fmt: skip
TOLD_BY = ("message", "subject", "class", "list_unsubscribe")
_NO = ("", "no", "false", "0", "n", "none", "-")


def classified(frame: pl.DataFrame) -> pl.DataFrame:
    """Add `class`: one of the message classes, or "unclassified".

    The column of the export counts first; then a List-Unsubscribe header, which only bulk mail
    carries; then words in the message's name and subject. Words of service beside words of
    marketing tell nothing for certain.

    Args:
        frame: `message`, and `class`, `subject`, `list_unsubscribe` where the export has them.
    """
    told_by = [name for name in TOLD_BY if name in frame.columns]
    different = frame.select(told_by).unique()
    answers = different.with_columns(_class_of(told_by).alias("answer"))
    joined = frame.join(answers, on=told_by, how="left", maintain_order="left")
    return joined.with_columns(pl.col("answer").alias("class")).drop("answer")


def _class_of(columns: list[str]) -> pl.Expr:
    text = pl.concat_str(
        (pl.col(name) for name in ("message", "subject") if name in columns), separator=" "
    ).str.to_lowercase()
    nothing = pl.lit(None, dtype=pl.String)
    by_header = _by_header(text) if "list_unsubscribe" in columns else nothing
    by_column = _by_column() if "class" in columns else nothing
    return pl.coalesce(by_column, by_header, _by_words(text))


def _by_header(text: pl.Expr) -> pl.Expr:
    is_bulk = ~pl.col("list_unsubscribe").str.to_lowercase().is_in(_NO)
    asks = _has(text, SURVEY_WORDS)
    what = pl.when(asks).then(_name(MessageClass.MIXED)).otherwise(_name(MessageClass.PROMOTIONAL))
    return pl.when(is_bulk).then(what)


def _name(one: MessageClass) -> pl.Expr:
    return pl.lit(one.value)


def _by_column() -> pl.Expr:
    names = {name: one.value for one, all_names in CLASS_NAMES.items() for name in all_names}
    return (
        pl.col("class").str.to_lowercase().str.replace_all(r"[\s_-]+", " ")
        .replace_strict(names, default=None, return_dtype=pl.String)
    )  # fmt: skip


def _by_words(text: pl.Expr) -> pl.Expr:
    promotes, asks = _has(text, PROMOTIONAL_WORDS), _has(text, SURVEY_WORDS)
    serves = _has(text, SERVICE_WORDS)
    return (
        pl.when(serves & (promotes | asks)).then(pl.lit(UNCLASSIFIED))
        .when(promotes & asks).then(_name(MessageClass.MIXED))
        .when(promotes).then(_name(MessageClass.PROMOTIONAL))
        .when(asks).then(_name(MessageClass.SURVEY))
        .when(serves).then(_name(MessageClass.SERVICE))
        .otherwise(pl.lit(UNCLASSIFIED))
    )  # fmt: skip


def _has(text: pl.Expr, words: tuple[str, ...]) -> pl.Expr:
    """Whether one of the words stands by itself; "% off" may follow a number at once."""
    spaced = {word: re.escape(word).replace(r"\ ", r"[\s_-]+") for word in words}
    whole = (
        pattern if word.startswith("%") else rf"(?:^|[^a-z0-9]){pattern}"
        for word, pattern in spaced.items()
    )
    return text.str.contains(rf"(?:{'|'.join(whole)})(?:$|[^a-z0-9])")
