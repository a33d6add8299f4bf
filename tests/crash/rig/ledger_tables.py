"""The stores' tables in PostgreSQL, read and doctored. The only place of the crash tests that knows them.

All of a Ledger is read in one snapshot, so it may be read while others write. What is doctored is undone after it was read.
"""

import json
import subprocess
import uuid
from typing import List, Optional

from .ledger import Ledger, LedgerEvent, LedgerKey, LedgerLine, LedgerOrder, Movement, Reservation, Stock

# Each row is one JSON array on one line; the names are those of the sections.
QUERIES = {
    "orders": "SELECT json_build_array(id, user_id, kind, status, total, shipping_address, version) FROM {order}.orders",
    # Lines are numbered from 1 here, from 0 in a Ledger.
    "lines": "SELECT json_build_array(order_id, line - 1, product_id, quantity, price, subtotal) FROM {order}.order_line "
             "ORDER BY order_id, line",
    "events": "SELECT json_build_array(position, order_id, version, event_id, status) FROM {order}.order_event ORDER BY position",
    # One that is only claimed stands for no order yet.
    "keys": "SELECT json_build_array(user_id, key, order_id) FROM {order}.idempotency_key WHERE completed",
    "stock": "SELECT json_build_array(id, available, reserved, sold) FROM {product}.stock LEFT JOIN {product}.product "
             "ON number = stock.product",
    "movements": "SELECT json_build_array(product.id, sequence, kind, delta, order_id) FROM {product}.stock_movement "
                 "LEFT JOIN {product}.product ON number = stock_movement.product ORDER BY stock_movement.product, sequence",
    "reservations": "SELECT json_build_array(order_id, state, lines) FROM {product}.reservation",
    "followed": "SELECT json_build_array(position) FROM {product}.followed_log",
}
# Heaps, and indexes with every row of their tables.
DAMAGE = """
CREATE EXTENSION IF NOT EXISTS amcheck;
SELECT relname || ': ' || msg FROM pg_class, LATERAL verify_heapam(oid)
  WHERE relkind = 'r' AND relnamespace IN ('{order}'::regnamespace, '{product}'::regnamespace);
SELECT bt_index_check(pg_class.oid, true)::text FROM pg_class JOIN pg_am ON pg_am.oid = relam
  WHERE relkind = 'i' AND amname = 'btree' AND relnamespace IN ('{order}'::regnamespace, '{product}'::regnamespace);
"""


class Refused(Exception):
    """PostgreSQL did not do it."""


class Books:
    """Those in the schemas of one platform. `doctor`: SQL that breaks something, for one reading."""

    def __init__(self, url: str, prefix: str, doctor: Optional[str] = None):
        self._url, self._doctor = url, doctor
        self._schemas = {name: f"{prefix}_{name}" for name in ("order", "product")}
        self.broken: Optional[str] = None  # what the doctor said it broke

    def _psql(self, sql: str) -> List[str]:
        done = subprocess.run(
            ["psql", "--no-psqlrc", "-qAt", "-v", "ON_ERROR_STOP=1", self._url], input=sql.format(**self._schemas),
            capture_output=True, text=True, timeout=120,
        )
        if done.returncode != 0:
            raise Refused(done.stderr)
        return done.stdout.splitlines()

    def damage(self) -> List[str]:
        try:
            return [line for line in self._psql(DAMAGE) if line] if self.are_there() else []
        except Refused as refused:
            return [str(refused)]

    def are_there(self) -> bool:
        asked = "SELECT to_regclass('{order}.log_compaction') IS NOT NULL AND to_regclass('{product}.followed_log') IS NOT NULL"
        return self._psql(asked) == ["t"]

    def read(self) -> Ledger:
        rows = self._rows()
        events = [LedgerEvent(*row) for row in rows["events"]]
        return Ledger(
            orders={row[0]: LedgerOrder(*row) for row in rows["orders"]},
            lines=[LedgerLine(*row) for row in rows["lines"]],
            events=events,
            keys=[LedgerKey(*row) for row in rows["keys"]],
            stock={row[0]: Stock(*row) for row in rows["stock"]},
            movements=[Movement(*row) for row in rows["movements"]],
            reservations={
                row[0]: Reservation(row[0], row[1], [(line[0], line[5], line[4]) for line in json.loads(row[2])])
                for row in rows["reservations"]
            },
            log_end=events[-1].position if events else 0,
            followed=rows["followed"][0][0],
        )

    def _rows(self) -> dict:
        script = ["BEGIN ISOLATION LEVEL REPEATABLE READ;"]
        if self._doctor:
            script += ["\\echo doctor", self._doctor + ";"]
        for name, query in QUERIES.items():
            script += [f"\\echo {name}", query + ";"]
        rows: dict = {"doctor": []}
        for line in self._psql("\n".join([*script, "ROLLBACK;"])):
            if line in QUERIES or line == "doctor":
                section = rows.setdefault(line, [])
            else:
                section.append(line)
        if self._doctor:
            assert len(rows["doctor"]) == 1, f"{self._doctor} answered {rows['doctor']}"
            self.broken = rows["doctor"][0]
        return {name: [json.loads(line) for line in rows[name]] for name in QUERIES}

    def ask(self, query: str) -> str:
        """One value."""
        return "\n".join(self._psql(query))

    def has_followed(self) -> bool:
        """Whether the stock has caught up with the log of orders."""
        return self._psql(
            "SELECT (SELECT position FROM {product}.followed_log) >= (SELECT coalesce(max(position), 0) FROM {order}.order_event)"
        ) == ["t"]


# Doctoring: what a broken program could leave, as one statement that answers what it broke.


def _some_order(status: str) -> str:
    return f"(SELECT id FROM {{order}}.orders WHERE status = '{status}' ORDER BY id LIMIT 1)"


_SOME_PRODUCT = "(SELECT product FROM {product}.stock WHERE available > 0 ORDER BY reserved DESC, product LIMIT 1)"
_ITS_ID = "(SELECT id FROM {product}.product WHERE number = product)"
_SOME_KEY = "(SELECT order_id FROM {order}.idempotency_key WHERE completed ORDER BY order_id LIMIT 1)"


def delete_order() -> str:
    return f"DELETE FROM {{order}}.orders WHERE id = {_some_order('pending')} RETURNING id"


def delete_order_whole() -> str:
    """As if its transaction had never been: what a lost fsync leaves."""
    return f"""WITH gone AS (DELETE FROM {{order}}.orders WHERE id = {_some_order('pending')} RETURNING id),
        lines AS (DELETE FROM {{order}}.order_line WHERE order_id = {_some_order('pending')}),
        told AS (DELETE FROM {{order}}.order_event WHERE order_id = {_some_order('pending')}),
        key AS (DELETE FROM {{order}}.idempotency_key WHERE order_id = {_some_order('pending')}) SELECT id FROM gone"""


def orphan_line() -> str:
    return f"""INSERT INTO {{order}}.order_line(tenant, order_id, line, product_id, product_name, category_name, quantity, price,
        subtotal) VALUES('main', '{uuid.uuid4()}', 1, '{uuid.uuid4()}', 'x', 'x', 1, 1, 1) RETURNING order_id"""


def delete_line() -> str:
    return f"DELETE FROM {{order}}.order_line WHERE order_id = {_some_order('pending')} AND line = 1 RETURNING order_id"


def change_amount() -> str:
    """Of a line."""
    return f"""UPDATE {{order}}.order_line SET subtotal = subtotal + 1
        WHERE order_id = {_some_order('pending')} AND line = 1 RETURNING order_id"""


def double_event() -> str:
    """The same event under the next version."""
    return f"""INSERT INTO {{order}}.order_event(position, tenant, order_id, version, event_id, status, occurred_at, traceparent,
        has_lines) SELECT position + 1000000, tenant, order_id, version + 1, event_id, status, occurred_at, traceparent, has_lines
        FROM {{order}}.order_event WHERE order_id = {_some_order('pending')} RETURNING order_id"""


def delete_event() -> str:
    return f"DELETE FROM {{order}}.order_event WHERE order_id = {_some_order('confirmed')} AND version = 1 RETURNING order_id"


def swap_events() -> str:
    """The second version comes before the first in the log."""
    return f"""UPDATE {{order}}.order_event SET position = -position
        WHERE order_id = {_some_order('confirmed')} AND version = 2 RETURNING order_id"""


def change_status() -> str:
    return f"UPDATE {{order}}.orders SET status = 'shipped' WHERE id = {_some_order('pending')} RETURNING id"


def change_total() -> str:
    return f"UPDATE {{order}}.orders SET total = total + 1 WHERE id = {_some_order('pending')} RETURNING id"


def copy_order() -> str:
    """A second order of the same request, whole in itself."""
    twin = uuid.uuid4()
    columns = "user_id, kind, status, payment_status, total, currency, shipping_address, created_at, updated_at, version"
    of_lines = "line, product_id, product_name, category_name, quantity, price, subtotal"
    return f"""WITH twin AS (INSERT INTO {{order}}.orders(tenant, id, {columns}) SELECT tenant, '{twin}', {columns}
          FROM {{order}}.orders WHERE id = {_some_order('pending')} RETURNING id),
        lines AS (INSERT INTO {{order}}.order_line(tenant, order_id, {of_lines}) SELECT tenant, '{twin}', {of_lines}
          FROM {{order}}.order_line WHERE order_id = {_some_order('pending')}),
        told AS (INSERT INTO {{order}}.order_event(position, tenant, order_id, version, event_id, status, occurred_at, traceparent,
          has_lines) SELECT max(position) + 1, 'main', '{twin}', 1, '{uuid.uuid4()}', 'pending', 0, '', true
          FROM {{order}}.order_event) SELECT id FROM twin"""


def lead_key_astray() -> str:
    """A key stands for an order that is not there."""
    return f"UPDATE {{order}}.idempotency_key SET order_id = '{uuid.uuid4()}' WHERE order_id = {_SOME_KEY} RETURNING order_id"


def free_key() -> str:
    """A key forgets its order."""
    return f"DELETE FROM {{order}}.idempotency_key WHERE order_id = {_SOME_KEY} RETURNING order_id"


def change_stock() -> str:
    return f"UPDATE {{product}}.stock SET available = available - 1 WHERE product = {_SOME_PRODUCT} RETURNING {_ITS_ID}"


def delete_movement() -> str:
    """The ledger forgets a reservation."""
    return f"""DELETE FROM {{product}}.stock_movement WHERE product = {_SOME_PRODUCT} AND sequence = (SELECT min(sequence)
        FROM {{product}}.stock_movement WHERE product = {_SOME_PRODUCT} AND kind = 'reserve') RETURNING {_ITS_ID}"""


def move_stock() -> str:
    """A unit changes from free to sold without an order; the sum stays right."""
    return f"""UPDATE {{product}}.stock SET available = available - 1, sold = sold + 1 WHERE product = {_SOME_PRODUCT}
        RETURNING {_ITS_ID}"""


def delete_reservation() -> str:
    return f"DELETE FROM {{product}}.reservation WHERE order_id = {_some_order('pending')} RETURNING order_id"


def orphan_reservation() -> str:
    """Stock is held for an order that is not there, properly booked."""
    order = uuid.uuid4()
    return f"""WITH held AS (UPDATE {{product}}.stock SET available = available - 1, reserved = reserved + 1,
          movements = movements + 1 WHERE product = {_SOME_PRODUCT} RETURNING product, movements, {_ITS_ID} AS id),
        moved AS (INSERT INTO {{product}}.stock_movement(product, sequence, kind, delta, order_id, moved_at)
          SELECT product, movements, 'reserve', 1, '{order}', 0 FROM held)
        INSERT INTO {{product}}.reservation(tenant, order_id, state, created_at, updated_at, lines)
          SELECT 'main', '{order}', 'reserved', 0, 0, json_build_array(json_build_array(id, product, 'x', 'x', 1, 1))::text
          FROM held RETURNING order_id"""
