"""Backups by the real command, and the platforms that are started of them."""

import contextlib
import json
import pathlib
import sqlite3
import subprocess

from . import engines
from .server import Server, binary, environment, run
from .shop import Shop

LONG = 120  # seconds that a command may take on a busy machine


def back_up(data_dir: pathlib.Path, target: pathlib.Path, *more: str) -> dict:
    """The report of a backup that must succeed."""
    done = run("backup", "--data-dir", data_dir, "--to", target, "--json", *more, seconds=LONG)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


def begin_backup(data_dir: pathlib.Path, target: pathlib.Path) -> subprocess.Popen:
    return subprocess.Popen(
        [str(binary()), "backup", "--data-dir", str(data_dir), "--to", str(target)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment(),
    )


def verify(file: pathlib.Path) -> subprocess.CompletedProcess:
    return run("backup", "--verify", file, seconds=LONG)


def restore(file: pathlib.Path, folder: pathlib.Path, *more: str) -> subprocess.CompletedProcess:
    engines.keep_in_files(folder)
    return run("restore", file, "--data-dir", folder, *more, seconds=LONG)


def restored(file: pathlib.Path, folder: pathlib.Path, *more: str) -> pathlib.Path:
    """The folder of a restore that must succeed."""
    done = restore(file, folder, *more)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@contextlib.contextmanager
def served(contract, folder: pathlib.Path, people: Shop, extra=(), env=None):
    """The shop of a restored folder; the staff of `people` go on with the tokens they had."""
    with Server(folder, extra=extra, env=env) as server:
        shop = Shop(contract, server)
        for role in ("admin", "staff", "analyst"):
            person = getattr(people, role)
            session = {"user": {"id": person.id, "email": person.email, "role": role}, "token": person.token,
                       "refresh_token": person.refresh_token}
            setattr(shop, role, shop.person(session, person.password))
        yield shop


@contextlib.contextmanager
def attached(folder: pathlib.Path, *stores: str):
    """A function that asks several stores at once, each as a schema of its name; reads only, beside whoever serves them."""
    with contextlib.closing(sqlite3.connect(":memory:", uri=True)) as connection:
        for store in stores:
            connection.execute(f'ATTACH \'file:{folder / store}.db?mode=ro\' AS "{store}"')
        yield lambda sql: connection.execute(sql).fetchall()


def rows(folder: pathlib.Path, store: str, sql: str) -> list:
    """Of a folder that nobody serves."""
    with contextlib.closing(sqlite3.connect(f"file:{folder / store}.db?mode=ro", uri=True)) as connection:
        return connection.execute(sql).fetchall()


def must_hold_together(folder: pathlib.Path) -> None:
    """What the commands find, beside whoever serves the folder or without."""
    for command in (["check"], ["reconcile"], ["audit", "verify"]):
        done = run(*command, "--data-dir", folder, seconds=LONG)
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
