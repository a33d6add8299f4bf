"""One process of several is stopped in peace, or held up, while the others go on."""

import random
import signal
import subprocess
import time

import pytest

from harness.cluster import NAMES, service_of
from harness.waiting import until
from rig import checker, rush
from rig.load import HONEST, Load

# One process of each service, and those of which a second does the same.
ONE_OF_EACH = [name for name in NAMES if service_of(name) == name]
HAS_TWIN = [name for name in ONE_OF_EACH if f"{name}-2" in NAMES]


@pytest.fixture(scope="module")
def scene(make_processes, seed):
    scene = make_processes(f"{seed}/stops")
    scene.start()
    scene.furnish()
    return scene


def loaded(scene, seed: str) -> Load:
    """A load that has made some orders and goes on."""
    goal = scene.journal.answered_orders + 40
    load = Load(scene, seed).start()
    until(lambda: scene.journal.answered_orders >= goal, "40 orders are answered", 60, 0.002)
    return load


def check(scene) -> None:
    checker.demand(scene.ended_by_itself(), scene)
    checker.demand(checker.check_api(scene) + checker.check_reconciliation(scene), scene)
    checker.demand(checker.check_books(scene.books(), scene.journal), scene)


@pytest.mark.parametrize("name", ONE_OF_EACH)
def test_a_process_that_is_stopped_under_load_drains_and_loses_nothing(scene, seed, name):
    load = loaded(scene, f"{seed}/term/{name}")
    time.sleep(random.Random(f"{seed}/term/{name}").uniform(0, 0.1))
    # The promise itself has a limit here: 10 s to drain, with exit code 0.
    scene.terminate(name)
    if name in HAS_TWIN:
        before = scene.journal.answered_orders
        until(lambda: scene.journal.answered_orders > before + 20, "the other one goes on", 30, 0.005)
        assert not load.ended
    load.stop()
    scene.start()
    check(scene)


@pytest.mark.parametrize("name", ONE_OF_EACH)
def test_a_process_that_is_held_up_goes_on(scene, seed, name):
    load = loaded(scene, f"{seed}/held/{name}")
    server = scene.cluster.servers[name]
    server.signal(signal.SIGSTOP)
    try:
        time.sleep(1.5)
        if name in HAS_TWIN:
            before = scene.journal.answered_orders
            until(lambda: scene.journal.answered_orders > before + 20, "the other one goes on", 60, 0.005)
    finally:
        server.signal(signal.SIGCONT)
    before = scene.journal.answered_orders
    until(lambda: scene.journal.answered_orders > before + 20, "orders flow", 30, 0.005)
    load.stop()
    check(scene)


def test_who_is_held_up_within_a_change_holds_nobody_up_for_long(scene, seed):
    """Stopped at many moments, so also between the statements of a transaction, with rows locked."""
    rng = random.Random(f"{seed}/between")
    for number in range(6):
        load = loaded(scene, f"{seed}/between/{number}")
        name = rng.choice(["product", "product-2", "order", "order-2"])
        server = scene.cluster.servers[name]
        server.signal(signal.SIGSTOP)
        before = scene.journal.answered_orders
        until(lambda: scene.journal.answered_orders > before + 20, "the other one goes on", 60, 0.005)
        if number % 2:
            scene.kill([name])
        else:
            server.signal(signal.SIGCONT)
        load.stop()
        scene.start()
    check(scene)


def hold_two_rows(scene, first: dict, second: dict) -> subprocess.Popen:
    """A stranger who locks the stock of two products, one after the other, and waits for long."""
    schema = f"{scene.schema_prefix}_product"
    lock = (
        f"UPDATE {schema}.stock SET movements = movements "
        f"WHERE product = (SELECT number FROM {schema}.product WHERE id = '{{}}');\n"
    )
    script = (
        "BEGIN; SET LOCAL deadlock_timeout = '60s';\n" + lock.format(first["id"]) + "\\echo held\nSELECT pg_sleep(0.3);\n"
        + lock.format(second["id"]) + "COMMIT;\n"
    )
    stranger = subprocess.Popen(
        ["psql", "--no-psqlrc", "-qAt", "-v", "ON_ERROR_STOP=1", scene.postgres_url], stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, text=True,
    )
    stranger.stdin.write(script)
    stranger.stdin.flush()
    assert stranger.stdout.readline() == "held\n"
    return stranger


def deadlocks(scene) -> int:
    return int(scene.ask_postgres("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"))


def ask_in_a_deadlock(scene, first: dict, second: dict) -> bool:
    """Whether there was one, and the order was taken all the same, by one request."""
    before = deadlocks(scene)
    tag, person = scene.new_tag(), scene.people[0]
    body = rush.order_body(person, first, tag)
    body["items"].append({"product_id": second["id"], "quantity": 1})
    wish = scene.journal.wish(tag, 0, f"key-{tag}", body)
    stranger = hold_two_rows(scene, first, second)
    rush.ask(scene, wish)
    stranger.communicate(timeout=30)
    assert stranger.returncode == 0
    assert wish.attempts[0].status == 201 or wish.attempts[0].code in HONEST, wish.attempts
    # The figure is a moment old.
    time.sleep(1)
    return deadlocks(scene) > before and wish.attempts[0].status == 201


def test_a_deadlock_is_tried_again(scene):
    """PostgreSQL ends one of two who wait for each other: the platform's, as the stranger is more patient."""
    one, other = scene.plenty[:2]
    # In one of the two orders there is no deadlock; and a busy machine may take longer than a request has.
    assert any(ask_in_a_deadlock(scene, *pair) for pair in [(one, other), (other, one)] * 4)
    check(scene)


def test_everything_adds_up_in_the_end(scene):
    rush.check_all(scene)
