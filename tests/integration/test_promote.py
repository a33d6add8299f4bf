"""`cloudcart promote`: an embedded shop moves to PostgreSQL, and nothing is lost, changed or doubled."""

import json
import random
import shutil
import signal
import time

import pytest

from harness import engines
from harness.client import expect
from harness.lived_in import ZONE, LivedIn, replay, snapshot
from harness.promotion import SECRET_FILE, Target, contents, sums
from harness.server import Server, run
from harness.shop import PASSWORD, Shop
from harness.waiting import until

SEED = 20261126


@pytest.fixture(scope="module")
def lived_in(contract, tmp_path_factory):
    return LivedIn(contract, tmp_path_factory.mktemp("lived-in"))


@pytest.fixture
def target(tmp_path):
    target = Target(tmp_path / "target")
    yield target
    target.drop()


# --- everything is there ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def promoted(lived_in, tmp_path_factory):
    """The same shop, promoted and served; its people go on with the tokens they had."""
    target = Target(tmp_path_factory.mktemp("promoted") / "target")
    report = target.report(lived_in.data_dir)
    target.take(lived_in.data_dir, SECRET_FILE)
    with Server(target.data_dir, extra=ZONE) as server:
        shop = Shop(lived_in.contract, server)
        for role in ("admin", "staff", "analyst"):
            old = getattr(lived_in.shop, role)
            setattr(shop, role, shop.person(
                {"user": {"id": old.id, "email": old.email, "role": role}, "token": old.token,
                 "refresh_token": old.refresh_token}, PASSWORD))
        yield target, shop, report


def test_every_table_is_compared_and_has_rows(promoted):
    _, _, report = promoted
    assert {table["table"] for table in report["tables"] if table["source"]["rows"] == 0} <= {"sign_in_code", "closed_order"}
    for table in report["tables"]:
        assert table["equal"] and table["source"] == table["target"], table
    assert report["ledger"]["equal"] and report["ledger"]["source"]["credit_notes"] > 0
    assert report["copied_rows"] == sum(table["source"]["rows"] for table in report["tables"])


def test_every_answer_is_the_same(lived_in, promoted):
    _, shop, _ = promoted
    after = snapshot(shop, lived_in.abandoned, lived_in.days)
    assert after.keys() == lived_in.before.keys()
    for question, answer in lived_in.before.items():
        assert after[question] == answer, question


def test_the_log_is_the_same_in_every_event_and_position(lived_in, promoted):
    target, _, _ = promoted
    done = replay(target.data_dir)
    assert done[: len(lived_in.replayed)] == lived_in.replayed
    assert len(lived_in.replayed) > 1000


def test_people_go_on_as_they_are(lived_in, promoted):
    _, shop, _ = promoted
    buyer = lived_in.buyer
    expect(shop.client(token=buyer.token).get("/api/users/profile"), 200)
    expect(shop.client(token=lived_in.left.token).get("/api/users/profile"), 401)
    expect(shop.client().post("/api/users/refresh", {"refresh_token": lived_in.refresh_token}), 200)
    shop.sign_in(buyer.email)
    refused = shop.client().post("/api/users/login", {"email": lived_in.idle.email, "password": PASSWORD})
    assert refused.status in (401, 403), refused


def test_keys_stand_for_what_they_stood_for(lived_in, promoted):
    _, shop, _ = promoted
    buyer = lived_in.buyer
    again = shop.try_order(buyer, (lived_in.keyed_product, 3), key=lived_in.key, client=shop.client(token=buyer.token))
    assert expect(again, 201).data["order"] == lived_in.keyed
    other = shop.try_order(buyer, (lived_in.keyed_product, 4), key=lived_in.key, client=shop.client(token=buyer.token))
    expect(other, 422, "idempotency_conflict")
    path, body, headers = lived_in.adjustment
    assert expect(shop.staff.client.post(path, body, headers=headers), 200).body == lived_in.adjusted


def test_a_reservation_whose_order_never_came_is_released(lived_in, promoted):
    _, shop, _ = promoted
    path = f"/api/products/{lived_in.abandoned['id']}/stock"

    def released():
        data = expect(shop.staff.client.get(path), 200).data
        return data["movements"][0]["kind"] == "release" and (data["available"], data["reserved"]) == (10, 0)

    until(released, "the stock goes back")


def test_the_source_is_as_it_was(lived_in, promoted):
    assert contents(lived_in.data_dir) == lived_in.files


def test_it_goes_on_from_there(lived_in, promoted):
    """New orders, products and revocations come behind the old ones, and every event is applied once."""
    target, shop, _ = promoted
    newest = lived_in.replayed[-1]["position"]
    person, product = shop.customer(), shop.product(inventory_count=20)
    order = shop.order_in("delivered", person, product)
    old = next(order for order in lived_in.orders if order["status"] == "pending")
    expect(shop.move(old, "confirmed"), 200)
    expect(person.client.post("/api/users/logout"), 200)
    until(lambda: person.client.get("/api/users/profile").status == 401, "the token is dead")
    added = replay(target.data_dir)[len(lived_in.replayed):]
    assert [entry["event"]["orderId"] for entry in added] == [order["id"]] * 5 + [old["id"]]
    assert min(entry["position"] for entry in added) > newest
    assert shop.stock(product) == 19
    shop.settled_dashboard()
    data = expect(shop.analyst.client.get("/api/analytics/reconciliation"), 200).data
    assert data["equal"], data
    # Done again, it copies nothing and tells that the shop has gone on.
    done = target.promote(lived_in.data_dir, "--json")
    assert done.returncode == 1, done.stdout + done.stderr
    report = json.loads(done.stdout)
    assert report["was_finished"] and report["copied_rows"] == 0 and not report["equal"]
    assert {table["table"] for table in report["tables"] if not table["equal"]} >= {"orders", "order_event", "product"}


def test_the_command_reconcile_finds_it_equal(lived_in, target):
    target.report(lived_in.data_dir)
    target.take(lived_in.data_dir, SECRET_FILE)
    with Server(target.data_dir, extra=ZONE) as server:  # who serves the shop fills ClickHouse
        Shop(lived_in.contract, server).with_people().settled_dashboard()
        done = run("reconcile", "--data-dir", target.data_dir, *ZONE)
    assert done.returncode == 0, done.stdout + done.stderr
    books = json.loads(done.stdout)
    assert books["equal"] and books["ledger"]["placed_orders"] > 500


def test_figures_may_come_along_in_their_file(lived_in, target):
    """Positions of the log are the same, so that analytics goes on where it was."""
    target.report(lived_in.data_dir)
    target.take(lived_in.data_dir, SECRET_FILE, "analytics.db")
    with Server(target.data_dir, extra=ZONE) as server:
        shop = Shop(lived_in.contract, server).with_people()
        shop.order_in("shipped")
        shop.settled_dashboard()
        books = expect(shop.analyst.client.get("/api/analytics/reconciliation"), 200).data
        assert books["equal"] and books["ledger"]["placed_orders"] > 500, books


def test_what_a_killed_server_has_left_in_its_log_moves_too(contract, tmp_path, target):
    source = tmp_path / "embedded"
    engines.keep_in_files(source)
    server = Server(source).start()
    order = Shop(contract, server).with_people().order_in("confirmed")
    server.kill()
    assert (source / "order.db-wal").stat().st_size > 0
    target.report(source)
    assert [entry["event"]["orderId"] for entry in replay(target.data_dir)] == [order["id"]] * 2


# --- broken off -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def big(tmp_path_factory):
    """A shop that takes a while, and what its whole promotion comes to."""
    folder = tmp_path_factory.mktemp("big")
    source = folder / "embedded"
    engines.keep_in_files(source)
    done = run("demo", "--data-dir", source, "--orders", "20000", "--customers", "3000", seconds=120)
    assert done.returncode == 0, done.stderr
    whole = Target(folder / "whole")
    began = time.monotonic()
    report = whole.report(source)
    seconds = time.monotonic() - began
    whole.drop()
    return source, sums(report), seconds


@pytest.mark.parametrize("number", range(12))
def test_killed_at_any_moment_it_goes_on(big, target, number):
    source, expected, seconds = big
    rng = random.Random(SEED + number)
    kills = 0
    for _ in range(1 + number % 3):
        process = target.start(source)
        time.sleep(rng.uniform(0.01, seconds))
        kills += process.poll() is None
        process.kill()
        process.communicate(timeout=30)
    print(f"seed {SEED + number}: {kills} kills")
    assert sums(target.report(source)) == expected
    assert target.sql("SELECT count(*) FROM {prefix}_promotion.promotion WHERE finished_at IS NULL").strip() == "0"


def unfinished(source, target):
    """A promotion that was broken off in the middle."""
    process = target.start(source)
    half = "SELECT count(*) > 0 FROM {prefix}_order.order_line"
    until(lambda: "promotion" in target.sql("SELECT nspname FROM pg_namespace WHERE nspname = '{prefix}_promotion'")
          and target.sql("SELECT to_regclass('{prefix}_order.order_line') IS NOT NULL").strip() == "t"
          and target.sql(half).strip() == "t", "lines arrive", interval=0.001)
    process.kill()
    process.communicate(timeout=30)
    assert target.sql("SELECT count(*) FROM {prefix}_promotion.promotion WHERE finished_at IS NULL").strip() == "1"


def test_an_unfinished_target_is_not_served(big, target):
    source, expected, _ = big
    unfinished(source, target)
    for command in (("serve", "--port-gateway", "0"), ("reconcile",), ("user", "add", "--email", "a@example.com")):
        done = run(*command, "--data-dir", target.data_dir, stdin=PASSWORD + "\n")
        assert done.returncode == 2, command
        assert "cloudcart promote" in done.stderr and len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert sums(target.report(source)) == expected
    with Server(target.data_dir):
        pass


def test_an_unfinished_target_takes_no_other_shop(big, lived_in, target):
    source, expected, _ = big
    unfinished(source, target)
    refused(target.promote(lived_in.data_dir), "another shop")
    assert sums(target.report(source)) == expected


def test_two_at_once_are_refused(big, target, tmp_path):
    source, expected, _ = big
    copy = shutil.copytree(source, tmp_path / "copy")
    process = target.start(source)
    # The lock is taken before the first schema is made.
    until(lambda: target.sql("SELECT count(*) FROM pg_namespace WHERE nspname = '{prefix}_user'").strip() == "1",
          "the first one is under way", interval=0.001)
    process.send_signal(signal.SIGSTOP)
    try:
        refused(target.promote(source), "in use", ".lock")
        refused(target.promote(copy), "under way")
    finally:
        process.send_signal(signal.SIGCONT)
    _, trouble = process.communicate(timeout=60)
    assert process.returncode == 0, trouble
    assert sums(target.report(source)) == expected


# --- refused ----------------------------------------------------------------------------------------------------------


def refused(done, *words):
    assert done.returncode == 2, done.stdout + done.stderr
    assert done.stdout == ""
    sentences = [line for line in done.stderr.strip().splitlines() if line.startswith("cloudcart: ")]
    assert len(sentences) == 1, done.stderr
    for word in words:
        assert word in sentences[0], done.stderr


def test_a_source_in_use_is_refused_and_named(contract, tmp_path, target):
    source = tmp_path / "embedded"
    engines.keep_in_files(source)
    with Server(source):
        refused(target.promote(source), ".lock", "in use")
    target.report(source)
    with Server(source) as server:
        Shop(contract, server).with_people()


def test_a_target_with_another_shop_is_refused(contract, lived_in, target):
    with Server(target.data_dir) as server:
        Shop(contract, server).with_people().product()
        refused(target.promote(lived_in.data_dir), target.prefix, "another shop")
    refused(target.promote(lived_in.data_dir), target.prefix, "another shop")
    with Server(target.data_dir):
        pass


def test_an_empty_target_that_is_served_is_refused(lived_in, target):
    with Server(target.data_dir):
        refused(target.promote(lived_in.data_dir), "in use", "Stop the services")
    target.report(lived_in.data_dir)


def test_a_source_that_went_on_meanwhile_is_refused(contract, big, tmp_path, target):
    source = tmp_path / "embedded"
    engines.keep_in_files(source)
    done = run("demo", "--data-dir", source, "--orders", "6000", seconds=120)
    assert done.returncode == 0, done.stderr
    unfinished(source, target)
    with Server(source) as server:
        Shop(contract, server).with_people().order_in("confirmed")
    refused(target.promote(source), "as it was before")


def test_a_folder_without_a_shop_is_refused(tmp_path, target):
    empty = tmp_path / "empty"
    empty.mkdir()
    refused(target.promote(empty), str(empty), "no shop")
    assert list(empty.iterdir()) == []
    refused(target.promote(tmp_path / "nowhere"), "nowhere")


def test_a_configuration_that_names_no_engine_is_refused(lived_in, tmp_path):
    config = tmp_path / "embedded.toml"
    config.write_text("[shop]\nname = \"Teapots\"\n", encoding="utf-8")
    refused(run("promote", "--from", lived_in.data_dir, "--config", config), "postgres.url")
    config.write_text("[postgres]\nurl = \"postgresql://nobody@127.0.0.1:1/none\"\n", encoding="utf-8")
    refused(run("promote", "--from", lived_in.data_dir, "--config", config), "cannot be reached")
    assert run("promote", "--from", lived_in.data_dir, "--config", tmp_path / "missing.toml").returncode == 2


def test_a_difference_is_found_and_keeps_the_target_from_being_served(lived_in, target):
    target.report(lived_in.data_dir)
    target.sql("UPDATE {prefix}_promotion.promotion SET finished_at = NULL;"
               "UPDATE {prefix}_order.orders SET total = total + 1 WHERE id = (SELECT max(id::text)::uuid FROM {prefix}_order.orders)")
    done = target.promote(lived_in.data_dir, "--json")
    assert done.returncode == 1, done.stdout + done.stderr
    report = json.loads(done.stdout)
    assert [table["table"] for table in report["tables"] if not table["equal"]] == ["orders"]
    assert not report["equal"] and not report["ledger"]["equal"] and report["ledger"]["differing_days"]
    assert run("reconcile", "--data-dir", target.data_dir).returncode == 2
