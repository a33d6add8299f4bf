"""One service per process on one machine."""

import pathlib
from typing import Sequence

from .server import SERVICES, Server, free_ports

# Nobody balances over several here, who would have to notice that one stops.
NO_BALANCER = ("--runtime-lame-duck", "0")
PROCESSES = ("user", "product", "order", "analytics", "gateway")


class StartedTogether:
    """Runs within a `with`: `start(name)` of all `names`, and an end of all that runs, whatever happened."""

    names: Sequence[str]
    servers: dict

    def start(self, name: str) -> object:
        raise NotImplementedError

    def __enter__(self):
        try:
            for name in self.names:
                self.start(name)
        except BaseException:
            self.kill()
            raise
        return self

    def __exit__(self, *_) -> None:
        self.kill()

    def kill(self) -> None:
        for server in self.servers.values():
            server.kill()


class Processes(StartedTogether):
    """Looks like one server to a Shop."""

    names = PROCESSES

    def __init__(self, data_dir: pathlib.Path, extra: Sequence[str] = (), beside: Sequence[str] = ()):
        """`beside`: addresses that are named as further processes of every service."""
        self.data_dir = data_dir
        self.ports = dict(zip(PROCESSES, free_ports(len(PROCESSES))))
        self.addresses = {service: f"http://127.0.0.1:{port}" for service, port in self.ports.items()}
        self.servers: dict = {}
        self._extra = tuple(extra)
        self._beside = tuple(beside)

    def start(self, service: str) -> None:
        upstreams = [
            argument for other in SERVICES if other != service
            for address in (*self._beside, self.addresses[other])
            for argument in (f"--upstream-{other}", address)
        ]
        server = Server(
            self.data_dir, services=[service], extra=[*upstreams, *NO_BALANCER, *self._extra], ports={service: self.ports[service]}
        )
        self.servers[service] = server.start()

    def add_user(self, *arguments: str) -> None:
        Server(self.data_dir).add_user(*arguments)
