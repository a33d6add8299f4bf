"""What infrastructure/observability and its documents say, for the tests here and those in tests/integration that hold it
against a running platform."""

import functools
import json
import re

import yaml

from support import ROOT

FOLDER = ROOT / "infrastructure/observability"
PROMETHEUS = FOLDER / "prometheus"
DASHBOARDS = sorted((FOLDER / "grafana/dashboards").glob("*.json"))
TABLE = ROOT / "docs/OBSERVABILITY.md"
RUNBOOK = ROOT / "docs/RUNBOOK.md"

# What Prometheus itself adds to each series of a target, and what it makes of rules and scrapes.
TARGET_LABELS = {"job", "instance"}
OWN_METRICS = {"up": set(), "ALERTS": {"alertname", "alertstate", "severity"}}

NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
SELECTOR = re.compile(r"([a-zA-Z_:][a-zA-Z0-9_:]*)\s*\{([^}]*)\}")
LABEL_IN_SELECTOR = re.compile(r"([a-zA-Z_]\w*)\s*(?:=~|!~|!=|=)")
GROUPING = re.compile(r"\b(?:by|on|ignoring|group_left|group_right|without)\s*\(([^)]*)\)")


@functools.cache
def documented() -> dict:
    """Of docs/OBSERVABILITY.md: name → type, labels and where it is."""
    found = {}
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 5 and re.fullmatch(r"`[a-z_]+`", cells[0]) and cells[1] in ("counter", "gauge", "histogram"):
            name = cells[0].strip("`")
            assert name not in found, f"{name} is in the table twice"
            found[name] = {"type": cells[1], "labels": set(re.findall(r"`(\w+)`", cells[2])), "where": cells[3]}
    return found


@functools.cache
def rules(file: str) -> list:
    groups = yaml.safe_load((PROMETHEUS / file).read_text(encoding="utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def alerts() -> list:
    return rules("alerts.yml")


def recorded() -> dict:
    return {rule["record"]: rule["expr"] for rule in rules("recording.yml")}


@functools.cache
def dashboards() -> dict:
    return {file.stem: json.loads(file.read_text(encoding="utf-8")) for file in DASHBOARDS}


def panels(dashboard: dict) -> list:
    return [panel for panel in dashboard["panels"] if panel["type"] != "row"]


def filled(expression: str) -> str:
    """With what Grafana puts in place of its variables when all is chosen."""
    return re.sub(r"\$\w+", ".*", expression.replace("$__rate_interval", "1m"))


@functools.cache
def expressions() -> dict:
    """All that Prometheus is asked: where it stands → the expression."""
    found = {f"alert {rule['alert']} ({rule['labels']['severity']})": rule["expr"] for rule in alerts()}
    found |= {f"recording rule {name}": expression for name, expression in recorded().items()}
    for name, dashboard in dashboards().items():
        for panel in panels(dashboard):
            for target in panel["targets"]:
                found[f"dashboard {name}, {panel['title']}, {target['refId']}"] = filled(target["expr"])
        for annotation in dashboard["annotations"]["list"]:
            found[f"dashboard {name}, annotation {annotation['name']}"] = filled(annotation["expr"])
    return found


def series_of(metric: str, entry: dict) -> dict:
    """The names under which a metric of the table is exported, with their labels."""
    if entry["type"] != "histogram":
        return {metric: entry["labels"]}
    return {f"{metric}_bucket": entry["labels"] | {"le"}, f"{metric}_sum": entry["labels"], f"{metric}_count": entry["labels"]}


@functools.cache
def known_series() -> dict:
    """Every name that an expression may use → its labels."""
    known = dict(OWN_METRICS)
    for metric, entry in documented().items():
        known |= series_of(metric, entry)
    for name in recorded():
        known[name] = set(name.split(":")[0].split("_"))
    return known


def metrics_of(expression: str) -> set:
    """The names of series in it: everything that looks like one of ours, and what stands before a selector."""
    bare = re.sub(r'"[^"]*"', '""', expression)
    named = {match.group(1) for match in SELECTOR.finditer(bare)}
    ours = {word for word in NAME.findall(GROUPING.sub("", bare)) if re.match(r"(cloudcart|process)_|\w+:cloudcart_|up$|ALERTS", word)}
    return named | ours


def labels_of(expression: str) -> dict:
    """Name of a series → labels that its selectors name; "" → labels that are grouped or matched by."""
    bare = re.sub(r'"[^"]*"', '""', expression)
    found: dict = {"": set()}
    for name, inside in SELECTOR.findall(bare):
        found.setdefault(name, set()).update(LABEL_IN_SELECTOR.findall(inside))
    for grouped in GROUPING.findall(bare):
        found[""].update(word for word in re.findall(r"\w+", grouped))
    return found
