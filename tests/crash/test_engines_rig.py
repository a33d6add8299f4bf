"""The reader of the tables must find what it looks for, as that of the files does."""

import pytest

from rig import checker, ledger_tables
from rig.ledger_tables import Books
from rig.load import Load
from harness.waiting import until


@pytest.fixture(scope="module")
def sound(make_processes, seed):
    """A shop that was used, left open orders, and was stopped in peace: nothing is wrong with it."""
    scene = make_processes(f"{seed}/sound")
    scene.start()
    scene.furnish()
    load = Load(scene, f"{seed}/sound").start()
    until(lambda: scene.journal.answered_orders >= 300, "300 orders are answered", 60)
    load.stop()
    assert checker.check_api(scene) == []
    scene.stop()
    assert scene.journal.findings == []
    return scene


def doctored(scene, statement: str) -> Books:
    return Books(scene.postgres_url, scene.schema_prefix, statement)


def test_sound_tables_are_found_sound(sound):
    assert checker.check_books(sound.books(), sound.journal, settled=True) == []
    assert checker.check_reconciliation(sound) == []


DOCTORS = {
    ledger_tables.delete_order: "is not there",
    ledger_tables.delete_order_whole: "lost: order {} ",
    ledger_tables.orphan_line: "an orphan line of order {}",
    ledger_tables.delete_line: "order {} has the lines",
    ledger_tables.change_amount: "order {}: its lines make",
    ledger_tables.double_event: "is in the log at",
    ledger_tables.delete_event: "order {}: the versions of its events are",
    ledger_tables.swap_events: "order {}: the versions of its events are",
    ledger_tables.change_status: "order {} is shipped, its last event says pending",
    ledger_tables.change_total: "order {}: its lines make",
    ledger_tables.copy_order: "order {} holds no stock",
    ledger_tables.lead_key_astray: "stands for order {}, which is not there",
    ledger_tables.free_key: "order {} is there, but its key",
    ledger_tables.change_stock: "product {}: the stock is",
    ledger_tables.delete_movement: "product {}: movement",
    ledger_tables.move_stock: "product {}: reserved and sold are",
    ledger_tables.delete_reservation: "order {} holds no stock",
}


@pytest.mark.parametrize("doctor", DOCTORS, ids=lambda doctor: doctor.__name__)
def test_doctored_tables_are_found(sound, doctor):
    books = doctored(sound, doctor())
    findings = checker.check_books(books, sound.journal, settled=True)
    assert any(DOCTORS[doctor].format(books.broken) in finding for finding in findings), findings


def test_held_stock_without_an_order_is_counted(sound):
    books = doctored(sound, ledger_tables.orphan_reservation())
    assert checker.check_books(books, sound.journal, settled=True) == []
    assert checker.orphans_of(books) == [books.broken]


def test_what_a_doctor_did_is_undone(sound):
    """Each of the tests above began with sound tables."""
    doctored(sound, ledger_tables.delete_order()).read()
    assert checker.check_books(sound.books(), sound.journal, settled=True) == []
