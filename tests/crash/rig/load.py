"""Clients who order, cancel, lead orders on and keep the shop, and write down what they were told."""

import random
import threading
import time
from typing import Callable, List, Optional

from harness.waiting import until

from .journal import Adjustment, Journal, Wish
from .scene import ADDRESS_TAIL, Scene
from .wire import Lost, Wire

NEXT = {"pending": "confirmed", "confirmed": "processing", "processing": "shipped", "shipped": "delivered"}
# Of a hundred actions, about so many each.
ACTIONS = [
    ("order_with_key", 40), ("order", 22), ("move", 12), ("cancel", 8), ("retry_known", 4), ("read_product", 3),
    ("list_orders", 2), ("adjust", 4), ("update_product", 3), ("create_product", 2),
]


# What a server may answer with a 5xx: that it cannot, now.
HONEST = ("unavailable", "overloaded", "outcome_unknown", "deadline_exceeded")
PAUSE_SECONDS = 0.05


class Load:
    """Some clients at once, from `start` until `stop` or until the server is gone."""

    def __init__(self, scene: Scene, seed: str, clients: int = 8):
        self.scene = scene
        self.journal: Journal = scene.journal
        self._stop = threading.Event()
        self._errors: List[BaseException] = []
        self._clients = [_Client(self, number, random.Random(f"{seed}/{number}")) for number in range(clients)]
        self._threads: List[threading.Thread] = []

    def start(self) -> "Load":
        self._threads = [threading.Thread(target=self._run, args=(client,), daemon=True) for client in self._clients]
        for thread in self._threads:
            thread.start()
        return self

    def _run(self, client: "_Client") -> None:
        try:
            client.run(self._stop)
        except BaseException as error:  # noqa: BLE001: it must reach the test
            self._errors.append(error)

    def stop(self, seconds: float = 60) -> None:
        self._stop.set()
        self.join(seconds)

    def join(self, seconds: float = 60) -> None:
        for thread in self._threads:
            thread.join(seconds)
            assert not thread.is_alive(), "a client of the load hangs"
        if self._errors:
            raise self._errors[0]

    def everybody_moves_on(self, seconds: float = 30) -> None:
        """Until each client has ended what it was at."""
        before = [client.turns for client in self._clients]
        until(
            lambda: self.ended or all(client.turns > turns + 1 for client, turns in zip(self._clients, before)),
            "every client does something new", seconds, 0.005,
        )

    @property
    def ended(self) -> bool:
        return not any(thread.is_alive() for thread in self._threads)


class _Client:
    def __init__(self, load: Load, number: int, rng: random.Random):
        self.load, self.number, self.rng = load, number, rng
        self.scene, self.journal = load.scene, load.journal
        self.orders: List[dict] = []  # of this client's making, in their last known state
        self.turns = 0
        self.wire: Optional[Wire] = None

    def run(self, stop: threading.Event) -> None:
        names = [name for name, _ in ACTIONS]
        weights = [weight for _, weight in ACTIONS]
        with Wire(self.scene.base) as self.wire:
            try:
                # What the kill before left open comes first.
                for wish in self._open_wishes():
                    if stop.is_set():
                        return
                    self._place(wish)
                for adjustment in self._mine(self.journal.open_adjustments(), lambda each: each.key):
                    self._adjust(adjustment)
                while not stop.is_set():
                    getattr(self, self.rng.choices(names, weights)[0])()
                    self.turns += 1
            except Lost:
                return

    def _open_wishes(self) -> List[Wish]:
        return [wish for wish in self._mine(self.journal.keyed_wishes(), lambda each: each.tag) if not wish.settled]

    def _mine(self, things: list, tag: Callable) -> list:
        return [thing for thing in things if hash_of(tag(thing)) % len(self.load._clients) == self.number]

    # -- asking --

    def _ask(self, attempt, method: str, path: str, token: str, body: Optional[dict] = None, key: Optional[str] = None):
        try:
            status, answer = self.wire.ask(method, path, token, body, key)
        except Lost as lost:
            self.journal.lost(attempt, str(lost))
            raise
        self.journal.told(attempt, status, answer)
        if status == 401:
            # The clock was moved beyond the token's life.
            self.scene.sign_in_all(self.wire, replacing=token)
        elif status >= 500:
            self._is_honest(f"{method} {path}", status, answer)

    def _is_honest(self, asked: str, status: int, answer: dict) -> None:
        if answer.get("code") not in HONEST:
            self.journal.finding(f"{asked} → {status} {answer}")
        # Who is told to come back does not come at once.
        time.sleep(PAUSE_SECONDS)

    def _place(self, wish: Wish) -> None:
        person = self.scene.people[wish.person]
        attempt = self.journal.asks("order", wish.tag, wish.body, user=person.id, key=wish.key)
        wish.attempts.append(attempt)
        self._ask(attempt, "POST", "/api/orders", person.token, wish.body, wish.key)
        if not attempt.succeeded:
            return
        order = attempt.data["order"]
        self.orders.append(order)
        if len(self.orders) > 40:
            self.orders.pop(self.rng.randrange(len(self.orders)))
        if self.rng.random() < 0.2:
            self._sees_own(order, person.token)

    def _sees_own(self, order: dict, token: str) -> None:
        status, answer = self.wire.ask("GET", f"/api/orders/{order['id']}", token)
        if status >= 500:
            return self._is_honest("GET an order", status, answer)
        if status == 401:
            return
        if status != 200 or answer["data"]["order"]["items"] != order["items"]:
            self.journal.finding(f"an order is not visible right after its 201: {order['id']} → {status} {answer}")

    # -- what they do --

    def _new_wish(self, key: bool) -> Wish:
        rng = self.rng
        number = rng.randrange(len(self.scene.people))
        tag = self.scene.new_tag()
        hot, plenty = self.scene.hot, self.scene.plenty
        items = []
        for _ in range(rng.choice([1, 1, 2, 3, 5])):
            product = rng.choice(hot) if rng.random() < 0.5 else rng.choice(plenty)
            items.append({"product_id": product["id"], "quantity": rng.choice([1, 1, 1, 2, 3])})
        body = {"user_id": self.scene.people[number].id, "items": items, "shipping_address": tag + ADDRESS_TAIL}
        return self.journal.wish(tag, number, f"key-{tag}" if key else None, body)

    def order_with_key(self) -> None:
        wish = self._new_wish(True)
        self._place(wish)
        if self.rng.random() < 0.05 and self.journal.asks_again:
            self._place(wish)

    def order(self) -> None:
        self._place(self._new_wish(False))

    def retry_known(self) -> None:
        known = self.journal.keyed_wishes()
        if known:
            self._place(self.rng.choice(known))

    def _some_order(self) -> Optional[dict]:
        return self.rng.choice(self.orders) if self.orders else None

    def move(self) -> None:
        order = self._some_order()
        if not order or order["status"] not in NEXT:
            return
        status = NEXT[order["status"]] if self.rng.random() < 0.9 else self.rng.choice(["cancelled", "shipped", "delivered"])
        attempt = self.journal.asks("move", order["id"], {"status": status})
        self._ask(attempt, "PUT", f"/api/orders/{order['id']}/status", self.scene.staff.token, {"status": status})
        self._moved(order, attempt)

    def cancel(self) -> None:
        order = self._some_order()
        if not order or order["status"] not in ("pending", "confirmed"):
            return
        attempt = self.journal.asks("cancel", order["id"], {"status": "cancelled"})
        self._ask(attempt, "POST", f"/api/orders/{order['id']}/cancel", self.scene.staff.token)
        self._moved(order, attempt)

    def _moved(self, order: dict, attempt) -> None:
        self.journal.moves.append(attempt)
        if attempt.succeeded:
            order["status"] = attempt.data["order"]["status"]

    def _own_product(self) -> dict:
        """Changed by this client alone, so that the last word about it is known."""
        mine = [p for i, p in enumerate(self.scene.plenty) if i % len(self.load._clients) == self.number]
        return self.rng.choice(mine)

    def update_product(self) -> None:
        product = self._own_product()
        change = {"name": f"Teapot {self.scene.new_tag()}", "price": f"{self.rng.randint(100, 9999) / 100:.2f}"}
        attempt = self.journal.asks("update", product["id"], change)
        self.journal.products[product["id"]].append(attempt)
        self._ask(attempt, "PUT", f"/api/products/{product['id']}", self.scene.staff.token, change)
        if attempt.succeeded:
            status, answer = self.wire.ask("GET", f"/api/products/{product['id']}")
            if status == 200 and any(answer["data"]["product"][name] != value for name, value in change.items()):
                self.journal.finding(f"an own change of a product is not visible: {change} → {answer}")

    def create_product(self) -> None:
        body = {
            "name": f"New {self.scene.new_tag()}", "price": "4.20", "inventory_count": self.rng.randint(0, 50),
            "sku": self.scene.new_tag(),
        }
        attempt = self.journal.asks("product", body["sku"], body)
        self._ask(attempt, "POST", "/api/products", self.scene.staff.token, body)
        if attempt.succeeded:
            self.journal.products[attempt.data["product"]["id"]] = [attempt]

    def adjust(self) -> None:
        """Hot products are always nearly sold out."""
        product, units = self.rng.choice(self.scene.hot)["id"], self.rng.randint(1, 12)
        if not self.scene.has_stock_route:
            body = {"inventory_count": units}
            attempt = self.journal.asks("set", product, body)
            self._ask(attempt, "PUT", f"/api/products/{product}", self.scene.staff.token, body)
            return
        adjustment = Adjustment(product, units, f"adjust-{self.scene.new_tag()}")
        self.journal.adjustments.append(adjustment)
        self._adjust(adjustment)
        if self.rng.random() < 0.2 and self.journal.asks_again:
            self._adjust(adjustment)

    def _adjust(self, adjustment: Adjustment) -> None:
        body = {"change": adjustment.change, "reason": "Delivery"}
        attempt = self.journal.asks("adjust", adjustment.product, body, key=adjustment.key)
        adjustment.attempts.append(attempt)
        self._ask(attempt, "POST", f"/api/products/{adjustment.product}/stock", self.scene.staff.token, body, adjustment.key)

    def read_product(self) -> None:
        product = self.rng.choice(self.scene.hot)
        status, answer = self.wire.ask("GET", f"/api/products/{product['id']}")
        if status == 200 and answer["data"]["product"]["inventory_count"] < 0:
            self.journal.finding(f"a negative stock is shown: {answer}")

    def list_orders(self) -> None:
        person = self.rng.choice(self.scene.people)
        self.wire.ask("GET", f"/api/orders/user/{person.id}?limit=20", person.token)


def hash_of(tag: str) -> int:
    """The same in every run, unlike hash()."""
    return int(tag.rsplit("-", 1)[-1])
