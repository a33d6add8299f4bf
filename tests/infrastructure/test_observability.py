"""Prometheus' files by its own checker, and that rules, dashboards, table of metrics and runbook speak of the same things.
tests/integration holds the table against what a running platform exports."""

import re
import subprocess

import pytest
import yaml

import observability as o

ALERTS = sorted({rule["alert"] for rule in o.alerts()})
DASHBOARDS = o.dashboards()
TESTS = [test for file in ("alerts_test.yml", "alerts_days_test.yml")
         for test in yaml.safe_load((o.PROMETHEUS / file).read_text(encoding="utf-8"))["tests"]]
# Grafana's names of the units that values here have.
UNITS = {"short", "none", "s", "bytes", "percentunit", "reqps", "ops"}


def promtool(*arguments, seconds=300):
    done = subprocess.run(["promtool", *map(str, arguments)], capture_output=True, text=True, timeout=seconds, cwd=o.PROMETHEUS)
    return done.returncode, done.stdout + done.stderr


def test_prometheus_accepts_its_configuration_and_rules():
    code, printed = promtool("check", "config", "prometheus.yml")
    assert code == 0 and "FAILED" not in printed, printed


def test_all_services_of_the_cluster_are_scraped():
    jobs = yaml.safe_load((o.PROMETHEUS / "prometheus.yml").read_text(encoding="utf-8"))["scrape_configs"]
    assert [job["job_name"] for job in jobs] == ["cloudcart"]
    targets = [target for config in jobs[0]["static_configs"] for target in config["targets"]]
    assert targets == ["user:3001", "product:3002", "order:3003", "analytics:3004", "gateway:8080"]


@pytest.mark.parametrize("file", ["alerts_test.yml", "alerts_days_test.yml"])
def test_alerts_fire_when_they_should(file):
    code, printed = promtool("test", "rules", file)
    assert code == 0, printed


def test_a_rule_that_is_wrong_fails_its_test(tmp_path):
    for file in ("recording.yml", "alerts_test.yml"):
        (tmp_path / file).write_text((o.PROMETHEUS / file).read_text(encoding="utf-8"), encoding="utf-8")
    right = (o.PROMETHEUS / "alerts.yml").read_text(encoding="utf-8")
    wrong = right.replace('up{job="cloudcart"} == 0', 'up{job="cloudcart"} == 1')
    assert wrong != right
    (tmp_path / "alerts.yml").write_text(wrong, encoding="utf-8")
    code, printed = promtool("test", "rules", tmp_path / "alerts_test.yml")
    assert code != 0 and "CloudcartTargetDown" in printed


@pytest.mark.parametrize("alert", ALERTS)
def test_each_alert_is_tested_firing_and_silent(alert):
    """Each severity fires in its test, at another time nothing does, or less does; what is silent is asked for with it."""
    expected, shows = set(), []
    for test in TESTS:
        if test["name"].split(":")[0] != alert:
            continue
        for check in test["promql_expr_test"]:
            assert 'ALERTS{alertstate="firing"}' in check["expr"]
            fires = set(re.findall(rf'alertname="{alert}", severity="(\w+)"', str(check["exp_samples"])))
            expected |= fires
            shows.append(len(fires))
    assert expected == {rule["labels"]["severity"] for rule in o.alerts() if rule["alert"] == alert}
    assert min(shows) < max(shows), "it is never silent, or never fires"


def test_alerts_say_what_is_the_matter():
    for rule in o.alerts():
        assert set(rule["labels"]) == {"severity"} and rule["labels"]["severity"] in ("critical", "warning"), rule["alert"]
        notes = rule["annotations"]
        assert set(notes) == {"summary", "description", "runbook_url"}, rule["alert"]
        assert notes["runbook_url"] == f"docs/RUNBOOK.md#{rule['alert'].lower()}"
        assert len(notes["summary"]) < 100 and notes["description"].endswith("."), rule["alert"]


def test_annotations_name_labels_that_the_alert_has():
    """A label that an aggregation has dropped would show as nothing."""
    known = o.known_series()
    for rule in o.alerts():
        wanted = set(re.findall(r"\$labels\.(\w+)", str(rule["annotations"])))
        outermost = re.findall(r"\bsum by \(([^)]*)\)", rule["expr"].split(" and ")[0])
        if outermost:
            has = {word.strip() for word in outermost[0].split(",")} - {"le"}
        elif re.match(r"(max|min|sum|count)\(", rule["expr"]):
            has = set()
        else:
            has = o.TARGET_LABELS.union(*(known[metric] for metric in o.metrics_of(rule["expr"]))) - {"le"}
        if any(":" in metric for metric in o.metrics_of(rule["expr"])):
            has -= o.TARGET_LABELS  # recorded over all processes
        assert wanted <= has, f"{rule['alert']}: {wanted - has}"


def test_the_runbook_has_a_section_for_each_alert_and_no_other():
    sections = re.split(r"(?m)^### ", o.RUNBOOK.read_text(encoding="utf-8"))[1:]
    assert sorted(section.split("\n")[0] for section in sections) == ALERTS
    for section in sections:
        section = re.split(r"(?m)^## ", section)[0]
        points = re.findall(r"(?m)^- \*\*([\w, ]+):\*\*\s+\S", section)
        assert points in (["Means", "Impact", "Check", "Mend"], ["Means", "Impact", "Check, mend"]), section.split("\n")[0]


def anchors(text):
    return {re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-") for heading in re.findall(r"(?m)^#+ (.*)$", text)}


@pytest.mark.parametrize("document", [o.RUNBOOK, o.TABLE], ids=lambda path: path.name)
def test_links_of_the_documents_lead_somewhere(document):
    text = document.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)]+)\)", text):
        file, _, anchor = target.partition("#")
        other = document.parent / file if file else document
        assert other.is_file(), target
        if anchor:
            assert anchor in anchors(other.read_text(encoding="utf-8")), target


def test_the_runbook_names_routes_and_metrics_that_exist():
    text = o.RUNBOOK.read_text(encoding="utf-8")
    paths = yaml.safe_load((o.ROOT / "api/openapi.yaml").read_text(encoding="utf-8"))["paths"]
    routes = set(re.findall(r"`(GET|POST) (/[\w/{}-]+)`", text))
    assert routes and not {(method, path) for method, path in routes if method.lower() not in paths.get(path, {})}
    assert set(re.findall(r"\$G(/[\w/-]+)", text)) <= set(paths)
    known = o.known_series()
    assert {name for name in re.findall(r"\b((?:cloudcart|process)_[a-z_]+)", text)} <= set(known) | set(o.documented())


def test_quoted_log_lines_are_written_by_the_program():
    source = "".join(file.read_text(encoding="utf-8") for file in (o.ROOT / "src").rglob("*.cpp"))
    quoted = re.findall(r"[Tt]he log(?: has|,| of [^`]*)? `([^`]+)`", o.RUNBOOK.read_text(encoding="utf-8"))
    assert len(quoted) >= 4
    assert [line for line in quoted if line not in source] == []


@pytest.mark.parametrize("where", o.expressions(), ids=str)
def test_expressions_name_what_is_exported(where):
    expression, known = o.expressions()[where], o.known_series()
    metrics = o.metrics_of(expression)
    assert metrics, "an expression that asks for nothing"
    assert metrics <= set(known), metrics - set(known)
    may_group = o.TARGET_LABELS.union(*(known[metric] for metric in metrics))
    for metric, labels in o.labels_of(expression).items():
        allowed = may_group if metric == "" else known[metric] | o.TARGET_LABELS
        assert labels <= allowed, f"{metric or 'grouping'}: {labels - allowed}"


def test_every_recording_rule_is_used():
    used = set().union(*(o.metrics_of(expression) for expression in o.expressions().values()))
    assert set(o.recorded()) <= used, set(o.recorded()) - used


@pytest.mark.parametrize("name", DASHBOARDS)
def test_dashboards_can_be_read_by_who_has_not_made_them(name):
    dashboard = DASHBOARDS[name]
    variables = {variable["name"] for variable in dashboard["templating"]["list"]}
    assert {"datasource", "runbook"} < variables
    assert any("${runbook}" in link["url"] for link in dashboard["links"] if "url" in link)
    ids = [panel["id"] for panel in dashboard["panels"]]
    assert len(ids) == len(set(ids))
    for panel in o.panels(dashboard):
        title = panel["title"]
        assert title and panel["description"].endswith("."), title
        assert panel["fieldConfig"]["defaults"]["unit"] in UNITS, title
        assert panel["targets"], title
        for target in panel["targets"]:
            assert target["datasource"]["uid"] == "${datasource}", title
            assert set(re.findall(r"\$(\w+)", target["expr"])) - {"__rate_interval"} <= variables, title
        for link in panel.get("links", []):
            assert link["url"].split("#")[1] in {alert.lower() for alert in ALERTS}, title


def test_panels_do_not_lie_on_each_other():
    for name, dashboard in DASHBOARDS.items():
        taken = set()
        for panel in dashboard["panels"]:
            at = panel["gridPos"]
            cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
            assert not cells & taken and at["x"] + at["w"] <= 24, f"{name}: {panel['title']}"
            taken |= cells


def test_dashboards_have_names_of_their_own_and_are_found_by_grafana():
    assert len({dashboard["uid"] for dashboard in DASHBOARDS.values()}) == len(DASHBOARDS) == 5
    providers = yaml.safe_load((o.FOLDER / "grafana/provisioning/dashboards/cloudcart.yml").read_text(encoding="utf-8"))
    assert providers["providers"][0]["options"]["path"] == "/var/lib/grafana/dashboards"
    sources = yaml.safe_load((o.FOLDER / "grafana/provisioning/datasources/prometheus.yml").read_text(encoding="utf-8"))
    assert sources["datasources"][0]["type"] == "prometheus" and sources["datasources"][0]["isDefault"]


def test_each_alert_is_reached_from_a_dashboard():
    linked = {link["url"].split("#")[1] for dashboard in DASHBOARDS.values()
              for panel in o.panels(dashboard) for link in panel.get("links", [])}
    assert {alert.lower() for alert in ALERTS} - linked <= {"cloudcartcertificateexpiring", "cloudcartwebhooksgivenup"}
