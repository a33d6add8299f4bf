"""What processes export at /metrics, and what the documents say of it."""

import re
import subprocess
import sys
from dataclasses import dataclass, field

from .contract import REPOSITORY

sys.path.insert(0, str(REPOSITORY / "tests/infrastructure"))
import observability  # noqa: E402  what rules, dashboards and documents ask for

SAMPLE = re.compile(r"([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)")
LABEL = re.compile(r'(\w+)="((?:\\.|[^"\\])*)"')
PARTS = re.compile(r"_(bucket|sum|count)$")


@dataclass
class Family:
    """A metric with all its series, as label → value."""

    type: str
    series: list = field(default_factory=list)

    def labels(self) -> set:
        """The sets of labels that its series have."""
        return {frozenset(labels) - {"le"} for labels in self.series}


def families(text: str) -> dict:
    """By name, of one answer or of several one after the other."""
    found: dict = {}
    for line in text.splitlines():
        if line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            family = found.setdefault(name, Family(kind))
            assert family.type == kind, name
        elif line and not line.startswith("#"):
            name, labels, _ = SAMPLE.fullmatch(line).groups()
            owner = name if name in found else PARTS.sub("", name)
            found[owner].series.append(dict(LABEL.findall(labels or "")))
    return found


def documented(*places: str) -> dict:
    """The part of the table in docs/OBSERVABILITY.md that is exported in all of these places."""
    return {name: entry for name, entry in observability.documented().items() if entry["where"] in places}


def expect_documented(text: str, expected: dict) -> None:
    """Every metric is in the table and the other way round, with its type and its labels."""
    exported = families(text)
    assert set(exported) == set(expected), (
        f"exported and not documented: {sorted(set(exported) - set(expected))}, "
        f"documented and not exported: {sorted(set(expected) - set(exported))}"
    )
    assert {name: family.type for name, family in exported.items()} == {name: entry["type"] for name, entry in expected.items()}
    wrong = {name: family.labels() for name, family in exported.items() if family.labels() != {frozenset(expected[name]["labels"])}}
    assert wrong == {}


def expect_well_named(text: str) -> None:
    """Prometheus' own rules for names, types and help."""
    done = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def expect_values_that_occur(text: str) -> None:
    """Every value that an expression of rules and dashboards demands of a label is one that the label has here. Only of
    metrics that are exported here, and of labels whose values the program gives."""
    exported = families(text)
    missing = set()
    for where, expression in observability.expressions().items():
        for name, inside in observability.SELECTOR.findall(expression):
            family = exported.get(name) or exported.get(PARTS.sub("", name))
            if family is None:
                continue
            for label, value in re.findall(r'(\w+)="([^"]*)"', inside):
                has = {series[label] for series in family.series if label in series}
                if label not in observability.TARGET_LABELS and value not in has:
                    missing.add(f"{where}: {name} has no {label}={value!r}")
    assert missing == set()
