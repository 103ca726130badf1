"""Signed links that expire: the customer's page, one-click unsubscribe, the forwardable link."""

import hashlib
from typing import Any

from itsdangerous import BadData, TimestampSigner, URLSafeTimedSerializer

from makegood.messages.errors import InputError
from makegood.messages.ids import CaseId, CommandId, ProfileId
from makegood.ports.clock import Clock

_DAY_SECONDS = 86_400
SURVEY_DAYS = 30  # a month later nobody remembers who it was
PORTAL_DAYS = 30  # as long as a hold stands without a person looking at it
REFERRAL_DAYS = 365  # a friend may take a year to need the firm
PLACE_DAYS = 15  # a day longer than a place is kept at most
UNSUBSCRIBE_DAYS = 0  # an old mail must still let its reader go


class LinkError(InputError):
    """This link cannot be used."""


class LinkExpired(LinkError):
    """This link was ours and is too old; ask for a new one."""


class LinkForged(LinkError):
    """This link is not one that we signed."""


class _ClockSigner(TimestampSigner):
    """Signs with the injected clock instead of the machine's."""

    def __init__(self, *args: Any, clock: Clock, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._clock = clock

    def get_timestamp(self) -> int:
        return self._clock.now_ms() // 1000


class Links:
    """Makes and reads the tokens and addresses that reach a customer.

    A token of one kind is never valid as another: each kind signs with its own salt.
    """

    def __init__(self, key: bytes, base_url: str, clock: Clock) -> None:
        self._base = base_url.rstrip("/")
        self._clock = clock
        self._portal = self._serializer(key, "portal")
        self._unsubscribe = self._serializer(key, "unsubscribe")
        self._referral = self._serializer(key, "referral")
        self._survey = self._serializer(key, "survey")
        self._person = self._serializer(key, "person")
        self._place = self._serializer(key, "place")

    def _serializer(self, key: bytes, kind: str) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(
            key,
            salt=f"makegood.link.{kind}",
            signer=_ClockSigner,
            signer_kwargs={
                "clock": self._clock,
                "key_derivation": "hmac",
                "digest_method": hashlib.sha256,
            },
        )

    def portal_token(self, profile: ProfileId, case: CaseId) -> str:
        """Let the customer see and answer one case."""
        return str(self._portal.dumps([profile, case]))

    def unsubscribe_token(self, profile: ProfileId, brand: str, channel: str) -> str:
        """Let the customer leave one brand's offers on one channel."""
        return str(self._unsubscribe.dumps([profile, brand, channel]))

    def referral_token(self, profile: ProfileId, case: CaseId) -> str:
        """Name whose friend came, without saying who that is; may be forwarded."""
        return str(self._referral.dumps([profile, case]))

    def survey_token(self, profile: ProfileId, brand: str, survey: str, about: str) -> str:
        """Let the customer answer one survey about one thing."""
        return str(self._survey.dumps([profile, brand, survey, about]))

    def place_token(self, profile: ProfileId, case: CaseId, ask: CommandId) -> str:
        """Let the people of one place answer one ask, and say that the customer is there."""
        return str(self._place.dumps([profile, case, ask]))

    def place_url(self, profile: ProfileId, case: CaseId, ask: CommandId) -> str:
        return f"{self._base}/h/{self.place_token(profile, case, ask)}"

    def read_place(self, token: str) -> tuple[ProfileId, CaseId, CommandId]:
        """Give (profile, case, ask). Raises `LinkExpired` or `LinkForged`."""
        profile, case, ask = self._read(self._place, token, PLACE_DAYS, parts=3)
        return ProfileId(profile), CaseId(case), CommandId(ask)

    def survey_url(self, profile: ProfileId, brand: str, survey: str, about: str) -> str:
        return f"{self._base}/s/{self.survey_token(profile, brand, survey, about)}"

    def read_survey(self, token: str) -> tuple[ProfileId, str, str, str]:
        """Give (profile, brand, survey, about). Raises `LinkExpired` or `LinkForged`."""
        profile, *asked = self._read(self._survey, token, SURVEY_DAYS, parts=4)
        brand, survey, about = asked
        return ProfileId(profile), brand, survey, about

    def person_token(self, profile: ProfileId, brand: str) -> str:
        """Let the customer choose who looks after them at a brand; "" for the umbrella."""
        return str(self._person.dumps([profile, brand]))

    def person_url(self, profile: ProfileId, brand: str) -> str:
        return f"{self._base}/p/{self.person_token(profile, brand)}"

    def read_person(self, token: str) -> tuple[ProfileId, str]:
        """Give (profile, brand). Raises `LinkExpired` or `LinkForged`."""
        profile, brand = self._read(self._person, token, PORTAL_DAYS, parts=2)
        return ProfileId(profile), brand

    def portal_url(self, profile: ProfileId, case: CaseId) -> str:
        return f"{self._base}/c/{self.portal_token(profile, case)}"

    def unsubscribe_url(self, profile: ProfileId, brand: str, channel: str) -> str:
        return f"{self._base}/u/{self.unsubscribe_token(profile, brand, channel)}"

    def referral_url(self, profile: ProfileId, case: CaseId) -> str:
        return f"{self._base}/r/{self.referral_token(profile, case)}"

    def read_portal(self, token: str) -> tuple[ProfileId, CaseId]:
        """Give whose page this is.

        Raises:
            LinkExpired: Ours, but older than `PORTAL_DAYS`.
            LinkForged: Not ours.
        """
        profile, case = self._read(self._portal, token, PORTAL_DAYS, parts=2)
        return ProfileId(profile), CaseId(case)

    def read_unsubscribe(self, token: str) -> tuple[ProfileId, str, str]:
        """Give (profile, brand, channel). Raises `LinkForged`; never expires."""
        profile, brand, channel = self._read(self._unsubscribe, token, UNSUBSCRIBE_DAYS, parts=3)
        return ProfileId(profile), brand, channel

    def read_referral(self, token: str) -> tuple[ProfileId, CaseId]:
        """Give whose link was forwarded. Raises `LinkExpired` or `LinkForged`."""
        profile, case = self._read(self._referral, token, REFERRAL_DAYS, parts=2)
        return ProfileId(profile), CaseId(case)

    def _read(
        self, serializer: URLSafeTimedSerializer, token: str, days: int, *, parts: int
    ) -> list[str]:
        try:
            payload, signed = serializer.loads(token, return_timestamp=True)
        except (BadData, UnicodeError) as error:
            raise LinkForged from error
        # Asked here and not by `max_age`, which also refuses a link that is a second too young
        # for a server whose clock runs behind.
        age_seconds = self._clock.now_ms() // 1000 - int(signed.timestamp())
        if days and age_seconds > days * _DAY_SECONDS:
            raise LinkExpired
        if not isinstance(payload, list) or len(payload) != parts:
            raise LinkForged
        return [str(part) for part in payload]
