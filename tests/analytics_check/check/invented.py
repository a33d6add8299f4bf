"""A small shop whose ledger has everything that figures can trip over.

A retail file brings in sales, whole cancellations and credit notes; then the order store, which nobody serves yet, is
given what no file tells: orders on their way and when they moved, categories and names that changed, orders of nobody,
moments to the millisecond. What the analytics know is thrown away: they are to be made of the event log.
"""

import contextlib
import csv
import datetime
import io
import pathlib
import random
import sqlite3
from typing import Iterator, List

from .clock import DAY, HOUR_MS, Dates, changes_of_the_clocks, start_of, wall_clock

FIRST, LAST = datetime.date(2011, 9, 20), datetime.date(2012, 4, 10)  # with a leap day, and all zones' changes of the clocks
PRODUCTS, CUSTOMERS = 24, 40
WAY = ["confirmed", "processing", "shipped", "delivered"]


def retail_file(seed: int) -> str:
    rng = random.Random(seed)
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow("invoice,stock_code,description,quantity,invoice_date,unit_price,customer_id,country".split(","))
    number, sold = 0, []
    for day in Dates(FIRST, LAST):
        for _ in range(rng.choice([0, 2, 2, 3, 4, 5])):
            number += 1
            customer = "" if rng.random() < 0.08 else 100 + min(int(rng.expovariate(1 / 9)), CUSTOMERS)
            lines = [
                (20_000 + code, rng.randrange(1, 9), f"{(code + 1) * 0.37:.2f}")
                for code in rng.sample(range(PRODUCTS), rng.randrange(1, 6))
            ]
            # No hour that a change of the clocks leaves out or repeats: those are set to the millisecond below.
            when = f"{day} {rng.randrange(4, 24):02}:{rng.randrange(60):02}:00"
            sold.append((customer, lines))
            for code, quantity, price in lines:
                rows.writerow([number, code, f"THING {code}", quantity, when, price, customer, "UK"])
        if sold and rng.random() < 0.25:
            number += 1
            customer, lines = rng.choice(sold[-60:])
            when = f"{day} 23:{rng.randrange(60):02}:00"
            for code, quantity, price in lines if rng.random() < 0.5 else lines[:1]:
                rows.writerow([f"C{number}", code, "", -quantity, when, price, customer, "UK"])
    return out.getvalue()


def moments_to_the_millisecond(dates: Dates, zones: List[str]) -> Iterator[int]:
    """Midnights of ordinary days, and each hour around each change of the clocks, a millisecond before, at and after."""
    for zone in zones:
        days = changes_of_the_clocks(dates, zone)
        leap_days = [day for day in dates if (day.month, day.day) == (2, 29)]
        for day in [dates.first + 40 * DAY, *leap_days, *days, *(day + DAY for day in days)]:
            hours = range(5) if day in days else range(1)
            for hour in hours:
                yield from (start_of(day, zone) + hour * HOUR_MS + off for off in (-1, 0, 1))


def enrich(folder: pathlib.Path, seed: int, zones: List[str]) -> None:
    """Changes the ledger of an import, which is no longer that of its file."""
    rng = random.Random(seed)
    for file in folder.glob("analytics.db*"):
        file.unlink()
    with contextlib.closing(sqlite3.connect(folder / "order.db")) as db:
        sales = [row[0] for row in db.execute("SELECT id FROM orders WHERE status = 'delivered' ORDER BY id")]
        rng.shuffle(sales)
        ends = db.execute("SELECT min(created_at), max(created_at) FROM orders").fetchone()
        dates = Dates(*(wall_clock(at, "UTC").date() for at in ends))
        moments = list(moments_to_the_millisecond(dates, zones))
        assert len(moments) < len(sales) / 2, (len(moments), len(sales))
        for order, at in zip(sales, moments):
            db.execute("UPDATE orders SET created_at = ?, updated_at = ? WHERE tenant = 'main' AND id = ?", (at, at, order))
            db.execute("UPDATE outbox SET occurred_at = ? WHERE tenant = 'main' AND order_id = ?", (at, order))
        for order in sales[::17]:
            db.execute("UPDATE orders SET user_id = zeroblob(16) WHERE tenant = 'main' AND id = ?", (order,))
        _move_on(db, rng, sales[: len(sales) * 3 // 4])
        _rename(db)
        db.commit()


def _move_on(db: sqlite3.Connection, rng: random.Random, sales: list) -> None:
    """Some as far as delivered, some on their way, some cancelled; the rest stay as they were imported."""
    position = db.execute("SELECT max(position) FROM outbox").fetchone()[0]
    for order in sales:
        at = db.execute("SELECT occurred_at FROM outbox WHERE tenant = 'main' AND order_id = ?", (order,)).fetchone()[0]
        way = WAY[: rng.choice([0, 1, 2, 3, 4, 4, 4, 4])]
        if len(way) < 3 and rng.random() < 0.4:
            way = [*way, "cancelled"]
        db.execute("UPDATE outbox SET status = 'pending' WHERE tenant = 'main' AND order_id = ?", (order,))
        for version, status in enumerate(way, 2):
            at += rng.choice([0, 999, 1000, 61_001, rng.randrange(90 * HOUR_MS)])
            position += 1
            db.execute(
                "INSERT INTO outbox(position, tenant, order_id, version, event_id, status, occurred_at, traceparent) "
                "VALUES(?, 'main', ?, ?, ?, ?, ?, '')", (position, order, version, rng.randbytes(16), status, at),
            )
        status = way[-1] if way else "pending"
        db.execute(
            "UPDATE orders SET status = ?, version = ?, updated_at = ?, cancelled_at = ? WHERE tenant = 'main' AND id = ?",
            (status, 1 + len(way), at, at if status == "cancelled" else None, order),
        )


def _rename(db: sqlite3.Connection) -> None:
    """Products of four categories, two of which a spreadsheet would take for formulas; a third of them change. Some have
    another name later."""
    categories = ["=Tea", "Kitchen, large", "@home", 'The "other"']
    products = [row[0] for row in db.execute("SELECT DISTINCT product_id FROM order_line ORDER BY product_id")]
    numbers = {product: number for number, product in enumerate(products)}
    middle = db.execute("SELECT avg(created_at) FROM orders").fetchone()[0]
    changed = []
    for order, line, product, name, is_late in db.execute(
        "SELECT order_id, line, product_id, product_name, created_at >= ? FROM order_line "
        "JOIN orders ON orders.tenant = order_line.tenant AND id = order_id",
        (middle,),
    ):
        number = numbers[product]
        category = categories[(number + (is_late and number % 3 == 0)) % 4]
        changed.append((category, f"-{name}, new" if is_late and number % 4 == 0 else name, order, line))
    db.executemany(
        "UPDATE order_line SET category_name = ?, product_name = ? WHERE tenant = 'main' AND order_id = ? AND line = ?",
        changed,
    )
