"""Many deaths in a row in one shop, with everything checked after each."""

import pathlib
import random
import time
from dataclasses import asdict, dataclass, field
from typing import Callable, List

from . import checker
from .load import Load
from .many_processes import ManyProcesses, some_victims
from .one_process import OneProcess
from .scene import Scene

from harness.cluster import NAMES, OwnEngines


@dataclass
class Cycle:
    number: int
    moment: str
    kills: int
    answered: int  # orders answered 201 so far
    ready_seconds: float
    seconds: float


@dataclass
class Report:
    seed: int
    how: str
    folder: str
    kills: int = 0
    cycles: List[Cycle] = field(default_factory=list)
    answers: dict = field(default_factory=dict)
    orphan_reservations: int = 0
    ready_seconds: List[float] = field(default_factory=list)
    findings: List[str] = field(default_factory=list)
    seconds: float = 0

    def as_dict(self) -> dict:
        return asdict(self)


class Campaign:
    """What all have in common; who knows what can die there says how it does."""

    def __init__(self, folder: pathlib.Path, seed: int, kills: int, how: str, clients: int = 8,
                 progress: Callable[[Cycle], None] = lambda cycle: None):
        self.rng = random.Random(f"campaign/{seed}")
        self.folder, self.seed, self.kills, self.how, self.clients = folder, seed, kills, how, clients
        self.progress = progress
        self.report = Report(seed, how, str(folder))

    def _scene(self) -> Scene:
        raise NotImplementedError

    def _before_load(self, scene: Scene) -> None:
        pass

    def _strike(self, scene: Scene) -> str:
        """Kills; answers what, if that is not plain."""
        raise NotImplementedError

    def _live_on(self, scene: Scene, load: Load) -> None:
        """Until the load has ended."""
        load.join()

    def _die_while_starting(self, scene: Scene) -> str:
        """Recovery is interrupted, perhaps several times."""
        raise NotImplementedError

    def run(self) -> Report:
        """Raises Broken at the first cycle after which a promise is broken; the report is filled in as far as it got."""
        began = time.monotonic()
        with self._scene() as scene:
            try:
                self._run(scene)
            except checker.Broken as broken:
                self.report.findings = broken.findings
                raise
            finally:
                self.report.kills = scene.kills
                self.report.ready_seconds = scene.ready_seconds
                self.report.answers = dict(sorted(scene.journal.statuses.items()))
                self.report.seconds = time.monotonic() - began
        return self.report

    def _run(self, scene: Scene) -> None:
        scene.start()
        scene.furnish()
        number = 0
        while scene.kills < self.kills:
            number += 1
            began = time.monotonic()
            before = scene.kills
            moment = self._die(scene, number)
            if scene.kills < self.kills and self.rng.random() < 0.3:
                moment += self._die_while_starting(scene)
            checker.demand(checker.check_books(scene.books(), scene.journal), scene)
            scene.start()
            checker.demand(checker.check_api(scene) + checker.check_reconciliation(scene), scene)
            cycle = Cycle(number, moment, scene.kills - before, scene.journal.answered_orders, scene.ready_seconds[-1],
                          time.monotonic() - began)
            self.report.cycles.append(cycle)
            self.progress(cycle)
        self._end(scene)

    def _end(self, scene: Scene) -> None:
        """A last load that settles what is open, and a stop in peace."""
        load = Load(scene, f"{self.seed}/end", self.clients).start()
        time.sleep(0.3)
        load.stop()
        checker.demand(checker.check_api(scene) + checker.check_reconciliation(scene), scene)
        scene.stop()
        books = scene.books()
        checker.demand(checker.check_books(books, scene.journal, settled=True) + checker.check_reconciliation(scene), scene)
        self.report.orphan_reservations = len(checker.orphans_of(books))

    def _die(self, scene: Scene, number: int) -> str:
        """Under load, at a moment that the seed chooses."""
        self._before_load(scene)
        load = Load(scene, f"{self.seed}/{number}", self.clients).start()
        if self.rng.random() < 0.5:
            pause = self.rng.uniform(0.01, 0.7)
            moment = f"{pause:.3f} s into the load"
            time.sleep(pause)
        else:
            goal = self.rng.randint(1, 250)
            pause = self.rng.choice([0, 0, 0.0002, 0.001, 0.005])
            moment = f"{pause * 1000:g} ms after the {goal}th order"
            goal += scene.journal.answered_orders
            give_up = time.monotonic() + 3
            while scene.journal.answered_orders < goal and time.monotonic() < give_up and not load.ended:
                time.sleep(0.0005)
            time.sleep(pause)
        checker.demand(scene.ended_by_itself(), scene)
        moment = self._strike(scene) + moment
        self._live_on(scene, load)
        return moment


class FolderCampaign(Campaign):
    """One process on one folder. `how`: "kill" (kill -9), "power" (and what was not synced is gone), "mixed", or "lies" (a
    disk that only pretends to sync, and power cuts: the rig must find what is lost)."""

    def __init__(self, folder: pathlib.Path, seed: int, kills: int, how: str = "kill", clients: int = 8,
                 progress: Callable[[Cycle], None] = lambda cycle: None):
        assert how in ("kill", "power", "mixed", "lies")
        super().__init__(folder, seed, kills, how, clients, progress)

    def _scene(self) -> OneProcess:
        return OneProcess(self.folder, tells=self.how != "kill")

    def _before_load(self, scene: OneProcess) -> None:
        if scene.world:
            # A disk takes its time, and so there is a time in which to die.
            scene.world.set(sync_delay_us=self.rng.choice([0, 200, 1000, 4000]), sync_lies=self.how == "lies")

    def _strike(self, scene: OneProcess) -> str:
        if self.how in ("power", "lies") or (self.how == "mixed" and self.rng.random() < 0.5):
            scene.cut_power(self.rng)
        else:
            scene.kill()
        return ""

    def _die_while_starting(self, scene: OneProcess) -> str:
        moment = ""
        for _ in range(self.rng.choice([1, 1, 2, 3])):
            pause = self.rng.uniform(0, 0.15)
            scene.launch()
            time.sleep(pause)
            self._strike(scene)
            moment += f", {pause * 1000:.0f} ms into a start"
        return moment


class ProcessCampaign(Campaign):
    """Several processes of each service on one of each server: one, some or all of them are killed."""

    def __init__(self, folder: pathlib.Path, seed: int, kills: int, engines: OwnEngines, clients: int = 8,
                 progress: Callable[[Cycle], None] = lambda cycle: None):
        super().__init__(folder, seed, kills, "processes", clients, progress)
        self.engines = engines

    def _scene(self) -> ManyProcesses:
        return ManyProcesses(self.folder, self.seed, self.engines)

    def _strike(self, scene: ManyProcesses) -> str:
        victims = some_victims(self.rng)
        scene.kill(victims)
        return f"{'all processes' if victims == list(NAMES) else ', '.join(victims)}: "

    def _live_on(self, scene: ManyProcesses, load: Load) -> None:
        """Those who are left go on, perhaps with a server that came back."""
        time.sleep(self.rng.uniform(0, 0.8))
        if self.rng.random() < 0.5:
            scene.start_servers()
            time.sleep(self.rng.uniform(0, 0.8))
        load.stop()

    def _die_while_starting(self, scene: ManyProcesses) -> str:
        moment = ""
        for _ in range(self.rng.choice([1, 1, 2])):
            pause = self.rng.uniform(0, 0.4)
            scene.launch()
            time.sleep(pause)
            moment += f", {self._strike(scene)}{pause * 1000:.0f} ms into a start"
        return moment
