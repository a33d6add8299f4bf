"""A data folder with a catalogue, and people who may ask for things."""

from dataclasses import dataclass
from pathlib import Path

from . import histories
from .api import PASSWORD, Api
from .program import Program, Server

STAFF = "staff@example.com"
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
