"""The orders of a shop as its ledger has them: read from the order store by SQL, and told again by the event log."""

import contextlib
import json
import pathlib
import sqlite3
import uuid
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Dict, Iterable, List, Optional, Tuple

from .clock import parse_moment

STATUSES = ["pending", "confirmed", "processing", "shipped", "delivered", "cancelled"]
NOBODY = uuid.UUID(int=0)


@dataclass(frozen=True)
class Line:
    product: str
    category: str
    units: int
    cents: int


@dataclass
class Order:
    id: str
    customer: Optional[str]
    kind: str
    status: str
    cents: int
    lines: Tuple[Line, ...]
    placed_at: Optional[int] = None  # Unix milliseconds, as all times; a credit note was never placed
    cancelled_at: Optional[int] = None
    shipped_at: Optional[int] = None
    delivered_at: Optional[int] = None

    @property
    def units(self) -> int:
        return sum(line.units for line in self.lines)


@dataclass
class Books:
    orders: List[Order]
    names: Dict[str, str] = field(default_factory=dict)  # of products, as the newest event that holds them says
    log_end: int = 0


def _open(folder: pathlib.Path, store: str):
    return contextlib.closing(sqlite3.connect(f"file:{folder / store}.db?mode=ro", uri=True))


def _id(blob: bytes) -> str:
    return str(uuid.UUID(bytes=blob))


def _customer(blob: bytes) -> Optional[str]:
    return None if uuid.UUID(bytes=blob) == NOBODY else _id(blob)


class _Names:
    """What products are called: the newest event that holds one decides, of equally new ones the greater name."""

    def __init__(self):
        self._known: Dict[str, tuple] = {}

    def learn(self, product: str, at: int, name: str) -> None:
        self._known[product] = max(self._known.get(product, (at, "".encode())), (at, name.encode()))

    def all(self) -> Dict[str, str]:
        return {product: name.decode() for product, (_, name) in self._known.items()}


def _history(order: Order, version: int, status: str, at: int) -> bool:
    """What one entry of an order's history says of it; whether such an entry carries the order's lines."""
    if version == 1 and order.kind == "sale":
        order.placed_at = at
        return True
    if status == "cancelled":
        order.cancelled_at = at
        return True
    if status == "shipped":
        order.shipped_at = at
    if status == "delivered":
        order.delivered_at = at
    return False


def read_ledger(folder: pathlib.Path) -> Books:
    """From the tables of the order store. The folder may be served meanwhile: it is only read."""
    with _open(folder, "order") as db:
        lines, named = defaultdict(list), defaultdict(list)
        for order, product, name, category, quantity, subtotal in db.execute(
            "SELECT order_id, product_id, product_name, category_name, quantity, subtotal FROM order_line "
            "ORDER BY order_id, line"
        ):
            lines[order].append(Line(_id(product), category, quantity, subtotal))
            named[order].append((_id(product), name))
        orders = {
            row[0]: Order(_id(row[0]), _customer(row[1]), *row[2:5], tuple(lines[row[0]]))
            for row in db.execute("SELECT id, user_id, kind, status, total FROM orders")
        }
        names, end = _Names(), 0
        for position, order, version, status, at in db.execute(
            "SELECT position, order_id, version, status, occurred_at FROM outbox ORDER BY position"
        ):
            end = position
            if _history(orders[order], version, status, at):
                for product, name in named[order]:
                    names.learn(product, at, name)
    return Books(sorted(orders.values(), key=lambda order: order.id), names.all(), end)


def read_log(lines: Iterable[str]) -> Books:
    """From the events, one JSON object a line, as `cloudcart events replay` prints them."""
    orders: Dict[str, Order] = {}
    names, end = _Names(), 0
    for text in lines:
        record = json.loads(text, parse_float=Decimal)
        event, end = record["event"], record["position"]
        at = parse_moment(event["timestamp"])
        customer = None if event["userId"] == str(NOBODY) else event["userId"]
        order = orders.setdefault(event["orderId"], Order(
            event["orderId"], customer, event["kind"], event["status"], cents(event["totalAmount"]), ()
        ))
        order.status = event["status"]
        if _history(order, event["version"], event["status"], at):
            order.lines = tuple(
                Line(item["product_id"], item["category_name"], item["quantity"], cents(item["subtotal"]))
                for item in event["items"]
            )
            for item in event["items"]:
                names.learn(item["product_id"], at, item["product_name"])
    return Books(sorted(orders.values(), key=lambda order: order.id), names.all(), end)


def cents(amount) -> int:
    scaled = Decimal(amount) * 100
    assert scaled == int(scaled), amount
    return int(scaled)


def codes_and_customers(folder: pathlib.Path) -> Tuple[Dict[str, str], Dict[str, str]]:
    """The code of each product and the address of each user, by id."""
    with _open(folder, "product") as db:
        codes = {_id(row[0]): row[1] for row in db.execute("SELECT id, sku FROM product")}
    with _open(folder, "user") as db:
        users = {_id(row[0]): row[1] for row in db.execute("SELECT id, email_key FROM user")}
    return codes, users


def disagreements(ledger: Books, log: Books) -> List[str]:
    """Where the tables and the events tell of other orders, or an order is not the sum of its lines."""
    wrong = [
        f"order {order.id} is of {order.cents}, its lines of {sum(line.cents for line in order.lines)}"
        for order in ledger.orders if order.cents != sum(line.cents for line in order.lines)
    ]
    other = {order.id: order for order in log.orders}
    wrong += [f"order {order.id} differs in the log" for order in ledger.orders if other.pop(order.id, None) != order]
    wrong += [f"order {order} is in the log alone" for order in other]
    if ledger.names != log.names:
        wrong.append("products have other names in the log")
    return wrong
