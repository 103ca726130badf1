"""The memory engine's tables."""

from collections.abc import Callable, MutableMapping

from makegood.core.likeness import (
    Comparable,
    Measures,
    Place,
)
from makegood.core.notices import Notice
from makegood.messages.agreements import Agreement
from makegood.messages.events import Event
from makegood.messages.ids import (
    AccountId,
    AgreementId,
    BookHash,
    CaseId,
    CommandId,
    CustomerId,
    EventId,
    NoticeId,
    ProfileId,
    RepId,
)
from makegood.ports.accounts import Account, Party, Role
from makegood.ports.acts import Act
from makegood.ports.answers import AnswerRow
from makegood.ports.drafts import Draft, Trial, TrialResult
from makegood.ports.links import LinkPair, LinkRun
from makegood.ports.lots import LotRow
from makegood.ports.mail_kinds import MailDecision, MailKind
from makegood.ports.marks import Mark, Sync
from makegood.ports.notices import SinkHealth, Telling
from makegood.ports.parking import ParkedMail, ParkedRow
from makegood.ports.places import PlaceRow
from makegood.ports.pointers import Pointer, RootAnswer
from makegood.ports.redirects import RedirectRow, WalkRow
from makegood.ports.reputation import Appeal, Published, RatingRow, RuleAnswer
from makegood.ports.routings import Routing
from makegood.ports.rows import (
    Activation,
    AskedRow,
    CaseRow,
    CustomerRow,
    KeyRow,
    LedgerRow,
    OutboxRow,
    PersonRow,
    RepRow,
    Reservation,
    Snapshot,
)
from makegood.ports.sends import Sends
from makegood.ports.silence import QueueNorms, SilentRow, Waited
from makegood.ports.ties import Tie
from makegood.ports.unfit import Unfit
from makegood.ports.webhooks import Delivery, Endpoint

Profiles = tuple[ProfileId, ...]
SinkLease = tuple[int, int, int, SinkHealth]
"""(fence, end of the lease, when it may be told again, how it fares)."""
TABLES = (
    "log", "dedupe", "log_of", "customer_of", "members", "edges", "lookups", "users", "customers",
    "due", "snapshots", "commands", "commands_of", "open_commands", "case_rows", "cases_by",
    "failures", "failures_by", "money", "people", "words", "roster", "api_keys", "book_texts",
    "settings", "activations", "asked", "comparable", "everyone", "budgets", "reservations",
    "drafts", "trials", "trial_results", "mail_kinds", "mail_decisions", "parked", "parked_mails",
    "notices", "notice_seqs", "feed_seqs", "tellings", "sinks", "webhooks", "deliveries",
    "mark_rows", "syncs", "sync_lags", "unfit", "sends", "acts", "key_uses", "beats", "tallies",
    "ties", "accounts_kept", "parties", "agreements_kept",
    "locations", "redirects", "walks",
    "link_pairs", "link_runs", "ratings", "published", "appeals", "rule_answers", "seen",
    "pointers", "root_answers",
    "routings", "lots", "letters", "letters_gone", "letters_erased", "mailboxes", "jottings",
    "survey_answers", "public_posts", "public_handles", "public_codes", "heard_to", "silent",
    "waited", "wait_norms",
    "triage", "triage_models", "triage_backs", "triage_trainings", "triage_turns",
    "words_waiting", "weighed", "weighed_cases", "advertised_posts", "promises_made",
    "acquisition",
    "let_down", "reckoned", "mondays", "searches", "placings",
    "attached",
)  # fmt: skip


class Tables:
    """Every table, or each as one transaction sees it; values are never changed in place."""

    log: MutableMapping[int, Event]
    dedupe: MutableMapping[EventId, bytes]
    log_of: MutableMapping[ProfileId, tuple[int, ...]]
    customer_of: MutableMapping[ProfileId, CustomerId]
    members: MutableMapping[CustomerId, Profiles]
    edges: MutableMapping[ProfileId, Profiles]
    lookups: MutableMapping[ProfileId, Profiles]
    users: MutableMapping[ProfileId, Profiles]
    customers: MutableMapping[CustomerId, CustomerRow]
    due: MutableMapping[CustomerId, int]
    snapshots: MutableMapping[CustomerId, tuple[Snapshot, ...]]
    commands: MutableMapping[CommandId, OutboxRow]
    commands_of: MutableMapping[ProfileId, tuple[CommandId, ...]]
    open_commands: MutableMapping[CommandId, int]
    case_rows: MutableMapping[CaseId, CaseRow]
    cases_by: MutableMapping[CustomerId, tuple[CaseId, ...]]
    failures: MutableMapping[CaseId, CaseId]
    failures_by: MutableMapping[CustomerId, tuple[CaseId, ...]]
    money: MutableMapping[CustomerId, tuple[LedgerRow, ...]]
    people: MutableMapping[ProfileId, PersonRow]
    words: MutableMapping[str, tuple[ProfileId, str]]
    roster: MutableMapping[RepId, RepRow]
    api_keys: MutableMapping[bytes, KeyRow]
    book_texts: MutableMapping[BookHash, str]
    settings: MutableMapping[str, str]
    activations: MutableMapping[int, Activation]
    comparable: MutableMapping[CustomerId, tuple[Comparable, ...]]
    everyone: MutableMapping[Place, Measures]
    asked: MutableMapping[CustomerId, tuple[AskedRow, ...]]
    ties: MutableMapping[CustomerId, tuple[Tie, ...]]
    routings: MutableMapping[CustomerId, tuple[Routing, ...]]
    survey_answers: MutableMapping[str, AnswerRow]
    lots: MutableMapping[CustomerId, tuple[LotRow, ...]]
    budgets: MutableMapping[tuple[str, str], int]
    reservations: MutableMapping[EventId, Reservation]
    drafts: MutableMapping[int, Draft]
    trials: MutableMapping[int, Trial]
    trial_results: MutableMapping[int, TrialResult]
    mail_kinds: MutableMapping[str, MailKind]
    mail_decisions: MutableMapping[int, MailDecision]
    parked: MutableMapping[str, ParkedRow]
    parked_mails: MutableMapping[str, ParkedMail]
    mark_rows: MutableMapping[tuple[str, ProfileId], Mark]
    syncs: MutableMapping[str, Sync]
    sync_lags: MutableMapping[tuple[str, int, int], int]
    notices: MutableMapping[int, Notice]
    notice_seqs: MutableMapping[NoticeId, int]
    feed_seqs: MutableMapping[int, int]
    tellings: MutableMapping[tuple[str, int], Telling]
    sinks: MutableMapping[str, SinkLease]
    webhooks: MutableMapping[str, Endpoint]
    deliveries: MutableMapping[int, Delivery]
    unfit: MutableMapping[str, Unfit]
    sends: MutableMapping[Sends, int]
    acts: MutableMapping[int, Act]
    key_uses: MutableMapping[bytes, int]
    beats: MutableMapping[str, int]
    tallies: MutableMapping[str, int]
    accounts_kept: MutableMapping[AccountId, Account]
    parties: MutableMapping[tuple[AccountId, ProfileId, Role, int], Party]
    agreements_kept: MutableMapping[AgreementId, Agreement]
    locations: MutableMapping[str, PlaceRow]
    redirects: MutableMapping[str, RedirectRow]
    walks: MutableMapping[str, WalkRow]
    link_pairs: MutableMapping[str, LinkPair]
    link_runs: MutableMapping[int, LinkRun]
    ratings: MutableMapping[int, RatingRow]
    published: MutableMapping[tuple[str, str], Published]
    appeals: MutableMapping[str, Appeal]
    rule_answers: MutableMapping[str, RuleAnswer]
    seen: MutableMapping[tuple[str, str], int]
    pointers: MutableMapping[CustomerId, tuple[Pointer, ...]]
    root_answers: MutableMapping[str, RootAnswer]

    silent: MutableMapping[CustomerId, tuple[SilentRow, ...]]
    waited: MutableMapping[tuple[EventId, str], Waited]
    wait_norms: MutableMapping[tuple[str, str, str], QueueNorms]

    def __init__(self, table: Callable[[str], object]) -> None:
        for name in TABLES:
            setattr(self, name, table(name))
