"""kill -9 at moments that the seed chooses, under load and while starting; everything is checked after each."""

import random
import time

import pytest

from rig import checker, rush
from rig.campaign import FolderCampaign
from rig.load import Load


@pytest.mark.parametrize("part", range(2))
def test_nothing_promised_is_lost_by_kills(tmp_path, seed, part):
    report = FolderCampaign(tmp_path / "scene", seed * 10 + part, kills=14).run()
    assert report.kills >= 14
    assert report.answers["order 201"] > 200 and report.answers["order 409 insufficient_inventory"] > 0


def test_64_posts_with_one_key_make_one_order_across_a_kill(make_scene, seed):
    scene = make_scene()
    scene.start()
    scene.furnish()
    rush.one_key_across_a_kill(scene, random.Random(f"{seed}/one-key"), rounds=4)
    rush.check_all(scene)


def test_500_buyers_get_100_units_once_across_kills(make_scene, seed):
    scene = make_scene()
    scene.start()
    scene.furnish()
    rush.buyers_across_kills(scene, random.Random(f"{seed}/buyers"))
    rush.check_all(scene)


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
