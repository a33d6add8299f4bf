"""The shop as several processes of each service on servers of their own, and ways to let any of them die."""

import os
import pathlib
import random
import signal
import subprocess
import time
import uuid
from typing import Iterable, List, Optional, Sequence

from .ledger_tables import Books
from .scene import READY_SECONDS, SETTINGS, Scene
from .wire import Lost, Wire

from harness.cluster import NAMES, Cluster, OwnEngines, service_of
from harness.server import run
from harness.waiting import until

# Short, so that what died between reserving and ordering is settled while somebody looks.
RESERVATION_TIMEOUT = "2s"
SERVERS = OwnEngines.names


class ManyProcesses(Scene):
    # One of them may need a moment more to find a server again.
    patience_seconds = READY_SECONDS
    # What came while a server was away goes through all of them.
    settling_seconds = 4 * READY_SECONDS

    def __init__(self, folder: pathlib.Path, seed: object, engines: OwnEngines, addresses: Optional[dict] = None):
        """`addresses`: of the engines, where they are not asked directly."""
        super().__init__(folder)
        self.rng = random.Random(f"{seed}/processes")
        self.engines = engines
        direct = engines.start()
        settings = {**SETTINGS, "CLOUDCART_PRODUCT_RESERVATION_TIMEOUT": RESERVATION_TIMEOUT}
        self.cluster = Cluster(folder / "processes", {**direct, **(addresses or {})}, settings)
        self.postgres_url = direct["CLOUDCART_TEST_POSTGRES"]
        self.schema_prefix = self.cluster.env["CLOUDCART_POSTGRES_SCHEMA_PREFIX"]
        self._books = Books(self.postgres_url, self.schema_prefix)
        self._down: set = set(NAMES)
        self._starting: set = set()  # nobody has seen them serve yet
        self.table: List[list] = []  # what was measured, for people

    def __exit__(self, *_) -> None:
        self.cluster.kill()
        super().__exit__()

    @property
    def base(self) -> str:
        return self.cluster.addresses["gateway"]

    @property
    def running(self) -> List[str]:
        return [name for name in NAMES if name not in self._down]

    # -- life and death --

    def start(self) -> None:
        began = time.monotonic()
        self.launch()
        for name in NAMES:
            self._wait_until_started(name)
        until(self._serves, "every service answers through the gateway", self.settling_seconds)
        self.ready_seconds.append(time.monotonic() - began)

    def launch(self) -> None:
        """Starts whatever does not run: the servers, and then the processes, of which it waits for nothing."""
        self.start_servers()
        for name in sorted(self._down, key=NAMES.index):
            self.cluster.launch(name)
        self._starting |= self._down
        self._down.clear()

    def _wait_until_started(self, name: str) -> None:
        try:
            self.cluster.servers[name].wait_until_started()
        except RuntimeError:
            # Who finds no PostgreSQL when it starts ends, and says so; it is there now.
            if name not in self._starting:
                raise
            self.cluster.start(name)
        self._starting.discard(name)

    def _serves(self) -> bool:
        """Every process reaches what it needs, and the gateway all of them."""
        questions = {"product": ("GET", f"/api/products/{uuid.uuid4()}")}
        if self.staff.token:
            questions["user"] = ("GET", "/api/users?limit=1", self.staff.token)
            questions["order"] = ("GET", "/api/orders?limit=1", self.staff.token)
            questions["analytics"] = ("GET", "/api/analytics/dashboard", self.staff.token)
        asked = [(name, question) for name in NAMES for service, question in questions.items()
                 if service_of(name) in (service, "gateway")]
        return all(self._answers(name, question) for name, question in asked)

    def _answers(self, name: str, question: tuple) -> bool:
        with Wire(self.cluster.addresses[name], timeout=15) as wire:  # longer than a request has
            try:
                return wire.ask(*question)[0] < 500
            except Lost:
                return False

    def kill(self, victims: Optional[Sequence[str]] = None) -> None:
        """Processes and servers, all at the same moment; some that chance chooses when none are named."""
        victims = victims or some_victims(self.rng)
        for name in victims:
            if name in SERVERS:
                signal_all(self.engines, name, signal.SIGKILL, whole=self.rng.random() < 0.5)
            elif name not in self._down:
                self.cluster.servers[name].signal(signal.SIGKILL)
        for name in victims:
            if name not in SERVERS and name not in self._down:
                self.cluster.servers[name].wait()
                self._down.add(name)
        self.kills += 1
        self.journal.note(killed=self.kills, victims=list(victims))

    def terminate(self, name: str) -> None:
        """One process, in peace."""
        self.cluster.servers[name].signal(signal.SIGTERM)
        self._has_stopped(name)

    def _has_stopped(self, name: str) -> None:
        code = self.cluster.servers[name].wait()
        assert code == 0, f"{name} ended with {code}:\n{self.cluster.servers[name].printed()[-3000:]}"
        self._down.add(name)
        self.journal.note(stopped=name)

    def start_servers(self) -> None:
        self.engines.start()

    def stop(self) -> None:
        until(self.stock_has_followed, "the stock has caught up", self.settling_seconds)
        running = self.running
        for name in running:
            self.cluster.servers[name].signal(signal.SIGTERM)
        for name in running:
            self._has_stopped(name)

    def add_user(self, email: str, role: str, password: str) -> None:
        self.cluster.add_user(email, role, password)

    def ended_by_itself(self) -> List[str]:
        gone = [self.cluster.servers[name] for name in self.running if not self.cluster.servers[name].running]
        return [f"{server.data_dir.name} ended by itself:\n{server.printed()[-3000:]}" for server in gone]

    # -- looking --

    def books(self) -> Books:
        """Of this moment, of the server that was recovered."""
        self.start_servers()
        return self._books

    def ask_postgres(self, query: str) -> str:
        return self._books.ask(query)

    def stock_has_followed(self) -> bool:
        """The log of orders to its end."""
        return self._books.has_followed()

    def reconcile(self) -> subprocess.CompletedProcess:
        return run("reconcile", "--data-dir", self.cluster.folder / "analytics", env=self.cluster.env, seconds=60)


def some_victims(rng: random.Random) -> List[str]:
    chance = rng.random()
    if chance < 0.3:
        return [rng.choice(NAMES)]
    if chance < 0.45:
        return rng.sample(NAMES, rng.randint(2, 4))
    if chance < 0.55:
        return list(NAMES)
    if chance < 0.7:
        return ["postgres"]
    if chance < 0.8:
        return ["postgres", *rng.sample(NAMES, rng.randint(1, 3))]
    server = rng.choice(["redis", "kafka", "chdb"])
    return [server, *rng.sample(NAMES, rng.randint(0, 2))]


def pids_of(engines: OwnEngines, name: str) -> List[int]:
    """The process of a server, and those that it has made."""
    first = int((engines.folder / name / "pid").read_text())
    try:
        children = pathlib.Path(f"/proc/{first}/task/{first}/children").read_text().split()
    except FileNotFoundError:
        children = []
    return [first, *map(int, children)]


def signal_all(engines: OwnEngines, name: str, number: int, whole: bool = True) -> None:
    """`whole`: the children, too; PostgreSQL's go by themselves a moment after their father."""
    _signal(pids_of(engines, name)[: None if whole else 1], number)


def _signal(pids: Iterable[int], number: int) -> None:
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            pass
