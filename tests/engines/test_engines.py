"""scripts/engines as its callers see it: servers that come, stay, come back and go."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import urllib.request
from pathlib import Path

import pytest

ALL = ("postgres", "redis", "kafka", "clickhouse", "chdb")
SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "engines"


class Engines:
    """The script, on a folder."""

    def __init__(self, folder: Path, prefix=(), script: Path = SCRIPT):
        self.folder = folder
        self.prefix = list(prefix)
        self.script = script

    def run(self, action, *engines, **environment):
        return subprocess.run(
            [*self.prefix, str(self.script), action, str(self.folder), *engines],
            capture_output=True, text=True, timeout=180, env={**os.environ, **environment})

    def start(self, *engines):
        done = self.run("start", *engines)
        assert done.returncode == 0, done.stdout + done.stderr

    def addresses(self):
        lines = (self.folder / "addresses.env").read_text().splitlines()
        return dict(line.split("=", 1) for line in lines)

    def pid(self, engine):
        return int((self.folder / engine / "pid").read_text())

    def pids(self, *engines):
        return [self.pid(engine) for engine in engines or ("postgres", "redis")]

    def sql(self, statement):
        url = self.addresses()["CLOUDCART_TEST_POSTGRES"]
        return subprocess.run(["psql", "-qtAX", url, "-c", statement],
                              capture_output=True, text=True, check=True, timeout=30).stdout.strip()

    def redis(self, *words):
        port = self.addresses()["CLOUDCART_TEST_REDIS"].removeprefix("127.0.0.1:")
        return subprocess.run(["redis-cli", "-h", "127.0.0.1", "-p", port, *words],
                              capture_output=True, text=True, check=True, timeout=30).stdout.strip()

    def clickhouse(self, engine, query):
        url = self.addresses()[f"CLOUDCART_TEST_{engine.upper()}"]
        with urllib.request.urlopen(url, data=query.encode(), timeout=30) as answer:
            return answer.read().decode().strip()

    def processes(self):
        """All that work below the folder, or where its data are instead."""
        places = [str(self.folder)] + [os.path.realpath(self.folder / e / "place") for e in ALL]
        return [int(entry.name) for entry in Path("/proc").glob("[0-9]*") if works_in(entry, places)]


def works_in(process: Path, places):
    try:
        where = os.readlink(process / "cwd")
    except OSError:
        return False
    return any(where.startswith(place) for place in places)


def is_alive(pid):
    """A zombie that nobody waits for is not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def kill(pid):
    os.kill(pid, signal.SIGKILL)
    while is_alive(pid):
        time.sleep(0.01)


@pytest.fixture
def folder():
    """Open to every user, because PostgreSQL may run as another; a long path, because sockets do not like them."""
    base = Path(tempfile.mkdtemp(prefix="engines-"))
    base.chmod(0o755)
    yield base / ("a long name " * 10).strip()
    shutil.rmtree(base)


@pytest.fixture
def engines(folder):
    made = Engines(folder)
    yield made
    made.run("stop")


def test_servers_come_stay_come_back_and_go(engines):
    assert engines.run("status").returncode == 1
    engines.start("postgres", "redis")
    assert engines.sql("SELECT current_database()") == "cloudcart"
    assert engines.redis("PING") == "PONG"
    addresses, pids = engines.addresses(), engines.pids()
    assert engines.run("status", "postgres", "redis").returncode == 0

    engines.start("postgres", "redis")
    assert (engines.addresses(), engines.pids()) == (addresses, pids)

    engines.sql("CREATE TABLE kept AS SELECT 42 AS answer")
    kill(pids[0])
    assert engines.run("status", "postgres", "redis").returncode == 1
    engines.start("postgres", "redis")
    assert engines.addresses() == addresses
    assert engines.sql("SELECT answer FROM kept") == "42"
    assert engines.pid("postgres") != pids[0] and engines.pid("redis") == pids[1]

    running = engines.processes()
    assert set(engines.pids()) <= set(running)
    assert engines.run("stop").returncode == 0
    assert not any(is_alive(pid) for pid in running) and engines.processes() == []
    assert list(engines.folder.iterdir()) == []
    assert engines.run("stop").returncode == 0


def test_all_come_keep_what_they_hold_and_go(engines):
    """When none is named it is all of them."""
    engines.start()
    addresses, pids = engines.addresses(), engines.pids(*ALL)
    assert list(addresses) == [f"CLOUDCART_TEST_{engine.upper()}" for engine in ALL]
    cluster = (engines.folder / "kafka/place/data/logs/meta.properties").read_text()
    for engine in ("clickhouse", "chdb"):
        engines.clickhouse(engine, "CREATE TABLE kept (answer Int32) ENGINE = MergeTree ORDER BY answer")
        engines.clickhouse(engine, "INSERT INTO kept VALUES (42)")
    for pid in pids[2:]:
        kill(pid)
    assert engines.run("status", "kafka").returncode == 1
    engines.start("kafka", "clickhouse", "chdb")
    assert engines.addresses() == addresses
    assert (engines.folder / "kafka/place/data/logs/meta.properties").read_text() == cluster
    assert [engines.clickhouse(engine, "SELECT answer FROM kept") for engine in ("clickhouse", "chdb")] == ["42", "42"]
    assert engines.run("status").returncode == 0
    engines.sql("CREATE TABLE kept AS SELECT 42 AS answer")
    assert engines.run("pause").returncode == 0
    assert engines.processes() == []
    engines.start("postgres", "chdb")
    assert engines.sql("SELECT answer FROM kept") == engines.clickhouse("chdb", "SELECT answer FROM kept") == "42"
    assert engines.run("stop").returncode == 0
    assert engines.processes() == [] and list(engines.folder.iterdir()) == []


def test_postgres_is_durable_roomy_and_on_tcp_of_this_machine_alone(engines):
    engines.start("postgres")
    settings = {name: engines.sql(f"SHOW {name}") for name in
                ("fsync", "full_page_writes", "synchronous_commit", "max_connections", "listen_addresses",
                 "unix_socket_directories")}
    assert settings == {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on", "max_connections": "400",
                        "listen_addresses": "127.0.0.1", "unix_socket_directories": ""}
    assert engines.sql("SELECT DISTINCT type, address, auth_method FROM pg_hba_file_rules") == "host|127.0.0.1|trust"
    assert list(engines.addresses()) == ["CLOUDCART_TEST_POSTGRES"]


def test_redis_is_bounded_and_writes_no_files(engines):
    engines.start("redis")
    settings = {name: engines.redis("CONFIG", "GET", name).split("\n")[1:] for name in
                ("save", "appendonly", "bind", "maxmemory")}
    assert settings == {"save": [], "appendonly": ["no"], "bind": ["127.0.0.1"], "maxmemory": [str(256 << 20)]}
    assert list(engines.addresses()) == ["CLOUDCART_TEST_REDIS"]


def test_each_is_started_and_stopped_by_its_name(engines):
    engines.start("redis")
    engines.start("postgres")
    pids = engines.pids()
    assert engines.run("stop", "redis").returncode == 0
    assert [is_alive(pid) for pid in pids] == [True, False]
    assert list(engines.addresses()) == ["CLOUDCART_TEST_POSTGRES"]


def test_a_stranger_with_the_pid_that_was_a_servers_is_left_alone(engines):
    """As after a restart of the machine: the files are there, the pids are others'."""
    engines.start("postgres", "redis")
    for pid in engines.pids():
        kill(pid)
    with subprocess.Popen(["sleep", "300"]) as stranger:
        try:
            for engine in ("postgres", "redis"):
                (engines.folder / engine / "pid").write_text(f"{stranger.pid}\n")
            postmaster = engines.folder / "postgres/place/data/postmaster.pid"
            lines = postmaster.read_text().split("\n")
            postmaster.write_text("\n".join([str(stranger.pid), *lines[1:]]))
            assert engines.run("status").returncode == 1
            engines.start("postgres", "redis")
            assert stranger.pid not in engines.pids() and stranger.poll() is None
            assert engines.run("stop").returncode == 0 and stranger.poll() is None
        finally:
            stranger.kill()


def test_a_server_whose_pid_got_lost_is_found(engines):
    engines.start("redis")
    lost = engines.pid("redis")
    (engines.folder / "redis" / "pid").unlink()
    engines.start("redis")
    assert not is_alive(lost) and engines.redis("PING") == "PONG"


def test_a_server_that_hangs_is_replaced(engines):
    engines.start("redis")
    hung = engines.pid("redis")
    os.kill(hung, signal.SIGSTOP)
    engines.start("redis")
    assert not is_alive(hung) and engines.redis("PING") == "PONG"


def test_files_that_a_server_closes_meanwhile_do_not_hide_it(engines):
    """Who looks through them finds some gone again; here always."""
    engines.start("clickhouse")
    busy = engines.folder.parent / "bin"
    busy.mkdir()
    (busy / "find").write_text(f"#!/bin/sh\n{shutil.which('find')} \"$@\"\nexit 1\n")
    (busy / "find").chmod(0o755)
    assert engines.run("status", "clickhouse", PATH=f"{busy}:{os.environ['PATH']}").returncode == 0


def test_a_port_that_another_took_is_given_up(engines):
    engines.start("redis")
    before = engines.addresses()
    other = Engines(engines.folder.parent / "other")
    try:
        kill(engines.pid("redis"))
        (other.folder / "redis").mkdir(parents=True)
        for name, text in (("made-by-engines", ""), ("port", before["CLOUDCART_TEST_REDIS"].split(":")[1])):
            (other.folder / "redis" / name).write_text(text)
        other.start("redis")
        assert other.addresses() == before
        assert engines.run("status", "redis").returncode == 1, "the other's server was taken for its own"
        engines.start("redis")
        assert engines.addresses() != before
        assert [e.redis("PING") for e in (engines, other)] == ["PONG", "PONG"]
        shutil.copy(other.folder / "redis" / "port", engines.folder / "redis" / "port")
        assert engines.run("status", "redis").returncode == 1, "it answers, but is the other's"
    finally:
        other.run("stop")


def test_a_port_that_is_given_back_in_a_moment_is_kept(engines):
    engines.start("redis")
    before = engines.addresses()
    kill(engines.pid("redis"))
    # As a server that was killed has it until the kernel is done with it.
    with listener_at(int(before["CLOUDCART_TEST_REDIS"].split(":")[1])) as closing:
        threading.Timer(1, closing.close).start()
        engines.start("redis")
    assert engines.addresses() == before


def listener_at(port: int) -> socket.socket:
    """Once the port is free."""
    end = time.monotonic() + 30
    while True:
        try:
            return socket.create_server(("127.0.0.1", port))
        except OSError:
            assert time.monotonic() < end
            time.sleep(0.01)


def test_starts_at_the_same_time_start_one_server(engines):
    command = [str(SCRIPT), "start", str(engines.folder), "redis"]
    starts = [subprocess.Popen(command, stdout=subprocess.DEVNULL) for _ in range(3)]
    assert [start.wait(timeout=120) for start in starts] == [0, 0, 0]
    assert engines.processes() == [engines.pid("redis")]


def test_a_server_that_cannot_start_is_told_with_its_words(engines):
    broken = engines.folder.parent / "bin"
    broken.mkdir()
    (broken / "redis-server").write_text("#!/bin/sh\necho 'no memory today'\nexit 1\n")
    (broken / "redis-server").chmod(0o755)
    done = engines.run("start", "redis", PATH=f"{broken}:{os.environ['PATH']}")
    assert done.returncode == 1 and "no memory today" in done.stderr
    assert not (engines.folder / "addresses.env").exists()


def test_folders_of_others_are_not_touched(engines):
    treasure = engines.folder / "redis" / "dump.rdb"
    treasure.parent.mkdir(parents=True)
    treasure.write_text("gold")
    assert "was not made by this script" in engines.run("start", "redis").stderr
    assert engines.run("stop").returncode == 0
    assert treasure.read_text() == "gold"


def test_a_folder_that_is_closed_to_the_user_postgres(engines):
    """As a clone in /root is."""
    engines.folder.parent.chmod(0o700)
    engines.start("postgres")
    place = Path(os.path.realpath(engines.folder / "postgres" / "place"))
    assert engines.sql("SELECT 1") == "1"
    assert engines.run("stop").returncode == 0
    assert not place.exists()


@pytest.mark.skipif(os.getuid() != 0, reason="is what the other tests do already")
def test_an_ordinary_user(folder):
    folder.mkdir()
    shutil.chown(folder, "nobody")
    script = folder.parent / "engines"
    shutil.copy(SCRIPT, script)
    shutil.copytree(SCRIPT.parent / "servers", folder.parent / "servers")
    engines = Engines(folder, ["setpriv", "--reuid=nobody", "--regid=65534", "--clear-groups"], script)
    try:
        engines.start("postgres", "redis")
        assert engines.sql("SELECT 1") == "1" and engines.redis("PING") == "PONG"
    finally:
        assert engines.run("stop").returncode == 0
    assert engines.processes() == []


@pytest.mark.parametrize("words", [[], ["begin", "/tmp"], ["start"], ["start", "/tmp/nowhere", "mysql"]])
def test_what_is_not_understood_is_refused(words):
    assert subprocess.run([str(SCRIPT), *words], capture_output=True).returncode == 2
