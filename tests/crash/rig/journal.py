"""What clients asked for and what they were told. Written before a request goes out and after its answer is read, so that
whatever happens to the server, it is known what it has promised."""

import json
import os
import pathlib
import threading
from dataclasses import dataclass, field
from typing import Dict, List, Optional

# Answers after which nothing may be left of an order. After a time-out or an unknown outcome something may.
UNSETTLED = {"outcome_unknown", "deadline_exceeded"}


@dataclass
class Attempt:
    """One request on its way."""

    number: int
    kind: str  # order, cancel, move, product, update, adjust, set
    subject: str  # tag of the order, id of the product
    body: dict
    status: Optional[int] = None  # None: no answer came
    code: Optional[str] = None
    data: Optional[dict] = None

    @property
    def succeeded(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def may_have_happened(self) -> bool:
        return self.status is None or (self.status >= 500 and self.code in UNSETTLED)


@dataclass
class Wish:
    """An order that somebody wants: one body, perhaps a key, and every attempt to get it. The tag is in its address."""

    tag: str
    person: int
    key: Optional[str]
    body: dict
    attempts: List[Attempt] = field(default_factory=list)

    @property
    def answers(self) -> List[dict]:
        return [attempt.data["order"] for attempt in self.attempts if attempt.succeeded]

    @property
    def order_id(self) -> Optional[str]:
        answers = self.answers
        return answers[0]["id"] if answers else None

    @property
    def settled(self) -> bool:
        """The last word was a clear one."""
        return bool(self.attempts) and not self.attempts[-1].may_have_happened

    @property
    def may_exist(self) -> bool:
        return any(attempt.succeeded or attempt.may_have_happened for attempt in self.attempts)


@dataclass
class Adjustment:
    """So many units more for a product, asked for with a key, perhaps more than once."""

    product: str
    change: int
    key: str
    attempts: List[Attempt] = field(default_factory=list)

    @property
    def succeeded(self) -> bool:
        return any(attempt.succeeded for attempt in self.attempts)

    @property
    def may_have_happened(self) -> bool:
        return any(attempt.succeeded or attempt.may_have_happened for attempt in self.attempts)


class Journal:
    def __init__(self, path: pathlib.Path):
        self.path = path
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._lock = threading.Lock()
        self._count = 0
        self.wishes: Dict[str, Wish] = {}
        self.moves: List[Attempt] = []  # cancel and move; subject is an order's id
        self.products: Dict[str, List[Attempt]] = {}  # by id: create, then updates, in order
        self.adjustments: List[Adjustment] = []
        self.answered_orders = 0
        self.statuses: Dict[str, int] = {}
        self.findings: List[str] = []  # what clients saw and must not have seen
        self._live: Dict[str, Wish] = {}  # keyed wishes that may be asked for again
        self._open_adjustments_from = 0
        self.keys_ran_out = False  # some may be gone from the stores
        self.asks_again = True  # whether anybody may, now

    def close(self) -> None:
        os.close(self._file)

    def note(self, **entry) -> None:
        os.write(self._file, (json.dumps(entry) + "\n").encode())

    def wish(self, tag: str, person: int, key: Optional[str], body: dict) -> Wish:
        wish = Wish(tag, person, key, body)
        with self._lock:
            self.wishes[tag] = wish
            if key:
                self._live[tag] = wish
        return wish

    def asks(self, kind: str, subject: str, body: dict, **more) -> Attempt:
        with self._lock:
            self._count += 1
            attempt = Attempt(self._count, kind, subject, body)
        self.note(ask=attempt.number, kind=kind, subject=subject, body=body, **more)
        return attempt

    def told(self, attempt: Attempt, status: int, body: dict) -> None:
        data, code = body.get("data"), body.get("code")
        self.note(answer=attempt.number, status=status, **({"code": code} if code else {"data": data}))
        attempt.code, attempt.data = code, data
        attempt.status = status
        with self._lock:
            name = f"{attempt.kind} {status}" + (f" {code}" if code else "")
            self.statuses[name] = self.statuses.get(name, 0) + 1
            if attempt.kind == "order" and attempt.succeeded:
                self.answered_orders += 1

    def lost(self, attempt: Attempt, why: str) -> None:
        self.note(lost=attempt.number, why=why)
        with self._lock:
            name = f"{attempt.kind} lost"
            self.statuses[name] = self.statuses.get(name, 0) + 1

    def finding(self, text: str) -> None:
        self.note(finding=text)
        with self._lock:
            self.findings.append(text)

    def keyed_wishes(self) -> List[Wish]:
        with self._lock:
            return list(self._live.values()) if self.asks_again else []

    def forget_keys(self) -> None:
        """The keys so far are asked for no more: they have run out, or will."""
        with self._lock:
            self.keys_ran_out = True
            self._live.clear()
            self._open_adjustments_from = len(self.adjustments)

    def open_adjustments(self) -> List[Adjustment]:
        with self._lock:
            asked = self.adjustments[self._open_adjustments_from :]
        return [each for each in asked if self.asks_again and each.may_have_happened and not each.succeeded]
