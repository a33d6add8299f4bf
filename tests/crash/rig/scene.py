"""A shop on one data folder: its server, its people and products, its journal, and ways to let it die."""

import itertools
import json
import pathlib
import random
import signal
import subprocess
import threading
import time
from dataclasses import dataclass
from typing import List, Optional, Sequence

from . import ledger_files
from .faulty_os import FaultyOs
from .journal import Journal
from .power import Disk
from .wire import Wire

from harness.server import Server, environment, run
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


class _Server(Server):
    """The harness' server, with a prefix to its command (limits) and an environment for the server alone."""

    prefix: Sequence[str] = ()
    world: Optional[FaultyOs] = None

    def command(self) -> list:
        return [*self.prefix, *super().command()]

    def start(self) -> "_Server":
        plain = self._env
        self._env = {**SETTINGS, **(self.world.environment if self.world else {})}
        try:
            return super().start()
        finally:
            self._env = plain

    def launch(self) -> None:
        """Starts without waiting for anything."""
        self._addresses_file.unlink(missing_ok=True)
        with open(self.output, "ab") as log:
            self._process = subprocess.Popen(
                self.command(), stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                env=environment({**SETTINGS, **(self.world.environment if self.world else {})}),
            )


class Scene:
    def __init__(self, folder: pathlib.Path, faulty: bool = False, tells: bool = False, prefix: Sequence[str] = ()):
        """`faulty`: the server runs on an operating system that can be made to fail; `tells`: and whose power can be cut."""
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.data_dir = folder / "data"
        self.journal = Journal(folder / "journal.jsonl")
        self.world = FaultyOs(self.data_dir, tells=tells) if faulty or tells else None
        self.server = _Server(self.data_dir, env=SETTINGS)
        self.server.world = self.world
        self.server.prefix = tuple(prefix)
        self.disk: Optional[Disk] = None
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
        if self.server._process is not None:
            # A stopped process is killed as well.
            self.server.kill()
        self.journal.close()

    @property
    def base(self) -> str:
        return self.server.addresses["gateway"]

    def new_tag(self) -> str:
        return f"tag-{next(self._tags):06d}"

    # -- life and death --

    def start(self, **faults: int) -> None:
        """Starts the server, on an operating system with these faults, and waits until it serves."""
        self._before_start(**faults)
        began = time.monotonic()
        self.server.start()
        self.ready_seconds.append(time.monotonic() - began)
        assert self.ready_seconds[-1] < READY_SECONDS

    def launch(self, **faults: int) -> None:
        """Starts the server and waits for nothing: for kills while it starts."""
        self._before_start(**faults)
        self.server.launch()

    def _before_start(self, **faults: int) -> None:
        if self.world:
            self.world.reset()
            self.world.set(**faults)
            if self.world.log:
                self.disk = Disk(self.data_dir)

    def kill(self) -> None:
        self.server.signal(signal.SIGKILL)
        self.server.wait()
        self.kills += 1
        self.journal.note(killed=self.kills)

    def cut_power(self, rng: random.Random) -> None:
        """Kills the server, if it still runs, and leaves of its folder what a disk would hold."""
        if self.server.running:
            self.kill()
        self.disk.replay(self.world.log)
        self.disk.restore(self.disk.cut(rng))
        self.journal.note(power_cut=self.kills)

    def stop(self) -> None:
        self.server.stop()

    # -- people and products --

    def furnish(self, customers: int = 4) -> None:
        """Accounts and products, on a fresh folder; the server runs."""
        self.server.add_user(self.staff.email, "staff", PASSWORD)
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

    def ledger_copy(self, name: str = "copy") -> pathlib.Path:
        """A copy of the stores, for reading; the server does not run."""
        assert not self.server.running
        return ledger_files.copy(self.data_dir, self.folder / name)

    def wait_until_settled(self, wire: Wire) -> None:
        """Until the followers of the log have caught up."""
        def caught_up() -> bool:
            status, answer = wire.ask("GET", "/api/analytics/dashboard", self.staff.token)
            return status == 200 and answer["data"]["freshness"]["events_behind"] == 0

        until(caught_up, "analytics has caught up", READY_SECONDS)

    def reconcile(self) -> subprocess.CompletedProcess:
        return run("reconcile", "--data-dir", self.data_dir, env=SETTINGS, seconds=60)


def expect(answer: tuple, status: int) -> dict:
    assert answer[0] == status, answer
    return answer[1]["data"]
