"""A shop at work from many sides, and whether another shop has all that was answered."""

import random
import threading

from .backups import LONG
from .client import expect
from .lived_in import pages
from .waiting import until

BUYERS = 4
UNITS = 1_000_000


class Trade:
    """Customers who register, order and cancel, and staff who count stock and move orders along, until told to stop. It knows what
    was answered."""

    def __init__(self, shop):
        self._shop = shop
        self.products = [shop.product(price="0.10", inventory_count=UNITS) for _ in range(3)]
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._run, args=(self._buy, seed)) for seed in range(BUYERS)]
        self._threads += [threading.Thread(target=self._run, args=(self._count, 99))]
        self.placed: dict = {}  # order id -> order, as it was answered
        self.people: list = []
        self.errors: list = []

    def _run(self, work, seed):
        try:
            work(random.Random(seed))
        except Exception as error:  # shown by the test: a thread's own failure would go unseen
            self.errors.append(error)

    def _buy(self, chance):
        person = self._shop.customer()
        turn = 0
        while not self._stopping.is_set():
            turn += 1
            if turn % 15 == 0:
                person = self._shop.customer()
                with self._lock:
                    self.people.append(person)
            lines = [(product, chance.randint(1, 5)) for product in chance.sample(self.products, chance.randint(1, 3))]
            order = self._shop.order(person, *lines)
            with self._lock:
                self.placed[order["id"]] = order
            if turn % 3 == 0:
                expect(person.client.post(f"/api/orders/{order['id']}/cancel"), 200)
            elif turn % 3 == 1:
                expect(self._shop.move(order, "confirmed"), 200)

    def _count(self, chance):
        while not self._stopping.is_set():
            path = f"/api/products/{chance.choice(self.products)['id']}/stock"
            body = {"reason": "Counted", "change": chance.choice([-3, -1, 2, 5])}
            expect(self._shop.staff.client.post(path, body), 200)

    def so_far(self) -> tuple:
        """Orders and accounts that have been answered."""
        with self._lock:
            return dict(self.placed), list(self.people)

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        until(lambda: len(self.placed) > 20 or self.errors, "orders come in", seconds=LONG)
        return self

    def __exit__(self, *_):
        self._stopping.set()
        for thread in self._threads:
            thread.join(LONG)
        assert self.errors == []


def same_but_later(kept, answered):
    """An order may have gone on since it was answered; what was ordered may not have changed."""
    return all(kept[name] == answered[name] for name in ("id", "user_id", "items", "total_amount", "created_at"))


def must_have_all(shop, orders, people):
    """Each order that was answered, with everything in it; and each account."""
    there = {order["id"]: order for order in pages(shop.staff.client, "/api/orders", "orders")}
    missing = orders.keys() - there.keys()
    assert not missing, f"{len(missing)} of {len(orders)} orders are missing"
    assert all(same_but_later(there[one], orders[one]) for one in orders)
    for person in people:
        assert expect(shop.client(token=person.token).get("/api/users/profile"), 200).data["user"]["id"] == person.id
