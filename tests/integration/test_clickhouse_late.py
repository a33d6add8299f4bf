"""A ClickHouse that is not there when the platform starts: everything else goes on, and analytics comes alive when it is."""

import uuid

import pytest

from harness import engines
from harness.client import expect
from harness.proxy import Proxy
from harness.server import Server
from harness.shop import Shop
from harness.waiting import until


@pytest.fixture()
def scene(contract, tmp_path):
    url = engines.addresses()["CLOUDCART_TEST_CHDB"]
    database = f"{engines.MARK}_{uuid.uuid4().hex[:12]}"
    with Proxy(int(url.rsplit(":", 1)[1])) as proxy:
        proxy.cut_off()
        env = {"CLOUDCART_CLICKHOUSE_URL": f"http://127.0.0.1:{proxy.port}", "CLOUDCART_CLICKHOUSE_DATABASE": database}
        with Server(engines.keep_in_files(tmp_path / "data"), env=env) as server:
            yield Shop(contract, server).with_people(), proxy
    engines.ask_clickhouse(f"DROP DATABASE IF EXISTS {database}")


def analytics_database(shop) -> str:
    health = shop.client().get("/health").body["data"]
    return health["dependencies"]["analytics_database"]["status"]


def test_analytics_is_503_until_clickhouse_is_there_and_then_has_everything(scene):
    shop, proxy = scene
    refused = shop.staff.client.get("/api/analytics/dashboard")
    expect(refused, 503)
    assert int(refused.headers["Retry-After"]) >= 1
    assert analytics_database(shop) != "ok"
    # What was sold meanwhile counts.
    product = shop.product()
    for _ in range(3):
        shop.order(shop.customer(), (product, 1))
    proxy.heal()
    until(lambda: analytics_database(shop) == "ok", "ClickHouse is used", seconds=60)
    assert shop.settled_dashboard()["overview"]["total_orders"] == 3
