"""Experiments with recommenders, from a draft to a report with real orders."""

import collections

import pytest

from harness.client import expect, expect_violations
from harness.shop import restart
from harness.waiting import until

PATH = "/api/ai/experiments"


def plan(**fields):
    return {
        "name": "Blend against popular", "placement": "next",
        "variants": [{"name": "popular", "algorithm": "popular", "is_control": True}, {"name": "blend", "algorithm": "blend"}],
        **fields,
    }


def create(shop, **fields):
    return expect(shop.staff.client.post(PATH, plan(**fields)), 201).data["experiment"]


@pytest.fixture
def make_running(shop):
    """Starts experiments, and stops them in the end: on each placement only one can run."""
    started = []

    def make(**fields):
        experiment = create(shop, **fields)
        started.append(experiment["id"])
        return expect(shop.staff.client.post(f"{PATH}/{experiment['id']}/start"), 200).data["experiment"]

    yield make
    for id in started:
        shop.staff.client.post(f"{PATH}/{id}/stop")


def answer_for(person):
    return expect(person.client.get(f"/api/ai/recommendations/user/{person.id}?limit=10"), 200).data


def send(client, *events):
    body = {"events": [{"type": kind, "impression": impression, **rest} for kind, impression, rest in events]}
    return expect(client.post("/api/ai/feedback", body), 200).data["outcomes"]


def report_of(shop, experiment, front="gateway"):
    client = shop.client(front, shop.analyst.token)
    return expect(client.get(f"{PATH}/{experiment['id']}/report"), 200).data


def settled(shop, experiment):
    """The report once every order is attributed."""
    return until(
        lambda: (found := report_of(shop, experiment))["events_behind"] == 0 and found, "orders are attributed", seconds=10,
    )


def total(report, figure):
    return sum(variant[figure] for variant in report["variants"])


def test_from_a_draft_to_a_report_with_real_orders(shop, make_running):
    product, other = shop.product(price="10.00"), shop.product(price="5.00")
    for _ in range(3):
        shop.order(shop.customer(), (product, 1), (other, 1))
    people = [shop.customer() for _ in range(8)]
    # What they ordered before they were exposed does not count.
    shop.order(people[0], (other, 1))
    experiment = make_running()
    assert experiment["status"] == "running" and experiment["started_at"]

    until(lambda: answer_for(people[0])["recommendations"], "there is something to recommend")
    answers = [answer_for(person) for person in people]
    assert all(answer["impression"] for answer in answers)
    for person, answer in zip(people, answers):
        assert send(shop.client(), ("impression", answer["impression"], {})) == ["counted"]
        assert send(person.client, ("impression", answer["impression"], {})) == ["repeated"]
    clicked = answers[0]["recommendations"][0]["product_id"]
    assert send(shop.client(), ("click", answers[0]["impression"], {"product_id": clicked})) == ["counted"]

    bought = expect(shop.client().get(f"/api/products/{clicked}"), 200).data["product"]
    kept = shop.order(people[0], (bought, 2))
    cancelled = shop.order(people[1], (product, 1))
    report = settled(shop, experiment)
    assert [variant["name"] for variant in report["variants"]] == ["popular", "blend"]
    assert total(report, "subjects") == total(report, "customers") == total(report, "impressions") == len(people)
    assert total(report, "clicks") == total(report, "clicking_subjects") == 1
    assert total(report, "converting_customers") == total(report, "orders") == 2
    both = float(kept["total_amount"]) + float(cancelled["total_amount"])
    assert total(report, "revenue") == pytest.approx(both, abs=0.001)
    assert total(report, "click_revenue") == pytest.approx(float(kept["total_amount"]), abs=0.001)
    assert report["verdict"] == "undecided" and report["winner"] is None

    expect(people[1].client.post(f"/api/orders/{cancelled['id']}/cancel"), 200)
    report = settled(shop, experiment)
    assert total(report, "orders") == 1
    assert total(report, "revenue") == pytest.approx(float(kept["total_amount"]), abs=0.001)

    expect(shop.staff.client.post(f"{PATH}/{experiment['id']}/stop"), 200)
    assert "impression" not in answer_for(people[2])
    assert send(shop.client(), ("impression", answers[2]["impression"], {})) == ["not_running"]
    # Who was exposed goes on counting.
    shop.order(people[3], (product, 1))
    assert total(settled(shop, experiment), "orders") == 2


def test_customers_keep_their_variant(shop, make_running):
    experiment = make_running()
    person = shop.customer()
    for _ in range(5):
        assert send(shop.client(), ("impression", answer_for(person)["impression"], {})) == ["counted"]
    counts = [variant["impressions"] for variant in report_of(shop, experiment)["variants"]]
    assert sorted(counts) == [0, 5]


def test_interleaving_credits_the_variant_whose_product_is_clicked(shop, make_running):
    product, other = shop.product(), shop.product()
    shop.order(shop.customer(), (product, 1), (other, 1))
    experiment = make_running(kind="interleaving")
    clicks = collections.Counter()
    for _ in range(4):
        person = shop.customer()
        answer = until(lambda: (found := answer_for(person))["recommendations"] and found, "there is something to recommend")
        first = answer["recommendations"][0]["product_id"]
        clicks.update(send(shop.client(), ("click", answer["impression"], {"product_id": first})))
    assert clicks == {"counted": 4}
    found = report_of(shop, experiment)["interleaving"]
    assert found["impressions"] == found["clicks"] == found["clicking_subjects"] == 4
    teams = found["teams"]
    assert [team["variant"] for team in teams] == ["popular", "blend"]
    assert sum(team["preferred_by_click"] for team in teams) == sum(team["clicks"] for team in teams) == 4


def test_one_runs_on_a_placement_and_drafts_can_be_deleted(shop, make_running):
    make_running()
    draft = create(shop)
    answer = shop.staff.client.post(f"{PATH}/{draft['id']}/start")
    assert answer.status == 409 and answer.code == "conflict"
    expect(shop.staff.client.delete(f"{PATH}/{draft['id']}"), 200)
    expect(shop.staff.client.get(f"{PATH}/{draft['id']}"), 404)
    make_running(placement="basket", variants=[
        {"name": "a", "algorithm": "co_purchase", "is_control": True}, {"name": "b", "algorithm": "local_ease"},
    ])


def test_feedback_that_was_made_up_is_refused(shop, make_running):
    make_running()
    person = shop.customer()
    impression = answer_for(person)["impression"]
    forged = impression[:60] + ("B" if impression[60] == "A" else "A") + impression[61:]
    answer = shop.client().post("/api/ai/feedback", {"events": [
        {"type": "impression", "impression": impression}, {"type": "impression", "impression": forged},
        {"type": "click", "impression": impression, "product_id": "01932c07-8f1a-7c3e-9b55-0a4c1d2e3f40"},
    ]})
    expect_violations(answer, "events[1].impression", "events[2].product_id")
    # Nothing of it was counted.
    assert send(shop.client(), ("impression", impression, {})) == ["counted"]


def test_everything_is_there_after_a_restart(own_shop):
    shop = own_shop
    product = shop.product()
    experiment = create(shop)
    expect(shop.staff.client.post(f"{PATH}/{experiment['id']}/start"), 200)
    person = shop.customer()
    impression = answer_for(person)["impression"]
    assert send(shop.client(), ("impression", impression, {})) == ["counted"]
    shop.order(person, (product, 1))
    before = settled(shop, experiment)
    shop.server.stop()
    restart(shop)
    after = settled(shop, experiment)
    assert after["variants"] == before["variants"] and total(after, "orders") == 1
    until(lambda: "impression" in answer_for(shop.sign_in(person.email)), "the experiment goes on")
    assert send(shop.client(), ("impression", impression, {})) == ["repeated"]


def test_metrics_tell_of_feedback(shop, make_running):
    make_running()
    assert send(shop.client(), ("impression", answer_for(shop.customer())["impression"], {})) == ["counted"]
    text = shop.client("analytics").get("/metrics").text
    lines = dict(line.rsplit(" ", 1) for line in text.splitlines() if line.startswith("cloudcart_experiment"))
    assert float(lines["cloudcart_experiments_running"]) == 1
    assert float(lines['cloudcart_experiment_feedback_events_total{outcome="counted"}']) >= 1
