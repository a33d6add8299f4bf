"""The power goes, and with it whatever was written and not synced."""

import random
import time

from rig import checker
from rig.campaign import FolderCampaign
from rig.load import Load


def test_nothing_promised_is_lost_by_power_cuts(tmp_path, seed):
    report = FolderCampaign(tmp_path / "scene", seed * 10 + 5, kills=14, how="power").run()
    assert report.kills >= 14 and report.answers["order 201"] > 200


def test_power_cuts_and_kills_in_turn(tmp_path, seed):
    FolderCampaign(tmp_path / "scene", seed * 10 + 6, kills=8, how="mixed").run()


def test_the_power_goes_in_the_very_first_start(make_scene, seed):
    """A folder whose making was interrupted can be used by the next start."""
    rng = random.Random(f"{seed}/first")
    for attempt in range(8):
        scene = make_scene(f"scene-{attempt}", tells=True)
        scene.launch()
        time.sleep(rng.uniform(0, 0.06))
        scene.cut_power(rng)
        scene.start()
        scene.furnish(customers=1)
        load = Load(scene, f"{seed}/first/{attempt}", clients=2).start()
        time.sleep(0.1)
        load.stop()
        scene.cut_power(rng)
        checker.demand(checker.check_books(scene.books(), scene.journal), scene)
        scene.start()
        checker.demand(checker.check_api(scene), scene)
        scene.stop()
