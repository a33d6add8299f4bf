"""Several processes of the analytics service: what is to happen once happens once, and all of them answer the same."""

import re
import signal

import pytest

from harness.client import expect
from harness.cluster import Cluster
from harness.receiver import Receiver
from harness.shop import Shop
from harness.stream import Stream
from harness.waiting import until

PROCESSES = ("analytics", "analytics-2")
LEADS = re.compile(r"this process leads the others|another process leads now, or none")


@pytest.fixture(scope="module")
def cluster(contract, tmp_path_factory):
    env = {"CLOUDCART_ALERTS_ALLOW_PRIVATE_ADDRESSES": "true"}
    with Cluster(tmp_path_factory.mktemp("analytics") / "all", env=env) as cluster:
        yield Shop(contract, cluster).with_people()


def asking(shop, name, person=None):
    return shop.client(name, (person or shop.analyst).token)


def leaders(shop):
    """Those that run and have last said so."""
    found = []
    for name in PROCESSES:
        said = LEADS.findall(shop.server.printed(name))
        if shop.server.servers[name].running and said and said[-1].startswith("this"):
            found.append(name)
    return found


def leader(shop, seconds=15):
    return until(lambda: len(found := leaders(shop)) == 1 and found[0], "one process leads", seconds=seconds)


def other_than(name):
    return next(other for other in PROCESSES if other != name)


def all_caught_up(shop):
    """All have learnt all that there is, and count it."""
    def probe():
        for name in PROCESSES:
            status = expect(asking(shop, name).get("/api/ai/model/status"), 200).data
            dashboard = expect(asking(shop, name).get("/api/analytics/dashboard"), 200).data
            if status["events_behind"] or not status["refreshed_at"] or dashboard["freshness"]["events_behind"]:
                return False
        return True

    until(probe, "every process has caught up", seconds=30)


def first_order_alert(shop, name, product, receiver):
    body = {
        "name": "First order", "metric": "orders", "window_minutes": 60, "cool_down_minutes": 0,
        "filters": [{"dimension": "product", "values": [product["id"]]}],
        "condition": {"type": "threshold", "side": "above", "value": 0},
        "webhook": {"url": receiver.url()},
    }
    return expect(asking(shop, name, shop.staff).post("/api/analytics/alerts", body), 201).data["alert"]["id"]


def events_of(shop, name, alert):
    return expect(asking(shop, name).get("/api/analytics/alert-events", params={"alert_id": alert}), 200).data["events"]


def delivered(shop, name, alert, seconds=20):
    def probe():
        events = events_of(shop, name, alert)
        return events if [event["delivery"]["status"] for event in events] == ["delivered"] else None

    return until(probe, "the alert is delivered", seconds=seconds)


def fires_once(shop, receiver, name, other):
    """An alert that one process was told of; the other one shows it too."""
    product = shop.product()
    alert = first_order_alert(shop, name, product, receiver)
    calls_before = len(receiver.calls)
    shop.order(shop.customer(), (product, 1))
    [event] = delivered(shop, other, alert)
    assert len(receiver.calls) == calls_before + 1
    assert receiver.calls[-1].data["alert_id"] == alert
    return event


def test_an_alert_fires_once_and_every_process_tells_of_it(cluster):
    leader(cluster)
    with Receiver() as receiver:
        for name in PROCESSES:
            streams = {each: Stream(cluster.client(each, cluster.analyst.token)) for each in PROCESSES}
            try:
                event = fires_once(cluster, receiver, name, other_than(name))
                for stream in streams.values():
                    told = stream.next(lambda event: event.name == "alert", "the alert")
                    assert told.data["event_id"] == event["event_id"]
            finally:
                for stream in streams.values():
                    stream.close()
        all_caught_up(cluster)
        assert len(receiver.calls) == 2
        assert len({call.key for call in receiver.calls}) == 2


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM, signal.SIGSTOP], ids=["killed", "stopped", "frozen"])
def test_when_the_leader_goes_another_goes_on(cluster, end):
    first = leader(cluster)
    second = other_than(first)
    server = cluster.server.servers[first]
    with Receiver() as receiver:
        product = cluster.product()
        alert = first_order_alert(cluster, second, product, receiver)
        if end == signal.SIGTERM:
            server.stop()
        elif end == signal.SIGKILL:
            server.kill()
        else:
            server.signal(signal.SIGSTOP)
        # The order service goes on; what the gateway sends to the dead process it sends to the other.
        cluster.order(cluster.customer(), (product, 1))
        delivered(cluster, second, alert)
        until(lambda: second in leaders(cluster), "it has said that it leads")
        if end == signal.SIGSTOP:
            server.signal(signal.SIGCONT)
            until(lambda: leaders(cluster) == [second], "the one that was frozen gives way")
        else:
            cluster.server.start(first)
        all_caught_up(cluster)
        assert len(events_of(cluster, first, alert)) == 1
        assert len(receiver.calls) == 1


def experiment_running(shop, name):
    plan = {
        "name": "Blend against popular", "placement": "next",
        "variants": [{"name": "popular", "algorithm": "popular", "is_control": True}, {"name": "blend", "algorithm": "blend"}],
    }
    client = asking(shop, name, shop.staff)
    id = expect(client.post("/api/ai/experiments", plan), 201).data["experiment"]["id"]
    expect(client.post(f"/api/ai/experiments/{id}/start"), 200)
    return id


def without_moment(data):
    """What does not depend on when it was asked."""
    if isinstance(data, list):
        return [without_moment(each) for each in data]
    if isinstance(data, dict):
        return {key: without_moment(value) for key, value in data.items() if key not in ("as_of", "timestamp", "model_version")}
    return data


def test_feedback_and_orders_count_once_whichever_process_has_them(cluster):
    product = cluster.product(price="10.00")
    cluster.order(cluster.customer(), (product, 1))
    experiment = experiment_running(cluster, "analytics")
    try:
        people = [cluster.customer() for _ in range(6)]

        def impression_of(name, person):
            path = f"/api/ai/recommendations/user/{person.id}"
            return expect(asking(cluster, name, person).get(path), 200).data.get("impression")

        for number, person in enumerate(people):
            asked, told = PROCESSES[number % 2], PROCESSES[(number + 1) % 2]
            impression = until(lambda: impression_of(asked, person), f"{asked} has heard of the experiment")
            event = {"events": [{"type": "impression", "impression": impression}]}
            seen = until(
                lambda: (answer := expect(cluster.client(told).post("/api/ai/feedback", event), 200).data["outcomes"])
                != ["not_running"] and answer, f"{told} has heard of the experiment",
            )
            assert seen == ["counted"]
            again = expect(cluster.client(asked).post("/api/ai/feedback", event), 200).data["outcomes"]
            assert again == ["repeated"]
        for person in people[:4]:
            cluster.order(person, (product, 1))

        def report(name):
            return expect(asking(cluster, name).get(f"/api/ai/experiments/{experiment}/report"), 200).data

        until(lambda: all(report(name)["events_behind"] == 0 for name in PROCESSES), "orders are attributed")
        reports = [report(name) for name in PROCESSES]
        assert sum(variant["orders"] for variant in reports[0]["variants"]) == 4
        assert sum(variant["subjects"] for variant in reports[0]["variants"]) == 6
        assert without_moment(reports[0]) == without_moment(reports[1])
    finally:
        expect(asking(cluster, "analytics-2", cluster.staff).post(f"/api/ai/experiments/{experiment}/stop"), 200)


def tasks(shop, name):
    return expect(asking(shop, name).get("/api/ai/model/quality"), 200).data["tasks"]


def test_each_order_is_examined_once(cluster):
    leading = leader(cluster)
    all_caught_up(cluster)
    before = tasks(cluster, leading)[0]["cases"]
    product, other = cluster.product(), cluster.product()
    # A model that knows the customer has something to foretell.
    person = cluster.customer()
    for _ in range(4):
        cluster.order(person, (product, 1), (other, 1))
        all_caught_up(cluster)
    until(lambda: tasks(cluster, leading)[0]["cases"] == before + 4, "the orders are examined")
    # What the leader has gathered was written when it was asked.
    assert tasks(cluster, other_than(leading)) == tasks(cluster, leading)


def everything_recommended(shop, name, people, products):
    """All that can be asked of a process's model."""
    client = asking(shop, name)
    answers = [expect(client.get("/api/ai/recommendations/popular?limit=50"), 200).data]
    for product in products:
        answers.append(expect(client.get(f"/api/ai/recommendations/product/{product['id']}?limit=20"), 200).data)
    for person in people:
        own = asking(shop, name, person)
        answers.append(expect(own.get(f"/api/ai/recommendations/user/{person.id}?limit=20"), 200).data)
    basket = {"product_ids": [product["id"] for product in products[:2]], "limit": 20}
    answers.append(expect(client.post("/api/ai/recommendations/basket", basket), 200).data)
    return without_moment(answers)


def told_apart(first, second, path=""):
    """Where two answers differ by more than the order in which sums were added up, which is theirs."""
    if isinstance(first, dict) and isinstance(second, dict) and first.keys() == second.keys():
        return [each for key in first for each in told_apart(first[key], second[key], f"{path}/{key}")]
    if are_ranked(first) and are_ranked(second):
        return ranked_apart(first, second, path)
    if isinstance(first, list) and isinstance(second, list) and len(first) == len(second):
        return [each for at, pair in enumerate(zip(first, second)) for each in told_apart(*pair, f"{path}/{at}")]
    if isinstance(first, float) and isinstance(second, float):
        return [] if are_close(first, second) else [(path, first, second)]
    return [] if first == second else [(path, first, second)]


def are_close(first, second):
    return abs(first - second) <= 1e-5 * max(1, abs(first))


def score_of(entry):
    return entry.get("score", entry.get("similarity"))


def are_ranked(value):
    return isinstance(value, list) and bool(value) and all(
        isinstance(entry, dict) and isinstance(score_of(entry), (int, float)) for entry in value)


def ranked_apart(first, second, path):
    """The same products with the same scores; in another order only where the scores are the same, too."""
    places = {entry["product_id"]: at for at, entry in enumerate(second)}
    if places.keys() != {entry["product_id"] for entry in first}:
        return [(path, [entry["product_id"] for entry in first], list(places))]
    differing = [each for entry in first for each in told_apart(entry, second[places[entry["product_id"]]], path)]
    for higher, lower in zip(first, first[1:]):
        swapped = places[higher["product_id"]] > places[lower["product_id"]]
        if swapped and not are_close(score_of(higher), score_of(lower)):
            differing.append((path, higher, lower))
    return differing


def agree(shop, people, products):
    """Once each has learnt of the same orders; what it learns beyond counting it learns at a moment of its own."""
    def probe():
        one, other = (everything_recommended(shop, name, people, products) for name in PROCESSES)
        differing = told_apart(one, other)
        assert not differing, differing[:3]
        return True

    until(probe, "the processes recommend the same", seconds=40, interval=0.5)


def test_processes_recommend_the_same(cluster):
    products = [cluster.product(price=f"{5 + number}.00", inventory_count=5000) for number in range(12)]
    people = [cluster.customer() for _ in range(10)]

    def shopping(rounds):
        for number in range(rounds):
            person = people[number % len(people)]
            chosen = {(number * 7) % 12, (number * 5 + 1) % 12, (number * number) % 12}
            order = cluster.order(person, *((products[each], 1 + each % 2) for each in sorted(chosen)))
            if number % 9 == 0:
                expect(person.client.post(f"/api/orders/{order['id']}/cancel"), 200)

    shopping(40)
    all_caught_up(cluster)
    agree(cluster, people, products)

    # One begins again with its snapshot, and meanwhile more has happened.
    server = cluster.server.servers["analytics-2"]
    server.stop()
    shopping(20)
    cluster.server.start("analytics-2")
    all_caught_up(cluster)
    agree(cluster, people, products)
