"""What all rows need: options, the program, folders that go when all is done."""

import shutil
import tempfile
import time
from argparse import Namespace
from contextlib import contextmanager
from pathlib import Path

from . import histories
from .api import Api
from .cluster import Cluster, Engines
from .load import Profiler, run_load
from .program import ROOT, Program, Server
from .results import Table
from .shop import add_staff, make_catalogue, people
from .trouble import Unusable

# Passwords are hashed only to prepare; a row that measures signing in sets its own.
SETTINGS = {"auth.bcrypt_cost": "4"}


class Bench:
    def __init__(self, options: Namespace, row_settings: dict, watched: str):
        """`watched`: the service whose memory and processor time is shown where each has a process of its own."""
        self.options = options
        parent = Path(options.folder) if options.folder else ROOT / "build/benchmarks"
        parent.mkdir(parents=True, exist_ok=True)
        self.folder = Path(tempfile.mkdtemp(prefix="run-", dir=parent))
        self._watched, self._engines = watched, None
        settings = {**SETTINGS, **row_settings}
        try:
            if options.cluster:
                self._engines = Engines(self.folder / "engines")
                settings |= self._engines.settings()
            self.program = Program(options.build, {**settings, **options.server_settings})
        except BaseException:
            self.close()
            raise
        self.cpu_table = None  # of a cluster under load
        self.profiler = None
        self.profile_text = ""
        if options.profile:
            self.profiler = Profiler(self.folder, ROOT / "build/benchmarks" / f"profile-{options.row}.txt")

    def close(self) -> None:
        if self._engines:
            self._engines.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def new_data_dir(self) -> Path:
        return Path(tempfile.mkdtemp(prefix="data-", dir=self.folder)) / "shop"

    def server(self, data_dir: Path, quiet=False):
        if self._engines:
            return Cluster(self.program, data_dir, self._engines, self.options.cluster, self.options.access_log, self._watched)
        return Server(self.program, data_dir, access_log=self.options.access_log, quiet=quiet)

    def history(self, default_orders: int, stock=None) -> tuple:
        """A new data folder with a history and a staff account, and the file that the history is from: a copy of --data-dir, or made
        of --history, or of --orders invented ones. None for the file where a folder came without it.
        A history tells of no stock: what is made here has `stock` pieces of each product."""
        options = self.options
        data_dir, file = self.new_data_dir(), Path(options.history) if options.history else None
        if file and not file.is_file():
            raise Unusable(f"there is no file {file}")
        if options.data_dir:
            if options.cluster:
                raise Unusable("--data-dir is a folder of files, and --cluster does not read these")
            if not Path(options.data_dir, "order.db").exists():
                raise Unusable(f"there is no shop in {options.data_dir}")
            # A copy, so that what is measured leaves the original alone.
            shutil.copytree(options.data_dir, data_dir)
        else:
            if not file:
                file = self.folder / "history.csv"
                histories.write_orders(file, options.orders or default_orders, options.products or 100_000, options.customers)
            self.program.must("import", file, "--data-dir", data_dir, *(["--stock", stock] if stock else []))
        add_staff(self.program, data_dir)
        return data_dir, file

    @contextmanager
    def shop(self, products: int, customers=0):
        """A running server on a new catalogue; its people."""
        data_dir = self.new_data_dir()
        make_catalogue(self.program, data_dir, products, self.options.stock)
        with self.server(data_dir) as server:
            yield server, people(server, customers)

    def some_products(self, server: Server, count: int) -> list:
        with Api(server.addresses["product"]) as api:
            return api.products(count)[0]

    def load(self, server: Server, service: str, requests, connections: int, fixed=False, **more) -> dict:
        """`fixed`: so many connections, whatever --connections says."""
        options = self.options
        settings = {"duration": options.duration, "warm_up": options.warm_up, "seed": options.seed, **more}
        began, before = time.monotonic(), server.cpu_seconds() if self._engines else {}
        report = run_load(self.program, server, options.front or service, requests,
                          connections=connections if fixed else options.connections or connections, profiler=self.profiler, **settings)
        if self._engines:
            self.cpu_table = _cores(before, server.cpu_seconds(), time.monotonic() - began)
        if self.profiler:
            self.profile_text = self.profiler.summarise()
        return report


def _cores(before: dict, after: dict, seconds: float) -> Table:
    """What each process took of the cores, warm-up included."""
    table = Table(["process", "cores"], title="Processor time while the load ran")
    for name, taken in after.items():
        table.add(name, f"{(taken - before.get(name, 0.0)) / seconds:.2f}")
    return table
