"""The operating system fails; the server must say so, lose nothing, and go on when it can."""

import json
import os
import random
import re
import resource
import shutil
import signal
import socket
import subprocess
import time
from urllib.parse import urlsplit

import pytest

from harness.server import run
from harness.waiting import until
from rig import checker, ledger_files
from rig.faulty_os import DAY_NS
from rig.journal import Journal
from rig.one_process import OneProcess
from rig.scene import ADDRESS_TAIL, SETTINGS, Scene, expect
from rig.wire import Lost, Wire
from test_stops import check_all, loaded


def place_one(scene: Scene, key: bool = False) -> tuple:
    """One order of something there is enough of; status and body."""
    tag = scene.new_tag()
    items = [{"product_id": scene.plenty[0]["id"], "quantity": 1}]
    body = {"user_id": scene.people[0].id, "items": items, "shipping_address": tag + ADDRESS_TAIL}
    wish = scene.journal.wish(tag, 0, f"key-{tag}" if key else None, body)
    attempt = scene.journal.asks("order", tag, body)
    wish.attempts.append(attempt)
    with Wire(scene.base) as wire:
        try:
            status, answer = wire.ask("POST", "/api/orders", scene.people[0].token, body, wish.key)
        except Lost as lost:
            scene.journal.lost(attempt, str(lost))
            raise
    scene.journal.told(attempt, status, answer)
    return status, answer


def health(scene: Scene) -> dict:
    with Wire(scene.base) as wire:
        status, answer = wire.ask("GET", "/health")
    assert status == 200
    return answer["data"]


# -- a sync that fails --


@pytest.mark.parametrize("file", ["order.db-wal", "order.db", "product.db-wal", "product.db"])
@pytest.mark.parametrize("end", ["power", "term"])
def test_a_failed_sync_stops_the_store_and_loses_nothing(make_scene, seed, file, end):
    """Linux forgets the pages of a failed sync, so what follows may only be: stop, say so, recover at a restart."""
    rng = random.Random(f"{seed}/sync/{file}/{end}")
    scene = make_scene(tells=True)
    scene.start()
    scene.furnish()
    load = loaded(scene, f"{seed}/sync/{file}/{end}", orders=30)
    # A store's main file is synced by checkpoints only, its log by every commit.
    scene.world.fail_sync(file, after=rng.randint(1, 30) if file.endswith("-wal") else rng.randint(1, 2))
    until(lambda: scene.world.get("syncs_failed") == 1, f"{file} is synced", 60, 0.002)
    service = file.split(".")[0]
    until(lambda: place_one(scene)[0] == 503, "orders are refused", 30)
    for key in (False, True):
        status, answer = place_one(scene, key)
        assert (status, answer["code"]) == (503, "unavailable"), answer
    told = health(scene)
    assert told["status"] == "degraded" and told["dependencies"][f"{service}_database"]["status"] == "down", told
    until(lambda: re.search(f"store .*{service}.db stops writing", scene.server.printed()), "the log says so")
    # What is there can still be read.
    with Wire(scene.base) as wire:
        expect(wire.ask("GET", "/api/orders?limit=10", scene.staff.token), 200)
        expect(wire.ask("GET", f"/api/products/{scene.plenty[0]['id']}"), 200)
    load.stop()
    if end == "term":
        scene.stop()
    assert scene.world.get("syncs_after_failure") == 0, f"{scene.world.failed_path} was synced again after a failed sync"
    scene.cut_power(rng)
    checker.demand(checker.check_books(scene.books(), scene.journal), scene)
    scene.start()
    assert place_one(scene)[0] == 201
    check_all(scene)


@pytest.mark.parametrize("file", ["analytics.db-wal", "analytics.db"])
def test_analytics_that_cannot_sync_leave_orders_alone(make_scene, seed, file):
    rng = random.Random(f"{seed}/sync/{file}")
    scene = make_scene(tells=True)
    scene.start()
    scene.furnish()
    load = loaded(scene, f"{seed}/sync/{file}", orders=30)
    scene.world.fail_sync(file, after=1)
    until(lambda: scene.world.get("syncs_failed") == 1, f"{file} is synced", 120, 0.01)
    load.stop()
    until(lambda: health(scene)["dependencies"]["analytics_database"]["status"] == "down", "health says so", 30)
    assert place_one(scene)[0] == 201
    scene.stop()
    assert scene.world.get("syncs_after_failure") == 0
    scene.cut_power(rng)
    scene.start()
    check_all(scene)


# -- a full disk --


def test_a_full_disk_refuses_orders_and_is_forgiven(make_scene, seed):
    rng = random.Random(f"{seed}/full")
    scene = make_scene(tells=True)
    scene.start()
    scene.furnish()
    for round_number in range(3):
        load = loaded(scene, f"{seed}/full/{round_number}", orders=20)
        scene.world.set(space_left=rng.choice([0, 100, 5000, 60_000]))
        refused = scene.world.get("writes_refused")
        until(lambda: scene.world.get("writes_refused") > refused, "the disk is full", 60, 0.002)
        # Where a log was longer once, writes need no space; so not every order need be refused.
        status, answer = place_one(scene)
        assert status == 201 or (status == 503 and answer["code"] in ("unavailable", "outcome_unknown")), answer
        with Wire(scene.base) as wire:
            expect(wire.ask("GET", "/api/orders?limit=10", scene.staff.token), 200)
        time.sleep(0.2)
        scene.world.set(space_left=-1)
        # Without a restart.
        until(lambda: place_one(scene)[0] == 201, "orders are taken again", 30)
        assert not load.ended
        load.stop()
        checker.demand(checker.check_api(scene) + checker.check_reconciliation(scene), scene)
    scene.cut_power(rng)
    checker.demand(checker.check_books(scene.books(), scene.journal), scene)
    scene.start()
    check_all(scene)


def test_dying_and_starting_on_a_full_disk(make_scene, seed):
    rng = random.Random(f"{seed}/full-start")
    scene = make_scene(faulty=True)
    scene.start()
    scene.furnish()
    for round_number in range(3):
        load = loaded(scene, f"{seed}/full-start/{round_number}", orders=20)
        scene.world.set(space_left=rng.randrange(20_000))
        until(lambda: scene.world.get("writes_refused") > 0, "the disk is full", 60, 0.002)
        scene.kill()
        load.join()
        checker.demand(checker.check_books(scene.books(), scene.journal), scene)
        # It starts, or says in a sentence why not; nothing else.
        scene.launch(space_left=0)
        try:
            code = scene.server.wait(3)
        except AssertionError:
            code = None
        if code is not None:
            assert code in (1, 2), (code, scene.server.printed()[-2000:])
            assert "terminate called" not in scene.server.printed()
        scene.start()
        checker.demand(checker.check_api(scene), scene)
    check_all(scene)


def test_a_real_full_disk(make_scene, seed, tmp_path):
    """The same on a small tmpfs, where mounting is allowed; the test above needs no right and always runs."""
    place = tmp_path / "small"
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=12m", "none", str(place)], capture_output=True, text=True)
    if mounted.returncode != 0:
        pytest.skip(f"mounting a tmpfs is not allowed here ({mounted.stderr.strip()}); the other full disk was tested")
    try:
        with OneProcess(place / "scene") as scene:
            # Neither the server's words nor the journal fill the disk.
            scene.server.output = tmp_path / "server.log"
            scene.journal.close()
            scene.journal = Journal(tmp_path / "journal.jsonl")
            scene.start()
            scene.furnish()
            load = loaded(scene, f"{seed}/tmpfs", orders=20)
            filler = place / "filler"
            with open(filler, "wb", buffering=0) as file:
                try:
                    while True:
                        file.write(bytes(4096))
                except OSError:
                    pass
            until(lambda: place_one(scene)[0] == 503, "the disk is full", 60)
            with Wire(scene.base) as wire:
                expect(wire.ask("GET", "/api/orders?limit=10", scene.staff.token), 200)
            filler.unlink()
            until(lambda: place_one(scene)[0] == 201, "orders are taken again", 30)
            load.stop()
            checker.demand(checker.check_api(scene), scene)
            scene.kill()
            copy = ledger_files.copy(scene.data_dir, tmp_path / "copy")
            checker.demand(checker.check_books(ledger_files.Books(copy), scene.journal), scene)
    finally:
        subprocess.run(["umount", str(place)], check=True)


# -- too few file handles --


def hold_connections(base: str, count: int) -> list:
    where = urlsplit(base)
    held = []
    for _ in range(count):
        connection = socket.socket()
        connection.setblocking(False)
        connection.connect_ex((where.hostname, where.port))
        held.append(connection)
    return held


@pytest.mark.parametrize("spare", [0, 3, 12])
def test_too_few_file_handles_are_survived(make_scene, seed, spare):
    scene = make_scene()
    scene.start()
    scene.furnish()
    with Wire(scene.base) as kept:
        expect(kept.ask("GET", "/ready"), 200)
        used = len(os.listdir(f"/proc/{scene.server.pid}/fd"))
        resource.prlimit(scene.server.pid, resource.RLIMIT_NOFILE, (used + spare, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
        held = hold_connections(scene.base, 100)
        try:
            # Who is connected is served on.
            for _ in range(20):
                expect(kept.ask("GET", "/health"), 200)
                status, answer = kept.ask("GET", "/api/orders?limit=5", scene.staff.token)
                assert status in (200, 503), (status, answer)
                time.sleep(0.01)
        finally:
            for connection in held:
                connection.close()
        assert scene.server.running
        until(lambda: kept.ask("GET", "/api/orders?limit=5", scene.staff.token)[0] == 200, "reads work again", 30)
    if spare >= 12:
        load = loaded(scene, f"{seed}/handles", orders=30, clients=4)
        load.stop()
    resource.prlimit(scene.server.pid, resource.RLIMIT_NOFILE, (1024, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    loaded(scene, f"{seed}/handles-back", orders=30).stop()
    check_all(scene)


@pytest.mark.parametrize("handles", [6, 12, 18, 24, 30, 40])
def test_a_start_with_too_few_file_handles_says_so(make_scene, handles):
    scene = make_scene(prefix=["prlimit", f"--nofile={handles}:{handles}", "--"])
    scene.launch()
    try:
        code = scene.server.wait(3)
    except AssertionError:
        # It runs with so few; then it runs.
        return
    assert code in (1, 2), (code, scene.server.printed()[-2000:])
    assert "terminate called" not in scene.server.printed() and scene.server.printed().strip()


# -- the clock --


def test_a_clock_that_moves_by_a_day(make_scene, seed):
    scene = make_scene(faulty=True)
    scene.start()
    scene.furnish()
    for number, offset in enumerate((DAY_NS, 0, -DAY_NS, DAY_NS, 0)):
        load = loaded(scene, f"{seed}/clock/{number}", orders=40)
        # Keys live for a day: after it, the same key may rightly make another order.
        scene.journal.asks_again = False
        load.everybody_moves_on()
        scene.world.set(clock_offset_ns=offset)
        load.everybody_moves_on()
        scene.journal.forget_keys()
        scene.journal.asks_again = True
        goal = scene.journal.answered_orders + 60
        until(lambda: scene.journal.answered_orders >= goal, "orders go on", 60, 0.005)
        load.stop()
        with Wire(scene.base) as wire:
            scene.sign_in_all(wire)
        checker.demand(checker.check_api(scene) + checker.check_reconciliation(scene), scene)
    # Killed on the wrong day, started on the right one, and the other way round.
    for number, (before, after) in enumerate(((DAY_NS, 0), (0, -DAY_NS), (-DAY_NS, 0))):
        scene.world.set(clock_offset_ns=before)
        scene.journal.forget_keys()
        with Wire(scene.base) as wire:
            scene.sign_in_all(wire)
        load = loaded(scene, f"{seed}/clock-kill/{number}", orders=40)
        scene.kill()
        load.join()
        scene.journal.forget_keys()
        checker.demand(checker.check_books(scene.books(), scene.journal), scene)
        scene.start(clock_offset_ns=after)
        with Wire(scene.base) as wire:
            scene.sign_in_all(wire)
        checker.demand(checker.check_api(scene) + checker.check_reconciliation(scene), scene)
    check_all(scene)


# -- flipped bits --


def check_command(folder) -> tuple:
    done = run("check", "--data-dir", folder, env=SETTINGS, seconds=60)
    assert "terminate called" not in done.stderr and done.returncode in (0, 1, 2), done
    return done.returncode, done.stdout + done.stderr


def flip(path, offset: int, bit: int) -> None:
    with open(path, "r+b") as file:
        file.seek(offset)
        byte = file.read(1)[0]
        file.seek(offset)
        file.write(bytes([byte ^ (1 << bit)]))


@pytest.fixture(scope="module")
def used_folder(tmp_path_factory, seed):
    """A shop's folder after a stop in peace: whole, without logs."""
    with OneProcess(tmp_path_factory.mktemp("used") / "scene") as scene:
        scene.start()
        scene.furnish()
        loaded(scene, f"{seed}/used", orders=300).stop()
        check_all(scene)
        yield scene.data_dir


def copy_of(folder, target):
    """Of the whole folder, the signing key included."""
    return shutil.copytree(folder, target)


def test_check_finds_a_sound_folder_sound(used_folder, tmp_path):
    code, told = check_command(copy_of(used_folder, tmp_path / "copy"))
    assert (code, json.loads(told.splitlines()[-1])) == (0, {"sound": True, "findings": []})


def test_check_looks_while_the_shop_is_served(shop, seed):
    load = loaded(shop, f"{seed}/check")
    for _ in range(3):
        assert check_command(shop.data_dir)[0] == 0
    load.stop()
    check_all(shop)


@pytest.mark.parametrize("store", ledger_files.STORES)
def test_a_flipped_bit_in_a_page_is_found(used_folder, tmp_path, seed, store):
    """In the head of any page: its kind, its count of cells, where they begin. The start or the check says so."""
    rng = random.Random(f"{seed}/flip/{store}")
    pages = ledger_files.tree_pages(ledger_files.copy(used_folder, tmp_path / "looked-at"), store)
    for attempt in range(6):
        copy = copy_of(used_folder, tmp_path / f"copy-{attempt}")
        # The first page's head is behind that of the file. Bytes 0, 3…6: kind, count, begin.
        page = rng.choice(pages) - 1
        place = (100 if page == 0 else 0) + rng.choice([0, 4, 6])
        flip(copy / f"{store}.db", page * 4096 + place, rng.randrange(2, 7))
        code, told = check_command(copy)
        assert code != 0 and store in told, f"page {page}, byte {place}: {code} {told}"


def test_flipped_values_are_found_where_the_books_say_them_twice(used_folder, tmp_path):
    for doctor in (ledger_files.change_stock, ledger_files.delete_event):
        copy = copy_of(used_folder, tmp_path / doctor.__name__)
        broken = doctor(copy)
        code, told = check_command(copy)
        assert code == 1 and broken in told, told
    copy = copy_of(used_folder, tmp_path / "total")
    ledger_files.change_total(copy)
    assert run("reconcile", "--data-dir", copy, env=SETTINGS).returncode == 1


def test_a_server_on_a_damaged_store_says_so_and_does_not_write_on(make_scene, seed):
    """Pages go bad while nobody looks; the server must neither crash nor build upon them."""
    scene = make_scene()
    scene.start()
    scene.furnish()
    loaded(scene, f"{seed}/damaged", orders=300).stop()
    scene.stop()
    path = scene.data_dir / "order.db"
    pages = path.stat().st_size // 4096
    for page in range(8, pages):
        flip(path, page * 4096, 3)
    try:
        scene.start()
    except (AssertionError, RuntimeError) as refusal:
        # Refusing to start is right too, in a sentence.
        told = str(refusal).splitlines()[-1]
        assert told.startswith("cloudcart: ") and "order.db" in told, refusal
        return
    answers = [place_one(scene) for _ in range(5)]
    assert all(status == 503 and answer["code"] == "unavailable" for status, answer in answers), answers
    assert health(scene)["dependencies"]["order_database"]["status"] == "down"
    scene.server.signal(signal.SIGTERM)
    assert scene.server.wait(10) == 0
