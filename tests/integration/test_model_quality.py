"""How well orders were foretold: examined as they come, before they are learnt, and kept over a restart."""

from harness.client import expect
from harness.shop import restart
from harness.waiting import until


def quality(shop, **params) -> dict:
    return expect(shop.analyst.client.get("/api/ai/model/quality", params=params), 200).data


def tasks(shop, **params) -> dict:
    return {task["task"]: task for task in quality(shop, **params)["tasks"]}


def trained(shop) -> None:
    until(lambda: shop.analyst.client.get("/api/ai/model/status").data["refreshed_at"] or None, "the model is there")


def examined(shop, cases: int) -> dict:
    return until(lambda: (found := tasks(shop))["next"]["cases"] == cases and found, f"{cases} orders are examined")


def test_orders_are_foretold_before_they_are_learnt_and_the_figures_outlive_a_restart(own_shop):
    shop = own_shop
    trained(shop)
    empty = tasks(shop)
    assert (empty["next"]["cases"], empty["next"]["hit_rate"], empty["next"]["lift"]) == (0, None, None)

    person = shop.customer()
    pot, cup = shop.product(), shop.product()
    shop.order(person, (pot, 1), (cup, 1))
    first = examined(shop, 1)
    assert (first["next"]["hit_rate"], first["basket"]["hit_rate"]) == (0, 0), "nothing could be known of the first order"
    # What the model has learnt meanwhile foretells the same order once more; and the best sellers have it too.
    for number in range(2, 5):
        shop.order(person, (pot, 1), (cup, 1))
        examined(shop, number)
    found = tasks(shop)
    assert (found["next"]["hit_rate"], found["basket"]["hit_rate"]) == (0.75, 0.75)
    assert found["next"]["lift"]["low"] <= found["next"]["lift"]["hit_rate_difference"] <= found["next"]["lift"]["high"]
    assert [day["cases"] for day in found["next"]["by_day"]] in ([4], [1, 3], [2, 2], [3, 1]), "this day, or around midnight"

    # A cancellation is no new order.
    order = shop.order(person, (pot, 1))
    examined(shop, 5)
    expect(person.client.post(f"/api/orders/{order['id']}/cancel", {}), 200)

    before = quality(shop)
    shop.server.stop()
    restart(shop)
    trained(shop)
    assert quality(shop)["tasks"] == before["tasks"], "nothing is lost and nothing counts twice"
    assert quality(shop)["examined_orders"] == 0


def test_a_training_tells_how_far_it_is_and_ends(own_shop):
    shop = own_shop
    trained(shop)
    version = shop.analyst.client.get("/api/ai/model/status").data["model_version"]
    expect(shop.staff.client.post("/api/ai/train", {}), 202)

    def done():
        status = expect(shop.analyst.client.get("/api/ai/model/status"), 200).data
        training = status["training"]
        assert training is None or training["phase"] in ("waiting", "reading", "counting", "learning")
        return training is None and status["model_version"] > version

    until(done, "the training ends")
