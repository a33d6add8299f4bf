"""Several processes of each service that may have several, on one of each server."""

import os
import pathlib
import secrets
import shutil
import subprocess

from . import engines
from .contract import REPOSITORY
from .processes import StartedTogether
from .server import Server, free_ports

NAMES = ("user", "user-2", "product", "product-2", "order", "order-2", "analytics", "analytics-2", "gateway")


def service_of(name: str) -> str:
    return name.removesuffix("-2")


class OwnEngines:
    """Servers of the test's own, to be killed, stopped and wiped."""

    names = ("postgres", "redis", "kafka", "chdb")  # chdb is today's ClickHouse
    keep = False  # what they hold, when they are stopped

    def __init__(self, folder: pathlib.Path, *names: str):
        self.folder = folder
        self.names = names or type(self).names
        self._env: dict = {}

    def let_kafka_be_seen_at(self, port: int) -> None:
        """Kafka tells its clients where to find it, and so has to know of a proxy; from its next start on."""
        self._env["CLOUDCART_ENGINES_KAFKA_SEEN_AT"] = str(port)
        if (self.folder / "kafka").exists():
            self._run("pause", "kafka")

    def start(self) -> dict:
        self._run("start", *self.names)
        lines = (self.folder / "addresses.env").read_text(encoding="utf-8").splitlines()
        return dict(line.split("=", 1) for line in lines if "=" in line)

    def stop(self) -> None:
        self._run("pause" if self.keep else "stop")

    def forget(self, name: str) -> None:
        """What a server that has been killed held."""
        shutil.rmtree(self.folder / name / "place" / "data")

    def _run(self, what: str, *names: str) -> None:
        done = subprocess.run(
            [str(REPOSITORY / "scripts/engines"), what, str(self.folder), *names], capture_output=True, text=True, timeout=120,
            env={**os.environ, **self._env},
        )
        assert done.returncode == 0, done.stdout + done.stderr


class Cluster(StartedTogether):
    """Looks like one server to a Shop. `addresses` has every process by name: order, order-2, …"""

    names = NAMES

    def __init__(self, folder: pathlib.Path, addresses: dict = None, env: dict = None):
        """`addresses`: of engines of the test's own; `env`: settings of all processes."""
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.data_dir = folder / "user"
        self.ports = dict(zip(NAMES, free_ports(len(NAMES))))
        self.addresses = {name: f"http://127.0.0.1:{port}" for name, port in self.ports.items()}
        self.servers: dict = {}
        self.printed_before: dict = {}
        shared = engines.settings(folder)
        if addresses:
            shared["CLOUDCART_POSTGRES_URL"] = addresses["CLOUDCART_TEST_POSTGRES"]
            shared["CLOUDCART_CACHE_REDIS"] = addresses["CLOUDCART_TEST_REDIS"]
            prefix = shared["CLOUDCART_POSTGRES_SCHEMA_PREFIX"]
            shared |= engines.kafka(addresses, prefix) | engines.clickhouse(addresses, prefix)
        self.env = {**shared, **(env or {}), "CLOUDCART_AUTH_JWT_SECRET": secrets.token_hex(32)}

    def start(self, name: str) -> Server:
        self.launch(name)
        return self.servers[name].wait_until_started()

    def launch(self, name: str) -> None:
        """Starts a process and waits for nothing."""
        service = service_of(name)
        upstreams = []
        for other in ("user", "product", "order", "analytics"):
            if other != service:
                upstreams += [f"--upstream-{other}", self._all_of(other)]
        self.servers[name] = Server(
            self.folder / name, services=[service], extra=upstreams, env=self.env, ports={service: self.ports[name]}
        )
        self.printed_before[name] = len(self.servers[name].printed())
        self.servers[name].launch()

    def printed(self, name: str) -> str:
        """Since its last start."""
        return self.servers[name].printed()[self.printed_before[name]:]

    def _all_of(self, service: str) -> str:
        return ",".join(self.addresses[name] for name in NAMES if service_of(name) == service)

    def add_user(self, *arguments: str) -> None:
        self.servers["user"].add_user(*arguments)
