"""The same tests with the platform on PostgreSQL, Redis, Kafka and ClickHouse: CLOUDCART_TEST_STORES=engines."""

import functools
import hashlib
import os
import pathlib
import subprocess
import urllib.request
import uuid

from .contract import REPOSITORY

# Of this run: what an earlier one left behind under a folder of the same name is not met.
MARK = "t" + uuid.uuid4().hex[:8]


def on_engines() -> bool:
    chosen = os.environ.get("CLOUDCART_TEST_STORES", "files")
    assert chosen in ("files", "engines"), f"CLOUDCART_TEST_STORES is {chosen!r}; it is files or engines"
    return chosen == "engines"


def addresses_file() -> pathlib.Path:
    return pathlib.Path(os.environ.get("CLOUDCART_TEST_ENGINES") or REPOSITORY / "build/dev/engines/addresses.env")


@functools.cache
def addresses() -> dict:
    """Of the servers that scripts/engines started."""
    file = addresses_file()
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        raise FileNotFoundError(
            f"there is no {file}: start the servers with scripts/engines start {file.parent}, or run this by ctest"
        ) from None
    return dict(line.split("=", 1) for line in lines if "=" in line)


_IN_FILES: set = set()


def keep_in_files(data_dir: pathlib.Path) -> pathlib.Path:
    """A shop that is embedded also where the others are on engines."""
    _IN_FILES.add(pathlib.Path(data_dir).resolve())
    return data_dir


def settings(data_dir: pathlib.Path) -> dict:
    """What a platform of this data folder is told by its environment; each has schemas and keys of its own."""
    if not on_engines() or pathlib.Path(data_dir).resolve() in _IN_FILES:
        return {}
    prefix = f"{MARK}_{hashlib.sha256(str(pathlib.Path(data_dir).resolve()).encode()).hexdigest()[:12]}"
    return {
        "CLOUDCART_POSTGRES_URL": addresses()["CLOUDCART_TEST_POSTGRES"],
        "CLOUDCART_POSTGRES_SCHEMA_PREFIX": prefix,
        "CLOUDCART_POSTGRES_POOL_SIZE": "8",
        "CLOUDCART_CACHE_REDIS": addresses()["CLOUDCART_TEST_REDIS"],
        "CLOUDCART_CACHE_KEY_PREFIX": prefix,
        **kafka(addresses(), prefix),
        **clickhouse(addresses(), prefix),
    }


def kafka(servers: dict, prefix: str) -> dict:
    """Where there is one. Few partitions: each platform of a test has topics of its own, for as long as the server runs."""
    if "CLOUDCART_TEST_KAFKA" not in servers:
        return {}
    return {
        "CLOUDCART_KAFKA_BROKERS": servers["CLOUDCART_TEST_KAFKA"],
        "CLOUDCART_KAFKA_TOPIC_PREFIX": f"{prefix}.",
        "CLOUDCART_KAFKA_PARTITIONS": "2",
    }


def clickhouse(servers: dict, prefix: str) -> dict:
    """Where there is one: today's engine."""
    if "CLOUDCART_TEST_CHDB" not in servers:
        return {}
    return {"CLOUDCART_CLICKHOUSE_URL": servers["CLOUDCART_TEST_CHDB"], "CLOUDCART_CLICKHOUSE_DATABASE": prefix}


def psql(sql: str) -> str:
    done = subprocess.run(
        ["psql", "--no-psqlrc", "-qAt", "-v", "ON_ERROR_STOP=1", addresses()["CLOUDCART_TEST_POSTGRES"]],
        input=sql, capture_output=True, text=True, timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def drop_schemas() -> None:
    """Those of this run; one by one, because each takes many locks."""
    for schema in psql(f"SELECT nspname FROM pg_namespace WHERE nspname LIKE '{MARK}%'").split():
        psql(f"SET client_min_messages = error; DROP SCHEMA {schema} CASCADE")
    if "CLOUDCART_TEST_CHDB" in addresses():
        for database in ask_clickhouse(f"SELECT name FROM system.databases WHERE name LIKE '{MARK}%'").split():
            ask_clickhouse(f"DROP DATABASE {database}")


def ask_clickhouse(sql: str) -> str:
    return bytes_of_clickhouse(sql).decode()


def bytes_of_clickhouse(sql: str) -> bytes:
    """Where ids are selected as the bytes that they are, which is no text."""
    with urllib.request.urlopen(addresses()["CLOUDCART_TEST_CHDB"], data=sql.encode(), timeout=60) as answer:
        return answer.read()
