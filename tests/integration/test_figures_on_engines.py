"""One history on files and on the engines: every figure of analytics is the same, to the cent.

CLOUDCART_TEST_HISTORY names another history than the sample, a real one say."""

import datetime
import json
import os
import pathlib

import pytest

from harness import engines
from harness.client import expect
from harness.contract import REPOSITORY
from harness.server import Server, run
from harness.shop import Shop
from harness.waiting import until

HISTORY = pathlib.Path(os.environ.get("CLOUDCART_TEST_HISTORY") or REPOSITORY / "examples/sample-shop.csv")
# What tells where a shop runs and when it was asked, and the learners' news.
OF_THE_MOMENT = {"last_updated", "timestamp", "freshness", "position", "generated_at", "at"}
NO_FIGURES = {"/api/analytics/stream", "/api/analytics/schema", "/api/analytics/consumers", "/api/analytics/reconciliation",
              "/api/analytics/rebuild", "/api/analytics/dead-letters", "/api/analytics/alerts", "/api/analytics/alert-events"}
DIMENSIONS = (["day"], ["week"], ["month", "status"], ["weekday", "hour_of_day"], ["category"], ["product"], ["customer"],
              ["month", "category"])


@pytest.fixture(scope="module")
def shops(contract, tmp_path_factory):
    folder = tmp_path_factory.mktemp("figures")
    places = [engines.keep_in_files(folder / "files"), folder / "engines"]
    for place in places:
        done = run("import", str(HISTORY), "--data-dir", place, "--json", seconds=300)
        assert done.returncode == 0, done.stderr
        told = json.loads(done.stdout)
    with Server(places[0]) as files, Server(places[1]) as other:
        yield [Shop(contract, server).with_people() for server in (files, other)], told["first_order"][:10], told["last_order"][:10]


def names(shop) -> dict:
    """Ids are made anew by each import: what they stand for, in the order of the books."""
    products = {}
    cursor = None
    while True:
        params = {"limit": 100, "sortBy": "name", "sortOrder": "ASC", **({"cursor": cursor} if cursor else {})}
        page = expect(shop.staff.client.get("/api/products", params=params), 200).data
        products |= {entry["id"]: f"{entry['sku']}" for entry in page["products"]}
        cursor = page["next_cursor"]
        if cursor is None:
            return products


def comparable(value, known: dict):
    if isinstance(value, dict):
        return {known.get(key, key): comparable(entry, known) for key, entry in value.items() if key not in OF_THE_MOMENT}
    if isinstance(value, list):
        return [comparable(entry, known) for entry in value]
    return known.get(value, value) if isinstance(value, str) else value


def reads(contract) -> list:
    return sorted(operation.path for operation in contract.operations
                  if operation.method == "GET" and operation.path.startswith("/api/analytics/")
                  and "{" not in operation.path and operation.path not in NO_FIGURES)


def differences(left, right, path="") -> list:
    if type(left) is not type(right):
        return [f"{path}: {left!r} and {right!r}"]
    if isinstance(left, dict):
        return [found for key in left.keys() | right.keys()
                for found in differences(left.get(key), right.get(key), f"{path}.{key}")]
    if isinstance(left, list):
        if len(left) != len(right):
            return [f"{path}: {len(left)} and {len(right)} entries"]
        return [found for i, pair in enumerate(zip(left, right)) for found in differences(*pair, f"{path}[{i}]")]
    return [] if left == right else [f"{path}: {left!r} and {right!r}"]


def test_every_read_of_analytics_has_the_same_figures(shops, contract):
    shops, first, last = shops
    month = str(datetime.date.fromisoformat(last) - datetime.timedelta(days=30))
    periods = [{}, {"from": first, "to": last}, {"from": month, "to": last, "tz": "Asia/Tokyo"}]
    known = [names(shop) for shop in shops]
    assert sorted(known[0].values()) == sorted(known[1].values())
    product = [min(each, key=each.get) for each in known]
    found, compared = [], 0
    for path in reads(contract):
        takes = {parameter["name"] for parameter in contract.find("GET", path).parameters}
        for period in periods:
            params = {key: value for key, value in period.items() if key in takes}
            answers = []
            for shop, its_products, its_product in zip(shops, known, product):
                more = {"product_id": its_product} if "product_id" in takes else {}
                answer = shop.analyst.client.get(path, params={**params, **more})
                answers.append(comparable(expect(answer, 200).data, its_products))
            assert json.dumps(answers[0]) != "{}"
            compared += 1
            found += [f"{path} {params}{difference}" for difference in differences(*answers)]
    assert compared > 20
    assert not found, "\n".join(found[:40])


@pytest.mark.parametrize("dimensions", DIMENSIONS, ids="-".join)
def test_queries_have_the_same_figures(shops, dimensions):
    shops, first, last = shops
    schema = expect(shops[0].analyst.client.get("/api/analytics/schema"), 200).data
    metrics = [metric["name"] for metric in schema["metrics"]]
    for some in (metrics[:12], metrics[12:]):
        answers = []
        for shop in shops:
            body = {"metrics": some, "dimensions": dimensions, "from": first, "to": last, "limit": 1000}
            answer = expect(shop.analyst.client.post("/api/analytics/query", json=body), 200)
            answers.append(comparable(answer.data, names(shop)))
        assert answers[0]["rows"]
        assert differences(*answers) == []


def test_both_equal_their_ledgers(shops):
    ledgers = []
    for shop in shops[0]:
        def equal():
            data = expect(shop.analyst.client.get("/api/analytics/reconciliation"), 200).data
            return data if data["equal"] else None
        ledgers.append(comparable(until(equal, "ledger and analytics are equal", seconds=60)["ledger"], {}))
    assert ledgers[0] == ledgers[1]
