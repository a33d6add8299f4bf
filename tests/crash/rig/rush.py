"""Many clients who want the same thing at the same moment, while something dies."""

import random
import threading
import time
from typing import Callable, List

from harness.waiting import until

from . import checker
from .journal import Wish
from .load import HONEST
from .scene import ADDRESS_TAIL, Person, Scene, expect
from .wire import Lost, Wire

# What a client is told who may ask again with the same key. Whoever died with a key in hand keeps it for 30 s.
AGAIN = ("idempotency_in_progress", *HONEST)
SETTLE_SECONDS = 90


def order_body(person: Person, product: dict, tag: str) -> dict:
    items = [{"product_id": product["id"], "quantity": 1}]
    return {"user_id": person.id, "items": items, "shipping_address": tag + ADDRESS_TAIL}


def stock_of(scene: Scene, product: dict) -> int:
    with Wire(scene.base) as wire:
        return expect(wire.ask("GET", f"/api/products/{product['id']}"), 200)["product"]["inventory_count"]


def in_threads(tasks: List[Callable[[], None]]) -> None:
    """All together; what one raises is raised here."""
    errors = []

    def guarded(task):
        try:
            task()
        except BaseException as error:  # noqa: BLE001: it must reach the test
            errors.append(error)

    threads = [threading.Thread(target=guarded, args=(task,), daemon=True) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(240)
        assert not thread.is_alive()
    if errors:
        raise errors[0]


def ask(scene: Scene, wish: Wish) -> None:
    attempt = scene.journal.asks("order", wish.tag, wish.body)
    wish.attempts.append(attempt)
    try:
        with Wire(scene.base) as wire:
            answer = wire.ask("POST", "/api/orders", scene.people[wish.person].token, wish.body, wish.key)
    except Lost as lost:
        return scene.journal.lost(attempt, str(lost))
    scene.journal.told(attempt, *answer)


def check_all(scene: Scene) -> None:
    """While it runs, and after a stop in peace."""
    checker.demand(checker.check_api(scene) + checker.check_reconciliation(scene), scene)
    scene.stop()
    checker.demand(checker.check_books(scene.books(), scene.journal, settled=True), scene)


def one_key_across_a_kill(scene: Scene, rng: random.Random, rounds: int) -> None:
    """64 posts with one key make one order, whatever dies meanwhile."""
    with Wire(scene.base) as wire:
        product = scene.add_product(wire, 1000)
    for number in range(1, rounds + 1):
        tag = scene.new_tag()
        wish = scene.journal.wish(tag, 0, f"key-{tag}", order_body(scene.people[0], product, tag))
        gate = threading.Barrier(65)

        def post():
            gate.wait(60)
            ask(scene, wish)

        def kill():
            gate.wait(60)
            time.sleep(rng.uniform(0, 0.06))
            scene.kill()

        in_threads([post] * 64 + [kill])
        scene.start()
        # Whoever asks again, and again, is answered with one and the same order.
        gate = threading.Barrier(64)
        in_threads([post] * 64)
        unexpected = [a for a in wish.attempts if a.status not in (None, 201) and a.code not in AGAIN]
        assert unexpected == []

        def settled() -> bool:
            ask(scene, wish)
            return wish.attempts[-1].status == 201

        until(settled, "the key is answered with its order", SETTLE_SECONDS, 0.2)
        assert len({order["id"] for order in wish.answers}) == 1
        until(lambda: stock_of(scene, product) == 1000 - number, "one order's unit is taken", SETTLE_SECONDS)


def buyers_across_kills(scene: Scene, rng: random.Random, buyers: int = 500, units: int = 100, kills: int = 3) -> None:
    """Each asks, with its key, until it has a clear answer: as many get a unit as there are units."""
    with Wire(scene.base) as wire:
        product = scene.add_product(wire, units)
    wishes = []
    for number in range(buyers):
        tag, person = scene.new_tag(), number % len(scene.people)
        wishes.append(scene.journal.wish(tag, person, f"key-{tag}", order_body(scene.people[person], product, tag)))
    rng.shuffle(wishes)
    up = threading.Event()
    up.set()

    def buy(left: List[Wish]) -> None:
        while left:
            for wish in left:
                assert up.wait(60)
                ask(scene, wish)
                if wish.attempts[-1].status is None:
                    time.sleep(0.01)
            before = len(left)
            left = [wish for wish in left if wish.attempts[-1].status is None or wish.attempts[-1].code in AGAIN]
            # Those whose key a dead process holds have to wait.
            time.sleep(0.25 if len(left) == before else 0)

    def kill() -> None:
        for goal in sorted(rng.sample(range(1, units), kills)):
            until(lambda: scene.journal.answered_orders >= goal, f"{goal} orders are answered", 60, 0.001)
            up.clear()
            scene.kill()
            scene.start()
            up.set()

    in_threads([lambda part=part: buy(wishes[part::25]) for part in range(25)] + [kill])
    def refused() -> List[Wish]:
        return [wish for wish in wishes if wish.attempts[-1].code == "insufficient_inventory"]

    def all_is_sold() -> bool:
        # What was held for an attempt that died comes back, perhaps after everybody else was refused.
        if stock_of(scene, product) > 0:
            ask(scene, refused()[0])
        return len([wish for wish in wishes if wish.answers]) >= units

    until(all_is_sold, f"{units} orders", SETTLE_SECONDS, 0.2)
    assert (len([wish for wish in wishes if wish.answers]), len(refused())) == (units, buyers - units)
    assert stock_of(scene, product) == 0
