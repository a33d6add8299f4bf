"""Databases of PostgreSQL of a test's own, on the server that the tests share."""

import contextlib
import subprocess
import urllib.parse
import uuid

from . import engines
from .backups import LONG


def url_of(database: str) -> str:
    parts = urllib.parse.urlsplit(engines.addresses()["CLOUDCART_TEST_POSTGRES"])
    return urllib.parse.urlunsplit(parts._replace(path=f"/{database}"))


def ask(url: str, sql: str) -> str:
    done = subprocess.run(
        ["psql", "--no-psqlrc", "-qAt", "-v", "ON_ERROR_STOP=1", url], input=sql, capture_output=True, text=True, timeout=LONG
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@contextlib.contextmanager
def database():
    """The address of a new, empty one."""
    name = f"{engines.MARK}_{uuid.uuid4().hex[:8]}"
    engines.psql(f"CREATE DATABASE {name}")
    try:
        yield url_of(name)
    finally:
        engines.psql(f"DROP DATABASE {name} WITH (FORCE)")


def dump(url: str, schemas: str) -> str:
    """What `pg_dump` writes of the schemas that fit the pattern, all of them in one snapshot."""
    done = subprocess.run(
        ["pg_dump", "--no-owner", f"--schema={schemas}", url], capture_output=True, text=True, timeout=LONG
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
