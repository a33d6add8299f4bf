"""A shop with a history that was invented, and the ledger of it."""

import contextlib
import csv
import datetime
import io
import random
from decimal import Decimal

from .client import expect
from .ledger import DAY, Ledger
from .server import Server, run
from .shop import Shop
from .waiting import until

REPORTS = "/api/analytics/reports/"
HEADER = "invoice,stock_code,description,quantity,invoice_date,unit_price,customer_id,country"
# Around changes of the clocks of London and New York.
CLOCK_CHANGES = [
    "2011-03-13 05:30", "2011-03-13 07:30", "2011-03-27 00:30", "2011-03-27 02:30", "2011-10-30 00:30",
    "2011-10-30 01:30", "2011-10-30 02:30", "2011-11-06 04:30", "2011-11-06 05:30", "2011-11-06 06:30",
    "2011-11-06 23:30",
]
FIRST_DAY, LAST_DAY = datetime.date(2010, 10, 11), datetime.date(2011, 12, 9)


def invent_history(seed: int, first: datetime.date = FIRST_DAY) -> str:
    """Fourteen months of a shop, or less: a pattern of the week, some who come again, a pair that goes together, returns."""
    rng = random.Random(seed)
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(HEADER.split(","))
    numbers = iter(range(1, 1_000_000))
    bought = []

    def sell(when: str) -> None:
        customer = 12_000 + min(int(rng.expovariate(1 / 30)), 200)
        codes = rng.sample(range(30), rng.randrange(1, 5))
        if 3 in codes and rng.random() < 0.7:
            codes.append(4)
        lines = [(20_000 + code, rng.randrange(1, 9), f"{(code + 1) * 0.75:.2f}") for code in dict.fromkeys(codes)]
        number = next(numbers)
        bought.append((customer, lines))
        for code, quantity, price in lines:
            rows.writerow([number, code, f"THING {code}", quantity, when, price, customer, "UK"])

    def give_back(when: str) -> None:
        customer, lines = rng.choice(bought)
        number = next(numbers)
        for code, quantity, price in lines if rng.random() < 0.4 else lines[:1]:
            rows.writerow([f"C{number}", code, "", -quantity, when, price, customer, "UK"])

    day = first
    while day <= LAST_DAY:
        for _ in range(rng.randrange(0, 3) + (0 if day.weekday() == 5 else 1 + day.weekday() % 3)):
            sell(f"{day} {rng.randrange(7, 23):02}:{rng.randrange(60):02}:00")
        if rng.random() < 0.15:
            give_back(f"{day} 23:{rng.randrange(60):02}:00")
        day += DAY
    for when in CLOCK_CHANGES if first == FIRST_DAY else []:
        sell(f"{when}:00")
    return out.getvalue()


class History:
    """A served shop with that history, and its ledger."""

    def __init__(self, shop: Shop, ledger: Ledger):
        self.shop = shop
        self.ledger = ledger

    def report(self, name: str, **params):
        def settled():
            data = expect(self.shop.analyst.client.get(REPORTS + name, params=params), 200).data
            return data if data["freshness"]["events_behind"] == 0 else None

        return until(settled, f"{name} has every event")


@contextlib.contextmanager
def served(contract, folder, text, *options):
    file = folder / "history.csv"
    file.write_text(text, encoding="utf-8")
    done = run("import", file, *options, "--data-dir", folder / "data", "--shop-time-zone", "Europe/London")
    assert done.returncode == 0, done.stderr
    ledger = Ledger.of_folder(folder / "data")
    with Server(folder / "data", extra=("--shop-time-zone", "Europe/London")) as server:
        shop = Shop(contract, server)
        shop.analyst = shop.employee("analyst")
        yield History(shop, ledger)


def exact(value):
    """A figure as it stands in the JSON text, without binary noise."""
    return None if value is None else Decimal(str(value))
