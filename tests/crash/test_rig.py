"""The rig must find what it looks for: broken folders, lost orders, an operating system that lies."""

import random
import shutil
import time

import pytest

from rig import checker, ledger_files
from rig.campaign import FolderCampaign
from rig.journal import Journal
from rig.ledger_files import Books
from rig.load import Load
from rig.one_process import OneProcess
from rig.power import Disk, is_shared_memory


@pytest.fixture(scope="module")
def sound(tmp_path_factory, seed):
    """A shop that was used, left open orders, and was stopped in peace: nothing is wrong with it."""
    with OneProcess(tmp_path_factory.mktemp("sound") / "scene") as scene:
        scene.start()
        scene.furnish()
        load = Load(scene, f"{seed}/sound").start()
        deadline = time.monotonic() + 60
        while scene.journal.answered_orders < 300 and time.monotonic() < deadline:
            time.sleep(0.02)
        load.stop()
        assert checker.check_api(scene) == []
        scene.stop()
        assert scene.journal.findings == []
        yield scene


def test_a_sound_folder_is_found_sound(sound):
    assert checker.check_books(sound.books("sound"), sound.journal, settled=True) == []


DOCTORS = {
    ledger_files.delete_order: "is not there",
    ledger_files.delete_order_whole: "lost: order {} ",
    ledger_files.orphan_line: "an orphan line of order {}",
    ledger_files.delete_line: "order {} has the lines",
    ledger_files.double_event: "is in the log at",
    ledger_files.delete_event: "order {}: the versions of its events are",
    ledger_files.change_status: "order {} is shipped, its last event says pending",
    ledger_files.change_total: "order {}: its lines make",
    ledger_files.copy_order: "order {} holds no stock",
    ledger_files.lead_key_astray: "stands for order {}, which is not there",
    ledger_files.free_key: "order {} is there, but its key",
    ledger_files.change_stock: "product {}: the stock is",
    ledger_files.delete_movement: "product {}: movement",
    ledger_files.move_stock: "product {}: reserved and sold are",
    ledger_files.delete_reservation: "order {} holds no stock",
}


@pytest.mark.parametrize("doctor", DOCTORS, ids=lambda doctor: doctor.__name__)
def test_a_doctored_folder_is_found(sound, doctor):
    folder = sound.ledger_copy(doctor.__name__)
    broken = doctor(folder)
    findings = checker.check_books(Books(folder), sound.journal, settled=True)
    assert any(DOCTORS[doctor].format(broken) in finding for finding in findings), findings


def test_held_stock_without_an_order_is_counted(sound):
    folder = sound.ledger_copy("orphan")
    broken = ledger_files.orphan_reservation(folder)
    assert checker.check_books(Books(folder), sound.journal, settled=True) == []
    assert checker.orphans_of(Books(folder)) == [broken]


def test_a_flipped_bit_in_a_page_is_found(sound, seed):
    folder = sound.ledger_copy("flipped")
    path = folder / "order.db"
    content = bytearray(path.read_bytes())
    # The head of the last page: its type, cell count and content offset.
    content[-4096] ^= 0x40
    path.write_bytes(content)
    assert checker.check_books(Books(folder), sound.journal, settled=True)


def test_a_lost_order_a_ghost_and_a_double_are_found_by_the_api(sound, tmp_path):
    journal = Journal(tmp_path / "journal")
    orders = {}
    for number, status in enumerate((201, 409, 201), 1):
        tag = f"tag-{number:06d}"
        wish = journal.wish(tag, 0, f"key-{tag}", {})
        attempt = journal.asks("order", tag, {})
        wish.attempts.append(attempt)
        order = {name: "x" for name in checker.FIXED}
        order.update(id=str(number), shipping_address=tag + checker.ADDRESS_TAIL, status="pending")
        journal.told(attempt, status, {"data": {"order": order}} if status == 201 else {"code": "insufficient_inventory"})
        orders[order["id"]] = order
    assert [f for f in checker.check_orders(journal, orders) if "a ghost: tag-000002" in f]
    del orders["2"]
    assert checker.check_orders(journal, orders) == []
    changed = dict(orders, **{"1": dict(orders["1"], total_amount="y")})
    assert [f for f in checker.check_orders(journal, changed) if "order 1: total_amount" in f]
    doubled = dict(orders, **{"4": dict(orders["1"], id="4")})
    assert [f for f in checker.check_orders(journal, doubled) if "has 2 orders" in f]
    del orders["3"]
    assert [f for f in checker.check_orders(journal, orders) if "lost: order 3" in f]


def used_until(scene, orders, seed):
    load = Load(scene, f"{seed}/used").start()
    goal = scene.journal.answered_orders + orders
    deadline = time.monotonic() + 60
    while scene.journal.answered_orders < goal and time.monotonic() < deadline:
        time.sleep(0.005)
    assert scene.journal.answered_orders >= goal
    return load


def test_the_model_of_the_disk_misses_nothing(make_scene, seed):
    """Replayed with everything that was on its way, the log of changes gives the folder as it is."""
    scene = make_scene(tells=True)
    scene.start()
    scene.furnish()
    used_until(scene, 200, seed).stop()
    scene.stop()
    scene.disk.replay(scene.world.log)
    assert scene.disk.changes > 500
    seen, real = scene.disk.as_seen(), scene.disk.as_real()
    assert seen.keys() == real.keys()
    assert [path for path in seen if seen[path] != real[path]] == []


def test_a_disk_that_lies_is_found(make_scene, seed):
    """Syncs that sync nothing, then a power cut: orders that were answered are lost, and the checker says so."""
    scene = make_scene(tells=True)
    scene.start()
    scene.furnish()
    scene.world.set(sync_lies=1)
    load = used_until(scene, 150, seed)
    scene.kill()
    load.join()
    scene.disk.replay(scene.world.log)
    findings = []
    for attempt in range(8):
        copy = scene.folder / f"cut-{attempt}"
        scene.disk.restore(scene.disk.cut(random.Random(f"{seed}/{attempt}")), copy)
        findings += checker.check_books(Books(copy), scene.journal)
    assert any(finding.startswith("lost:") for finding in findings), findings


def test_a_campaign_on_a_disk_that_lies_fails(tmp_path, seed):
    with pytest.raises(checker.Broken):
        FolderCampaign(tmp_path / "scene", seed, kills=20, how="lies").run()


def test_an_honest_disk_loses_nothing_at_many_cuts(make_scene, seed):
    """One death, many power cuts: each leaves another part of what was not synced."""
    scene = make_scene(tells=True)
    scene.start()
    scene.furnish()
    scene.world.set(sync_delay_us=500)
    load = used_until(scene, 300, seed)
    scene.kill()
    load.join()
    scene.disk.replay(scene.world.log)
    for attempt in range(25):
        copy = scene.folder / f"cut-{attempt}"
        scene.disk.restore(scene.disk.cut(random.Random(f"{seed}/{attempt}")), copy)
        checker.demand(checker.check_books(Books(copy), scene.journal), scene)
        shutil.rmtree(copy)


def test_power_cuts_at_earlier_moments_leave_whole_stores(make_scene, seed):
    """Every prefix of the changes is a moment at which the power may have gone: nothing half may be on disk then."""
    scene = make_scene(tells=True)
    scene.start()
    scene.furnish()
    # Before that there are moments at which a store has only some of its migrations.
    furnished = Disk(scene.data_dir, empty=True).replay(scene.world.log)
    load = used_until(scene, 250, seed)
    scene.kill()
    load.join()
    whole = Disk(scene.data_dir, empty=True).replay(scene.world.log)
    rng = random.Random(f"{seed}/prefixes")
    for moment in sorted(rng.randrange(furnished, whole) for _ in range(25)):
        disk = Disk(scene.data_dir, empty=True)
        disk.replay(scene.world.log, stop_after=moment)
        copy = scene.folder / "cut"
        disk.restore(disk.cut(rng), copy)
        # Without the journal: what was promised is known at the end only.
        checker.demand([f"after {moment} of {whole} changes: {f}" for f in checker.check_books(Books(copy))], scene)


def test_shared_memory_is_never_trusted():
    assert is_shared_memory("/x/order.db-shm") and not is_shared_memory("/x/order.db-wal")
