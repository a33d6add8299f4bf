"""What only a cluster exports: connections to the servers, ways to other services, and Kafka."""

import pytest

from harness import engines, metrics
from harness.client import expect
from harness.cluster import NAMES, Cluster
from harness.shop import Shop
from harness.waiting import until

CLUSTER = metrics.documented(
    "always", "PostgreSQL", "Redis", "Kafka", "ClickHouse", "replica", "services", "processes",
)


@pytest.fixture(scope="module")
def cluster(contract, tmp_path_factory):
    # Not a standby, and so never asked; what is told of one is told of it.
    env = {"CLOUDCART_POSTGRES_REPLICA_URL": engines.addresses()["CLOUDCART_TEST_POSTGRES"]}
    with Cluster(tmp_path_factory.mktemp("metrics") / "all", env=env) as cluster:
        shop = Shop(contract, cluster).with_people()
        shop.order(shop.customer(), (shop.product(), 1))
        shop.settled_dashboard()
        yield shop


def scrape(shop, name):
    return expect(shop.client(name).get("/metrics"), 200).text


def test_all_processes_together_export_the_table(cluster):
    metrics.expect_documented("\n".join(scrape(cluster, name) for name in NAMES), CLUSTER)


def test_rules_and_dashboards_ask_for_labels_that_occur(cluster):
    metrics.expect_values_that_occur("\n".join(scrape(cluster, name) for name in NAMES))


@pytest.mark.parametrize("name", NAMES)
def test_names_types_and_help_are_as_prometheus_wants_them(cluster, name):
    metrics.expect_well_named(scrape(cluster, name))


def test_a_process_that_stops_is_seen_by_who_asks_it(cluster):
    address = cluster.server.addresses["order-2"]

    def ready():
        return f'cloudcart_upstream_ready{{address="{address}",upstream="order"}} 1' in scrape(cluster, "gateway")

    until(ready, "the gateway finds it ready")
    cluster.server.servers["order-2"].stop()
    until(lambda: not ready(), "the gateway finds it gone", seconds=30)
    cluster.server.start("order-2")
    until(ready, "the gateway finds it ready again", seconds=30)
