"""kill -9 at moments that the seed chooses, under load and while starting; everything is checked after each."""

import random
import threading
import time

import pytest

from harness.waiting import until
from rig import checker
from rig.campaign import FolderCampaign
from rig.load import Load
from rig.one_process import OneProcess
from rig.scene import ADDRESS_TAIL, Scene, expect
from rig.wire import Lost, Wire


@pytest.mark.parametrize("part", range(2))
def test_nothing_promised_is_lost_by_kills(tmp_path, seed, part):
    report = FolderCampaign(tmp_path / "scene", seed * 10 + part, kills=14).run()
    assert report.kills >= 14
    assert report.answers["order 201"] > 200 and report.answers["order 409 insufficient_inventory"] > 0


def order_body(person, product, tag, quantity=1):
    items = [{"product_id": product["id"], "quantity": quantity}]
    return {"user_id": person.id, "items": items, "shipping_address": tag + ADDRESS_TAIL}


def stock_of(scene: Scene, product: dict) -> int:
    with Wire(scene.base) as wire:
        return expect(wire.ask("GET", f"/api/products/{product['id']}"), 200)["product"]["inventory_count"]


def in_threads(tasks: list) -> None:
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
        thread.join(120)
        assert not thread.is_alive()
    if errors:
        raise errors[0]


def test_64_posts_with_one_key_make_one_order_across_a_kill(make_scene, seed):
    scene = make_scene()
    scene.start()
    scene.furnish()
    with Wire(scene.base) as wire:
        product = scene.add_product(wire, 1000)
    rng = random.Random(f"{seed}/one-key")
    person = scene.people[0]
    for round_number in range(4):
        tag = scene.new_tag()
        wish = scene.journal.wish(tag, 0, f"key-{tag}", order_body(person, product, tag))
        gate = threading.Barrier(65)

        def post():
            with Wire(scene.base) as wire:
                gate.wait(60)
                attempt = scene.journal.asks("order", tag, wish.body)
                wish.attempts.append(attempt)
                try:
                    status, answer = wire.ask("POST", "/api/orders", person.token, wish.body, wish.key)
                except Lost as lost:
                    return scene.journal.lost(attempt, str(lost))
                scene.journal.told(attempt, status, answer)
                assert status == 201 or answer["code"] == "idempotency_in_progress", (status, answer)

        def kill():
            gate.wait(60)
            time.sleep(rng.uniform(0, 0.06))
            scene.kill()

        in_threads([post] * 64 + [kill])
        scene.start()
        # Whoever asks again, and again, is answered with one and the same order.
        gate = threading.Barrier(64)
        in_threads([post] * 64)
        assert wish.answers, "no post was answered 201"
        with Wire(scene.base) as wire:
            status, answer = wire.ask("POST", "/api/orders", person.token, wish.body, wish.key)
        assert status == 201 and answer["data"]["order"]["id"] == wish.order_id
        assert len({order["id"] for order in wish.answers}) == 1
        assert stock_of(scene, product) == 1000 - (round_number + 1)
    checker.demand(checker.check_api(scene), scene)
    scene.stop()
    checker.demand(checker.check_books(scene.books(), scene.journal, settled=True), scene)


def test_500_buyers_get_100_units_once_across_kills(make_scene, seed):
    scene = make_scene()
    scene.start()
    scene.furnish()
    with Wire(scene.base) as wire:
        product = scene.add_product(wire, 100)
    rng = random.Random(f"{seed}/buyers")
    wishes = []
    for number in range(500):
        tag = scene.new_tag()
        person = number % len(scene.people)
        wishes.append(scene.journal.wish(tag, person, f"key-{tag}", order_body(scene.people[person], product, tag)))
    rng.shuffle(wishes)
    up = threading.Event()
    up.set()
    done = threading.Event()

    def buy(mine):
        """Each asks, with its key, until it has a clear answer."""
        for wish in mine:
            while not wish.attempts or not wish.settled or wish.attempts[-1].code == "idempotency_in_progress":
                assert up.wait(60)
                attempt = scene.journal.asks("order", wish.tag, wish.body)
                wish.attempts.append(attempt)
                try:
                    with Wire(scene.base) as wire:
                        answer = wire.ask("POST", "/api/orders", scene.people[wish.person].token, wish.body, wish.key)
                except Lost as lost:
                    scene.journal.lost(attempt, str(lost))
                    time.sleep(0.01)
                    continue
                scene.journal.told(attempt, *answer)

    def kill():
        for goal in sorted(rng.sample(range(1, 100), 3)):
            until(lambda: scene.journal.answered_orders >= goal, f"{goal} orders are answered", 60, 0.001)
            up.clear()
            scene.kill()
            scene.start()
            up.set()
        done.set()

    in_threads([lambda part=part: buy(wishes[part::25]) for part in range(25)] + [kill])
    assert done.is_set()
    with_order = [wish for wish in wishes if wish.answers]
    refused = [wish for wish in wishes if wish.attempts[-1].code == "insufficient_inventory"]
    assert (len(with_order), len(refused)) == (100, 400)
    assert stock_of(scene, product) == 0
    checker.demand(checker.check_api(scene), scene)
    scene.stop()
    checker.demand(checker.check_books(scene.books(), scene.journal, settled=True), scene)


def test_stock_held_for_orders_that_never_came_goes_back(make_scene, seed):
    """An attempt that dies between the two stores holds its stock, until the server is started again."""
    rng = random.Random(f"{seed}/orphans")
    scene = make_scene(faulty=True)
    scene.start()
    scene.furnish()
    for attempt in range(60):
        scene.world.set(sync_delay_us=3000)
        load = Load(scene, f"{seed}/orphans/{attempt}").start()
        time.sleep(rng.uniform(0.05, 0.2))
        scene.kill()
        load.join()
        held = checker.orphans_of(scene.books())
        if held:
            break
        scene.start()
    assert held, "no attempt died between the two stores"
    scene.start()
    deadline = time.monotonic() + 60
    while True:
        time.sleep(0.5)
        scene.stop()
        held = checker.orphans_of(scene.books())
        if not held or time.monotonic() > deadline:
            break
        scene.start()
    assert held == []
    checker.demand(checker.check_books(scene.books(), scene.journal), scene)
