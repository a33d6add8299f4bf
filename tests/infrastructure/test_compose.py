"""What docs/DEPLOYMENT.md promises of docker-compose.yml, docker-compose.lite.yml and infrastructure/docker/observe.yml, of what
the library of docker compose makes of them; and that the program takes the settings that they give it."""

import hashlib
import json
import pathlib
import re
import shutil
import socket
import stat
import subprocess
import time
import xml.etree.ElementTree as xml

import pytest

from support import ROOT, checker, settings, program, told, version

SERVICES = {"user": 3001, "product": 3002, "order": 3003, "analytics": 3004, "gateway": 8080}
MIGRATIONS = {f"migrate-{service}" for service in SERVICES if service != "gateway"}
DATABASES = {f"{service}-db" for service in SERVICES if service != "gateway"}
ENGINES = DATABASES | {"redis", "kafka", "clickhouse"}
OBSERVERS = {"prometheus", "grafana", "jaeger"}


@pytest.fixture(scope="module")
def secrets(tmp_path_factory) -> pathlib.Path:
    folder = tmp_path_factory.mktemp("made") / "secrets"
    told(ROOT / "scripts/secrets", folder)
    return folder


@pytest.fixture(scope="module")
def read(secrets):
    def compose(*files, **variables) -> dict:
        """What compose makes of the files."""
        told_of = {"CLOUDCART_SECRETS": str(secrets), **variables}
        return json.loads(told(checker("compose-reader"), *files, env=told_of))

    return compose


@pytest.fixture(scope="module")
def whole(read) -> dict:
    return read("docker-compose.yml")


@pytest.fixture(scope="module")
def lite(read) -> dict:
    return read("docker-compose.lite.yml")


def every(*projects) -> list:
    return [(name, service) for project in projects for name, service in project["services"].items()]


def published(project: dict) -> set:
    return {
        (name, port.get("host_ip"), str(port["published"]), port["target"])
        for name, service in project["services"].items()
        for port in service.get("ports", [])
    }


def given(service: dict) -> dict:
    return service.get("environment") or {}


# ---- what there is, and who reaches it


def test_there_is_all_that_a_cluster_has(whole):
    assert set(whole["services"]) == set(SERVICES) | MIGRATIONS | ENGINES | OBSERVERS


def test_only_gateway_and_dashboard_are_published_and_only_to_this_machine(whole, lite):
    fronts = {("8080", 8080), ("5174", 5174)}
    assert published(whole) == {("gateway", "127.0.0.1", *front) for front in fronts}
    assert published(lite) == {("cloudcart", "127.0.0.1", *front) for front in fronts}


def test_who_wants_to_publishes_elsewhere(read):
    ports = {"PUBLISH_ADDRESS": "192.0.2.7", "GATEWAY_PORT": "80", "DASHBOARD_PORT": "81"}
    assert published(read("docker-compose.yml", **ports)) == {("gateway", "192.0.2.7", "80", 8080), ("gateway", "192.0.2.7", "81", 5174)}


def test_observers_are_published_to_this_machine_when_that_is_asked_for(read, whole):
    observed = read("docker-compose.yml", "infrastructure/docker/observe.yml")
    more = published(observed) - published(whole)
    assert more == {("grafana", "127.0.0.1", "3000", 3000), ("prometheus", "127.0.0.1", "9090", 9090), ("jaeger", "127.0.0.1", "16686", 16686)}
    for name in OBSERVERS:
        assert set(observed["services"][name]["networks"]) == {"telemetry", "operators"}


def test_servers_are_on_internal_networks_with_those_alone_that_they_serve(whole):
    networks = {name: set(service["networks"]) for name, service in whole["services"].items()}
    open_networks = {name for name, network in whole["networks"].items() if not (network or {}).get("internal")}
    assert open_networks == {"front", "webhooks"}
    assert {name for name, on in networks.items() if "front" in on} == {"gateway"}
    assert {name for name, on in networks.items() if "webhooks" in on} == {"analytics"}
    reached = {
        **{f"{name}-db": {name, f"migrate-{name}"} for name in SERVICES if name != "gateway"},
        "redis": {"product"},
        "kafka": {"product", "order", "analytics"},
        "clickhouse": {"analytics", "migrate-analytics"},
    }
    assert set(reached) == ENGINES
    for engine, expected in reached.items():
        assert len(networks[engine]) == 1
        assert {name for name, on in networks.items() if on & networks[engine]} - {engine, f"{engine[:-3]}-db"} - ENGINES == expected
    for service in SERVICES:
        assert {"services", "telemetry"} <= networks[service]


# ---- what containers may do


def test_every_container_is_confined(whole, lite):
    for name, service in every(whole, lite):
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"] and "cap_add" not in service, name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", service["user"]), f"{name} has a user by number who is not root"
        assert not service.get("privileged") and service.get("network_mode") is None, name
        limits = service["deploy"]["resources"]["limits"]
        assert float(limits["cpus"]) > 0 and int(limits["memory"]) > 0 and int(limits["pids"]) > 0, name
        assert service["logging"]["options"]["max-size"] and service["logging"]["options"]["max-file"], name
        assert service["restart"] == ("no" if name in MIGRATIONS else "unless-stopped"), name


def test_images_are_pinned(whole, lite):
    for name, service in every(whole, lite):
        image = service["image"]
        assert re.search(r":v?\d+\.\d+\.\d+[\w.-]*$|:\d+\.\d+-\w+$", image), f"{name}: {image}"
    ours = {service["image"] for name, service in every(whole, lite) if "build" in service}
    assert ours == {f"cloudcart:{version()}"}


def test_one_image_serves_all(whole, lite):
    for name, service in every(whole, lite):
        if name in SERVICES or name in MIGRATIONS or name == "cloudcart":
            assert service["build"]["dockerfile"] == "infrastructure/docker/Dockerfile", name


def test_nobody_can_write_to_what_is_mounted_from_this_folder(whole):
    bound = {
        (name, str(pathlib.Path(volume["source"]).relative_to(ROOT)), volume["target"])
        for name, service in whole["services"].items()
        for volume in service.get("volumes", [])
        if volume["type"] == "bind" and volume["read_only"] and not volume["bind"].get("create_host_path")
    }
    observability = "infrastructure/observability"
    assert bound == {
        ("prometheus", f"{observability}/prometheus/prometheus.yml", "/etc/prometheus/prometheus.yml"),
        ("prometheus", f"{observability}/prometheus/recording.yml", "/etc/prometheus/recording.yml"),
        ("prometheus", f"{observability}/prometheus/alerts.yml", "/etc/prometheus/alerts.yml"),
        ("grafana", f"{observability}/grafana/provisioning", "/etc/grafana/provisioning"),
        ("grafana", f"{observability}/grafana/dashboards", "/var/lib/grafana/dashboards"),
    }
    others = [volume for _, service in every(whole) for volume in service.get("volumes", []) if volume["type"] != "volume"]
    assert len(others) == len(bound)


# ---- how they start and stop


def test_every_container_that_stays_has_a_health_check(whole, lite):
    for name, service in every(whole, lite):
        check = service["healthcheck"]
        if name in MIGRATIONS:
            assert check["disable"]
            continue
        assert check["test"][0] in ("CMD", "CMD-SHELL") and check["interval"] and check["timeout"], name
        if name in SERVICES or name == "cloudcart":
            assert check["test"][1:3] == ["cloudcart", "health"]


def test_each_starts_when_what_it_needs_is_there(whole):
    needed = {
        name: {other: how["condition"] for other, how in (service.get("depends_on") or {}).items()}
        for name, service in whole["services"].items()
    }
    for service in ("user", "product", "order", "analytics"):
        assert needed[service][f"migrate-{service}"] == "service_completed_successfully"
        assert needed[f"migrate-{service}"][f"{service}-db"] == "service_healthy"
        assert needed["gateway"][service] == "service_healthy"
    for service in ("product", "order", "analytics"):
        assert needed[service]["user"] == needed[service]["kafka"] == "service_healthy"
    assert needed["product"]["redis"] == needed["migrate-analytics"]["clickhouse"] == "service_healthy"


def test_they_have_the_time_to_stop(whole, lite):
    def seconds(text: str) -> int:
        minutes, rest = re.fullmatch(r"(?:(\d+)m)?(?:(\d+)s)?", text).groups()
        return 60 * int(minutes or 0) + int(rest or 0)

    for name, service in every(whole, lite):
        if name in SERVICES or name == "cloudcart":
            assert seconds(service["stop_grace_period"]) > 10, f"{name}: runtime.drain_timeout, and some for its stores"


def test_what_is_kept_is_in_volumes(whole, lite):
    def kept(name: str, service: dict) -> set:
        return {volume["target"] for volume in service.get("volumes", []) if volume["type"] == "volume"}

    volumes = {name: kept(name, service) for name, service in every(whole, lite)}
    for name in DATABASES:
        assert volumes[name] == {"/var/lib/postgresql/data"}
    assert volumes["kafka"] == {"/var/lib/kafka/data"} and volumes["clickhouse"] == {"/var/lib/clickhouse"}
    assert volumes["cloudcart"] == volumes["analytics"] == {"/var/lib/cloudcart"}
    for name in ("user", "product", "order", "gateway"):
        assert whole["services"][name]["tmpfs"][0].startswith("/var/lib/cloudcart:uid=10001,gid=10001,mode=0700")
    assert not whole["services"]["analytics"].get("tmpfs")


# ---- settings and secrets


def test_every_variable_is_a_setting_of_the_program(whole, lite):
    known = settings()
    seen = 0
    for name, service in every(whole, lite):
        for variable in given(service):
            if variable.startswith("CLOUDCART_"):
                seen += 1
                assert variable in known or variable.removesuffix("_FILE") in known, f"{name}: {variable}"
    assert seen > 40


def test_each_service_knows_itself_and_the_others(whole):
    for service in SERVICES:
        settings = given(whole["services"][service])
        assert settings["CLOUDCART_SERVICES"] == service
        for other, port in SERVICES.items():
            if other != "gateway":
                assert settings[f"CLOUDCART_UPSTREAMS_{other.upper()}"] == f"http://{other}:{port}"


def test_the_program_takes_the_settings(whole, lite, secrets):
    """With the secrets where they are here, up to the point where it would go to the network: nobody listens on its ports."""
    for name, service in every(whole, lite):
        if "build" not in service:
            continue
        env = {key: value.replace("/run/secrets", str(secrets)) for key, value in given(service).items()}
        done = program("health", "--url", "http://127.0.0.1:1", env=env)
        assert done.returncode == 1 and "Connection refused" in done.stdout, f"{name}: {done.stderr or done.stdout}"
    wrong = program("health", "--url", "http://127.0.0.1:1", env={"CLOUDCART_SHOP_CURRENCY": "money"})
    assert wrong.returncode == 2, "settings that are wrong are told from a service that is not there"


def test_secrets_come_from_files_and_stand_nowhere_else(whole, secrets):
    words = [path.read_text().strip() for path in secrets.iterdir()]
    text = json.dumps(whole)
    assert not any(word in text for word in words)
    for name, service in every(whole):
        mounted = {each.get("target") or f"/run/secrets/{each['source']}" for each in service.get("secrets", [])}
        mounted = {target if target.startswith("/") else f"/run/secrets/{target}" for target in mounted}
        asked = {value for value in given(service).values() if value.startswith("/run/secrets/")}
        asked |= {word for word in service.get("command") or [] if word.startswith("/run/secrets/")}
        in_config = {target for target in mounted if not target.startswith("/run/secrets/")}
        assert asked == mounted - in_config, f"{name} is given what it asks for, and no more"
        assert not any(re.search("PASSWORD|SECRET|TOKEN", key) and "FILE" not in key for key in given(service)), name
    for name, secret in whole["secrets"].items():
        assert pathlib.Path(secret["file"]) == secrets / name and (secrets / name).is_file()


def test_secrets_are_random_their_owners_and_stay(secrets, tmp_path):
    assert stat.S_IMODE(secrets.stat().st_mode) == 0o700
    for path in secrets.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o444, "each container reads it as a user of its own"
    first = {path.name: path.read_text() for path in secrets.iterdir()}
    told(ROOT / "scripts/secrets", secrets)
    assert {path.name: path.read_text() for path in secrets.iterdir()} == first
    told(ROOT / "scripts/secrets", tmp_path / "others")
    for path in (tmp_path / "others").iterdir():
        assert path.read_text() != first[path.name], path.name
    assert len(set(first.values())) == len(first), "no two are the same"
    assert len(first["jwt_secret"].strip()) >= 32


def test_clickhouse_is_told_the_user_that_the_services_sign_in_as(secrets):
    users = xml.parse(secrets / "clickhouse_users").getroot().find("users")
    assert users.find("default").get("remove") == "remove"
    password = (secrets / "clickhouse_password").read_text()
    assert users.findtext("cloudcart/password_sha256_hex") == hashlib.sha256(password.encode()).hexdigest()
    assert (secrets / "clickhouse_url").read_text().startswith(f"http://cloudcart:{password}@clickhouse:8123")


def test_redis_takes_the_command_and_the_password(whole, secrets, tmp_path):
    """By a server of the machine's own."""
    command = [word.replace("/run/secrets", str(secrets)) for word in whole["services"]["redis"]["command"]]
    command[0] = shutil.which("redis-server") or "/usr/bin/redis-server"
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = subprocess.Popen([*command, "--port", str(port), "--bind", "127.0.0.1", "--dir", tmp_path], stdout=subprocess.DEVNULL)
    try:
        assert ask_redis(port, "PING").startswith("-NOAUTH")
        password = (secrets / "redis_password").read_text()
        assert ask_redis(port, f"AUTH {password}", "PING").split("\r\n")[:2] == ["+OK", "+PONG"]
        assert f":{password}@redis:6379" in (secrets / "redis_url").read_text()
    finally:
        server.terminate()
        server.wait(30)


def ask_redis(port: int, *commands: str) -> str:
    end = time.monotonic() + 60
    while True:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
                connection.sendall("".join(f"{command}\r\n" for command in commands).encode())
                answer = b""
                while answer.count(b"\r\n") < len(commands):
                    answer += connection.recv(4096)
                return answer.decode()
        except ConnectionRefusedError:
            assert time.monotonic() < end, "the server does not start"
            time.sleep(0.05)
