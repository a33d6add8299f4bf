"""A hot standby of a test's own PostgreSQL."""

import os
import pathlib
import shutil
import signal
import subprocess
import tempfile

from .cluster import OwnEngines
from .server import free_ports
from .waiting import until

PROGRAMS = max(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))


def as_postgres() -> list:
    """PostgreSQL refuses to run as root."""
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--"] if os.geteuid() == 0 else []


def sql(url: str, text: str) -> str:
    done = subprocess.run(
        ["psql", "--no-psqlrc", "-qAtX", "-v", "ON_ERROR_STOP=1", url, "-c", text], capture_output=True, text=True, timeout=30
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


class Standby:
    """Follows by streaming; logs each statement that it is asked."""

    def __init__(self, primary: OwnEngines, primary_url: str):
        self.port = free_ports(1)[0]
        self.url = f"postgresql://cloudcart@127.0.0.1:{self.port}/cloudcart"
        self._folder = pathlib.Path(tempfile.mkdtemp(prefix="cloudcart-standby-"))
        if as_postgres():
            shutil.chown(self._folder, "postgres", "postgres")
        self._log = self._folder / "log"
        self._log.touch()
        self._process = None
        # Copies are not among what "all" may.
        with open((primary.folder / "postgres/place/data/pg_hba.conf").resolve(), "a", encoding="ascii") as rules:
            rules.write("host replication all 127.0.0.1/32 trust\n")
        sql(primary_url, "SELECT pg_reload_conf()")
        server = primary_url.rsplit("/", 1)[0]
        done = subprocess.run(
            [*as_postgres(), str(PROGRAMS / "pg_basebackup"), "-d", server, "-D", str(self._folder / "data"), "-R", "-X", "stream",
             "-c", "fast", "--no-sync"],
            capture_output=True, text=True, timeout=120,
        )
        assert done.returncode == 0, done.stderr

    def start(self) -> "Standby":
        command = [
            *as_postgres(), str(PROGRAMS / "postgres"), "-D", str(self._folder / "data"), "-p", str(self.port), "-c", "log_statement=all",
            "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "max_connections=400",
            "-c", "fsync=off",  # it is no store, and its syncing would hold up the primary's
        ]
        with open(self._log, "ab") as log:
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        until(self._answers, "the standby answers", seconds=60)
        return self

    def _answers(self) -> bool:
        assert self._process.poll() is None, self._log.read_text(encoding="utf-8", errors="replace")[-2000:]
        return sql(self.url, "SELECT pg_is_in_recovery()") == "t"

    def asked(self, words: str) -> int:
        """How many statements with these words it was asked."""
        lines = self._log.read_text(encoding="utf-8", errors="replace").splitlines()
        return sum("execute" in line and words in line for line in lines)

    def pause(self) -> None:
        sql(self.url, "SELECT pg_wal_replay_pause()")
        until(lambda: sql(self.url, "SELECT pg_get_wal_replay_pause_state()") == "paused", "replay is paused")

    def resume(self) -> None:
        sql(self.url, "SELECT pg_wal_replay_resume()")

    def promote(self) -> None:
        assert sql(self.url, "SELECT pg_promote()") == "t"

    def signal(self, number: int) -> None:
        """To all of its processes."""
        with open(f"/proc/{self._process.pid}/task/{self._process.pid}/children", encoding="ascii") as file:
            children = [int(word) for word in file.read().split()]
        for pid in (self._process.pid, *children):
            os.kill(pid, number)

    def kill(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGCONT)
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(30)

    def remove(self) -> None:
        self.kill()
        shutil.rmtree(self._folder, ignore_errors=True)
