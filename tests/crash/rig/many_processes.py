"""The shop as several processes of each service on servers of their own, and ways to let any of them die."""

import os
import pathlib
import random
import signal
import subprocess
import time
from typing import Iterable, List, Optional, Sequence

from .ledger_tables import Books
from .scene import READY_SECONDS, SETTINGS, Scene
from .wire import Lost, Wire

from harness.cluster import NAMES, Cluster, OwnEngines
from harness.server import run
from harness.waiting import until

# Short, so that what died between reserving and ordering is settled while somebody looks.
RESERVATION_TIMEOUT = "2s"
SERVERS = ("postgres", "redis")


class ManyProcesses(Scene):
    def __init__(self, folder: pathlib.Path, seed: object, engines: OwnEngines, addresses: Optional[dict] = None):
        """`addresses`: of the engines, where they are not asked directly."""
        super().__init__(folder)
        self.rng = random.Random(f"{seed}/processes")
        self.engines = engines
        direct = engines.start()
        self.cluster = Cluster(folder / "processes", {**direct, **(addresses or {})})
        self.cluster.env.update(SETTINGS, CLOUDCART_PRODUCT_RESERVATION_TIMEOUT=RESERVATION_TIMEOUT)
        self.postgres_url = direct["CLOUDCART_TEST_POSTGRES"]
        self.schema_prefix = self.cluster.env["CLOUDCART_POSTGRES_SCHEMA_PREFIX"]
        self._books = Books(self.postgres_url, self.schema_prefix)
        self._killed: set = set(NAMES)

    def __exit__(self, *_) -> None:
        self.cluster.kill()
        super().__exit__()

    @property
    def base(self) -> str:
        return self.cluster.addresses["gateway"]

    @property
    def running(self) -> List[str]:
        return [name for name in NAMES if name not in self._killed]

    # -- life and death --

    def start(self) -> None:
        began = time.monotonic()
        self.launch()
        for name in NAMES:
            self.cluster.servers[name].wait_until_started()
        until(self._serves, "every service answers through the gateway", READY_SECONDS)
        self.ready_seconds.append(time.monotonic() - began)

    def launch(self) -> None:
        """Starts whatever does not run: the servers, and then the processes, of which it waits for nothing."""
        self.start_servers()
        for name in sorted(self._killed, key=NAMES.index):
            self.cluster.launch(name)
        self._killed.clear()

    def _serves(self) -> bool:
        with Wire(self.base, timeout=5) as wire:
            try:
                answers = [wire.ask("GET", "/api/products?limit=1"), wire.ask("POST", "/api/users/login", body={})]
                if self.staff.token:
                    for path in ("/api/orders?limit=1", "/api/analytics/dashboard"):
                        answers.append(wire.ask("GET", path, self.staff.token))
            except Lost:
                return False
        return all(status < 500 for status, _ in answers)

    def kill(self, victims: Optional[Sequence[str]] = None) -> None:
        """Processes and servers, all at the same moment; some that chance chooses when none are named."""
        victims = victims or some_victims(self.rng)
        for name in victims:
            if name in SERVERS:
                signal_all(self.engines, name, signal.SIGKILL, whole=self.rng.random() < 0.5)
            elif name not in self._killed:
                self.cluster.servers[name].signal(signal.SIGKILL)
        for name in victims:
            if name not in SERVERS and name not in self._killed:
                self.cluster.servers[name].wait()
                self._killed.add(name)
        self.kills += 1
        self.journal.note(killed=self.kills, victims=list(victims))

    def start_servers(self) -> None:
        self.engines.start()

    def stop(self) -> None:
        until(self._books.has_followed, "the stock has caught up", READY_SECONDS)
        # The gateway first, so that nobody asks who is gone.
        for name in reversed(self.running):
            self.cluster.servers[name].stop()
        self._killed.update(NAMES)

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

    def reconcile(self) -> subprocess.CompletedProcess:
        return run("reconcile", "--data-dir", self.cluster.folder / "analytics", env=self.cluster.env, seconds=60)


def some_victims(rng: random.Random) -> List[str]:
    chance = rng.random()
    if chance < 0.35:
        return [rng.choice(NAMES)]
    if chance < 0.55:
        return rng.sample(NAMES, rng.randint(2, 4))
    if chance < 0.65:
        return list(NAMES)
    if chance < 0.85:
        return ["postgres"]
    if chance < 0.95:
        return ["postgres", *rng.sample(NAMES, rng.randint(1, 3))]
    return ["redis"]


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
