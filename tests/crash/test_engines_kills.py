"""The same promises with several processes of each service on all servers, any of which is killed."""

import random
import time

import pytest

from harness.waiting import until
from rig import checker, rush
from rig.campaign import ProcessCampaign
from rig.load import Load


@pytest.fixture
def scene(make_processes, seed):
    scene = make_processes(seed)
    scene.start()
    scene.furnish()
    return scene


def test_nothing_promised_is_lost_by_kills(tmp_path, own_engines, seed):
    report = ProcessCampaign(tmp_path / "scene", seed * 10, 14, own_engines).run()
    assert report.kills >= 14
    assert report.answers["order 201"] > 200 and report.answers["order 409 insufficient_inventory"] > 0


def test_64_posts_with_one_key_make_one_order_across_a_kill(scene, seed):
    rush.one_key_across_a_kill(scene, random.Random(f"{seed}/one-key"), rounds=2)
    rush.check_all(scene)


def test_500_buyers_get_100_units_once_across_kills(scene, seed):
    rush.buyers_across_kills(scene, random.Random(f"{seed}/buyers"))
    rush.check_all(scene)


def test_stock_held_for_orders_that_never_came_goes_back(scene, seed):
    """An attempt that dies between the two services holds its stock, until the product service asks about it."""
    rng = random.Random(f"{seed}/orphans")
    for attempt in range(60):
        load = Load(scene, f"{seed}/orphans/{attempt}").start()
        time.sleep(rng.uniform(0.05, 0.3))
        scene.kill(["order", "order-2"])
        load.stop()
        held = checker.orphans_of(scene.books())
        scene.start()
        if held:
            break
    assert held, "no attempt died between the two services"
    until(lambda: not set(held) & set(checker.orphans_of(scene.books())), "the stock goes back", 60, 0.5)
    rush.check_all(scene)
    assert checker.orphans_of(scene.books()) == []
