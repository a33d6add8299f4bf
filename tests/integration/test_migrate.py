"""`cloudcart migrate`: the schemas on servers, before anybody serves."""

import hashlib
import re
import subprocess
import uuid

import pytest

from harness import engines
from harness.proxy import Proxy
from harness.server import Server, binary, environment, free_ports, run

SCHEMAS = ("user", "product", "order", "analytics", "recommendation")


@pytest.fixture
def prefix():
    return f"{engines.MARK}_{uuid.uuid4().hex[:12]}"


@pytest.fixture
def env(prefix):
    servers = engines.addresses()
    yield {
        "CLOUDCART_POSTGRES_URL": servers["CLOUDCART_TEST_POSTGRES"],
        "CLOUDCART_POSTGRES_SCHEMA_PREFIX": prefix,
        "CLOUDCART_CLICKHOUSE_URL": servers["CLOUDCART_TEST_CHDB"],
        "CLOUDCART_CLICKHOUSE_DATABASE": prefix,
    }
    engines.ask_clickhouse(f"DROP DATABASE IF EXISTS {prefix}")


def migrations_of(prefix, store) -> str:
    """What is recorded as applied, and when."""
    return engines.psql(f"SELECT version, name, checksum, applied_at FROM {prefix}_{store}.schema_migration ORDER BY 1")


def schemas(prefix) -> set:
    return {name[len(prefix) + 1:] for name in engines.psql(f"SELECT nspname FROM pg_namespace WHERE nspname LIKE '{prefix}_%'").split()}


def test_all_schemas_are_made_and_a_second_time_nothing_is_done(env, prefix):
    first = run("migrate", env=env)
    assert first.returncode == 0, first.stderr
    lines = first.stdout.splitlines()
    assert len(lines) == 6
    for schema in SCHEMAS:
        assert any(re.search(rf"PostgreSQL, schema {prefix}_{schema} is up to date, at version \d+$", line) for line in lines), first.stdout
    assert f"analytics  ClickHouse, database {prefix} is up to date, at version 1" in lines
    assert schemas(prefix) == set(SCHEMAS)
    assert engines.ask_clickhouse(f"SELECT count() FROM {prefix}.schema_migration").strip() == "1"
    applied = [migrations_of(prefix, schema) for schema in SCHEMAS]
    second = run("migrate", env=env)
    assert (second.returncode, second.stdout) == (0, first.stdout)
    assert [migrations_of(prefix, schema) for schema in SCHEMAS] == applied


def test_the_services_find_nothing_left_to_do(tmp_path, prefix):
    data = tmp_path / "data"
    settings = engines.settings(data)
    assert run("migrate", env=settings).returncode == 0
    own = settings["CLOUDCART_POSTGRES_SCHEMA_PREFIX"]
    applied = [migrations_of(own, schema) for schema in SCHEMAS]
    with Server(data):
        assert [migrations_of(own, schema) for schema in SCHEMAS] == applied


def test_only_the_services_that_are_named(env, prefix):
    done = run("migrate", "--service", "order", env=env)
    assert done.returncode == 0, done.stderr
    assert schemas(prefix) == {"order"}
    assert prefix not in engines.ask_clickhouse("SHOW DATABASES").split(), "order keeps nothing there"


def test_several_at_a_time_do_it_once(env, prefix):
    several = [
        subprocess.Popen([str(binary()), "migrate"], env=environment(env), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    for process in several:
        out, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
        assert len(out.splitlines()) == 6
    assert len(migrations_of(prefix, "user").splitlines()) == len(set(migrations_of(prefix, "user").splitlines()))


def test_a_server_that_comes_late_is_waited_for(env, prefix):
    postgres = engines.addresses()["CLOUDCART_TEST_POSTGRES"]
    port = int(re.search(r":(\d+)/", postgres).group(1))
    with Proxy(port) as proxy:
        proxy.cut_off()
        late = {**env, "CLOUDCART_POSTGRES_URL": postgres.replace(f":{port}/", f":{proxy.port}/")}
        process = subprocess.Popen(
            [str(binary()), "migrate", "--service", "user"], env=environment(late), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        waiting = process.stderr.readline()
        assert "PostgreSQL does not answer yet" in waiting, waiting
        assert schemas(prefix) == set()
        proxy.heal()
        out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    assert schemas(prefix) == {"user"}


@pytest.mark.parametrize("server", ["PostgreSQL", "ClickHouse"])
def test_one_that_does_not_come_is_named(server):
    address = f"127.0.0.1:{free_ports(1)[0]}"
    named = {
        "PostgreSQL": {"CLOUDCART_POSTGRES_URL": f"postgresql://shop@{address}/shop"},
        "ClickHouse": {"CLOUDCART_CLICKHOUSE_URL": f"http://{address}"},
    }
    done = run("migrate", "--timeout", "300ms", env=named[server])
    assert done.returncode == 2
    assert f"{server} did not answer in time" in done.stderr, done.stderr


def test_what_is_newer_than_the_program_is_left_alone(env, prefix):
    assert run("migrate", "--service", "user", env=env).returncode == 0
    checksum = hashlib.sha256(b"later").hexdigest()
    engines.psql(f"INSERT INTO {prefix}_user.schema_migration(version, name, checksum) VALUES (9999, 'later', '{checksum}')")
    done = run("migrate", "--service", "user", env=env)
    assert done.returncode == 2 and "newer" in done.stderr, done.stderr


@pytest.mark.parametrize("arguments", [[], ["--service", "gateway"]])
def test_with_no_server_there_is_nothing_to_migrate(arguments, env):
    done = run("migrate", *arguments, env=env if arguments else {})
    assert done.returncode == 2 and "nothing to migrate" in done.stderr, done.stderr
