"""A running platform with its people, and short ways to make what tests need."""

import itertools
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Callable, Optional

from .client import Answer, Client, expect
from .contract import Contract
from .server import Server
from .waiting import until

PASSWORD = "correct horse battery"
ADDRESS = "12 St James Square, London SW1Y 4JH"


@dataclass
class Person:
    id: str
    email: str
    password: str
    role: str
    client: Client
    refresh_token: str

    @property
    def token(self) -> str:
        return self.client.token


class Shop:
    def __init__(self, contract: Contract, server: Server):
        self.contract = contract
        self.server = server
        self._numbers = itertools.count(1)
        self._mark = uuid.uuid4().hex[:8]
        self.admin: Person
        self.staff: Person
        self.analyst: Person

    def with_people(self) -> "Shop":
        for role in ("admin", "staff", "analyst"):
            setattr(self, role, self.employee(role))
        return self

    def unique(self, word: str = "x") -> str:
        return f"{word}-{self._mark}-{next(self._numbers)}"

    def client(self, front: str = "gateway", token: Optional[str] = None) -> Client:
        return Client(self.contract, self.server.addresses[front], token)

    def employee(self, role: str) -> Person:
        """An account made by the command, signed in through the API."""
        email = f"{self.unique(role)}@example.com"
        self.server.add_user(email, role, PASSWORD)
        return self.sign_in(email, PASSWORD)

    def sign_in(self, email: str, password: str = PASSWORD) -> Person:
        data = expect(self.client().post("/api/users/login", {"email": email, "password": password}), 200).data
        return self.person(data, password)

    def customer(self) -> Person:
        body = {
            "email": f"{self.unique('customer')}@example.com", "password": PASSWORD,
            "first_name": "Ada", "last_name": "Lovelace",
        }
        return self.person(expect(self.client().post("/api/users/register", body), 201).data, PASSWORD)

    def person(self, session: dict, password: str) -> Person:
        user = session["user"]
        return Person(
            user["id"], user["email"], password, user["role"], self.client(token=session["token"]),
            session["refresh_token"],
        )

    def product(self, **fields: Any) -> dict:
        body = {"name": self.unique("Teapot"), "price": "19.99", "inventory_count": 100, **fields}
        return expect(self.staff.client.post("/api/products", body), 201).data["product"]

    def stock(self, product: dict) -> int:
        answer = expect(self.staff.client.get(f"/api/products/{product['id']}"), 200)
        return answer.data["product"]["inventory_count"]

    def try_order(self, person: Person, *lines: tuple, key: Optional[str] = None, client: Optional[Client] = None) -> Answer:
        """Lines are (product, quantity)."""
        body = order_body(person, *lines)
        return (client or person.client).post("/api/orders", body, headers={"Idempotency-Key": key} if key else None)

    def order(self, person: Person, *lines: tuple) -> dict:
        return expect(self.try_order(person, *lines), 201).data["order"]

    def order_in(self, status: str, person: Optional[Person] = None, product: Optional[dict] = None) -> dict:
        """An order of one piece that was led to `status` on the legal way."""
        order = self.order(person or self.customer(), (product or self.product(), 1))
        way = ["cancelled"] if status == "cancelled" else WAY[1 : WAY.index(status) + 1]
        for step in way:
            order = expect(self.move(order, step), 200).data["order"]
        return order

    def move(self, order: dict, status: str, client: Optional[Client] = None) -> Answer:
        return (client or self.staff.client).put(f"/api/orders/{order['id']}/status", {"status": status})

    def dashboard(self, **params: Any) -> dict:
        return expect(self.analyst.client.get("/api/analytics/dashboard", params=params), 200).data

    def settled_dashboard(self) -> dict:
        """The dashboard once it shows the newest orders in their present status, and so all that went before."""
        newest = expect(self.staff.client.get("/api/orders", params={"limit": 5}), 200).data["orders"]

        def probe():
            data = self.dashboard()
            shown = {entry["order_id"]: entry["status"] for entry in data["recent_orders"]}
            there = all(shown.get(order["id"]) == order["status"] for order in newest)
            return data if there and data["freshness"]["events_behind"] == 0 else None

        return until(probe, "analytics has caught up with the orders", seconds=90)

    def consumers(self) -> tuple:
        """The end of the log, and its consumers by name."""
        data = expect(self.staff.client.get("/api/analytics/consumers"), 200).data
        return data["end_position"], {entry["name"]: entry for entry in data["consumers"]}

    def consumers_caught_up(self) -> None:
        """Every consumer of the log, the recommender's among them, has read what was written before this call."""
        end, _ = self.consumers()

        def probe():
            _, found = self.consumers()
            return found and all(each["position"] >= end for each in found.values())

        until(probe, "all consumers have caught up", seconds=90)


WAY = ["pending", "confirmed", "processing", "shipped", "delivered"]


def order_body(person: Person, *lines: tuple) -> dict:
    return {
        "user_id": person.id,
        "items": [{"product_id": product["id"], "quantity": quantity} for product, quantity in lines],
        "shipping_address": ADDRESS,
    }


def at_once(tasks: list) -> list:
    """Runs the callables in threads of their own, all started together; their answers in the same order."""
    gate = threading.Barrier(len(tasks))

    def held(task: Callable) -> Any:
        gate.wait(30)
        return task()

    with ThreadPoolExecutor(len(tasks)) as pool:
        return [future.result() for future in [pool.submit(held, task) for task in tasks]]


def restart(shop: Shop) -> None:
    """Starts its server again, which listens elsewhere then, and signs its people in."""
    shop.server.start()
    for role in ("admin", "staff", "analyst"):
        setattr(shop, role, shop.sign_in(getattr(shop, role).email))
