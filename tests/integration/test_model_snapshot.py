"""The recommendation model over restarts: it starts from its snapshot, and from the log where that is no good."""

import signal

import pytest

from harness.client import expect
from harness.shop import restart
from harness.waiting import until


def status(shop):
    return expect(shop.analyst.client.get("/api/ai/model/status"), 200).data


def similar(shop, product):
    path = f"/api/ai/recommendations/product/{product['id']}"
    answer = expect(shop.client().get(path, params={"limit": 20}), 200).data
    return {entry["product_id"]: entry["similarity"] for entry in answer["similar_products"]}


def snapshot_of(shop):
    return shop.server.data_dir / "recommendation.snapshot"


def sell(shop, products, orders):
    person = shop.customer()
    for number in range(orders):
        shop.order(person, (products[number % len(products)], 1), (products[(number + 1) % len(products)], 1))


def settled(shop, orders):
    """The state once all orders are learnt and what comes of them is made."""

    def look():
        now = status(shop)
        return now if now["orders_count"] == orders and now["events_behind"] == 0 and now["refreshed_at"] else None

    return until(look, f"the model is made of {orders} orders")


@pytest.fixture
def sold(own_shop):
    """A shop with thirty orders of five products, and a model of them."""
    own_shop.products = [own_shop.product(inventory_count=10**6) for _ in range(5)]
    sell(own_shop, own_shop.products, 30)
    before = settled(own_shop, 30)["model_version"]
    # What is made of the counts is as of some order in between; from here on it is of all.
    expect(own_shop.staff.client.post("/api/ai/train"), 202)
    until(lambda: status(own_shop)["model_version"] >= before + 2, "the model is trained and refreshed")
    return own_shop


def restarted(shop, orders):
    restart(shop)
    return settled(shop, orders)


def test_after_a_restart_the_model_is_there_at_once(sold):
    shop = sold
    before, version = similar(shop, shop.products[0]), status(shop)["model_version"]
    assert len(before) >= 2
    shop.server.stop()
    assert snapshot_of(shop).stat().st_mode & 0o777 == 0o600
    after = restarted(shop, 30)
    assert after["restored_at"] is not None
    assert after["model_version"] > version
    assert similar(shop, shop.products[0]) == pytest.approx(before, rel=0.01)
    sell(shop, shop.products, 2)
    settled(shop, 32)


def test_what_came_after_the_snapshot_is_caught_up_with(sold):
    shop = sold
    expect(shop.staff.client.post("/api/ai/train"), 202)
    until(lambda: status(shop)["snapshot_at"], "the snapshot is written")
    sell(shop, shop.products, 3)
    shop.server.signal(signal.SIGKILL)
    shop.server.wait()
    after = restarted(shop, 33)
    assert after["restored_at"] is not None


def cut(bytes_):
    return bytes_[: len(bytes_) // 2]


def flip(bytes_):
    middle = len(bytes_) // 2
    return bytes_[:middle] + bytes([bytes_[middle] ^ 0x10]) + bytes_[middle + 1 :]


def another_version(bytes_):
    return bytes_[:8] + b"\x63\0\0\0" + bytes_[12:]


@pytest.mark.parametrize(
    "damage, told",
    [
        (cut, "is cut off"), (flip, "is damaged"), (another_version, "has format 99"), (lambda _: b"", "is no snapshot"),
        (lambda _: b"no snapshot at all", "is no snapshot"),
    ],
    ids=["cut off", "a flipped bit", "another version", "empty", "something else"],
)
def test_a_snapshot_that_is_no_good_is_told_and_the_log_has_it_all(sold, damage, told):
    shop = sold
    before = similar(shop, shop.products[0])
    shop.server.stop()
    file = snapshot_of(shop)
    file.write_bytes(damage(file.read_bytes()))
    printed = len(shop.server.printed())
    after = restarted(shop, 30)
    assert after["restored_at"] is None

    def lines():
        return [line for line in shop.server.printed()[printed:].splitlines() if "snapshot" in line]

    until(lines, "it is told")  # what is no warning is written within a second
    assert len(lines()) == 1 and told in lines()[0], lines()
    assert similar(shop, shop.products[0]) == pytest.approx(before, rel=0.01)
    until(lambda: status(shop)["snapshot_at"], "there is a good one again")
    shop.server.stop()
    assert restarted(shop, 30)["restored_at"] is not None


def test_a_snapshot_of_another_shop_is_not_taken(sold, contract, tmp_path):
    from harness.server import Server
    from harness.shop import Shop

    shop = sold
    shop.server.stop()
    foreign = snapshot_of(shop).read_bytes()
    with Server(tmp_path / "other") as server:
        other = Shop(contract, server).with_people()
        sell(other, [other.product(inventory_count=1000) for _ in range(3)], 40)
        settled(other, 40)
        other.server.stop()
        snapshot_of(other).write_bytes(foreign)
        assert restarted(other, 40)["restored_at"] is None
        assert "it is of another event log" in server.printed()


def test_an_order_changes_what_is_recommended_without_a_training(sold):
    shop = sold
    newcomer, first = shop.product(inventory_count=100), shop.products[0]
    until(lambda: status(shop)["snapshot_at"], "the model rests")
    version = status(shop)["model_version"]
    assert newcomer["id"] not in similar(shop, first)
    order = shop.order(shop.customer(), (first, 1), (newcomer, 1))
    until(lambda: newcomer["id"] in similar(shop, first), "the pair is recommended")
    assert status(shop)["model_version"] == version
    expect(shop.staff.client.post(f"/api/orders/{order['id']}/cancel", {}), 200)
    until(lambda: newcomer["id"] not in similar(shop, first), "a cancellation takes it back")
    assert status(shop)["model_version"] == version
