"""Data folders that older programs made, kept in tests/fixtures/folders: the present program takes each on, and nothing is lost.

What the old program answered is kept beside its folder. An answer may have more in it today; what it had must be the same."""

import contextlib
import hashlib
import json
import pathlib
import random
import signal
import sqlite3
import subprocess
import time

import pytest

from harness import engines, migrations
from harness.backups import LONG, back_up, must_hold_together, restored
from harness.client import expect
from harness.contract import REPOSITORY
from harness.lived_in import ZONE, pages
from harness.server import Server, run
from harness.shop import PASSWORD, Shop
from harness.waiting import until

pytestmark = pytest.mark.files

FOLDERS = sorted((REPOSITORY / "tests/fixtures/folders").glob("*.tar.zst"))
STORES = ("user", "product", "order", "analytics", "recommendation")
# What an answer says of the moment it was given in, and how far it looked.
OF_THE_MOMENT = {"freshness", "last_updated", "incomplete", "anchor"}
KILLS = 15


class Old:
    """What a program of before left."""

    def __init__(self, file: pathlib.Path, place: pathlib.Path):
        self._file, self._place = file, place
        self.kept = json.loads(file.with_name(file.name.removesuffix(".tar.zst") + ".json").read_text(encoding="utf-8"))

    def copy(self, name: str = "data") -> pathlib.Path:
        """The folder, as the old program left it."""
        folder = self._place / name
        folder.mkdir()
        subprocess.run(["tar", "--zstd", "-xf", str(self._file), "-C", str(folder)], check=True, timeout=LONG)
        return engines.keep_in_files(folder)


@pytest.fixture(params=FOLDERS, ids=lambda file: file.name.removesuffix(".tar.zst"))
def old(request, tmp_path):
    return Old(request.param, tmp_path)


def schemas(folder: pathlib.Path) -> dict:
    """By store: which migrations were applied, and when."""
    found = {}
    for store in STORES:
        if (folder / f"{store}.db").exists():
            with contextlib.closing(sqlite3.connect(f"file:{folder / store}.db?mode=ro", uri=True)) as connection:
                found[store] = connection.execute("SELECT version, applied_at FROM schema_migrations ORDER BY version").fetchall()
    return found


def contents(folder: pathlib.Path) -> dict:
    """Of every file but the locks and what is derived from the others."""
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in sorted(folder.iterdir())
            if file.is_file() and file.suffix != ".lock"}


def covers(now, then, where=""):
    """The first difference of what was there then, or None."""
    if isinstance(then, dict) and isinstance(now, dict):
        for name in then.keys() - OF_THE_MOMENT:
            if name not in now:
                return f"{where}.{name} is gone"
            if found := covers(now[name], then[name], f"{where}.{name}"):
                return found
        return None
    if isinstance(then, list) and isinstance(now, list):
        if len(then) != len(now):
            return f"{where} has {len(now)} entries, had {len(then)}"
        return next((found for number, one in enumerate(then) if (found := covers(now[number], one, f"{where}[{number}]"))), None)
    return None if now == then else f"{where} is {now!r}, was {then!r}"


@contextlib.contextmanager
def served(contract, folder):
    with Server(folder, extra=ZONE) as server:
        shop = Shop(contract, server)
        for role in ("admin", "staff", "analyst"):
            setattr(shop, role, shop.sign_in(f"{role}@example.com"))
        yield shop


def must_answer_as_before(shop, kept):
    """Every customer, product, order with its history, and figure."""
    until(lambda: expect(shop.staff.client.get("/api/analytics/dashboard"), 200).data["freshness"]["events_behind"] == 0,
          "analytics has followed the log", seconds=LONG)
    for question, entries in kept["lists"].items():
        path, what = question.split()
        by_id = {entry["id"]: entry for entry in pages(shop.admin.client, path, what)}
        assert by_id.keys() == {entry["id"] for entry in entries}, question
        for entry in entries:
            found = covers(by_id[entry["id"]], entry)
            assert found is None, f"{question} {entry['id']}: {found}"
    for path, answer in kept["answers"].items():
        found = covers(expect(shop.admin.client.get(path), 200).data, answer)
        assert found is None, f"{path}: {found}"


def must_be_up_to_date(folder):
    for store in STORES:
        applied = [version for version, _ in schemas(folder)[store]]
        assert applied == [one.version for one in migrations.of("sqlite", store)], store


def test_there_are_old_folders():
    assert FOLDERS


def test_everything_is_as_it_was(contract, old):
    folder, kept = old.copy(), old.kept
    before = schemas(folder)
    assert any(before[store][-1][0] < migrations.of("sqlite", store)[-1].version for store in before), "it is no old folder"
    with served(contract, folder) as shop:
        must_answer_as_before(shop, kept)
        must_hold_together(folder)
        # Customers sign in with the passwords they had, and a key stands for the order that it made.
        for number in range(3):
            shop.sign_in(f"customer-{number}@example.com", PASSWORD)
    must_be_up_to_date(folder)
    done = run("reconcile", "--data-dir", folder, *ZONE, seconds=LONG)
    assert done.returncode == 0, done.stdout + done.stderr
    assert covers(json.loads(done.stdout)["ledger"], kept["reconcile"]["ledger"]) is None
    must_hold_together(folder)


def test_it_goes_on_from_there(contract, old):
    folder = old.copy()
    with served(contract, folder) as shop:
        product = next(one for one in pages(shop.staff.client, "/api/products", "products") if one["name"] == "Cup")
        left = shop.stock(product)
        made = shop.order(shop.customer(), (product, 2))
        open_order = next(one for one in pages(shop.staff.client, "/api/orders", "orders") if one["status"] == "shipped")
        expect(shop.move(open_order, "delivered"), 200)
        assert shop.stock(product) == left - 2
        expect(shop.move(made, "cancelled"), 200)
        until(lambda: shop.stock(product) == left, "the stock goes back", seconds=LONG)
        shop.settled_dashboard()
        must_hold_together(folder)


def test_a_second_start_has_nothing_to_do(contract, old):
    folder = old.copy()
    with served(contract, folder):
        pass
    after = schemas(folder)
    with served(contract, folder) as shop:
        must_answer_as_before(shop, old.kept)
    assert schemas(folder) == after


def test_a_folder_of_a_newer_program_is_refused_and_stays_as_it_is(contract, old):
    folder = old.copy()
    with served(contract, folder):
        pass
    for store in STORES:
        with contextlib.closing(sqlite3.connect(folder / f"{store}.db", isolation_level=None)) as connection:
            newest = connection.execute("SELECT max(version) FROM schema_migrations").fetchone()[0]
            connection.execute("INSERT INTO schema_migrations(version, name, checksum) VALUES(?, 'later', 'x')", (newest + 1,))
        held = contents(folder)
        done = run("serve", "--data-dir", folder, *ZONE, *(word for name in ("user", "product", "order", "analytics", "gateway", "dashboard")
                                                          for word in (f"--port-{name}", "0")), seconds=LONG)
        assert done.returncode == 2, done.stdout + done.stderr
        assert f"{store}.db was written by a newer CloudCart (schema {newest + 1}, this one knows {newest})" in done.stderr
        assert contents(folder) == held, store
        with contextlib.closing(sqlite3.connect(folder / f"{store}.db", isolation_level=None)) as connection:
            connection.execute("DELETE FROM schema_migrations WHERE version = ?", (newest + 1,))


def test_a_backup_of_an_old_folder_is_restored_as_it_is_and_upgraded(contract, old, tmp_path):
    folder = old.copy()
    back_up(folder, tmp_path / "backup")
    copy = restored(tmp_path / "backup", tmp_path / "restored")
    assert schemas(copy) == schemas(folder)
    with served(contract, copy) as shop:
        must_answer_as_before(shop, old.kept)


# --- a start that is broken off ---------------------------------------------------------------------------------------


def test_a_crash_between_any_two_migrations_is_completed(contract, old):
    """Each migration is a transaction that also records it, so these are the states that a crash can leave: one after the
    other in a store, store by store."""
    steps = [(store, one) for store, applied in schemas(old.copy()).items()
             for one in migrations.of("sqlite", store) if one.version > applied[-1][0]]
    assert steps
    for number in range(1, len(steps) + 1):
        copy = old.copy(f"crashed-{number}")
        for store, migration in steps[:number]:
            with contextlib.closing(sqlite3.connect(copy / f"{store}.db", isolation_level=None)) as connection:
                migrations.apply_to_file(connection, migration)
        with served(contract, copy) as shop:
            must_answer_as_before(shop, old.kept)
        must_be_up_to_date(copy)


def test_a_kill_at_any_moment_of_the_first_start_is_completed(contract, old):
    seed = random.SystemRandom().randrange(2**32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    for number in range(KILLS):
        copy = old.copy(f"killed-{number}")
        server = Server(copy, extra=ZONE)
        server.launch()
        # From the moment on at which it has taken the first store.
        until((copy / "user.lock").exists, "the first store is opened", seconds=LONG, interval=0.001)
        time.sleep(chance.uniform(0, 0.1))
        server.signal(signal.SIGKILL)
        server.wait(LONG)
        with served(contract, copy) as shop:
            must_answer_as_before(shop, old.kept)
        must_be_up_to_date(copy)
        must_hold_together(copy)
