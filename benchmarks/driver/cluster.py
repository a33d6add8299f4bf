"""The program as it runs on a cluster: one service per process, on PostgreSQL, Redis, Kafka and ClickHouse of this machine."""

import json
import os
import secrets
import socket
import subprocess
import time
from contextlib import ExitStack
from pathlib import Path

from . import processes
from .program import ROOT, Program
from .trouble import Invalid

ENGINES = ("postgres", "redis", "kafka", "chdb")
CALLED = {"chdb": "ClickHouse", "postgres": "PostgreSQL", "redis": "Redis", "kafka": "Kafka"}


class Engines:
    """The servers, below a folder of their own."""

    def __init__(self, folder: Path):
        self.folder = folder
        self._run("start")
        lines = (folder / "addresses.env").read_text(encoding="utf-8").splitlines()
        self._addresses = dict(line.removeprefix("CLOUDCART_TEST_").split("=", 1) for line in lines)

    def settings(self) -> dict:
        # All check and sign tokens with one secret.
        return {"auth.jwt_secret": secrets.token_hex(32), "postgres.url": self._addresses["POSTGRES"], "cache.redis": self._addresses["REDIS"],
                "kafka.brokers": self._addresses["KAFKA"], "clickhouse.url": self._addresses["CHDB"]}

    def close(self) -> None:
        self._run("stop")

    def cpu_seconds(self) -> dict:
        """Of each server with all its processes, which work in its folder."""
        found = {engine: 0.0 for engine in ENGINES}
        places = {os.path.realpath(self.folder / engine / "place") + "/data": engine for engine in ENGINES}
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                engine = places.get(os.readlink(entry / "cwd"))
                if engine:
                    found[engine] += processes.cpu_seconds(int(entry.name))
            except OSError:
                pass  # it has just ended
        return {CALLED[engine]: seconds for engine, seconds in found.items()}

    def _run(self, what: str) -> None:
        done = processes.output_of([ROOT / "scripts/engines", what, self.folder, *ENGINES], seconds=300)
        if done.returncode != 0:
            raise Invalid(f"scripts/engines {what} ended with {done.returncode}: {done.stderr.strip()[-600:]}")


def free_ports(count: int) -> list:
    with ExitStack() as stack:
        held = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in held:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in held]


class Cluster:
    """In place of a Server: each service in a process of its own, `orders` of the order service."""

    def __init__(self, program: Program, data_dir: Path, engines: Engines, orders: int, access_log: bool, watched: str):
        self._watched = watched
        self._program, self._data_dir, self._engines, self._access_log = program, data_dir, engines, access_log
        self.names = ["user", "product", *(f"order-{number}" for number in range(1, orders + 1)), "analytics", "gateway"]
        self.log = data_dir.parent / "server.log"
        self.addresses: dict = {}
        self.ready_seconds = 0.0
        self._processes: dict = {}
        self._stack = ExitStack()

    @property
    def pid(self) -> int:
        """Of the (first) process of the service that is watched."""
        return next(process.pid for name, process in self._processes.items() if _service_of(name) == self._watched)

    def cpu_seconds(self) -> dict:
        own = {name: processes.cpu_seconds(process.pid) for name, process in self._processes.items()}
        return {**own, **self._engines.cpu_seconds()}

    def __enter__(self) -> "Cluster":
        with ExitStack() as stack:
            started = time.monotonic()
            ports = dict(zip([*self.names, "dashboard"], free_ports(len(self.names) + 1)))
            for name in self.names:
                self._start(stack, name, ports)
            for name in self.names:
                self._wait_for(name, started)
            self.ready_seconds = time.monotonic() - started
            self._stack = stack.pop_all()
        for name in reversed([*self.names, "dashboard"]):
            self.addresses[_service_of(name)] = f"http://127.0.0.1:{ports[name]}"
        if "order-2" in self.names:
            # The load generator knows one address: the gateway spreads what comes.
            self.addresses["order"] = self.addresses["gateway"]
        return self

    def _start(self, stack: ExitStack, name: str, ports: dict) -> None:
        service = _service_of(name)
        upstreams = [part for other in self.names if _service_of(other) not in (service, "gateway")
                     for part in (f"--upstream-{_service_of(other)}", f"http://127.0.0.1:{ports[other]}")]
        command = [self._program.path, "serve", "--service", service, "--data-dir", self._data_dir.parent / name,
                   f"--port-{service}", ports[name], "--port-dashboard", ports["dashboard"], *upstreams,
                   "--addresses", self._addresses_file(name), "--log-access", "true" if self._access_log else "false"]
        log = stack.enter_context(open(self.log, "ab"))
        process = processes.spawn(command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                                  env=self._program.environment)
        self._processes[name] = process
        stack.callback(processes.end, process)

    def _addresses_file(self, name: str) -> Path:
        return self._data_dir.parent / f"addresses-{name}.json"

    def _wait_for(self, name: str, started: float) -> None:
        while not self._addresses_file(name).exists():
            if self._processes[name].poll() is not None or time.monotonic() - started > 120:
                raise Invalid(f"{name} did not get ready:\n{self.last_words()}")
            time.sleep(0.005)

    def __exit__(self, kind, *_) -> None:
        self._stack.close()
        ended = {name: process.returncode for name, process in self._processes.items() if process.returncode != 0}
        if ended and kind is None:
            raise Invalid(f"processes ended with {json.dumps(ended)}:\n{self.last_words()}")

    def last_words(self) -> str:
        return self.log.read_bytes()[-2000:].decode(errors="replace") if self.log.exists() else ""


def _service_of(name: str) -> str:
    return name.partition("-")[0]
