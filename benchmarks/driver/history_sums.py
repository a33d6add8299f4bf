"""Sums over a history as it is in its file, to hold answers against: plain layout, no cancellations, moments in UTC."""

import csv
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from .histories import HEADER
from .trouble import Unusable


def cents(amount) -> int:
    return int(Decimal(amount) * 100)


@dataclass
class Sums:
    orders: int = 0
    units: int = 0
    revenue: int = 0  # cents, as all amounts here
    by_day: dict = field(default_factory=lambda: defaultdict(lambda: [0, 0]))  # date → orders, revenue
    by_category: Counter = field(default_factory=Counter)
    by_product: dict = field(default_factory=lambda: defaultdict(lambda: [0, 0]))  # name → units, revenue
    by_hour: Counter = field(default_factory=Counter)  # (weekday from 0, hour) → orders
    customers: dict = field(default_factory=lambda: defaultdict(set))  # month → customers

    def add_order(self, moment: str, customer: str) -> None:
        self.orders += 1
        self.by_day[moment[:10]][0] += 1
        when = datetime.fromisoformat(moment)
        self.by_hour[when.weekday(), when.hour] += 1
        self.customers[moment[:7]].add(customer)

    def add_line(self, day: str, quantity: int, amount: int, name: str, category: str) -> None:
        self.units += quantity
        self.revenue += amount
        self.by_day[day][1] += amount
        self.by_category[category] += amount
        product = self.by_product[name]
        product[0] += quantity
        product[1] += amount


def read(file: Path) -> Sums:
    """The sums of a file as histories.write_orders writes them: the lines of an order follow each other."""
    sums, last = Sums(), None
    with open(file, encoding="utf-8", newline="") as lines:
        rows = csv.reader(lines)
        if tuple(next(rows, ())) != HEADER:
            raise Unusable(f"{file} is no history with the columns {', '.join(HEADER)}")
        for order, customer, moment, _, quantity, price, name, category in rows:
            if order != last:
                last = order
                sums.add_order(moment, customer)
            quantity = int(quantity)
            # A price has two digits behind the point: without the point it is cents.
            sums.add_line(moment[:10], quantity, quantity * int(price.replace(".", "")), name, category)
    return sums
