"""A shop: its people and products, its journal, and what is asked of it, wherever it runs."""

import itertools
import json
import pathlib
import subprocess
import threading
from dataclasses import dataclass
from typing import List, Optional

from .journal import Journal
from .ledger import Books
from .wire import Wire

from harness.server import run
from harness.waiting import until

PASSWORD = "correct horse battery"
ADDRESS_TAIL = ", 12 St James Square, London"
SETTINGS = {"CLOUDCART_AUTH_BCRYPT_COST": "4", "CLOUDCART_LOG_ACCESS": "false"}
HOT_PRODUCTS, HOT_STOCK = 6, 25
PLENTY_PRODUCTS, PLENTY_STOCK = 16, 100_000
# Generous: how quickly a server is ready again is measured and shown, never judged.
READY_SECONDS = 30


@dataclass
class Person:
    email: str
    id: str = ""
    token: str = ""


class Scene:
    """One of its kind runs it: see OneProcess and ManyProcesses."""

    base: str  # where clients ask
    patience_seconds = 0  # with 503 while it is looked at
    settling_seconds = READY_SECONDS  # until the followers of the log have caught up

    def __init__(self, folder: pathlib.Path):
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.journal = Journal(folder / "journal.jsonl")
        self.ready_seconds: List[float] = []
        self.kills = 0
        self.people: List[Person] = []
        self.staff = Person("staff@example.com")
        self.hot: List[dict] = []
        self.plenty: List[dict] = []
        self._tags = itertools.count(1)
        self._signing_in = threading.Lock()
        self._has_stock_route: Optional[bool] = None

    def __enter__(self) -> "Scene":
        return self

    def __exit__(self, *_) -> None:
        self.journal.close()

    def new_tag(self) -> str:
        return f"tag-{next(self._tags):06d}"

    # -- life and death --

    def start(self) -> None:
        """Starts what does not run, and waits until it serves."""
        raise NotImplementedError

    def kill(self) -> None:
        """At once, all of it or a part."""
        raise NotImplementedError

    def stop(self) -> None:
        """In peace."""
        raise NotImplementedError

    def add_user(self, email: str, role: str, password: str) -> None:
        raise NotImplementedError

    def books(self) -> Books:
        raise NotImplementedError

    def reconcile(self) -> subprocess.CompletedProcess:
        """The command's answer."""
        raise NotImplementedError

    def ended_by_itself(self) -> List[str]:
        """What runs no more though nobody killed it."""
        raise NotImplementedError

    # -- people and products --

    def furnish(self, customers: int = 4) -> None:
        """Accounts and products, on a fresh folder; the server runs."""
        self.add_user(self.staff.email, "staff", PASSWORD)
        with Wire(self.base) as wire:
            for number in range(customers):
                person = Person(f"customer-{number}@example.com")
                body = {"email": person.email, "password": PASSWORD, "first_name": "Ada", "last_name": "Lovelace"}
                self._take_session(person, expect(wire.ask("POST", "/api/users/register", body=body), 201))
                self.people.append(person)
            self._sign_in(wire, self.staff)
            for shelf, count, stock in ((self.hot, HOT_PRODUCTS, HOT_STOCK), (self.plenty, PLENTY_PRODUCTS, PLENTY_STOCK)):
                for _ in range(count):
                    shelf.append(self.add_product(wire, stock))

    def add_product(self, wire: Wire, stock: int) -> dict:
        body = {"name": f"Teapot {self.new_tag()}", "price": "19.99", "inventory_count": stock}
        attempt = self.journal.asks("product", body["name"], body)
        status, answer = wire.ask("POST", "/api/products", self.staff.token, body)
        self.journal.told(attempt, status, answer)
        product = expect((status, answer), 201)["product"]
        self.journal.products[product["id"]] = [attempt]
        return product

    def _sign_in(self, wire: Wire, person: Person) -> None:
        body = {"email": person.email, "password": PASSWORD}
        self._take_session(person, expect(wire.ask("POST", "/api/users/login", body=body), 200))

    def _take_session(self, person: Person, data: dict) -> None:
        person.id, person.token = data["user"]["id"], data["token"]
        self.journal.note(session=person.email, id=person.id)

    def sign_in_all(self, wire: Wire, replacing: Optional[str] = None) -> None:
        """New tokens for all, unless somebody has seen to that meanwhile."""
        with self._signing_in:
            everybody = [*self.people, self.staff]
            if replacing is not None and replacing not in [person.token for person in everybody]:
                return
            for person in everybody:
                self._sign_in(wire, person)

    @property
    def has_stock_route(self) -> bool:
        """Whether this server takes adjustments by themselves; else a count is set with the product."""
        if self._has_stock_route is None:
            routes = json.loads(run("routes", "--json").stdout)
            self._has_stock_route = ("POST", "/api/products/{id}/stock") in {(r["method"], r["path"]) for r in routes}
        return self._has_stock_route

    # -- looking --

    def every_order(self, wire: Wire) -> dict:
        """By id, through the API."""
        found, cursor = {}, None
        while True:
            path = "/api/orders?limit=100" + (f"&cursor={cursor}" if cursor else "")
            data = expect(wire.ask("GET", path, self.staff.token), 200)
            for order in data["orders"]:
                found[order["id"]] = order
            cursor = data["next_cursor"]
            if cursor is None:
                return found

    def wait_until_settled(self, wire: Wire) -> None:
        """Until the followers of the log have caught up."""
        def caught_up() -> bool:
            status, answer = wire.ask("GET", "/api/analytics/dashboard", self.staff.token)
            return status == 200 and answer["data"]["freshness"]["events_behind"] == 0

        until(caught_up, "analytics has caught up", self.settling_seconds)


def expect(answer: tuple, status: int) -> dict:
    assert answer[0] == status, answer
    return answer[1]["data"]
