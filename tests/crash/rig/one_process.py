"""The whole shop in one process on one data folder, and ways to let it die."""

import pathlib
import random
import signal
import subprocess
import time
from typing import List, Optional, Sequence

from . import ledger_files
from .faulty_os import FaultyOs
from .power import Disk
from .scene import READY_SECONDS, SETTINGS, Scene

from harness.server import Server, run


class _Server(Server):
    """The harness' server, with a prefix to its command (limits) and an environment for the server alone."""

    prefix: Sequence[str] = ()
    world: Optional[FaultyOs] = None

    def command(self) -> list:
        return [*self.prefix, *super().command()]

    def environment(self) -> dict:
        return {**super().environment(), **(self.world.environment if self.world else {})}


class OneProcess(Scene):
    def __init__(self, folder: pathlib.Path, faulty: bool = False, tells: bool = False, prefix: Sequence[str] = ()):
        """`faulty`: the server runs on an operating system that can be made to fail; `tells`: and whose power can be cut."""
        super().__init__(folder)
        self.data_dir = folder / "data"
        self.world = FaultyOs(self.data_dir, tells=tells) if faulty or tells else None
        self.server = _Server(self.data_dir, env=SETTINGS)
        self.server.world = self.world
        self.server.prefix = tuple(prefix)
        self.disk: Optional[Disk] = None

    def __exit__(self, *_) -> None:
        # A stopped process is killed as well.
        self.server.kill()
        super().__exit__()

    @property
    def base(self) -> str:
        return self.server.addresses["gateway"]

    def start(self, **faults: int) -> None:
        """On an operating system with these faults."""
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

    def add_user(self, email: str, role: str, password: str) -> None:
        self.server.add_user(email, role, password)

    def ended_by_itself(self) -> List[str]:
        return [] if self.server.running else [f"the server ended by itself:\n{self.server.printed()[-3000:]}"]

    def ledger_copy(self, name: str = "copy") -> pathlib.Path:
        """A copy of the stores, for reading; the server does not run."""
        assert not self.server.running
        return ledger_files.copy(self.data_dir, self.folder / name)

    def books(self, name: str = "copy") -> ledger_files.Books:
        return ledger_files.Books(self.ledger_copy(name))

    def reconcile(self) -> subprocess.CompletedProcess:
        return run("reconcile", "--data-dir", self.data_dir, env=SETTINGS, seconds=60)
