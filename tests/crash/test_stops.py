"""Stopping in peace, being held up, and who may use a folder."""

import random
import signal
import subprocess
import time

from harness.server import environment
from harness.waiting import until
from rig import checker
from rig.load import Load
from rig.scene import Scene


def loaded(scene: Scene, seed: str, orders: int = 60, clients: int = 8) -> Load:
    """A load that has made some orders and goes on."""
    goal = scene.journal.answered_orders + orders
    load = Load(scene, seed, clients).start()
    until(lambda: scene.journal.answered_orders >= goal, f"{orders} orders are answered", 60, 0.002)
    return load


def check_all(scene: Scene) -> None:
    """The running server, then the folder after a stop in peace."""
    checker.demand(checker.check_api(scene) + checker.check_reconciliation(scene), scene)
    scene.stop()
    checker.demand(checker.check_books(scene.books(), scene.journal, settled=True), scene)


def test_a_stop_under_load_drains_and_loses_nothing(make_scene, seed):
    rng = random.Random(f"{seed}/term")
    scene = make_scene()
    scene.start()
    scene.furnish()
    for round_number in range(4):
        load = loaded(scene, f"{seed}/term/{round_number}", clients=16)
        time.sleep(rng.uniform(0, 0.05))
        began = time.monotonic()
        scene.server.signal(signal.SIGTERM)
        # The promise itself has a limit here: 10 s to drain.
        assert scene.server.wait(10) == 0, scene.server.printed()[-3000:]
        scene.journal.note(stopped=time.monotonic() - began)
        load.join()
        checker.demand(checker.check_books(scene.books(), scene.journal), scene)
        scene.start()
        checker.demand(checker.check_api(scene), scene)
    check_all(scene)


def test_a_stop_in_peace_leaves_all_on_disk(make_scene, seed):
    """After exit code 0 the power may go."""
    scene = make_scene(tells=True)
    scene.start()
    scene.furnish()
    load = loaded(scene, f"{seed}/peace")
    scene.server.signal(signal.SIGTERM)
    assert scene.server.wait(10) == 0
    load.join()
    scene.cut_power(random.Random(f"{seed}/peace"))
    checker.demand(checker.check_books(scene.books(), scene.journal), scene)
    scene.start()
    check_all(scene)


def test_a_process_that_is_held_up_goes_on(make_scene, seed):
    scene = make_scene()
    scene.start()
    scene.furnish()
    load = loaded(scene, f"{seed}/held")
    for pause in (0.1, 0.5, 1.5):
        scene.server.signal(signal.SIGSTOP)
        before = scene.journal.answered_orders
        time.sleep(pause)
        # Answers that were on their way may still have arrived, one for each client.
        assert scene.journal.answered_orders <= before + 8
        scene.server.signal(signal.SIGCONT)
        until(lambda: scene.journal.answered_orders > before + 20, "orders flow again", 30, 0.005)
    assert not load.ended
    load.stop()
    check_all(scene)


def test_a_process_that_is_held_up_can_be_killed(make_scene, seed):
    scene = make_scene()
    scene.start()
    scene.furnish()
    load = loaded(scene, f"{seed}/held-killed")
    scene.server.signal(signal.SIGSTOP)
    time.sleep(0.2)
    scene.kill()
    load.join()
    checker.demand(checker.check_books(scene.books(), scene.journal), scene)
    scene.start()
    check_all(scene)


def test_a_second_process_is_refused_and_disturbs_nothing(make_scene, seed):
    scene = make_scene()
    scene.start()
    scene.furnish()
    load = loaded(scene, f"{seed}/second")
    for _ in range(5):
        done = subprocess.run(
            scene.server.command()[:-2], capture_output=True, text=True, timeout=30, env=environment(), stdin=subprocess.DEVNULL
        )
        assert done.returncode in (1, 2), done
        # It names the lock, and who has it.
        assert f"{scene.data_dir}" in done.stderr and ".lock" in done.stderr and str(scene.server.pid) in done.stderr
    assert not load.ended
    # Nor does it when the first one dies beside it.
    scene.kill()
    load.join()
    scene.start()
    check_all(scene)
