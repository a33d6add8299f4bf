"""What all rows need: options, the program, folders that go when all is done."""

import shutil
import tempfile
from argparse import Namespace
from contextlib import contextmanager
from pathlib import Path

from .load import Profiler, run_load
from .program import ROOT, Program, Server
from .shop import make_catalogue, people

# Passwords are hashed only to prepare: no row measures signing in.
SETTINGS = {"auth.bcrypt_cost": "4"}


class Bench:
    def __init__(self, options: Namespace, row_settings: dict):
        self.options = options
        self.program = Program(options.build, {**SETTINGS, **row_settings, **options.server_settings})
        parent = Path(options.folder) if options.folder else ROOT / "build/benchmarks"
        parent.mkdir(parents=True, exist_ok=True)
        self.folder = Path(tempfile.mkdtemp(prefix="run-", dir=parent))
        self.profiler = None
        self.profile_text = ""
        if options.profile:
            self.profiler = Profiler(self.folder, ROOT / "build/benchmarks" / f"profile-{options.row}.txt")

    def close(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def new_data_dir(self) -> Path:
        return Path(tempfile.mkdtemp(prefix="data-", dir=self.folder)) / "shop"

    def server(self, data_dir: Path, quiet=False) -> Server:
        return Server(self.program, data_dir, access_log=self.options.access_log, quiet=quiet)

    @contextmanager
    def shop(self, products: int, customers=0):
        """A running server on a new catalogue; its people."""
        data_dir = self.new_data_dir()
        make_catalogue(self.program, data_dir, products, self.options.stock)
        with self.server(data_dir) as server:
            yield server, people(server, customers)

    def load(self, server: Server, service: str, requests, connections: int, **more) -> dict:
        options = self.options
        settings = {"duration": options.duration, "warm_up": options.warm_up, "seed": options.seed, **more}
        report = run_load(self.program, server, options.front or service, requests,
                          connections=options.connections or connections, profiler=self.profiler, **settings)
        if self.profiler:
            self.profile_text = self.profiler.summarise()
        return report
