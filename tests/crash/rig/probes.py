"""Questions that are asked again and again while something is wrong, with how they were answered and how soon."""

import statistics
import threading
import time
from dataclasses import dataclass
from typing import Callable, Dict, List, Optional

from .rush import order_body
from .scene import PASSWORD, Scene
from .wire import Lost, Wire

LONGEST_SECONDS = 15


@dataclass
class Answer:
    status: Optional[int]  # None: none came
    code: Optional[str]
    data: Optional[dict]
    retry_after: Optional[str]
    seconds: float

    @property
    def is_good(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def is_refusal(self) -> bool:
        """503 that says when to come again."""
        return self.status == 503 and int(self.retry_after or 0) >= 1


class Probes:
    """Each kind of question has a client of its own, so that none waits for another."""

    def __init__(self, scene: Scene):
        self.scene = scene
        self.questions: Dict[str, Callable[[Wire], tuple]] = {
            "order": self._order, "product": self._product, "orders": self._orders, "sign-in": self._sign_in,
            "dashboard": self._dashboard,
        }

    def ask(self, question: str, times: int) -> List[Answer]:
        """So often, or fewer times where answers are long in coming."""
        answers = []
        end = time.monotonic() + LONGEST_SECONDS
        with Wire(self.scene.base) as wire:
            while len(answers) < times and time.monotonic() < end:
                began = time.monotonic()
                try:
                    status, body = self.questions[question](wire)
                except Lost:
                    status, body = None, {}
                answers.append(
                    Answer(status, body.get("code"), body.get("data"), wire.retry_after, time.monotonic() - began)
                )
                time.sleep(0.02)
        return answers

    def ask_all(self, times: int) -> Dict[str, List[Answer]]:
        """All questions at the same time, each so often."""
        answers: Dict[str, List[Answer]] = {}

        def asked(question: str) -> None:
            answers[question] = self.ask(question, times)

        threads = [threading.Thread(target=asked, args=(question,)) for question in self.questions]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert answers.keys() == self.questions.keys(), "a probe ended early"
        return {question: answers[question] for question in self.questions}

    # -- the questions --

    def _order(self, wire: Wire) -> tuple:
        tag, person = self.scene.new_tag(), self.scene.people[0]
        wish = self.scene.journal.wish(tag, 0, f"key-{tag}", order_body(person, self.scene.plenty[0], tag))
        attempt = self.scene.journal.asks("order", tag, wish.body)
        wish.attempts.append(attempt)
        try:
            answer = wire.ask("POST", "/api/orders", person.token, wish.body, wish.key)
        except Lost as lost:
            self.scene.journal.lost(attempt, str(lost))
            raise
        self.scene.journal.told(attempt, *answer)
        return answer

    def _product(self, wire: Wire) -> tuple:
        return wire.ask("GET", f"/api/products/{self.scene.plenty[1]['id']}")

    def _orders(self, wire: Wire) -> tuple:
        return wire.ask("GET", f"/api/orders/user/{self.scene.people[0].id}?limit=5", self.scene.people[0].token)

    def _sign_in(self, wire: Wire) -> tuple:
        return wire.ask("POST", "/api/users/login", body={"email": self.scene.people[1].email, "password": PASSWORD})

    def _dashboard(self, wire: Wire) -> tuple:
        return wire.ask("GET", "/api/analytics/dashboard", self.scene.staff.token)


def shown(answers: List[Answer]) -> str:
    """How often which answer, and how long the middle one and the worst took."""
    counts: Dict[str, int] = {}
    for answer in answers:
        name = str(answer.status or "none")
        counts[name] = counts.get(name, 0) + 1
    times = [answer.seconds * 1000 for answer in answers]
    what = ", ".join(name if len(counts) == 1 else f"{count} × {name}" for name, count in sorted(counts.items()))
    return f"{what}: {statistics.median(times):.0f} / {max(times):.0f} ms"
