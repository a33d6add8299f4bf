"""Starting and stopping the real program."""

import contextlib
import json
import os
import pathlib
import re
import secrets
import signal
import socket
import subprocess
import time
from typing import Optional, Sequence

from . import engines
from .contract import REPOSITORY
from .waiting import until

SERVICES = ("user", "product", "order", "analytics")
START_SECONDS = 20
STOP_SECONDS = 10


def binary() -> pathlib.Path:
    program = pathlib.Path(os.environ.get("CLOUDCART_BIN") or REPOSITORY / "build/dev/src/app/cloudcart")
    if not program.is_file():
        raise FileNotFoundError(f"there is no {program}: build the project, or name the program in CLOUDCART_BIN")
    return program


def environment(extra: Optional[dict] = None) -> dict:
    """The environment of a server: settings of the caller's own shell must not reach it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CLOUDCART_")}
    return {**kept, **(extra or {})}


def run(*arguments: str, stdin: str = "", seconds: float = 30, env: Optional[dict] = None) -> subprocess.CompletedProcess:
    """One command of the program, to its end."""
    words = list(map(str, arguments))
    if "--data-dir" in words:
        env = {**engines.settings(words[words.index("--data-dir") + 1]), **(env or {})}
    return subprocess.run(
        [str(binary()), *words], input=stdin, capture_output=True, text=True, timeout=seconds,
        env=environment(env),
    )


def free_ports(count: int) -> list:
    """Ports that nobody listens on now, for processes that must know each other's before any has started. Below the range from
    which the kernel takes ports of outgoing connections, so that none takes that of a process which is down."""
    with contextlib.ExitStack() as held:
        ports: list = []
        while len(ports) < count:
            one = held.enter_context(socket.socket())
            with contextlib.suppress(OSError):
                one.bind(("127.0.0.1", 20000 + secrets.randbelow(12000)))
                ports.append(one.getsockname()[1])
        return ports


class Server:
    """One `cloudcart serve`: the whole platform, or the services named."""

    def __init__(
        self,
        data_dir: pathlib.Path,
        services: Sequence[str] = (),
        extra: Sequence[str] = (),
        env: Optional[dict] = None,
        ports: Optional[dict] = None,
    ):
        self.data_dir = pathlib.Path(data_dir)
        self.services = tuple(services)
        self._extra = tuple(extra)
        self._env = env
        self._ports = ports or {}
        self.addresses: dict = {}
        self._process: Optional[subprocess.Popen] = None
        name = "-".join(self.services) or "all"
        self._addresses_file = self.data_dir.parent / f"{self.data_dir.name}.{name}.addresses.json"
        self.output = self.data_dir.parent / f"{self.data_dir.name}.{name}.log"

    def __enter__(self) -> "Server":
        return self.start()

    def __exit__(self, kind, *_) -> None:
        if kind is None:
            self.stop()
        else:
            self.kill()

    def command(self) -> list:
        ports = {**dict.fromkeys((*SERVICES, "gateway", "dashboard"), 0), **self._ports}
        return [
            str(binary()), "serve", "--data-dir", str(self.data_dir),
            *(argument for name, port in ports.items() for argument in (f"--port-{name}", str(port))),
            *(argument for service in self.services for argument in ("--service", service)),
            "--addresses", str(self._addresses_file), *self._extra,
        ]

    def environment(self) -> dict:
        """What it is told beside its command."""
        return environment({**engines.settings(self.data_dir), **(self._env or {})})

    def start(self) -> "Server":
        self.launch()
        return self.wait_until_started()

    def launch(self) -> None:
        """Starts without waiting for anything."""
        self._addresses_file.unlink(missing_ok=True)
        with open(self.output, "ab") as log:
            self._process = subprocess.Popen(
                self.command(), stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, env=self.environment()
            )

    def wait_until_started(self) -> "Server":
        try:
            self.addresses = until(self._read_addresses, f"{self.command()} writes its addresses", START_SECONDS)
        except AssertionError as error:
            self.kill()
            raise AssertionError(f"{error}\n--- its output ---\n{self.printed()[-4000:]}") from None
        return self

    def _read_addresses(self) -> Optional[dict]:
        code = self._process.poll()
        if code is not None:
            raise RuntimeError(f"cloudcart serve ended with {code}:\n{self.printed()[-4000:]}")
        try:
            return json.loads(self._addresses_file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None

    def printed(self) -> str:
        return self.output.read_text(encoding="utf-8", errors="replace") if self.output.exists() else ""

    def sign_in_code(self) -> str:
        """The one-use code of the dashboard link that the last start printed."""
        codes = re.findall(r"#code=([A-Za-z0-9_-]+)", self.printed())
        assert codes, f"no link with a code in:\n{self.printed()[-2000:]}"
        return codes[-1]

    @property
    def env(self) -> dict:
        """The settings that it was given of its own."""
        return dict(self._env or {})

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def signal(self, number: int) -> None:
        self._process.send_signal(number)

    def wait(self, seconds: float = STOP_SECONDS) -> int:
        """The exit code, within `seconds`."""
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"still running after {seconds} s:\n{self.printed()[-4000:]}") from None

    def stop(self, seconds: float = STOP_SECONDS) -> None:
        """Asks it to stop; it must drain and end well in time."""
        if not self.running:
            raise AssertionError(f"ended by itself with {self._process.poll()}:\n{self.printed()[-4000:]}")
        started = time.monotonic()
        self.signal(signal.SIGTERM)
        code = self.wait(seconds)
        assert code == 0, f"exit code {code} after {time.monotonic() - started:.1f} s:\n{self.printed()[-4000:]}"

    def kill(self) -> None:
        if self.running:
            self._process.kill()
        if self._process is not None:
            self._process.wait(5)

    def add_user(self, email: str, role: str, password: str) -> None:
        # The same settings as the server's: the command signs what it asks the server for.
        done = run(
            "user", "add", "--data-dir", self.data_dir, "--email", email, "--role", role, stdin=password + "\n",
            env=self._env,
        )
        assert done.returncode == 0, f"user add ended with {done.returncode}: {done.stderr}"
