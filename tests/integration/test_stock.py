"""The stock of a product: figures, ledger, adjustments, and reservations that nobody came for.

In all of them the same holds at every moment: what the ledger tells adds up to the figures, nothing is missing in
it, and no figure was ever negative."""

import pathlib
import random
import signal
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from harness import tokens
from harness.client import expect, expect_violations
from harness.processes import Processes
from harness.server import Server, run
from harness.shop import Shop, at_once, order_body
from harness.waiting import until

NO_SUCH_ID = "01932c07-8f1a-7c3e-9b55-0a4c1d2e3f40"
BUCKETS = ("available", "reserved", "sold")


def path_of(product):
    return f"/api/products/{product['id']}/stock"


def ledger_of(shop, product, limit=100):
    """All movements, oldest first, after checking that they are whole and add up to the figures."""
    movements, cursor, figures = [], None, None
    while True:
        data = expect(shop.staff.client.get(path_of(product), params={"limit": limit, "cursor": cursor}), 200).data
        if figures is None:
            figures = {name: data[name] for name in BUCKETS}
            total = data["pagination"]["total"]
        movements += data["movements"]
        cursor = data["next_cursor"]
        if cursor is None:
            break
    movements.reverse()
    assert [movement["sequence"] for movement in movements] == list(range(1, total + 1))
    sums = dict.fromkeys(BUCKETS, 0)
    for movement in movements:
        for name in BUCKETS:
            sums[name] += movement["change"][name]
        assert min(sums.values()) >= 0, movement
        created = movement["kind"] in ("initial", "adjust")
        assert created or sum(movement["change"].values()) == 0, movement
    assert sums == figures
    return movements


def figures_of(shop, product):
    data = expect(shop.staff.client.get(path_of(product), params={"limit": 1}), 200).data
    return tuple(data[name] for name in BUCKETS)


def kinds(movements):
    return [movement["kind"] for movement in movements]


def adjust(shop, product, key=None, client=None, **body):
    headers = {"Idempotency-Key": key} if key else None
    return (client or shop.staff.client).post(path_of(product), {"reason": "Counted", **body}, headers=headers)


# --- ledger and adjustments -------------------------------------------------------------------------------------------


def test_the_ledger_tells_the_life_of_a_product(shop, ada):
    product = shop.product(inventory_count=10)
    order = shop.order(ada, (product, 2), (product, 1))
    assert figures_of(shop, product) == (7, 3, 0)
    expect(shop.move(order, "confirmed"), 200)
    assert figures_of(shop, product) == (7, 0, 3)
    for step in ("processing", "shipped", "delivered"):
        expect(shop.move(order, step), 200)
    expect(shop.admin.client.put(f"/api/products/{product['id']}", {"inventory_count": 9, "name": "Another"}), 200)
    expect(shop.admin.client.put(f"/api/products/{product['id']}", {"inventory_count": 9}), 200)
    expect(adjust(shop, product, change=-4, reason="  Broken in transport "), 200)
    movements = ledger_of(shop, product)
    assert kinds(movements) == ["initial", "reserve", "sell", "adjust", "adjust"]
    initial, reserve, sell, edited, adjusted = movements
    assert (initial["reason"], initial["actor"], initial["order_id"]) == ("Product created", shop.staff.id, None)
    assert (reserve["order_id"], sell["order_id"]) == (order["id"], order["id"])
    assert reserve["change"] == {"available": -3, "reserved": 3, "sold": 0}, "two lines count as their sum"
    assert (edited["reason"], edited["actor"], edited["change"]["available"]) == ("Product edited", shop.admin.id, 2)
    assert (adjusted["reason"], adjusted["actor"]) == ("Broken in transport", shop.staff.id)
    times = [movement["occurred_at"] for movement in movements]
    assert times == sorted(times)


@pytest.mark.parametrize("before", ["pending", "confirmed", "processing"])
def test_a_cancelled_order_gives_back_from_where_its_units_are(shop, ada, before):
    product = shop.product(inventory_count=5)
    order = shop.order_in(before, ada, product)
    expect(shop.move(order, "cancelled"), 200)
    assert figures_of(shop, product) == (5, 0, 0)
    back = ["release"] if before == "pending" else ["sell", "take_back"]
    assert kinds(ledger_of(shop, product)) == ["initial", "reserve", *back]


def test_adjusting_by_and_to(shop, anyone):
    product = shop.product(inventory_count=3)
    data = expect(adjust(shop, product, change=4), 200).data
    assert (data["available"], data["movement"]["sequence"]) == (7, 2)
    assert expect(adjust(shop, product, set_to=2), 200).data["movement"]["change"]["available"] == -5
    same = expect(adjust(shop, product, set_to=2), 200)
    assert (same.data["movement"], same.body["message"]) == (None, "Stock unchanged")
    expect(adjust(shop, product, change=-3), 409, "insufficient_inventory")
    assert anyone.get(f"/api/products/{product['id']}").data["product"]["inventory_count"] == 2
    assert len(ledger_of(shop, product)) == 3


def test_what_orders_hold_cannot_be_adjusted_away(shop, ada):
    product = shop.product(inventory_count=5)
    order = shop.order(ada, (product, 4))
    answer = expect(adjust(shop, product, change=-2), 409, "insufficient_inventory")
    assert answer.errors == [f"{product['id']}: 2 to be taken away, 1 available"]
    expect(adjust(shop, product, set_to=0), 200)
    assert figures_of(shop, product) == (0, 4, 0)
    expect(ada.client.post(f"/api/orders/{order['id']}/cancel"), 200)
    assert figures_of(shop, product) == (4, 0, 0)
    ledger_of(shop, product)


@pytest.mark.parametrize("body, field", [
    ({"change": 0}, "change"), ({"change": None}, "change"), ({"change": "1"}, "change"), ({"change": 1.5}, "change"),
    ({}, "change"), ({"change": 10**9 + 1}, "change"), ({"change": -(10**30)}, "change"), ({"set_to": -1}, "set_to"),
    ({"set_to": 10**9 + 1}, "set_to"), ({"change": 1, "set_to": 1}, "set_to"), ({"change": 10**9}, "change"),
    ({"change": 1, "reason": "no"}, "reason"), ({"change": 1, "reason": None}, "reason"),
    ({"change": 1, "reason": "r" * 201}, "reason"), ({"change": 1, "reason": 5}, "reason"),
    ({"change": 1, "reason": "nul\x00 inside"}, "reason"), ({"change": 1, "reason": "    "}, "reason"),
])
def test_adjust_names_the_bad_field(shop, body, field):
    product = shop.product(inventory_count=1)
    expect_violations(adjust(shop, product, **body), field)
    assert len(ledger_of(shop, product)) == 1


@pytest.mark.parametrize("reason", ["abc", "😀" * 200, "Zählung '); DROP TABLE stock; --"])
def test_reasons_come_back_as_they_were_sent(shop, reason):
    product = shop.product()
    expect(adjust(shop, product, change=1, reason=reason), 200)
    assert ledger_of(shop, product)[-1]["reason"] == reason


def test_a_key_counts_once_and_stands_for_one_request(shop):
    product, other, key = shop.product(inventory_count=10), shop.product(), shop.unique("key")
    first = expect(adjust(shop, product, key=key, change=5), 200)
    expect(adjust(shop, product, change=1), 200)
    assert adjust(shop, product, key=key, change=5).body == first.body
    expect(adjust(shop, product, key=key, change=6), 422, "idempotency_conflict")
    expect(adjust(shop, other, key=key, change=5), 422, "idempotency_conflict")
    expect(adjust(shop, product, key=key, change=5, client=shop.admin.client), 200)
    assert figures_of(shop, product) == (21, 0, 0)
    expect_violations(adjust(shop, product, key="k" * 256, change=1), "Idempotency-Key")
    ledger_of(shop, product)


def test_many_adjustments_at_once_with_one_key_are_one(shop):
    product, key = shop.product(inventory_count=10), shop.unique("key")
    answers = at_once([lambda: adjust(shop, product, key=key, change=3, client=shop.staff.client.as_new()) for _ in range(20)])
    assert {answer.status for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1
    assert kinds(ledger_of(shop, product)) == ["initial", "adjust"]


def test_many_adjustments_and_orders_at_once_never_go_below_zero(shop, ada):
    product = shop.product(inventory_count=20)
    answers = at_once([
        *[lambda: adjust(shop, product, change=-1, client=shop.staff.client.as_new()) for _ in range(20)],
        *[lambda: shop.try_order(ada, (product, 1), client=ada.client.as_new()) for _ in range(20)],
    ])
    done = [answer for answer in answers if answer.status in (200, 201)]
    assert len(done) == 20
    assert {(answer.status, answer.code) for answer in answers if answer not in done} == {(409, "insufficient_inventory")}
    assert figures_of(shop, product)[0] == 0
    ledger_of(shop, product)


def test_the_ledger_is_read_on_by_cursor(shop):
    product = shop.product()
    for _ in range(6):
        expect(adjust(shop, product, change=1), 200)
    first = expect(shop.staff.client.get(path_of(product), params={"limit": 3}), 200).data
    assert first["pagination"] == {"page": 1, "limit": 3, "total": 7, "pages": 3}
    expect(adjust(shop, product, change=1), 200)
    second = expect(
        shop.staff.client.get(path_of(product), params={"limit": 3, "cursor": first["next_cursor"]}), 200
    ).data
    assert [movement["sequence"] for movement in first["movements"] + second["movements"]] == [7, 6, 5, 4, 3, 2]
    assert len(ledger_of(shop, product, limit=3)) == 8
    other = path_of(shop.product())
    expect_violations(shop.staff.client.get(other, params={"cursor": first["next_cursor"]}), "cursor")


@pytest.mark.parametrize("name, value", [("limit", "0"), ("limit", "101"), ("cursor", "x"), ("page", "2"), ("page", "0")])
def test_bad_parameters_are_named(shop, name, value):
    expect_violations(shop.staff.client.get(path_of(shop.product()), params={name: value}), name)


def test_products_that_are_not_there(shop):
    for method, body in (("GET", None), ("POST", {"change": 1, "reason": "Found"})):
        expect(shop.staff.client.request(method, f"/api/products/{NO_SUCH_ID}/stock", json=body), 404, "not_found")
        expect_violations(shop.staff.client.request(method, "/api/products/x/stock", json=body), "id")
    product = shop.product()
    expect(shop.staff.client.delete(f"/api/products/{product['id']}"), 200)
    assert figures_of(shop, product) == (100, 0, 0), "a deactivated product still has its stock"


def test_imported_history_leaves_the_ledger_whole(contract, data_dir, tmp_path):
    history = tmp_path / "history.csv"
    rows = [f"{536365 + n},2000{n % 3},Thing {n % 3},{1 + n},2011-01-0{1 + n} 08:00:00,2.50,1200{n},United Kingdom" for n in range(6)]
    header = "invoice,stock_code,description,quantity,invoice_date,unit_price,customer_id,country"
    history.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    done = run("import", history, "--data-dir", data_dir, "--stock", "7")
    assert done.returncode == 0, done.stderr
    with Server(data_dir) as server:
        shop = Shop(contract, server).with_people()
        products = expect(shop.client().get("/api/products"), 200).data["products"]
        assert len(products) == 3
        shop.settled_dashboard()
        for product in products:
            movements = ledger_of(shop, product)
            assert (kinds(movements), movements[0]["reason"]) == (["initial"], "Product imported")
            assert figures_of(shop, product) == (7, 0, 0)
        shop.order_in("delivered", product=products[0])
        assert figures_of(shop, products[0]) == (6, 0, 1)


# --- reservations under many ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def quick(contract, tmp_path_factory):
    """A shop with cheap passwords, for many accounts."""
    with Server(tmp_path_factory.mktemp("quick") / "data", extra=["--auth-bcrypt-cost", "4"]) as server:
        yield Shop(contract, server).with_people()


def test_five_hundred_buyers_for_a_hundred_units_make_a_hundred_orders(quick):
    product = quick.product(inventory_count=100)
    with ThreadPoolExecutor(8) as pool:
        buyers = list(pool.map(lambda _: quick.customer(), range(500)))
    answers = at_once([lambda buyer=buyer: quick.try_order(buyer, (product, 1)) for buyer in buyers])
    assert sorted(answer.status for answer in answers) == [201] * 100 + [409] * 400
    assert {answer.code for answer in answers if answer.status == 409} == {"insufficient_inventory"}
    assert figures_of(quick, product) == (0, 100, 0)
    movements = ledger_of(quick, product)
    assert kinds(movements) == ["initial"] + ["reserve"] * 100
    ordered = {answer.data["order"]["id"] for answer in answers if answer.status == 201}
    assert {movement["order_id"] for movement in movements[1:]} == ordered


def test_crossed_orders_and_their_cancellations_leave_every_ledger_whole(quick):
    buyer, rng = quick.customer(), random.Random(20261123)
    products = [quick.product(inventory_count=30) for _ in range(3)]
    wanted = [[(product, rng.randint(1, 3)) for product in rng.sample(products, 3)] for _ in range(40)]
    answers = at_once([lambda lines=lines: quick.try_order(buyer, *lines, client=buyer.client.as_new()) for lines in wanted])
    assert {answer.status for answer in answers} == {201, 409}
    orders = [answer.data["order"] for answer in answers if answer.status == 201]
    kept, dropped = orders[::2], orders[1::2]
    answers = at_once([
        *[lambda order=order: quick.move(order, "confirmed", quick.staff.client.as_new()) for order in kept],
        *[lambda order=order: buyer.client.as_new().post(f"/api/orders/{order['id']}/cancel") for order in dropped],
    ])
    assert {answer.status for answer in answers} == {200}
    for product in products:
        sold = sum(item["quantity"] for order in kept for item in order["items"] if item["product_id"] == product["id"])
        assert figures_of(quick, product) == (30 - sold, 0, sold)
        ledger_of(quick, product)


@pytest.mark.parametrize("before", ["pending", "confirmed"])
def test_twenty_cancels_at_once_give_back_once(shop, ada, before):
    product = shop.product(inventory_count=10)
    order = shop.order(ada, (product, 3), (product, 1))
    if before == "confirmed":
        expect(shop.move(order, "confirmed"), 200)
    answers = at_once([lambda: ada.client.as_new().post(f"/api/orders/{order['id']}/cancel") for _ in range(20)])
    assert sorted(answer.status for answer in answers) == [200] + [409] * 19
    assert figures_of(shop, product) == (10, 0, 0)
    back = [movement for movement in ledger_of(shop, product) if movement["kind"] in ("release", "take_back")]
    assert [movement["change"]["available"] for movement in back] == [4]


# --- reservations that nobody came for --------------------------------------------------------------------------------

SECRET = "a secret for tests only, 32 characters or more"


class Inside:
    """What the platform's own processes may ask each other."""

    def __init__(self, shop):
        self._shop = shop
        self._token = tokens.of_a_service(SECRET)

    def post(self, service, path, body):
        return self._shop.client(service, self._token).send("POST", path, json=body)

    def reserve(self, product, quantity, order_id=None):
        """As an order service does that then dies: the order never comes."""
        order_id = order_id or str(uuid.uuid4())
        body = {"order_id": order_id, "lines": [{"product_id": product["id"], "quantity": quantity}]}
        return order_id, self.post("product", "/internal/reservations", body)


def short_lived(data_dir):
    return Server(
        data_dir, extra=["--product-reservation-timeout", "1s"], env={"CLOUDCART_AUTH_JWT_SECRET": SECRET}
    )


def restart(shop):
    """As after a crash; on other ports."""
    shop.server.kill()
    shop.server.start()
    shop.staff = shop.sign_in(shop.staff.email)


def test_a_reservation_whose_order_never_came_is_released(contract, data_dir):
    with short_lived(data_dir) as server:
        shop = Shop(contract, server).with_people()
        inside, product, buyer = Inside(shop), shop.product(inventory_count=10), shop.customer()
        kept = shop.order(buyer, (product, 1))
        sold = shop.order_in("processing", buyer, product)
        abandoned, reserved = inside.reserve(product, 4)
        assert reserved.status_code == 200, reserved.text
        assert figures_of(shop, product) == (4, 5, 1)
        until(lambda: figures_of(shop, product) == (8, 1, 1), "the abandoned reservation is released")
        back = ledger_of(shop, product)[-1]
        assert (back["kind"], back["order_id"], back["change"]["available"]) == ("release", abandoned, 4)
        _, late = inside.reserve(product, 4, abandoned)
        assert late.status_code == 409, late.text
        settled = inside.post("order", "/internal/orders/settle", {"ids": [abandoned, kept["id"], sold["id"]]})
        assert [entry["status"] for entry in settled.json()["data"]["orders"]] == [None, "pending", "processing"]
        # The orders that are there have waited longer than the abandoned one, and keep what is theirs.
        assert figures_of(shop, product) == (8, 1, 1)
        expect(buyer.client.post(f"/api/orders/{kept['id']}/cancel"), 200)
        assert figures_of(shop, product) == (9, 0, 1)
        ledger_of(shop, product)


def test_what_a_process_that_is_gone_had_reserved_goes_back_at_its_next_start(contract, data_dir):
    with Server(data_dir, env={"CLOUDCART_AUTH_JWT_SECRET": SECRET}) as server:
        shop = Shop(contract, server).with_people()
        product, buyer = shop.product(inventory_count=10), shop.customer()
        shop.order(buyer, (product, 1))
        abandoned, _ = Inside(shop).reserve(product, 4)
        assert figures_of(shop, product) == (5, 5, 0), "fifteen minutes are not over"
        restart(shop)
        until(lambda: figures_of(shop, product) == (9, 1, 0), "what nobody can order any more is released")
        assert [movement["order_id"] for movement in ledger_of(shop, product) if movement["kind"] == "release"] == [abandoned]
        restart(shop)
        assert figures_of(shop, product) == (9, 1, 0)
        _, late = Inside(shop).reserve(product, 4, abandoned)
        assert late.status_code == 409, late.text


def test_the_timeout_is_a_setting_with_a_bound(data_dir):
    done = run("settings")
    assert "product.reservation_timeout" in done.stdout
    done = run("serve", "--data-dir", data_dir, "--product-reservation-timeout", "10ms")
    assert done.returncode == 2
    assert "product.reservation_timeout must be a duration of at least 1s" in done.stderr


# --- between processes ------------------------------------------------------------------------------------------------


@pytest.fixture
def apart(contract, tmp_path):
    with Processes(
        tmp_path / "data", extra=["--product-reservation-timeout", "2s", "--http-request-timeout", "3s"]
    ) as processes:
        yield Shop(contract, processes).with_people()


def test_an_order_whose_reservation_was_not_answered_gives_it_back(apart):
    """The product service stands still: whatever it does with the reservation afterwards, nothing stays reserved."""
    buyer, product, key = apart.customer(), apart.product(inventory_count=10), apart.unique("key")
    service = apart.server.servers["product"]
    service.signal(signal.SIGSTOP)
    try:
        answer = expect(apart.try_order(buyer, (product, 3), key=key), 503)
        assert answer.headers["Retry-After"]
    finally:
        service.signal(signal.SIGCONT)
    until(lambda: figures_of(apart, product) == (10, 0, 0), "nothing is reserved")
    order = until(lambda: placed(apart.try_order(buyer, (product, 3), key=key)), "the order is placed after all")
    assert apart.try_order(buyer, (product, 3), key=key).data["order"]["id"] == order["id"]
    until(lambda: figures_of(apart, product) == (7, 3, 0), "only that order holds stock")
    ledger_of(apart, product)


def placed(answer):
    return answer.data["order"] if answer.status == 201 else None


def has_unread(port):
    """Whether a connection to this local port holds bytes that its process has not taken."""
    rows = [line.split() for line in pathlib.Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]]
    return any(
        int(local.split(":")[1], 16) == port and state == "01" and int(queues.split(":")[1], 16) > 0
        for _, local, _, state, queues, *_ in rows
    )


def test_an_order_service_that_dies_before_the_commit_leaves_nothing_reserved(apart):
    buyer, product, key = apart.customer(), apart.product(inventory_count=10), apart.unique("key")
    products, orders = apart.server.servers["product"], apart.server.servers["order"]
    products.signal(signal.SIGSTOP)
    with ThreadPoolExecutor(1) as pool:
        # Unchecked: the answer of a gateway whose service was killed is none of this test's business.
        body = order_body(buyer, (product, 3))
        asked = pool.submit(buyer.client.send, "POST", "/api/orders", json=body, headers={"Idempotency-Key": key})
        until(lambda: has_unread(apart.server.ports["product"]), "the reservation lies before the product service")
        orders.kill()
        products.signal(signal.SIGCONT)
        assert asked.result().status_code == 503
    until(lambda: figures_of(apart, product) == (7, 3, 0), "the reservation that was on its way is made")
    apart.server.start("order")
    until(lambda: figures_of(apart, product) == (10, 0, 0), "it is given back")
    assert kinds(ledger_of(apart, product)) == ["initial", "reserve", "release"]
    order = until(lambda: placed(apart.try_order(buyer, (product, 3), key=key)), "the key makes an order")
    assert figures_of(apart, product) == (7, 3, 0)
    assert apart.try_order(buyer, (product, 3), key=key).data["order"]["id"] == order["id"]
    ledger_of(apart, product)


def test_nothing_is_given_back_while_the_order_service_is_away(apart):
    buyer, product = apart.customer(), apart.product(inventory_count=10)
    shop_order = apart.order(buyer, (product, 3))
    apart.server.servers["order"].stop()
    products = apart.server.servers["product"]
    until(lambda: products.printed().count("cannot settle reservations") >= 2, "it was tried, and once more")
    assert figures_of(apart, product) == (7, 3, 0)
    apart.server.start("order")
    until(lambda: expect(apart.move(shop_order, "confirmed"), 200), "the order goes on")
    until(lambda: figures_of(apart, product) == (7, 0, 3), "and its stock is sold")
    ledger_of(apart, product)
