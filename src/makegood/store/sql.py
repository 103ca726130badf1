"""The port on SQL: all its reading and writing, joined over one open transaction."""

from makegood.store.sql_accounts import AccountReading, AccountWriting
from makegood.store.sql_acts import ActReading, ActWriting
from makegood.store.sql_advertised import AdvertisedReading, AdvertisedWriting
from makegood.store.sql_answers import AnswerReading, AnswerWriting
from makegood.store.sql_budgets import BudgetReading, BudgetWriting
from makegood.store.sql_customers import CustomerReading
from makegood.store.sql_desk import CaseReading, OutboxReading, PeopleReading
from makegood.store.sql_drafts import DraftReading, DraftWriting
from makegood.store.sql_everyone import EveryoneReading
from makegood.store.sql_feelings import FeelingReading
from makegood.store.sql_held import HeldReading
from makegood.store.sql_histories import HistoryReading
from makegood.store.sql_letters import LetterReading, LetterWriting
from makegood.store.sql_links import LinkReading, LinkWriting
from makegood.store.sql_log import LogWriting
from makegood.store.sql_lots import LotReading, LotWriting
from makegood.store.sql_mail_kinds import MailKindReading, MailKindWriting
from makegood.store.sql_marks import MarkReading, MarkWriting
from makegood.store.sql_monday import MondayReading, MondayWriting
from makegood.store.sql_notices import NoticeReading, NoticeWriting
from makegood.store.sql_outbox import OutboxWriting
from makegood.store.sql_parking import ParkingReading, ParkingWriting
from makegood.store.sql_people import PeopleWriting
from makegood.store.sql_places import PlaceReading, PlaceWriting
from makegood.store.sql_pointers import PointerReading, PointerWriting
from makegood.store.sql_reckoned import ReckonedReading, ReckonedWriting
from makegood.store.sql_redirects import RedirectReading, RedirectWriting
from makegood.store.sql_reputation import ReputationReading, ReputationWriting
from makegood.store.sql_routings import RoutingReading, RoutingWriting
from makegood.store.sql_screening import ScreeningReading
from makegood.store.sql_searches import SearchReading, SearchWriting
from makegood.store.sql_sends import SendsReading, SendsWriting
from makegood.store.sql_silence import SilenceReading, SilenceWriting
from makegood.store.sql_spend import SpendReading, SpendWriting
from makegood.store.sql_ties import TieReading, TieWriting
from makegood.store.sql_training import TrainingReading, TrainingWriting
from makegood.store.sql_triage import TriageReading, TriageWriting
from makegood.store.sql_unfit import UnfitReading, UnfitWriting
from makegood.store.sql_voice import VoiceReading, VoiceWriting
from makegood.store.sql_watching import WatchReading, WatchWriting
from makegood.store.sql_webhooks import WebhookReading, WebhookWriting
from makegood.store.sql_words import WordsReading, WordsWriting


class SqlReading(
    EveryoneReading,
    CustomerReading,
    CaseReading,
    OutboxReading,
    PeopleReading,
    BudgetReading,
    DraftReading,
    MailKindReading,
    ParkingReading,
    MarkReading,
    NoticeReading,
    HeldReading,
    HistoryReading,
    WebhookReading,
    UnfitReading,
    ScreeningReading,
    SendsReading,
    ActReading,
    WatchReading,
    TieReading,
    AccountReading,
    PlaceReading,
    RedirectReading,
    LinkReading,
    ReputationReading,
    PointerReading,
    RoutingReading,
    LotReading,
    SilenceReading,
    AnswerReading,
    FeelingReading,
    LetterReading,
    VoiceReading,
    SearchReading,
    TriageReading,
    AdvertisedReading,
    SpendReading,
    ReckonedReading,
    MondayReading,
    TrainingReading,
    WordsReading,
):
    """One look at the store."""


class SqlWriting(
    LogWriting,
    OutboxWriting,
    PeopleWriting,
    BudgetWriting,
    DraftWriting,
    MailKindWriting,
    ParkingWriting,
    NoticeWriting,
    WebhookWriting,
    MarkWriting,
    UnfitWriting,
    SendsWriting,
    ActWriting,
    WatchWriting,
    TieWriting,
    AccountWriting,
    PlaceWriting,
    RedirectWriting,
    LinkWriting,
    ReputationWriting,
    PointerWriting,
    RoutingWriting,
    LotWriting,
    SilenceWriting,
    AnswerWriting,
    LetterWriting,
    VoiceWriting,
    SearchWriting,
    TriageWriting,
    AdvertisedWriting,
    SpendWriting,
    ReckonedWriting,
    MondayWriting,
    TrainingWriting,
    WordsWriting,
    SqlReading,
):
    """One transaction."""
