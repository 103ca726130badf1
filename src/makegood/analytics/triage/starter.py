"""The model that ships: trained by one command on openly licensed data, which is not in it.

`python -m makegood.analytics.triage.starter FOLDER` makes it anew from Banking77 and NLU++
(hotels), both by PolyAI and CC BY 4.0. Which of their intents tell of a failure, and of which
kind, is said here; it is ours, and coarse.
"""

import csv
import json
import sys
from collections.abc import Mapping
from importlib import resources
from pathlib import Path

from makegood.analytics.triage.model import Model, read, written
from makegood.analytics.triage.training import sample, train

SOURCE = (
    "Banking77 (Casanueva et al. 2020) and NLU++ hotels (Casanueva et al. 2022), PolyAI, CC BY 4.0"
)
NONE = "none"
TRAINED_MS = 1_795_651_200_000  # 26 November 2026; the files have not changed since
KINDS: Mapping[str, tuple[str, ...]] = {
    "charged_wrongly": (
        "card_payment_fee_charged", "card_payment_wrong_exchange_rate", "cash_withdrawal_charge",
        "direct_debit_payment_not_recognised", "extra_charge_on_statement",
        "transaction_charged_twice", "transfer_fee_charged", "wrong_amount_of_cash_received",
        "wrong_exchange_rate_for_cash_withdrawal", "card_payment_not_recognised",
        "cash_withdrawal_not_recognised",
    ),
    "not_arrived": (
        "balance_not_updated_after_bank_transfer",
        "balance_not_updated_after_cheque_or_cash_deposit",
        "card_arrival", "pending_card_payment", "pending_cash_withdrawal", "pending_top_up",
        "pending_transfer", "Refund_not_showing_up", "transfer_not_received_by_recipient",
    ),
    "not_working": (
        "beneficiary_not_allowed", "card_not_working", "card_swallowed", "contactless_not_working",
        "declined_card_payment", "declined_cash_withdrawal", "declined_transfer",
        "failed_transfer",
        "pin_blocked", "reverted_card_payment?", "top_up_failed", "top_up_reverted",
        "unable_to_verify_identity", "virtual_card_not_working", "wrong_notworking_notshowing",
    ),
    "lost_or_stolen": (
        "compromised_card", "lost_or_stolen_card", "lost_or_stolen_phone", "lost_stolen",
    ),
}  # fmt: skip
_KIND_OF = {intent: kind for kind, intents in KINDS.items() for intent in intents}
_TOPICS = frozenset(
    [
        "check_in",
        "check_out",
        "restaurant",
        "swimming_pool",
        "parking",
        "pets",
        "accesibility",
        "booking",
        "wifi",
        "gym",
        "spa",
        "room_ammenities",
        "housekeeping",
        "room_service",
    ]
)


def banking(folder: Path, part: str) -> list[tuple[str, str]]:
    """Read a part of Banking77: texts with their intents."""
    with (folder / "banking77" / f"{part}.csv").open(encoding="utf-8") as file:
        return [(row["text"], row["category"]) for row in csv.DictReader(file)]


def hotels(folder: Path, fold: int) -> list[tuple[str, tuple[str, ...]]]:
    """Read a fold of the hotel messages: texts with all of their intents."""
    rows = json.loads((folder / "nlupp" / "hotels" / f"fold{fold}.json").read_text("utf-8"))
    return [(row["text"], tuple(row.get("intents", ()))) for row in rows]


def kind_of(intents: tuple[str, ...]) -> str:
    """Say of which kind the failure is that a message tells of; `none` for no failure."""
    return next((_KIND_OF[one] for one in intents if one in _KIND_OF), NONE)


def make(folder: Path) -> Model:
    """Train it."""
    bank = banking(folder, "train")
    rooms = [row for fold in range(15) for row in hotels(folder, fold)]
    seen = sample([text for text, _ in (*bank, *rooms)])
    kinds = [kind_of((one,)) for _, one in bank] + [kind_of(them) for _, them in rooms]
    topics = [one for _, one in bank] + [_topic(them) for _, them in rooms]
    heads = {"kind": train(seen, kinds, SOURCE), "intent": train(seen, topics, SOURCE)}
    return Model(heads=heads, trained_ms=TRAINED_MS)


def _topic(intents: tuple[str, ...]) -> str:
    """Name a hotel message by its one topic; `other` where it has several or none."""
    found = [one for one in intents if one in _TOPICS]
    return f"hotel {found[0]}" if len(found) == 1 else "other"


def starter() -> Model:
    """Read the model that ships."""
    return read((resources.files(__package__) / "starter.npz").read_bytes())


if __name__ == "__main__":
    target = Path(__file__).with_name("starter.npz")
    made = make(Path(sys.argv[1]))
    target.write_bytes(written(made))
    for name, head in made.heads.items():
        sys.stdout.write(f"{name}: {head.about}\n")
