"""/metrics against its table, Prometheus' rules for names, a real Prometheus with the rules and dashboards, and the runbook."""

import re
import subprocess

import pytest
import requests
import yaml

from harness import metrics
from harness.client import expect
from harness.contract import REPOSITORY
from harness.metrics import observability
from harness.server import START_SECONDS, free_ports, run
from harness.waiting import until

HERE = metrics.documented("always", "files", "memory")


@pytest.fixture(scope="module")
def busy(shop):
    """The shop that all share, after an order and what else the expressions name."""
    shop.order(shop.customer(), (shop.product(), 1))
    return shop


def scrape(shop, server="gateway"):
    return expect(shop.client(server).get("/metrics"), 200).text


def test_each_metric_is_in_the_table_and_the_other_way_round(busy):
    metrics.expect_documented(scrape(busy), HERE)


def test_names_types_and_help_are_as_prometheus_wants_them(busy):
    metrics.expect_well_named(scrape(busy))


def test_rules_and_dashboards_ask_for_labels_that_occur(busy):
    metrics.expect_values_that_occur(scrape(busy))


def test_what_clients_send_makes_no_series(busy):
    client = busy.client()
    client.get("/api/no/such/route/first")
    before = len(scrape(busy).splitlines())
    for number in range(30):
        client.get(f"/api/no/such/route/{number}?q={number}")
        client.get(f"/api/products/0193{number:04}-8f1a-7c3e-9b55-0a4c1d2e3f40")
    text = scrape(busy)
    assert "such/route" not in text and "8f1a" not in text
    # A status of a route that had not been answered yet has one series more.
    assert len(text.splitlines()) <= before + 2


def value(text, name, **labels):
    for line in text.splitlines():
        match = metrics.SAMPLE.fullmatch(line)
        if match and match.group(1) == name and labels.items() <= dict(metrics.LABEL.findall(match.group(2) or "")).items():
            return float(match.group(3))
    raise AssertionError(f"no {name} with {labels}")


def test_an_order_shows_in_what_it_goes_through(busy):
    before = scrape(busy)
    busy.order(busy.customer(), (busy.product(), 1))
    busy.settled_dashboard()

    def grown(name, **labels):
        return value(scrape(busy), name, **labels) > value(before, name, **labels)

    assert grown("cloudcart_http_requests_total", service="gateway", method="POST", route="/api/orders", status="201")
    assert grown("cloudcart_sqlite_batch_jobs_sum", store="order")
    assert grown("cloudcart_sqlite_commit_duration_seconds_count", store="order")
    assert grown("cloudcart_sqlite_writer_busy_seconds_total", store="order")
    assert grown("cloudcart_analytics_events_applied_total")
    assert grown("process_cpu_seconds_total")
    for consumer in ("inventory", "analytics", "recommendations", "experiments"):
        until(lambda name=consumer: grown("cloudcart_consumer_position", consumer=name), f"{consumer} is further")
        until(lambda name=consumer: value(scrape(busy), "cloudcart_consumer_behind_seconds", consumer=name) == 0, f"{consumer} is there")


def test_streams_are_counted_while_they_last(busy):
    def streams():
        return value(scrape(busy), "cloudcart_http_streams", service="gateway")

    rest = streams()
    url = busy.client().base + "/api/analytics/stream"
    with requests.get(url, headers={"Authorization": f"Bearer {busy.analyst.token}"}, stream=True, timeout=10) as stream:
        assert stream.status_code == 200
        until(lambda: streams() == rest + 1, "the stream is counted")
    until(lambda: streams() == rest, "it has ended")


def test_a_reconciliation_shows(busy):
    expect(busy.analyst.client.get("/api/analytics/reconciliation"), 200)
    text = scrape(busy)
    assert value(text, "cloudcart_reconciliation_equal") == 1
    assert value(text, "cloudcart_reconciliation_timestamp_seconds") > value(text, "process_start_time_seconds") - 1


class Prometheus:
    """Debian's, with the real rules, following one port of the platform in short steps."""

    def __init__(self, folder, target):
        config = yaml.safe_load((observability.PROMETHEUS / "prometheus.yml").read_text(encoding="utf-8"))
        config["global"] = {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"}
        config["rule_files"] = [str(observability.PROMETHEUS / file) for file in config["rule_files"]]
        config["scrape_configs"][0]["static_configs"] = [{"targets": [target]}]
        (folder / "prometheus.yml").write_text(yaml.safe_dump(config), encoding="utf-8")
        self.url = f"http://127.0.0.1:{free_ports(1)[0]}"
        self.log = folder / "prometheus.log"
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                ["prometheus", f"--config.file={folder / 'prometheus.yml'}", f"--storage.tsdb.path={folder / 'data'}",
                 f"--web.listen-address={self.url.removeprefix('http://')}"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
            )

    def ask(self, path, **parameters):
        assert self.process.poll() is None, self.log.read_text(encoding="utf-8")[-3000:]
        try:
            answer = requests.get(f"{self.url}/api/v1/{path}", params=parameters, timeout=30).json()
        except (requests.ConnectionError, requests.JSONDecodeError) as error:  # it starts, and says so in plain words at first
            raise AssertionError(str(error)) from None
        assert answer["status"] == "success", f"{parameters}: {answer.get('error')}"
        return answer["data"]

    def query(self, expression):
        return self.ask("query", query=expression)["result"]

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=30)


@pytest.fixture(scope="module")
def prometheus(busy, tmp_path_factory):
    server = Prometheus(tmp_path_factory.mktemp("prometheus"), busy.server.addresses["gateway"].split("://")[1])
    try:
        until(lambda: [target["health"] for target in server.ask("targets")["activeTargets"]] == ["up"],
              "the platform is scraped", seconds=6 * START_SECONDS, interval=0.2)
        yield server
    finally:
        server.stop()


def test_prometheus_understands_every_expression(prometheus):
    for where, expression in observability.expressions().items():
        try:
            prometheus.query(expression)
        except AssertionError as error:
            raise AssertionError(f"{where}: {error}") from None


def test_every_rule_is_evaluated_without_an_error(prometheus):
    def rules():
        return [rule for group in prometheus.ask("rules")["groups"] for rule in group["rules"]]

    expected = len(observability.alerts()) + len(observability.recorded())
    until(lambda: len(rules()) == expected and all(rule["health"] == "ok" for rule in rules()), "all rules are well", seconds=60)


# What a healthy platform on files has figures for.
ANSWERED = [
    *(name for name in observability.recorded() if not re.search(r"rate(2h|6h|1d|3d)$", name)),
    'up{job="cloudcart"} == 1',
    "cloudcart_ready == 1",
    "max(cloudcart_consumer_behind_seconds)",
    "rate(cloudcart_event_loop_cpu_seconds_total[1m])",
    "rate(cloudcart_pool_busy_seconds_total[1m]) / cloudcart_pool_threads",
    "cloudcart_admission_under_way / cloudcart_admission_under_way_limit",
    'process_resident_memory_bytes{job="cloudcart"} / on (instance) cloudcart_memory_limit_bytes < 1',
    "cloudcart_disk_free_bytes / cloudcart_disk_size_bytes <= 1",
    "histogram_quantile(0.99, sum by (instance, store, le) (rate(cloudcart_sqlite_commit_duration_seconds_bucket[1m])))",
    "cloudcart_sqlite_write_queue_jobs / cloudcart_sqlite_write_queue_limit_jobs",
    "time() - (cloudcart_model_trained_timestamp_seconds > 0)",
]


@pytest.mark.parametrize("expression", ANSWERED)
def test_prometheus_has_figures(prometheus, busy, expression):
    def answered():
        busy.client().get("/api/products?limit=1")  # a rate wants something that goes on
        return prometheus.query(expression)

    until(answered, f"{expression} has figures", seconds=60, interval=0.5)


def test_no_alert_of_a_process_that_is_well_is_pending(prometheus):
    """Of those that need no more than a moment of trouble; the disk of who runs this may be full."""
    alerts = prometheus.ask("alerts")["alerts"]
    names = {alert["labels"]["alertname"] for alert in alerts}
    assert names.isdisjoint({
        "CloudcartTargetDown", "CloudcartNotReady", "CloudcartDependencyDown", "CloudcartConsumerStuck", "CloudcartDeadLetters",
        "CloudcartReconciliationDifference", "CloudcartPoolRefusing", "CloudcartWritesRefused",
    })


def test_commands_and_settings_of_the_runbook_exist():
    text = (REPOSITORY / "docs/RUNBOOK.md").read_text(encoding="utf-8")
    commands = set(re.findall(r"`cloudcart ((?:[a-z]+ ?)+)", text))
    assert len(commands) >= 4
    for command in commands:
        done = run(*command.split(), "--help")
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    known = set(re.findall(r"\b[a-z]+\.[a-z_]+\b", run("settings").stdout))
    sections = {setting.split(".")[0] for setting in known}
    named = {word for word in re.findall(r"`([a-z]+\.[a-z_]+)(?: = \w+)?`", text) if word.split(".")[0] in sections}
    assert named and named <= known, named - known
