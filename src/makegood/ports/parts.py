"""What the store keeps beside customers: a pair of protocols for each part, together."""

from typing import Protocol

from makegood.ports.accounts import AccountReading, AccountWriting
from makegood.ports.acts import ActReading, ActWriting
from makegood.ports.advertised import AdvertisedReading, AdvertisedWriting
from makegood.ports.answers import AnswerReading, AnswerWriting
from makegood.ports.drafts import DraftReading, DraftWriting
from makegood.ports.everyone import EveryoneReading, EveryoneWriting
from makegood.ports.feelings import FeelingReading
from makegood.ports.held import HeldReading
from makegood.ports.histories import HistoryReading
from makegood.ports.letters import LetterReading, LetterWriting
from makegood.ports.links import LinkReading, LinkWriting
from makegood.ports.lots import LotReading, LotWriting
from makegood.ports.mail_kinds import MailKindReading, MailKindWriting
from makegood.ports.marks import MarkReading, MarkWriting
from makegood.ports.monday import MondayReading, MondayWriting
from makegood.ports.notices import NoticeReading, NoticeWriting
from makegood.ports.outbox import OutboxReading, OutboxWriting
from makegood.ports.parking import ParkingReading, ParkingWriting
from makegood.ports.places import PlaceReading, PlaceWriting
from makegood.ports.pointers import PointerReading, PointerWriting
from makegood.ports.reckoned import ReckonedReading, ReckonedWriting
from makegood.ports.redirects import RedirectReading, RedirectWriting
from makegood.ports.reputation import ReputationReading, ReputationWriting
from makegood.ports.routings import RoutingReading, RoutingWriting
from makegood.ports.screening import ScreeningReading
from makegood.ports.searches import SearchReading, SearchWriting
from makegood.ports.sends import SendsReading, SendsWriting
from makegood.ports.silence import SilenceReading, SilenceWriting
from makegood.ports.spend import SpendReading, SpendWriting
from makegood.ports.ties import TieReading, TieWriting
from makegood.ports.training import TrainingReading, TrainingWriting
from makegood.ports.triage import TriageReading, TriageWriting
from makegood.ports.unfit import UnfitReading, UnfitWriting
from makegood.ports.voice import VoiceReading, VoiceWriting
from makegood.ports.watching import WatchReading, WatchWriting
from makegood.ports.webhooks import WebhookReading, WebhookWriting
from makegood.ports.words import WordsReading, WordsWriting


class PartsReading(
    OutboxReading,
    EveryoneReading,
    DraftReading,
    MailKindReading,
    ParkingReading,
    NoticeReading,
    HeldReading,
    HistoryReading,
    WebhookReading,
    MarkReading,
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
    AnswerReading,
    FeelingReading,
    LetterReading,
    VoiceReading,
    SearchReading,
    SilenceReading,
    TriageReading,
    AdvertisedReading,
    SpendReading,
    ReckonedReading,
    MondayReading,
    TrainingReading,
    WordsReading,
    Protocol,
):
    """Looking at what each part keeps."""


class PartsWriting(
    OutboxWriting,
    EveryoneWriting,
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
    AnswerWriting,
    LetterWriting,
    VoiceWriting,
    SearchWriting,
    SilenceWriting,
    TriageWriting,
    AdvertisedWriting,
    SpendWriting,
    ReckonedWriting,
    MondayWriting,
    TrainingWriting,
    WordsWriting,
    Protocol,
):
    """Writing it."""
