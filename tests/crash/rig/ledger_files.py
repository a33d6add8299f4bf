"""The stores' files, read and doctored. The only place of the crash tests that knows the tables in them.

Everything is read from a copy of a folder that nobody serves: opening a store recovers it, and that must be left to the
program under test.
"""

import contextlib
import json
import pathlib
import shutil
import sqlite3
import uuid
from typing import Iterator, List, Optional

from .ledger import Ledger, LedgerEvent, LedgerKey, LedgerLine, LedgerOrder, Movement, Reservation, Stock

STORES = ("user", "product", "order", "analytics", "recommendation")
EVENT_COLUMNS = "event_id, status, occurred_at, traceparent"


def copy(folder: pathlib.Path, target: pathlib.Path) -> pathlib.Path:
    """The stores of a folder that nobody serves, logs included."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for store in STORES:
        for suffix in (".db", ".db-wal"):
            if (folder / (store + suffix)).exists():
                shutil.copyfile(folder / (store + suffix), target / (store + suffix))
    return target


@contextlib.contextmanager
def _open(folder: pathlib.Path, store: str) -> Iterator[sqlite3.Connection]:
    with contextlib.closing(sqlite3.connect(folder / f"{store}.db", timeout=1)) as connection:
        yield connection


def tree_pages(folder: pathlib.Path, store: str) -> List[int]:
    """Numbers, from 1, of the pages that hold rows or keys, and so have a head."""
    with _open(folder, store) as connection:
        return [row[0] for row in connection.execute("SELECT pageno FROM dbstat WHERE pagetype IN ('leaf', 'internal')")]


def _id(blob: Optional[bytes]) -> Optional[str]:
    return None if blob is None else str(uuid.UUID(bytes=bytes(blob)))


class Books:
    """Those of a copied folder, for the checker."""

    def __init__(self, folder: pathlib.Path):
        self.folder = folder

    def damage(self) -> List[str]:
        found = []
        for store in STORES:
            if not (self.folder / f"{store}.db").exists():
                continue
            try:
                with _open(self.folder, store) as connection:
                    rows = connection.execute("PRAGMA integrity_check").fetchall()
            except sqlite3.DatabaseError as error:
                rows = [(str(error),)]
            found += [f"{store}.db: {row[0]}" for row in rows if row[0] != "ok"]
        return found

    def are_there(self) -> bool:
        for store, table in (("order", "outbox"), ("product", "followed_log")):
            if not (self.folder / f"{store}.db").exists():
                return False
            with _open(self.folder, store) as connection:
                if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (table,)).fetchone():
                    return False
        return True

    def read(self) -> Ledger:
        with _open(self.folder, "order") as db:
            orders = {
                _id(row[0]): LedgerOrder(_id(row[0]), _id(row[1]), *row[2:])
                for row in db.execute("SELECT id, user_id, kind, status, total, shipping_address, version FROM orders")
            }
            lines = [
                LedgerLine(_id(row[0]), row[1], _id(row[2]), *row[3:])
                for row in db.execute(
                    "SELECT order_id, line, product_id, quantity, price, subtotal FROM order_line ORDER BY order_id, line"
                )
            ]
            events = [
                LedgerEvent(row[0], _id(row[1]), row[2], _id(row[3]), row[4])
                for row in db.execute("SELECT position, order_id, version, event_id, status FROM outbox ORDER BY position")
            ]
            keys = [
                LedgerKey(_id(row[0]), row[1], _id(row[2]))
                for row in db.execute("SELECT user_id, key, order_id FROM idempotency_key")
            ]
        with _open(self.folder, "product") as db:
            stock = {
                _id(row[0]): Stock(_id(row[0]), *row[1:])
                for row in db.execute("SELECT id, available, reserved, sold FROM stock LEFT JOIN product USING (number)")
            }
            movements = [
                Movement(_id(row[0]), row[1], row[2], row[3], _id(row[4]))
                for row in db.execute(
                    "SELECT product.id, sequence, kind, delta, order_id FROM stock_movement LEFT JOIN product "
                    "ON product.number = stock_movement.product ORDER BY stock_movement.number"
                )
            ]
            reservations = {
                _id(row[0]): Reservation(_id(row[0]), row[1], [(line[0], line[5], line[4]) for line in json.loads(row[2])])
                for row in db.execute("SELECT order_id, state, lines FROM reservation")
            }
            followed = db.execute("SELECT position FROM followed_log").fetchone()[0]
        log_end = events[-1].position if events else 0
        return Ledger(orders, lines, events, keys, stock, movements, reservations, log_end, followed)


# Doctoring: what a broken program could leave. Each answers what it broke, and is found by the checker or the checker
# is worth nothing. All work on the folder itself, while nobody serves it.


def _change(folder: pathlib.Path, store: str, statement: str, parameters: tuple = ()) -> None:
    with _open(folder, store) as connection:
        done = connection.execute(statement, parameters)
        assert done.rowcount == 1, f"{statement} changed {done.rowcount} rows"
        connection.commit()


def _some_order(folder: pathlib.Path, status: str) -> bytes:
    with _open(folder, "order") as connection:
        row = connection.execute("SELECT id FROM orders WHERE status = ? ORDER BY id LIMIT 1", (status,)).fetchone()
    assert row, f"no {status} order to doctor"
    return row[0]


def delete_order(folder: pathlib.Path, status: str = "pending") -> str:
    order = _some_order(folder, status)
    _change(folder, "order", "DELETE FROM orders WHERE id = ?", (order,))
    return _id(order)


def delete_order_whole(folder: pathlib.Path) -> str:
    """As if its transaction had never been: what a lost fsync leaves."""
    order = _some_order(folder, "pending")
    with _open(folder, "order") as connection:
        for statement in (
            "DELETE FROM orders WHERE id = ?", "DELETE FROM order_line WHERE order_id = ?",
            "DELETE FROM outbox WHERE order_id = ?", "DELETE FROM idempotency_key WHERE order_id = ?",
        ):
            connection.execute(statement, (order,))
        connection.commit()
    return _id(order)


def orphan_line(folder: pathlib.Path) -> str:
    order = uuid.uuid4()
    _change(
        folder, "order",
        "INSERT INTO order_line(tenant, order_id, line, product_id, product_name, category_name, quantity, price, subtotal) "
        "VALUES('main', ?, 0, ?, 'x', 'x', 1, 1, 1)", (order.bytes, uuid.uuid4().bytes),
    )
    return str(order)


def delete_line(folder: pathlib.Path) -> str:
    order = _some_order(folder, "pending")
    _change(folder, "order", "DELETE FROM order_line WHERE order_id = ? AND line = 0", (order,))
    return _id(order)


def double_event(folder: pathlib.Path) -> str:
    """The same event under the next version."""
    order = _some_order(folder, "pending")
    _change(
        folder, "order",
        f"INSERT INTO outbox(tenant, order_id, version, {EVENT_COLUMNS}) SELECT tenant, order_id, version + 1, {EVENT_COLUMNS} "
        "FROM outbox WHERE order_id = ?", (order,),
    )
    return _id(order)


def delete_event(folder: pathlib.Path) -> str:
    order = _some_order(folder, "confirmed")
    _change(folder, "order", "DELETE FROM outbox WHERE order_id = ? AND version = 1", (order,))
    return _id(order)


def change_status(folder: pathlib.Path) -> str:
    order = _some_order(folder, "pending")
    _change(folder, "order", "UPDATE orders SET status = 'shipped' WHERE id = ?", (order,))
    return _id(order)


def change_total(folder: pathlib.Path) -> str:
    order = _some_order(folder, "pending")
    _change(folder, "order", "UPDATE orders SET total = total + 1 WHERE id = ?", (order,))
    return _id(order)


def copy_order(folder: pathlib.Path) -> str:
    """A second order of the same request, whole in itself."""
    order, twin = _some_order(folder, "pending"), uuid.uuid4().bytes
    with _open(folder, "order") as connection:
        columns = "user_id, kind, status, payment_status, total, currency, shipping_address, created_at, updated_at, version"
        connection.execute(
            f"INSERT INTO orders(tenant, id, {columns}) SELECT tenant, ?, {columns} FROM orders WHERE id = ?", (twin, order)
        )
        columns = "line, product_id, product_name, category_name, quantity, price, subtotal"
        connection.execute(
            f"INSERT INTO order_line(tenant, order_id, {columns}) SELECT tenant, ?, {columns} FROM order_line "
            "WHERE order_id = ?", (twin, order),
        )
        connection.execute(
            "INSERT INTO outbox(tenant, order_id, version, event_id, status, occurred_at, traceparent) "
            "VALUES('main', ?, 1, ?, 'pending', 0, '')", (twin, uuid.uuid4().bytes),
        )
        connection.commit()
    return _id(twin)


def _some_key(folder: pathlib.Path) -> bytes:
    """The order of a key."""
    with _open(folder, "order") as connection:
        row = connection.execute("SELECT order_id FROM idempotency_key ORDER BY order_id LIMIT 1").fetchone()
    assert row, "no key to doctor"
    return row[0]


def lead_key_astray(folder: pathlib.Path) -> str:
    """A key stands for an order that is not there."""
    nowhere = uuid.uuid4()
    _change(
        folder, "order", "UPDATE idempotency_key SET order_id = ? WHERE order_id = ?", (nowhere.bytes, _some_key(folder))
    )
    return str(nowhere)


def free_key(folder: pathlib.Path) -> str:
    """A key forgets its order."""
    order = _some_key(folder)
    _change(folder, "order", "DELETE FROM idempotency_key WHERE order_id = ?", (order,))
    return _id(order)


def _some_product(folder: pathlib.Path) -> tuple:
    """Its number and its id."""
    with _open(folder, "product") as connection:
        number, product = connection.execute(
            "SELECT number, id FROM stock JOIN product USING (number) WHERE available > 0 ORDER BY reserved DESC, number LIMIT 1"
        ).fetchone()
    return number, _id(product)


def change_stock(folder: pathlib.Path) -> str:
    number, product = _some_product(folder)
    _change(folder, "product", "UPDATE stock SET available = available + 1 WHERE number = ?", (number,))
    return product


def delete_movement(folder: pathlib.Path) -> str:
    """The ledger forgets a reservation."""
    number, product = _some_product(folder)
    _change(
        folder, "product",
        "DELETE FROM stock_movement WHERE number = (SELECT min(number) FROM stock_movement WHERE product = ? AND "
        "kind = 'reserve')", (number,),
    )
    return product


def move_stock(folder: pathlib.Path) -> str:
    """A unit changes from free to sold without an order; the sum stays right."""
    number, product = _some_product(folder)
    _change(folder, "product", "UPDATE stock SET available = available - 1, sold = sold + 1 WHERE number = ?", (number,))
    return product


def delete_reservation(folder: pathlib.Path) -> str:
    order = _some_order(folder, "pending")
    _change(folder, "product", "DELETE FROM reservation WHERE order_id = ?", (order,))
    return _id(order)


def orphan_reservation(folder: pathlib.Path) -> str:
    """Stock is held for an order that is not there, properly booked."""
    (number, product), order = _some_product(folder), uuid.uuid4().bytes
    with _open(folder, "product") as connection:
        connection.execute(
            "INSERT INTO stock_movement(product, sequence, previous, kind, delta, order_id, moved_at) "
            "SELECT number, movements + 1, last_movement, 'reserve', 1, ?, 0 FROM stock WHERE number = ?", (order, number),
        )
        connection.execute(
            "UPDATE stock SET available = available - 1, reserved = reserved + 1, movements = movements + 1, "
            "last_movement = last_insert_rowid() WHERE number = ?", (number,),
        )
        connection.execute(
            "INSERT INTO reservation(tenant, order_id, state, created_at, updated_at, lines) "
            "VALUES('main', ?, 'reserved', 0, 0, ?)", (order, json.dumps([[product, number, "x", "x", 1, 1]])),
        )
        connection.commit()
    return _id(order)
