"""What docs/DEPLOYMENT.md promises of the image. `scripts/image test` runs it on an image that was built; the test command does not."""

import socket
import time
import urllib.error
import urllib.request

import pytest

import containers

FRONTS = ("gateway", "dashboard")
SERVICES = ("user", "product", "order", "analytics")
STOP_SECONDS = 10
START_SECONDS = 120


@pytest.fixture(scope="module")
def box():
    made = containers.Containers()
    yield made
    made.remove()


@pytest.fixture(scope="module")
def ports() -> dict:
    held = {name: socket.create_server(("127.0.0.1", 0)) for name in (*SERVICES, *FRONTS)}
    chosen = {name: one.getsockname()[1] for name, one in held.items()}
    for one in held.values():
        one.close()
    return chosen


@pytest.fixture(scope="module")
def env(ports) -> dict:
    return {"CLOUDCART_BIND": "127.0.0.1", **{f"CLOUDCART_PORTS_{name.upper()}": str(port) for name, port in ports.items()}}


def fetch(port: int, path: str):
    """Status, fields and body; None where nobody answers."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.headers, refused.read()
    except OSError:
        return None


def started(box, log, env, ports) -> containers.Running:
    running = box.start(log, env)
    end = time.monotonic() + START_SECONDS
    while (fetch(ports["gateway"], "/ready") or [0])[0] != 200:
        if running.process.poll() is not None or time.monotonic() > end:
            running.process.kill()
            pytest.fail(f"it did not get ready:\n{log.read_text()[-4000:]}")
        time.sleep(0.1)
    return running


@pytest.fixture(scope="module")
def running(box, env, ports, tmp_path_factory):
    one = started(box, tmp_path_factory.mktemp("image") / "log", env, ports)
    yield one
    if one.process.poll() is None:
        one.stop(STOP_SECONDS)


def test_it_says_what_it_is_and_runs_without_root():
    settings = containers.image_settings()
    labels = settings["Labels"]
    for name in ("title", "description", "licenses", "version", "revision", "created"):
        assert labels[f"org.opencontainers.image.{name}"]
    assert settings["User"] == f"{containers.USER}:{containers.USER}"
    assert settings["Entrypoint"] == ["cloudcart"] and settings["Cmd"] == ["serve"]
    assert settings["Healthcheck"]["Test"][:3] == ["CMD", "cloudcart", "health"]
    assert list(settings["Volumes"]) == [containers.DATA]
    assert settings["StopSignal"] in ("SIGTERM", "15")


def test_every_library_is_there(box):
    done = box.run("ldd", "/usr/local/bin/cloudcart")
    assert done.returncode == 0, done.stderr
    assert "libpq" in done.stdout and "not found" not in done.stdout, done.stdout


def test_nothing_is_there_that_builds_fetches_or_gains_rights(box):
    tools = ["cc", "gcc", "g++", "clang-19", "ld", "make", "cmake", "ninja", "git", "curl", "wget", "node", "npm", "python3", "ccache"]
    found = box.run("sh", "-c", "for tool in \"$@\"; do command -v \"$tool\"; done; true", "sh", *tools)
    assert found.returncode == 0 and found.stdout == "", found.stdout
    privileged = box.run("find", "/", "-xdev", "-type", "f", "-perm", "/6000")
    assert privileged.stdout == "", privileged.stdout


def test_it_can_write_to_its_data_folder_and_nowhere_else(box):
    for place in ("/", "/etc", "/usr/local/bin", "/home", "/var/log"):
        assert box.run("touch", f"{place}/mark").returncode != 0, place
    assert box.run("touch", f"{containers.DATA}/mark").returncode == 0
    assert box.run("id", "-u").stdout.strip() == str(containers.USER)


def test_it_serves_from_a_read_only_root(running, ports):
    for name in SERVICES:
        assert fetch(ports[name], "/ready")[0] == 200
    status, fields, page = fetch(ports["dashboard"], "/")
    assert status == 200 and fields["Content-Type"].startswith("text/html") and b"<script" in page
    assert fetch(ports["gateway"], "/api/shop")[0] == 200
    assert fetch(ports["gateway"], "/docs")[0] == 200


def test_its_health_check_tells_what_serves_from_what_does_not(running, box, env):
    check = containers.image_settings()["Healthcheck"]["Test"][1:]
    well = box.run(*check, env=env)
    assert well.returncode == 0 and well.stdout == f"ready: {', '.join((*SERVICES, *FRONTS))}\n", well.stdout
    nobody = box.run(*check, env={**env, "CLOUDCART_PORTS_ORDER": "1"})
    assert nobody.returncode == 1 and nobody.stdout.startswith("not ready: order ("), nobody.stdout


def test_the_program_has_no_rights(running):
    status = dict(
        line.split(":\t", 1) for line in open(f"/proc/{main_process(running)}/status", encoding="ascii").read().splitlines()
    )
    assert status["Uid"].split() == [str(containers.USER)] * 4
    assert int(status["CapEff"], 16) == 0 and int(status["CapPrm"], 16) == 0
    assert status["NoNewPrivs"] == "1"


def main_process(running) -> int:
    """The process of the program: with Docker another one than the client's."""
    for pid in containers.told("pgrep", "--exact", "cloudcart").split():
        if f"{containers.USER}" in open(f"/proc/{pid}/status", encoding="ascii").read():
            return int(pid)
    raise AssertionError("no process of the program runs")


def test_it_stops_in_time_and_goes_on_where_it_was(running, box, env, ports, tmp_path):
    secret = box.run("sha256sum", f"{containers.DATA}/jwt.secret").stdout
    assert secret
    assert running.stop(STOP_SECONDS) == 0
    again = started(box, tmp_path / "log", env, ports)
    assert box.run("sha256sum", f"{containers.DATA}/jwt.secret").stdout == secret
    assert again.stop(STOP_SECONDS) == 0
