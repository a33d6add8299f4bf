"""`cloudcart promote`: an embedded shop moves to PostgreSQL, and nothing is lost, changed or doubled."""

import datetime
import json
import random
import shutil
import signal
import time
import uuid

import pytest

from harness import engines, tokens
from harness.client import expect
from harness.history import invent_history
from harness.promotion import SECRET_FILE, Target, contents, sums
from harness.server import Server, run
from harness.shop import PASSWORD, Shop
from harness.waiting import until

SEED = 20261126
ZONE = ("--shop-time-zone", "Europe/London")
# What a page says about itself, and not about the shop.
OF_THE_MOMENT = {"freshness", "last_updated", "incomplete"}


# --- a shop that has been lived in ------------------------------------------------------------------------------------


class LivedIn:
    """An embedded shop with something in every table, and what its people hold."""

    def __init__(self, contract, folder):
        self.contract, self.data_dir = contract, folder / "embedded"
        engines.keep_in_files(self.data_dir)
        today = datetime.date.today()
        self.days = {"from": str(today - datetime.timedelta(days=2)), "to": str(today)}
        history = folder / "history.csv"
        history.write_text(invent_history(seed=SEED), encoding="utf-8")
        done = run("import", history, "--data-dir", self.data_dir, "--stock", "50", *ZONE)
        assert done.returncode == 0, done.stderr
        with Server(self.data_dir, extra=ZONE) as server:
            self.shop = Shop(contract, server).with_people()
            self._live()
            self.before = snapshot(self.shop, self.abandoned, self.days)
        self.replayed = replay(self.data_dir)
        self.files = contents(self.data_dir)

    def _live(self):
        shop = self.shop
        self._people()
        teapot = shop.product(name="Téapot ☕ 100 %_", description="Blue", sku="TEA-1", category_name="Kitchen")
        expect(shop.staff.client.put(f"/api/products/{teapot['id']}", {"price": "21.50", "name": "Teapot, large"}), 200)
        gone = shop.product(category_name="Kitchen")
        expect(shop.staff.client.delete(f"/api/products/{gone['id']}"), 200)
        self.products = [teapot, gone]
        self._stock(teapot)
        self.orders = [
            shop.order_in(status, self.buyer, teapot)
            for status in ("pending", "confirmed", "processing", "shipped", "delivered", "cancelled")
        ]
        paid = shop.order_in("confirmed", self.buyer, teapot)
        expect(self.buyer.client.post(f"/api/orders/{paid['id']}/cancel"), 200)
        self.key = str(uuid.uuid4())
        self.keyed = expect(shop.try_order(self.buyer, (teapot, 3), key=self.key), 201).data["order"]
        self.keyed_product = teapot
        self._abandon()
        shop.settled_dashboard()

    def _people(self):
        shop = self.shop
        self.buyer = shop.customer()
        self.idle = shop.customer()
        expect(shop.admin.client.put(f"/api/users/{self.idle.id}", {"is_active": False}), 200)
        raised = shop.customer()
        expect(shop.admin.client.put(f"/api/users/{raised.id}", {"role": "analyst"}), 200)
        self.left = shop.customer()
        expect(self.left.client.post("/api/users/logout"), 200)
        renewed = shop.customer()
        fresh = expect(shop.client().post("/api/users/refresh", {"refresh_token": renewed.refresh_token}), 200).data
        self.refresh_token = fresh["refresh_token"]

    def _stock(self, product):
        path = f"/api/products/{product['id']}/stock"
        body = {"reason": "Counted", "change": -7}
        self.adjustment = (path, body, {"Idempotency-Key": "count-1"})
        expect(self.shop.staff.client.post(path, {"reason": "Delivered", "change": 30}), 200)
        self.adjusted = expect(self.shop.staff.client.post(path, body, headers=self.adjustment[2]), 200).body

    def _abandon(self):
        """A reservation whose order never comes."""
        self.abandoned = self.shop.product(inventory_count=10)
        secret = (self.data_dir / SECRET_FILE).read_text(encoding="utf-8").strip()
        body = {"order_id": str(uuid.uuid4()), "lines": [{"product_id": self.abandoned["id"], "quantity": 4}]}
        inside = self.shop.client("product", tokens.of_a_service(secret))
        assert inside.send("POST", "/internal/reservations", json=body).status_code == 200


def pages(client, path, what, **params):
    """Every entry of a list."""
    entries, cursor = [], None
    while True:
        data = expect(client.get(path, params={"limit": 100, "cursor": cursor, **params}), 200).data
        entries += data[what]
        cursor = data.get("next_cursor")
        if cursor is None:
            return entries


def settled(value):
    """Without what a page says about the moment it was made in."""
    if isinstance(value, dict):
        return {name: settled(held) for name, held in value.items() if name not in OF_THE_MOMENT}
    return [settled(held) for held in value] if isinstance(value, list) else value


def snapshot(shop, left_out, days) -> dict:
    """What the API answers to every question about what is stored; `left_out` is a product that is on the move, `days` are
    those in which the shop was lived in."""
    staff, admin, shown = shop.staff.client, shop.admin.client, {}

    def ask(path, client=staff, **params):
        answer = expect(client.get(path, params=params), 200)
        # Figures are named anew by each process.
        version = None if path.startswith("/api/analytics") else answer.headers["ETag"]
        shown[f"{path} {params or ''}"] = (settled(answer.data), version)

    shown["users"] = pages(admin, "/api/users/all", "users")
    shown["products"] = {
        f"{key} {order}": [one for one in pages(staff, "/api/products", "products", sortBy=key, sortOrder=order)
                           if one["id"] != left_out["id"]]
        for key in ("name", "price", "created_at", "inventory_count") for order in ("ASC", "DESC")
    }
    ask("/api/products/categories/all")
    for search in ("téapot", "teapot LARGE", "thing 1", "blue"):
        ask("/api/products", search=search)
    ask("/api/products", category="Kitchen")
    ids = {one["id"] for one in shown["products"]["name ASC"]} | {line["product_id"] for line in lines_of(shop)}
    for id in sorted(ids - {left_out["id"]}):
        ask(f"/api/products/{id}")
        shown[f"stock {id}"] = pages(staff, f"/api/products/{id}/stock", "movements")
    shown["orders"] = pages(staff, "/api/orders", "orders")
    for order in shown["orders"][:40]:
        ask(f"/api/orders/{order['id']}")
        ask(f"/api/orders/{order['id']}/events")
    shop.settled_dashboard()
    for path in ("dashboard", "sales/daily", "products/top-selling", "users/activity", "reports/products"):
        ask(f"/api/analytics/{path}", shop.analyst.client, **{"from": "2010-12-01", "to": "2011-12-31"})
        ask(f"/api/analytics/{path}", shop.analyst.client, **days)
    return shown


def lines_of(shop):
    return [line for order in pages(shop.staff.client, "/api/orders", "orders") for line in order["items"]]


def replay(data_dir) -> list:
    done = run("events", "replay", "--data-dir", data_dir)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


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
    target.take_secret(lived_in.data_dir)
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
    target.take_secret(lived_in.data_dir)
    done = run("reconcile", "--data-dir", target.data_dir, *ZONE)
    assert done.returncode == 0, done.stdout + done.stderr
    books = json.loads(done.stdout)
    assert books["equal"] and books["ledger"]["placed_orders"] > 500


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
