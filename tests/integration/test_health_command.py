"""`cloudcart health`, by which containers are checked: of what a process serves, in one line and an exit code."""

import contextlib
import signal
import socket
import subprocess

import pytest

from harness.server import SERVICES, Server, free_ports, run
from harness.waiting import until

FRONTS = ("gateway", "dashboard")
ALL = (*SERVICES, *FRONTS)


def settings(ports) -> dict:
    return {f"CLOUDCART_PORTS_{name.upper()}": str(port) for name, port in ports.items()}


@pytest.fixture(scope="module")
def ports():
    return dict(zip(ALL, free_ports(len(ALL))))


@pytest.fixture(scope="module")
def server(ports, tmp_path_factory):
    with Server(tmp_path_factory.mktemp("health") / "data", ports=ports) as server:
        yield server


def test_all_that_is_served_is_asked(server, ports):
    done = run("health", env=settings(ports))
    assert (done.returncode, done.stdout) == (0, f"ready: {', '.join(ALL)}\n"), done.stderr
    alive = run("health", "--live", "--timeout", "30s", env=settings(ports))
    assert (alive.returncode, alive.stdout) == (0, f"alive: {', '.join(ALL)}\n")


def test_only_the_services_of_the_settings_are_asked(server, ports):
    few = {"CLOUDCART_SERVICES": "order,user", "CLOUDCART_PORTS_USER": str(ports["user"]), "CLOUDCART_PORTS_ORDER": str(ports["order"])}
    assert run("health", env=few).stdout == "ready: user, order\n"


def test_who_listens_everywhere_is_asked_on_this_machine(server, ports):
    assert run("health", env={**settings(ports), "CLOUDCART_BIND": "0.0.0.0"}).returncode == 0


def test_one_that_is_not_there_is_named_with_the_reason(server, ports):
    nobody = free_ports(1)[0]
    done = run("health", env=settings({**ports, "product": nobody}))
    assert done.returncode == 1
    assert done.stdout == f"not ready: product (http://127.0.0.1:{nobody}/ready: no connection (Connection refused))\n"


def test_an_address_can_be_named(server):
    gateway = server.addresses["gateway"]
    assert run("health", "--url", gateway).stdout == f"ready: {gateway}\n"
    missing = run("health", "--url", f"{gateway}/nothing")
    assert missing.returncode == 1 and "answered 404" in missing.stdout


def test_one_that_does_not_answer_is_given_up_in_time():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        done = run("health", "--url", address, "--timeout", "200ms")
    assert (done.returncode, done.stdout) == (1, f"not ready: {address} ({address}/ready: no answer in time)\n")


def test_one_that_waits_for_another_is_alive_and_not_ready(tmp_path):
    """The gateway takes no tokens until it knows which have ended, which it asks the user service for."""
    names = ("gateway", "dashboard")
    ports = dict(zip(names, free_ports(2)))
    nobody = free_ports(1)[0]
    elsewhere = [word for service in SERVICES for word in (f"--upstream-{service}", f"http://127.0.0.1:{nobody}")]
    env = {"CLOUDCART_SERVICES": "gateway", **settings(ports)}
    with Server(tmp_path / "data", services=["gateway"], extra=elsewhere, ports=ports):
        done = run("health", env=env)
        assert done.returncode == 1 and done.stdout.count("answered 503") == 2, done.stdout
        assert run("health", "--live", env=env).stdout == "alive: gateway, dashboard\n"


def test_one_that_stops_is_not_ready_any_more(tmp_path):
    port = dict(zip(ALL, free_ports(len(ALL))))
    server = Server(tmp_path / "data", ports=port, extra=["--runtime-lame-duck", "5s"]).start()
    with contextlib.ExitStack() as stack:
        stack.callback(server.kill)
        server.signal(signal.SIGTERM)
        until(lambda: "answered 503" in run("health", env=settings(port)).stdout, "it says that it stops", seconds=20)
        assert server.wait() == 0


def test_by_https_any_certificate_does(tmp_path):
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=shop.example",
         "-keyout", str(tmp_path / "key.pem"), "-out", str(tmp_path / "certificate.pem")],
        check=True, capture_output=True,
    )
    ports = dict(zip(ALL, free_ports(len(ALL))))
    tls = {"CLOUDCART_TLS_CERTIFICATE": str(tmp_path / "certificate.pem"), "CLOUDCART_TLS_KEY": str(tmp_path / "key.pem")}
    with Server(tmp_path / "data", ports=ports, env=tls):
        done = run("health", env={**tls, **settings(ports)})
        assert (done.returncode, done.stdout) == (0, f"ready: {', '.join(ALL)}\n"), done.stdout
        plain = run("health", env=settings(ports))
        assert plain.returncode == 1 and "gateway (http://" in plain.stdout, "plain HTTP is not what it speaks"


@pytest.mark.parametrize(
    "arguments, told",
    [
        (["--url", "127.0.0.1:8080"], "--url must be an address like"),
        (["--timeout", "soon"], "must be a duration"),
        (["--port-user", "0"], "say which by --url"),
    ],
)
def test_what_cannot_be_asked_is_a_mistake(arguments, told):
    done = run("health", *arguments)
    assert done.returncode == 2 and told in done.stderr, done.stderr
