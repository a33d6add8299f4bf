"""Customers who want to see what is held of them, and who want to be gone."""

import contextlib
import json
import secrets
import sqlite3

import pytest

from harness import engines, remains
from harness.client import expect, expect_violations
from harness.server import Server, run
from harness.shop import PASSWORD, Shop, restart
from harness.waiting import until

# Nothing is done before tokens are dead everywhere: 1 s + 5 s + 5 s.
QUICK = ("--auth-revocations-stale-after", "1s", "--http-request-timeout", "5s", "--privacy-retry", "1s")
PLAN = {
    "name": "Blend against popular", "placement": "next",
    "variants": [{"name": "popular", "algorithm": "popular", "is_control": True}, {"name": "blend", "algorithm": "blend"}],
}


@pytest.fixture(scope="module")
def own(contract, tmp_path_factory):
    """A shop of this module's own, whose files are looked through."""
    with Server(tmp_path_factory.mktemp("privacy") / "data", extra=QUICK) as server:
        yield Shop(contract, server).with_people()


class Marked:
    """A customer all of whose words can be told from everybody else's."""

    def __init__(self, shop):
        self.word = "q" + secrets.token_hex(8)
        self.name = f"Zoe{self.word}"
        self.email = f"{self.word}@example.com"
        self.address = f"{self.word} Lane 5, London"
        self.key = f"key-{self.word}"
        body = {"email": self.email, "password": PASSWORD, "first_name": self.name, "last_name": f"van {self.word}"}
        self.person = shop.person(expect(shop.client().post("/api/users/register", body), 201).data, PASSWORD)
        self.id = self.person.id
        self.client = self.person.client

    def order(self, shop, product, status="pending", key=None):
        body = {"user_id": self.id, "items": [{"product_id": product["id"], "quantity": 1}], "shipping_address": self.address}
        headers = {"Idempotency-Key": key} if key else None
        order = expect(self.client.post("/api/orders", body, headers=headers), 201).data["order"]
        way = {
            "pending": [], "cancelled": ["cancelled"], "shipped": ["confirmed", "processing", "shipped"],
            "delivered": ["confirmed", "processing", "shipped", "delivered"],
        }[status]
        for step in way:
            order = expect(shop.move(order, step), 200).data["order"]
        return order


def state_of(shop, person_id):
    return expect(shop.admin.client.get(f"/api/users/{person_id}/erasure"), 200).data["erasure"]


def erase(marked):
    return expect(marked.client.post(f"/api/users/{marked.id}/erasure", {"password": PASSWORD}), 202).data


def until_done(shop, person_id, seconds=60):
    return until(lambda: (state := state_of(shop, person_id))["state"] == "done" and state, "all have erased", seconds=seconds)


def exported(client, person_id):
    answer = client.get(f"/api/users/{person_id}/export")
    assert answer.status == 200, answer
    return answer.body


def password_hash(shop, person_id):
    if engines.on_engines():
        prefix = engines.settings(shop.server.data_dir)["CLOUDCART_POSTGRES_SCHEMA_PREFIX"]
        return engines.psql(f"SELECT password_hash FROM {prefix}_user.account WHERE id = '{person_id}'").strip()
    with contextlib.closing(sqlite3.connect(f"file:{shop.server.data_dir / 'user.db'}?mode=ro", uri=True)) as db:
        return db.execute("SELECT password_hash FROM user WHERE id = ?", [bytes.fromhex(person_id.replace("-", ""))]).fetchone()[0]


def newest_in_trail(server, count):
    """Of what the user service's store has, the last comes last."""
    newest = f"user_audit ORDER BY seq DESC LIMIT {count}"
    if engines.on_engines():
        prefix = engines.settings(server.data_dir)["CLOUDCART_POSTGRES_SCHEMA_PREFIX"]
        rows = engines.psql(f"SELECT entry FROM {prefix}_user.{newest}").splitlines()
    else:
        with contextlib.closing(sqlite3.connect(f"file:{server.data_dir / 'user.db'}?mode=ro", uri=True)) as db:
            rows = [row[0] for row in db.execute(f"SELECT entry FROM {newest}")]
    return [json.loads(row) for row in reversed(rows)]


def in_experiment(shop, marked):
    """The customer takes part in one, and has been counted. Answers its id."""
    experiment = expect(shop.staff.client.post("/api/ai/experiments", PLAN), 201).data["experiment"]["id"]
    expect(shop.staff.client.post(f"/api/ai/experiments/{experiment}/start"), 200)

    def answered():
        data = expect(marked.client.get(f"/api/ai/recommendations/user/{marked.id}"), 200).data
        return data.get("impression")

    impression = until(answered, "an answer has an impression", seconds=30)
    body = {"events": [{"type": "impression", "impression": impression}]}
    assert expect(shop.client().post("/api/ai/feedback", body), 200).data["outcomes"] == ["counted"]
    return experiment, body


def subjects(shop, experiment):
    report = expect(shop.analyst.client.get(f"/api/ai/experiments/{experiment}/report"), 200).data
    return sum(variant["subjects"] for variant in report["variants"])


def test_nothing_of_a_person_is_left_but_the_orders(own):
    product = own.product(price="12.50")
    control = product["name"].rsplit("-", 2)[1]
    marked = Marked(own)
    delivered = marked.order(own, product, "delivered", key=marked.key)
    marked.order(own, product, "cancelled")
    experiment, feedback = in_experiment(own, marked)
    hashed = password_hash(own, marked.id)
    expect(marked.client.put("/api/users/profile", {"last_name": f"von {marked.word}"}), 200)
    expect(own.staff.client.get(f"/api/users?search={marked.word}"), 200)
    expect(own.staff.client.get(f"/api/users?ids={marked.id}"), 200)
    expect(own.client().post("/api/users/login", {"email": marked.email, "password": "a guess"}), 401)
    books = expect(own.analyst.client.get("/api/analytics/reconciliation"), 200).data

    before = remains.of(own.server.data_dir)
    assert remains.places_with(before, marked.word), "the search finds what is there"
    assert remains.places_with(before, hashed)

    answer = erase(marked)
    assert answer["receipt"]
    expect(marked.client.get("/api/users/profile"), 401)
    expect(own.client().post("/api/users/login", {"email": marked.email, "password": PASSWORD}), 401)
    expect(own.client().post("/api/users/refresh", {"refresh_token": marked.person.refresh_token}), 401)
    state = until_done(own, marked.id)
    assert [part["service"] for part in state["services"]] == ["user", "order", "analytics"]
    assert all(part["done"] and part["reported_at"] for part in state["services"])
    assert expect(own.client().get(f"/api/users/erasures?receipt={answer['receipt']}"), 200).data["erasure"] == state

    after = remains.of(own.server.data_dir, own.server.output)
    assert remains.places_with(after, marked.word, hashed, answer["receipt"]) == []
    # Every place was really looked at: what is nobody's is still found where it belongs.
    # By more than one word: compression may have cut one in two.
    kept = remains.places_with(after, control, product["id"], delivered["id"])
    assert {"postgres", "kafka", "clickhouse"} <= set(kept) if engines.on_engines() else len(kept) >= 3, kept

    # The orders and the figures stay as they were.
    order = expect(own.staff.client.get(f"/api/orders/{delivered['id']}"), 200).data["order"]
    assert (order["total_amount"], order["shipping_address"], order["user_id"]) == ("12.50", "", marked.id)
    again = expect(own.analyst.client.get("/api/analytics/reconciliation"), 200).data
    assert again["equal"] and again["ledger"] == books["ledger"]
    # The recommender knows nobody of this id, and takes nothing more that is said of them.
    assert subjects(own, experiment) == 0
    assert expect(own.client().post("/api/ai/feedback", feedback), 200).data["outcomes"] == ["expired"]
    assert subjects(own, experiment) == 0
    expect(own.staff.client.post(f"/api/ai/experiments/{experiment}/stop"), 200)
    expect(own.admin.client.get(f"/api/users/{marked.id}/export"), 404)
    assert expect(own.staff.client.get(f"/api/users?ids={marked.id}"), 200).data["users"] == []


def test_an_address_stays_until_its_order_is_closed(own):
    marked = Marked(own)
    product = own.product()
    order = marked.order(own, product, "shipped")
    erase(marked)
    waiting = until(lambda: (state := state_of(own, marked.id))["services"][1]["reported_at"] and state, "it was looked at")
    assert waiting["state"] == "under_way"
    assert (waiting["services"][1]["done"], waiting["services"][1]["open_orders"]) == (False, 1)
    shown = expect(own.staff.client.get(f"/api/orders/{order['id']}"), 200).data["order"]
    assert shown["shipping_address"] == marked.address
    # Nobody orders for an account that is gone.
    body = {"user_id": marked.id, "items": [{"product_id": product["id"], "quantity": 1}], "shipping_address": marked.address}
    expect(own.staff.client.post("/api/orders", body), 404)
    expect(own.move(order, "delivered"), 200)
    until_done(own, marked.id)
    assert remains.places_with(remains.of(own.server.data_dir, own.server.output), marked.word) == []


def test_who_may_and_how_it_is_confirmed(own):
    marked, other = Marked(own), own.customer()
    path = f"/api/users/{marked.id}/erasure"
    expect_violations(marked.client.post(path, {}), "password")
    expect_violations(marked.client.post(path, {"password": "a guess"}), "password")
    expect(other.client.post(path, {"password": PASSWORD}), 404)
    expect(own.staff.client.post(path, {}), 404)
    expect(own.admin.client.post(f"/api/users/{own.admin.id}/erasure", {"password": PASSWORD}), 409)
    expect(marked.client.get("/api/users/profile"), 200)
    expect(own.admin.client.get(path), 404)
    first = expect(own.admin.client.post(path), 202).data
    assert first["erasure"]["requested_by"] == "admin" and first["receipt"]
    second = expect(own.admin.client.post(path), 202).data
    assert second["receipt"] is None and second["erasure"]["requested_at"] == first["erasure"]["requested_at"]
    # The address is free again, for whoever comes, and who comes is somebody else.
    body = {"email": marked.email, "password": PASSWORD, "first_name": "Eve", "last_name": "Other"}
    assert expect(own.client().post("/api/users/register", body), 201).data["user"]["id"] != marked.id


def test_a_document_has_all_that_is_held(own):
    marked = Marked(own)
    product = own.product(price="3.25")
    orders = [marked.order(own, product, "delivered"), marked.order(own, product)]
    experiment, _ = in_experiment(own, marked)
    own.consumers_caught_up()
    document = exported(marked.client, marked.id)
    assert document["account"]["email"] == marked.email and document["account"]["has_password"]
    assert len(document["sessions"]) == 1
    assert [entry["order"]["id"] for entry in document["orders"]] == [orders[1]["id"], orders[0]["id"]]
    assert [event["status"] for event in document["orders"][1]["history"]] == [
        "pending", "confirmed", "processing", "shipped", "delivered",
    ]
    assert document["orders"][0]["order"]["shipping_address"] == marked.address
    kinds = {entry["kind"]: entry for entry in document["recommendations"]}
    assert kinds["experiment"]["experiment_id"] == experiment and kinds["experiment"]["impressions"] == 1
    assert kinds["profile"]["bought_products"] == [product["id"]]
    secret = json.dumps(document)
    assert password_hash(own, marked.id) not in secret and marked.person.refresh_token not in secret
    of_admin = exported(own.admin.client, marked.id)
    assert {**of_admin, "exported_at": None} == {**document, "exported_at": None}
    for client in (own.staff.client, own.customer().client):
        expect(client.get(f"/api/users/{marked.id}/export"), 404)
    done = run("user", "export", "--data-dir", own.server.data_dir, "--email", marked.email, env=own.server.env)
    assert done.returncode == 0, done.stderr
    assert {**json.loads(done.stdout), "exported_at": None} == {**document, "exported_at": None}
    expect(own.staff.client.post(f"/api/ai/experiments/{experiment}/stop"), 200)


def test_many_orders_are_told_page_by_page(own):
    marked = Marked(own)
    product = own.product(inventory_count=1000)
    placed = [marked.order(own, product)["id"] for _ in range(120)]
    document = exported(marked.client, marked.id)
    assert [entry["order"]["id"] for entry in document["orders"]] == placed[::-1]


def test_a_process_that_dies_goes_on_where_it_was(contract, tmp_path):
    """Killed at any moment after it was answered, also again and again: it is carried out."""
    with Server(tmp_path / "data", extra=QUICK) as server:
        shop = Shop(contract, server).with_people()
        product = shop.product()
        receipts = {}
        for turn in range(4):
            marked = Marked(shop)
            marked.order(shop, product, "delivered")
            receipts[marked] = erase(marked)["receipt"]
            for _ in range(turn):
                server.kill()
                server.start()
            server.kill()
            restart(shop)
        for marked, receipt in receipts.items():
            until_done(shop, marked.id)
            state = expect(shop.client().get(f"/api/users/erasures?receipt={receipt}"), 200).data["erasure"]
            assert state["user_id"] == marked.id
            assert remains.places_with(remains.of(server.data_dir, server.output), marked.word) == []
        # What nobody serves can be asked for as well, and a restore is answered by doing all again.
        marked = Marked(shop)
        marked.order(shop, product, "delivered")
        server.stop()
        data = ("--data-dir", server.data_dir)
        document = json.loads(run("user", "export", *data, "--email", marked.email).stdout)
        assert len(document["orders"]) == 1
        assert run("user", "erase", *data, "--email", marked.email).returncode == 0
        assert run("user", "erase", *data, "--email", marked.email).returncode == 1
        trail = newest_in_trail(server, 4)
        assert [(entry["action"], entry["outcome"], entry["actor"], entry["target"]) for entry in trail] == [
            (action, outcome, "service", marked.id) for action in ("user.export", "user.erase") for outcome in ("begun", "done")
        ]
        erased = [line.split()[0] for line in run("user", "erasures", *data).stdout.splitlines()]
        assert erased[-1] == marked.id and len(erased) == 5
        done = run("user", "erase", *data, "--again")
        assert done.returncode == 0 and done.stdout.startswith("5 erasures"), done.stderr
        trail = newest_in_trail(server, 2)
        assert [(entry["action"], entry["outcome"]) for entry in trail] == [("user.repeat_erasures", word) for word in ("begun", "done")]
        restart(shop)
        for person_id in erased:
            until_done(shop, person_id)
        assert remains.places_with(remains.of(server.data_dir, server.output), marked.word) == []


def test_services_of_other_processes_follow(contract, tmp_path):
    from harness.processes import Processes

    with Processes(tmp_path / "data", extra=QUICK) as processes:
        shop = Shop(contract, processes).with_people()
        marked = Marked(shop)
        product = shop.product()
        marked.order(shop, product, "delivered")
        until(lambda: len(exported(marked.client, marked.id)["orders"]) == 1, "the order is told")
        until(lambda: exported(marked.client, marked.id)["recommendations"], "the profile is told")
        processes.servers["order"].kill()
        assert marked.client.get(f"/api/users/{marked.id}/export").status == 503
        erase(marked)
        until(lambda: state_of(shop, marked.id)["services"][2]["done"], "the analytics service has erased", seconds=60)
        assert state_of(shop, marked.id)["state"] == "under_way"
        processes.start("order")
        until_done(shop, marked.id)
        logs = [server.output for server in processes.servers.values()]
        assert remains.places_with(remains.of(processes.data_dir, *logs), marked.word) == []
