"""Who asks, reads and works at the desk while everything is on fire."""

import contextlib

import httpx

from tests.fire.evidence import BRAND, Asked, Whole
from tests.fire.parts import ANSWER_S, DESK_PASSWORD, LATE_MS, WHOLE, Notes, Part, World
from tests.fire.receivers import Journal, now_ms


class Asker(Part):
    """Asks the gate all the time, by every name; so does a campaign tool before each mail."""

    def __init__(
        self, name: str, world: World, notes: Notes, seed: int, url: str, key: str
    ) -> None:
        super().__init__(name, world, notes, seed)
        headers = {"Authorization": f"Bearer {key}"}
        self._http = httpx.Client(base_url=url, headers=headers, timeout=ANSWER_S)

    def act(self) -> None:
        for _ in range(4):
            user = self.world.held_by(self.notes, self.rng)
            by_mail = user in self.notes.identified and self.rng.random() < 0.5
            identifier = f"email:{user}@customers.example" if by_mail else f"user:{user}"
            wanted = self.rng.choice(("promotional", "promotional", "mixed", "survey", "service"))
            self.ask(user, identifier, wanted)

    def ask(self, user: str, identifier: str, wanted: str) -> None:
        question = {"identifier": identifier, "brand": BRAND, "class": wanted, "channel": "mail"}
        asked_ms = now_ms()
        answer = self._http.post("/v1/may-send", json=question)
        if not self.notes.judge(answer):
            return
        told = answer.json()
        self.notes.asked.append(
            Asked(user, self.name, wanted, asked_ms, now_ms(), told["allowed"], told["reason"])
        )


class Reader(Part):
    """Customers who read their mail, choose what is offered, and say when it is good again."""

    def __init__(
        self, name: str, world: World, notes: Notes, seed: int, url: str, journal: Journal
    ):
        super().__init__(name, world, notes, seed)
        self._http = httpx.Client(base_url=url, timeout=ANSWER_S)
        self._journal = journal
        self._chosen: set[str] = set()

    def act(self) -> None:
        links = [(user, link) for user, link in tuple(self._journal.links.items()) if user]
        if not links:
            return
        user, link = self.rng.choice(links)
        page = self._http.get(link)
        if not self.notes.judge(page) or page.status_code != 200:
            return
        self.notes.pages += 1
        form = page.text.partition('name="form" value="')[2].partition('"')[0]
        offers = page.text.split('name="offer" value="')[1:]
        if offers and link not in self._chosen:
            offer = offers[-1].partition('"')[0]
            if self.notes.judge(
                self._http.post(f"{link}/choose", data={"offer": offer, "form": form})
            ):
                self._chosen.add(link)
        elif user.startswith(WHOLE[0]) and self.rng.random() < 0.3:
            self._say_good(user, link, form)

    def _say_good(self, user: str, link: str, form: str) -> None:
        """Say it; whoever hears no answer does not know when it was heard, or whether."""
        sent_ms, until_ms = now_ms(), now_ms() + LATE_MS
        try:
            answer = self._http.post(f"{link}/answer", data={"answer": "good", "form": form})
            if self.notes.judge(answer):
                until_ms = now_ms()
        finally:
            self.notes.whole.append(Whole(user, sent_ms, until_ms))


class Desk(Part):
    """A rep at the desk: signs in, looks at the queue, and keeps the live updates open."""

    def __init__(self, name: str, world: World, notes: Notes, seed: int, url: str) -> None:
        super().__init__(name, world, notes, seed)
        self._url = url
        self._http = httpx.Client(base_url=url, timeout=ANSWER_S, follow_redirects=True)

    def act(self) -> None:
        page = self._http.get("/desk/")
        if not self.notes.judge(page):
            return
        if page.url.path != "/desk/":
            self.sign_in(page)
            return
        self.notes.pages += 1
        token = page.text.partition("/live?token=")[2].partition('"')[0]
        if token and self.rng.random() < 0.5:
            self._watch(token)
        self.stopping.wait(1.0)

    def sign_in(self, page: httpx.Response) -> None:
        token = page.text.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
        form = {"login": "kathy", "password": DESK_PASSWORD, "csrfmiddlewaretoken": token,
                "next": "/desk/"}  # fmt: skip
        headers = {"Origin": self._url, "Referer": self._url}
        self.notes.judge(self._http.post("/accounts/login/", data=form, headers=headers))

    def _watch(self, token: str) -> None:
        with (
            contextlib.suppress(httpx.ReadTimeout),
            self._http.stream("GET", f"/live?token={token}", timeout=3.0) as stream,
        ):
            if stream.status_code != 200:
                return
            for line in stream.iter_lines():
                self.notes.live_changes += line.startswith("event: changed")
                if line.startswith("event: changed"):
                    return

    def queue_answers(self) -> bool:
        """Whether the queue can be looked at, now that all is calm."""
        for _ in range(3):
            page = self._http.get("/desk/")
            if page.status_code == 200 and page.url.path == "/desk/":
                return True
            self.sign_in(page)
        return False
