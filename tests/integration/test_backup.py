"""`cloudcart backup` and `restore`: a copy of one moment, taken while the shop is served, and a shop that is whole again."""

import contextlib
import hashlib
import io
import json
import os
import pathlib
import random
import re
import signal
import sqlite3
import stat
import subprocess
import tarfile
import threading

import pytest

from harness import engines
from harness.backups import LONG, attached, back_up, begin_backup, must_hold_together, restore, restored, rows, served, verify
from harness.client import expect
from harness.processes import Processes
from harness.server import Server, run
from harness.shop import PASSWORD, Shop
from harness.trade import Trade, must_have_all
from harness.waiting import until

pytestmark = pytest.mark.files

BACKUPS = 5
# Nothing is done before tokens are dead everywhere: 1 s + 5 s + 5 s.
QUICK = ("--auth-revocations-stale-after", "1s", "--http-request-timeout", "5s", "--privacy-retry", "1s")


def must_be_of_one_moment(folder):
    """Before anybody has put anything right: no store knows what another will only hear of, and no stock is lost."""
    with attached(folder, "product", "order", "analytics", "recommendation") as sql:
        end = sql('SELECT coalesce(max(position), 0) FROM "order".outbox')[0][0]
        assert sql("SELECT position FROM product.followed_log")[0][0] <= end
        assert sql("SELECT max(position) FROM analytics.generation")[0][0] <= end
        assert sql("SELECT coalesce(max(position), 0) FROM recommendation.progress")[0][0] <= end
        # An order without its reservation would be sold from nothing; a sale without its order would be lost for ever.
        assert sql('SELECT count(*) FROM "order".orders o WHERE NOT EXISTS (SELECT 1 FROM product.reservation r'
                   " WHERE r.order_id = o.id)") == [(0,)]
        assert sql("SELECT count(*) FROM product.stock_movement m WHERE kind IN ('sell', 'take_back')"
                   ' AND NOT EXISTS (SELECT 1 FROM "order".orders o WHERE o.id = m.order_id)') == [(0,)]
        assert sql("SELECT count(*) FROM product.stock s WHERE available + reserved + sold <> (SELECT sum(delta)"
                   " FROM product.stock_movement m WHERE m.product = s.number AND kind IN ('initial', 'adjust'))") == [(0,)]


def must_be_sold_as_ordered(folder):
    """Once it is served: what is reserved or sold is what orders have that were not cancelled."""

    def agrees():
        with attached(folder, "product", "order") as sql:
            wrong = sql("SELECT p.id, s.reserved, s.sold FROM product.stock s JOIN product.product p ON p.number = s.number"
                        " WHERE s.reserved + s.sold <> (SELECT coalesce(sum(quantity), 0)"
                        ' FROM "order".order_line l JOIN "order".orders o ON o.tenant = l.tenant AND o.id = l.order_id'
                        " WHERE l.product_id = p.id AND o.status <> 'cancelled')")
        assert wrong == []
        return True

    until(agrees, "reservations without an order have gone back, and the log is followed", seconds=LONG)


# --- while it is served -----------------------------------------------------------------------------------------------


def test_backups_under_load_are_whole(contract, own_shop, tmp_path):
    before = []
    with Trade(own_shop) as trade:
        for number in range(BACKUPS):
            answered = trade.so_far()
            report = back_up(own_shop.server.data_dir, tmp_path / f"backup-{number}")
            before.append(answered)
            assert report["manifest"]["orders"] >= len(answered[0])
            until(lambda: len(trade.placed) > len(answered[0]) + 5 or trade.errors, "orders go on", seconds=LONG)
    assert len(before[-1][0]) > len(before[0][0])
    for number, (orders, people) in enumerate(before):
        folder = restored(tmp_path / f"backup-{number}", tmp_path / f"restored-{number}")
        must_be_of_one_moment(folder)
        must_hold_together(folder)
        with served(contract, folder, own_shop) as shop:
            must_have_all(shop, orders, people)
            must_be_sold_as_ordered(folder)
            must_hold_together(folder)
            # It goes on from there.
            shop.order(shop.customer(), (shop.product(), 2))
            shop.settled_dashboard()
    # The shop that was served all the while is none the worse for it.
    must_be_sold_as_ordered(own_shop.server.data_dir)
    must_hold_together(own_shop.server.data_dir)


def test_services_in_processes_of_their_own_are_of_one_moment(contract, tmp_path):
    folder = engines.keep_in_files(tmp_path / "data")
    with Processes(folder) as processes:
        people = Shop(contract, processes).with_people()
        with Trade(people) as trade:
            orders, accounts = trade.so_far()
            back_up(folder, tmp_path / "backup")
    copy = restored(tmp_path / "backup", tmp_path / "restored")
    must_be_of_one_moment(copy)
    with served(contract, copy, people) as shop:
        must_have_all(shop, orders, accounts)
        must_be_sold_as_ordered(copy)
        must_hold_together(copy)


def test_a_folder_whose_server_was_killed_is_backed_up(contract, own_shop, tmp_path):
    order = own_shop.order(own_shop.customer(), (own_shop.product(), 1))
    own_shop.server.kill()
    back_up(own_shop.server.data_dir, tmp_path / "backup")
    with served(contract, restored(tmp_path / "backup", tmp_path / "restored"), own_shop) as shop:
        must_have_all(shop, {order["id"]: order}, [])


# --- the file ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def kept(contract, tmp_path_factory):
    """A shop with an order, stopped; its staff; and a backup of it."""
    place = tmp_path_factory.mktemp("kept")
    folder = engines.keep_in_files(place / "data")
    with Server(folder) as server:
        shop = Shop(contract, server).with_people()
        shop.ordered = shop.order(shop.customer(), (shop.product(), 3))
        shop.settled_dashboard()
    report = back_up(folder, place / "backup")
    return shop, place / "backup", report


def test_it_is_for_its_owner_alone_and_says_what_it_holds(kept, tmp_path):
    shop, file, report = kept
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert report["bytes"] == file.stat().st_size
    manifest = report["manifest"]
    assert (manifest["format"], manifest["orders"], manifest["products"], manifest["accounts"]) == (1, 1, 1, 4)
    assert manifest["log_position"] == 1
    names = {one["name"]: one for one in manifest["files"]}
    assert names.keys() == {"user.db", "product.db", "order.db", "analytics.db", "recommendation.db", "jwt.secret"}
    assert all(("schema" in one) == name.endswith(".db") for name, one in names.items())
    done = verify(file)
    assert done.returncode == 0 and "whole" in done.stdout, done.stdout + done.stderr


def test_ordinary_tools_read_it(kept, tmp_path):
    _, file, report = kept
    subprocess.run(["tar", "--zstd", "-xf", str(file), "-C", str(tmp_path)], check=True, timeout=LONG)
    assert json.loads((tmp_path / "manifest.json").read_text()) == report["manifest"]
    for one in report["manifest"]["files"]:
        assert hashlib.sha256((tmp_path / one["name"]).read_bytes()).hexdigest() == one["sha256"]


def test_a_folder_gets_a_file_named_by_the_time(kept, tmp_path):
    shop, _, _ = kept
    reports = [back_up(shop.server.data_dir, tmp_path) for _ in range(2)]
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == [pathlib.Path(report["file"]).name for report in reports]
    assert all(re.fullmatch(r"cloudcart-\d{8}T\d{6}\.\d{3}Z\.tar\.zst", name) for name in names)


def test_nothing_is_written_over(kept):
    shop, file, _ = kept
    held = file.read_bytes()
    done = run("backup", "--data-dir", shop.server.data_dir, "--to", file, seconds=LONG)
    assert done.returncode == 2 and "is there already" in done.stderr
    assert file.read_bytes() == held


def test_without_keys_everybody_signs_in_again(contract, kept, tmp_path):
    shop, _, _ = kept
    back_up(shop.server.data_dir, tmp_path / "backup", "--without-keys")
    folder = restored(tmp_path / "backup", tmp_path / "restored")
    assert not (folder / "jwt.secret").exists()
    with Server(folder) as server:
        own = Shop(contract, server)
        expect(own.client(token=shop.staff.token).get("/api/users/profile"), 401)
        own.sign_in(shop.staff.email)


def test_the_keys_come_along(contract, kept, tmp_path):
    shop, file, _ = kept
    folder = restored(file, tmp_path / "restored")
    assert (folder / "jwt.secret").read_bytes() == (shop.server.data_dir / "jwt.secret").read_bytes()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(one.stat().st_mode) for one in folder.iterdir()} == {0o600}
    with served(contract, folder, shop) as own:
        must_have_all(own, {shop.ordered["id"]: shop.ordered}, [])


@pytest.mark.parametrize("place", [0.001, 0.1, 0.5, 0.9, 0.9999])
def test_a_damaged_file_is_told_and_nothing_is_written(kept, tmp_path, place):
    _, file, _ = kept
    held = bytearray(file.read_bytes())
    held[int(len(held) * place)] ^= 0x20
    (tmp_path / "backup").write_bytes(held)
    for done in (verify(tmp_path / "backup"), restore(tmp_path / "backup", tmp_path / "restored")):
        assert done.returncode == 1 and "damaged" in done.stderr, done.stderr
    (tmp_path / "backup").write_bytes(bytes(held)[: int(len(held) * place)])
    assert verify(tmp_path / "backup").returncode == 1
    assert [path.name for path in tmp_path.iterdir()] == ["backup"]


@pytest.mark.parametrize("change", ["format", "schema"])
def test_one_of_a_newer_program_is_refused(kept, tmp_path, change):
    _, file, report = kept
    manifest = json.loads(json.dumps(report["manifest"]))
    if change == "format":
        manifest["format"] += 1
    else:
        manifest["files"][0]["schema"] += 1
    rewrite(file, tmp_path / "backup", manifest)
    done = restore(tmp_path / "backup", tmp_path / "restored")
    assert done.returncode == 1 and "newer CloudCart" in done.stderr, done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["backup"]


def rewrite(source, target, manifest):
    """The backup with another manifest."""
    plain = io.BytesIO(subprocess.run(["zstd", "-dc", str(source)], check=True, capture_output=True, timeout=LONG).stdout)
    changed = io.BytesIO()
    with tarfile.open(fileobj=plain) as old, tarfile.open(fileobj=changed, mode="w", format=tarfile.USTAR_FORMAT) as new:
        for member in old:
            content = old.extractfile(member).read()
            if member.name == "manifest.json":
                content = json.dumps(manifest).encode()
                member.size = len(content)
            new.addfile(member, io.BytesIO(content))
    # Python fills the end up to 20 blocks; the program ends after two.
    end = changed.getvalue().rstrip(b"\0")
    end += b"\0" * (-len(end) % 512 + 1024)
    done = subprocess.run(["zstd", "-q", "-c"], input=end, check=True, capture_output=True, timeout=LONG)
    target.write_bytes(done.stdout)


# --- where it goes ----------------------------------------------------------------------------------------------------


def test_a_folder_with_something_in_it_stays_as_it_is(kept, tmp_path):
    _, file, _ = kept
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "notes.txt").write_text("mine")
    done = restore(file, folder)
    assert done.returncode == 2 and "not empty" in done.stderr
    assert [path.name for path in folder.iterdir()] == ["notes.txt"]
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_a_folder_that_is_served_stays_as_it_is(kept, own_shop):
    _, file, _ = kept
    done = restore(file, own_shop.server.data_dir)
    assert done.returncode == 2 and "not empty" in done.stderr
    own_shop.order(own_shop.customer(), (own_shop.product(), 1))


def test_an_empty_folder_and_one_in_a_folder_that_is_not_there(kept, tmp_path):
    _, file, _ = kept
    (tmp_path / "empty").mkdir()
    must_hold_together(restored(file, tmp_path / "empty"))
    must_hold_together(restored(file, tmp_path / "new" / "shop"))


def test_what_is_no_shop_is_not_backed_up(tmp_path):
    (tmp_path / "nothing").mkdir()
    done = run("backup", "--data-dir", tmp_path / "nothing", "--to", tmp_path / "backup")
    assert done.returncode == 2 and "no stores" in done.stderr
    assert not (tmp_path / "backup").exists()


def test_a_folder_of_a_newer_program_is_not_backed_up(kept, tmp_path):
    _, file, _ = kept
    folder = restored(file, tmp_path / "restored")
    with contextlib.closing(sqlite3.connect(folder / "order.db")) as connection:
        connection.execute("INSERT INTO schema_migrations(version, name, checksum) VALUES(999, 'later', 'x')")
        connection.commit()
    done = run("backup", "--data-dir", folder, "--to", tmp_path / "backup", seconds=LONG)
    assert done.returncode == 2 and "newer CloudCart" in done.stderr
    assert not (tmp_path / "backup").exists()


def test_a_shop_on_postgresql_is_told_where_its_backup_is(tmp_path):
    done = run("backup", "--to", tmp_path / "backup", env={"CLOUDCART_POSTGRES_URL": "postgresql://nowhere/none"})
    assert done.returncode == 2 and "docs/BACKUP.md" in done.stderr


# --- broken off -------------------------------------------------------------------------------------------------------


def test_a_backup_that_finds_no_moment_can_be_stopped_and_leaves_nothing(kept, tmp_path):
    """Somebody replaces a small file without a pause, so that the backup never gets beyond looking."""
    _, file, _ = kept
    folder = restored(file, tmp_path / "restored")
    (tmp_path / "target").mkdir()
    stopping = threading.Event()

    def replace():
        number = 0
        while not stopping.is_set():
            number += 1
            (folder / "new").write_text(str(number))
            os.replace(folder / "new", folder / "imports.json")

    writer = threading.Thread(target=replace)
    writer.start()
    try:
        backup = begin_backup(folder, tmp_path / "target")
        assert backup.stderr.readline().startswith("looking")
        backup.send_signal(signal.SIGTERM)
        _, said = backup.communicate(timeout=LONG)
    finally:
        stopping.set()
        writer.join(LONG)
    # A lucky one may have been through by then; it is whole.
    assert backup.returncode == 2 and "Broken off" in said or backup.returncode == 0
    for one in (tmp_path / "target").iterdir():
        assert backup.returncode == 0 and verify(one).returncode == 0


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_a_backup_that_is_broken_off_anywhere_leaves_nothing_or_all(kept, tmp_path, how):
    shop, _, _ = kept
    seed = random.SystemRandom().randrange(2**32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    ended = set()
    for _ in range(12):
        backup = begin_backup(shop.server.data_dir, tmp_path)
        with contextlib.suppress(subprocess.TimeoutExpired):
            backup.wait(chance.uniform(0, 0.15))
        backup.send_signal(how)
        backup.communicate(timeout=LONG)
        ended.add(backup.returncode)
        # A copy has a name for the moment in which it is opened; only SIGKILL can leave that, and never a backup that is not whole.
        for one in tmp_path.iterdir():
            assert not one.name.startswith(".") or how == signal.SIGKILL, one
            assert one.name.startswith(".") or verify(one).returncode == 0, one
    assert ended <= {0, 2, -how}, ended


# --- erasures ---------------------------------------------------------------------------------------------------------


def test_who_was_erased_since_is_erased_again(contract, own_shop, tmp_path):
    gone, stays = own_shop.customer(), own_shop.customer()
    own_shop.order_in("delivered", gone)
    back_up(own_shop.server.data_dir, tmp_path / "backup")
    expect(own_shop.admin.client.post(f"/api/users/{gone.id}/erasure"), 202)
    listed = run("user", "erasures", "--data-dir", own_shop.server.data_dir, seconds=LONG)
    assert listed.returncode == 0 and gone.id in listed.stdout, listed.stderr
    (tmp_path / "erasures.txt").write_text(listed.stdout)
    own_shop.server.stop()

    restored(tmp_path / "backup", tmp_path / "with-the-person")
    assert rows(tmp_path / "with-the-person", "user", f"SELECT email FROM user WHERE email = '{gone.email}'")
    folder = restored(tmp_path / "backup", tmp_path / "restored", "--erasures", tmp_path / "erasures.txt")
    for file in folder.iterdir():
        assert gone.email.encode() not in file.read_bytes(), file
    with served(contract, folder, own_shop, QUICK) as shop:
        refused = shop.client().post("/api/users/login", {"email": gone.email, "password": PASSWORD})
        assert refused.status == 401, refused
        shop.sign_in(stays.email)
        path = f"/api/users/{gone.id}/erasure"
        until(lambda: expect(shop.admin.client.get(path), 200).data["erasure"]["state"] == "done", "all services have erased",
              seconds=LONG)
        assert rows(folder, "order", "SELECT DISTINCT shipping_address FROM orders") == [("",)]


def test_a_list_that_is_none_is_refused_before_anything_is_written(kept, tmp_path):
    _, file, _ = kept
    (tmp_path / "list").write_text("ada@example.com\n")
    done = restore(file, tmp_path / "restored", "--erasures", tmp_path / "list")
    assert done.returncode == 1 and "no list of erasures" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["list"]
