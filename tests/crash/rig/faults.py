"""What can befall a server that the platform stands on, and that it passes again."""

import contextlib
import signal
from typing import Callable, Dict, Iterator
from urllib.parse import urlsplit

from .many_processes import SERVERS, ManyProcesses, signal_all

from harness.cluster import OwnEngines
from harness.proxy import Proxy

# For each piece, there and back: 100 ms for a round trip.
DELAY_SECONDS = 0.05


class Proxies:
    """One before each server; everybody asks through them."""

    def __init__(self, engines: OwnEngines):
        self._of: Dict[str, Proxy] = {}
        self.addresses: Dict[str, str] = {}
        for name in SERVERS:
            self._of[name] = Proxy()
        if "kafka" in SERVERS:
            engines.let_kafka_be_seen_at(self["kafka"].port)
        direct = engines.start()
        for name, proxy in self._of.items():
            key = f"CLOUDCART_TEST_{name.upper()}"
            proxy.target = port_of(direct[key])
            self.addresses[key] = direct[key].replace(f":{proxy.target}", f":{proxy.port}")

    def __getitem__(self, name: str) -> Proxy:
        return self._of[name]

    def close(self) -> None:
        for proxy in self._of.values():
            proxy.close()


def port_of(address: str) -> int:
    return urlsplit(address if "://" in address else f"//{address}").port


Fault = Callable[[ManyProcesses, Proxies, str], contextlib.AbstractContextManager]


@contextlib.contextmanager
def killed(scene: ManyProcesses, proxies: Proxies, server: str) -> Iterator[None]:
    signal_all(scene.engines, server, signal.SIGKILL)
    try:
        yield
    finally:
        scene.start_servers()


@contextlib.contextmanager
def hung(scene: ManyProcesses, proxies: Proxies, server: str) -> Iterator[None]:
    signal_all(scene.engines, server, signal.SIGSTOP)
    try:
        yield
    finally:
        signal_all(scene.engines, server, signal.SIGCONT)


@contextlib.contextmanager
def slow(scene: ManyProcesses, proxies: Proxies, server: str) -> Iterator[None]:
    proxies[server].delay = DELAY_SECONDS
    try:
        yield
    finally:
        proxies[server].heal()


@contextlib.contextmanager
def cut_off(scene: ManyProcesses, proxies: Proxies, server: str) -> Iterator[None]:
    proxies[server].cut_off()
    try:
        yield
    finally:
        proxies[server].heal()


@contextlib.contextmanager
def wiped(scene: ManyProcesses, proxies: Proxies, server: str) -> Iterator[None]:
    """It comes back at once, and empty."""
    signal_all(scene.engines, server, signal.SIGKILL)
    scene.engines.forget(server)
    scene.start_servers()
    yield


FAULTS: Dict[str, Fault] = {"killed": killed, "hung": hung, "slow": slow, "cut off": cut_off, "wiped": wiped}
