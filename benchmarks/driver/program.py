"""The program under test: its commands, and a server that is always stopped."""

import json
import os
import signal
import subprocess
import time
from pathlib import Path

from . import processes
from .trouble import Invalid, Unusable

ROOT = Path(__file__).resolve().parents[2]
SERVICES = ("user", "product", "order", "analytics", "gateway", "dashboard")


class Program:
    """`cloudcart` and the load generator of one build folder."""

    def __init__(self, build: str, settings: dict):
        folder = ROOT / "build" / build
        self.path = folder / "src/app/cloudcart"
        self.generator = folder / "benchmarks/load/benchmarks_load"
        for program in (self.path, self.generator):
            if not os.access(program, os.X_OK):
                raise Unusable(f"there is no program {program}; build it with: cmake --preset {build} && "
                               f"cmake --build build/{build} --target cloudcart benchmarks_load")
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("CLOUDCART_")}
        known = processes.output_of([self.path, "settings"], env=self.environment).stdout
        variables = dict(line.split()[:2] for line in known.splitlines() if len(line.split()) > 1)
        for key, value in settings.items():
            if key not in variables:
                raise Unusable(f"'{key}' is no setting of the program; '{self.path} settings' lists them")
            self.environment[variables[key]] = value

    def run(self, *arguments, text="", seconds=3600) -> subprocess.CompletedProcess:
        return processes.output_of([self.path, *arguments], seconds, input=text, env=self.environment)

    def must(self, *arguments, text="") -> str:
        done = self.run(*arguments, text=text)
        if done.returncode != 0:
            raise Invalid(f"cloudcart {' '.join(map(str, arguments))} ended with {done.returncode}: {done.stderr.strip()[-600:]}")
        return done.stdout

    def reconcile(self, data_dir: Path) -> None:
        """Orders and analytics agree to the cent, or it is Invalid."""
        self.must("reconcile", "--data-dir", data_dir)


class Server:
    """One `cloudcart serve` with all services, on free ports, its log in a file (a pipe that nobody reads would
    stop it)."""

    def __init__(self, program: Program, data_dir: Path, access_log: bool, quiet=False):
        self._program, self._data_dir, self._access_log, self._quiet = program, data_dir, access_log, quiet
        self._addresses_file = data_dir.parent / "addresses.json"
        self.log = data_dir.parent / "server.log"
        self.addresses: dict = {}
        self.ready_seconds = 0.0
        self._process = None

    @property
    def pid(self) -> int:
        return self._process.pid

    def __enter__(self) -> "Server":
        self._addresses_file.unlink(missing_ok=True)
        command = [self._program.path, "serve", "--data-dir", self._data_dir, "--addresses", self._addresses_file,
                   *(part for service in SERVICES for part in (f"--port-{service}", "0"))]
        if self._quiet:
            command += ["--log-level", "off"]
        elif "CLOUDCART_LOG_ACCESS" not in self._program.environment:
            command += ["--log-access", "true" if self._access_log else "false"]
        started = time.monotonic()
        with open(self.log, "ab") as log:
            self._process = processes.spawn(command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                                            env=self._program.environment)
        try:
            while not self._addresses_file.exists():
                if self._process.poll() is not None:
                    raise Invalid(f"cloudcart serve ended with {self._process.returncode} before it was ready:\n{self.last_words()}")
                if time.monotonic() - started > 600:
                    raise Invalid(f"cloudcart serve was not ready within 600 s:\n{self.last_words()}")
                time.sleep(0.001)
            self.ready_seconds = time.monotonic() - started
            self.addresses = json.loads(self._addresses_file.read_text(encoding="utf-8"))
        except BaseException:
            processes.end(self._process)
            raise
        return self

    def __exit__(self, kind, *_) -> None:
        code = processes.end(self._process)
        if kind is None and code != 0:
            raise Invalid(f"cloudcart serve ended with {code}:\n{self.last_words()}")

    def stop(self) -> float:
        """Ends it; the seconds it took."""
        if self._process.poll() is not None:
            raise Invalid(f"cloudcart serve ended by itself with {self._process.returncode}:\n{self.last_words()}")
        asked = time.monotonic()
        processes.end(self._process, signal.SIGTERM)
        return time.monotonic() - asked

    def last_words(self) -> str:
        return self.log.read_bytes()[-2000:].decode(errors="replace") if self.log.exists() else ""
