"""A data folder with a catalogue, and people who may ask for things."""

import time
from dataclasses import dataclass
from pathlib import Path

from . import histories
from .api import PASSWORD, Api
from .program import Program, Server
from .trouble import Invalid

STAFF = "staff@example.com"
CAUGHT_UP_SECONDS = 600
PLENTY = 1_000_000_000


@dataclass
class People:
    staff_token: str
    customers: list  # (id, token)


def make_catalogue(program: Program, data_dir: Path, products: int, stock=PLENTY) -> None:
    """A new data folder with so many products, each with so much stock, and a staff account."""
    file = data_dir.parent / "catalogue.csv"
    histories.write_catalogue(file, products)
    program.must("import", file, "--data-dir", data_dir, "--stock", stock)
    file.unlink()
    add_staff(program, data_dir)


def add_staff(program: Program, data_dir: Path) -> None:
    program.must("user", "add", "--data-dir", data_dir, "--email", STAFF, "--role", "staff", text=PASSWORD + "\n")


def people(server: Server, customers: int) -> People:
    with Api(server.addresses["user"]) as api:
        return People(api.sign_in(STAFF), [api.register(number) for number in range(customers)])


def count_orders(server: Server, staff_token: str) -> int:
    with Api(server.addresses["order"], staff_token) as api:
        return api.get("/api/orders", limit=1)["pagination"]["total"]


def restock(server: Server, staff_token: str, products: list, pieces=1_000_000) -> None:
    """As many pieces of each as no run can sell: a history tells of no stock."""
    with Api(server.addresses["product"], staff_token) as api:
        for product in products:
            api.call("POST", f"/api/products/{product}/stock", {"set_to": pieces, "reason": "To be sold in a measurement"})


def wait_until_caught_up(server: Server, staff_token: str) -> None:
    """Until analytics has applied every event that there is."""
    limit = time.monotonic() + CAUGHT_UP_SECONDS
    with Api(server.addresses["analytics"], staff_token) as api:
        while api.get("/api/analytics/dashboard")["freshness"]["events_behind"] > 0:
            if time.monotonic() > limit:
                raise Invalid(f"analytics is still behind the log after {CAUGHT_UP_SECONDS} s")
            time.sleep(0.2)
