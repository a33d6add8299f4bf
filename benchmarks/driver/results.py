"""What a row answers, printed and saved."""

import json
import shlex
from dataclasses import dataclass, field
from pathlib import Path

from .program import ROOT
from . import machine as machines


@dataclass
class Table:
    columns: list
    rows: list = field(default_factory=list)
    title: str = ""

    def add(self, *cells) -> None:
        assert len(cells) == len(self.columns), cells
        self.rows.append([str(cell) for cell in cells])

    def text(self) -> str:
        widths = [max(len(row[i]) for row in [self.columns, *self.rows]) for i in range(len(self.columns))]
        lines = [self.title] if self.title else []
        for row in [self.columns, *self.rows]:
            first, *others = [cell.ljust(width) if i == 0 else cell.rjust(width) for i, (cell, width) in enumerate(zip(row, widths))]
            lines.append("  ".join([first, *others]).rstrip())
        return "\n".join(lines)

    def markdown(self) -> str:
        lines = [self.title, ""] if self.title else []
        lines += ["| " + " | ".join(row) + " |" for row in (self.columns, ["---", *["---:"] * (len(self.columns) - 1)], *self.rows)]
        return "\n".join(lines)


@dataclass
class Goal:
    """A line of the speed table."""
    what: str
    reach: str
    measured: str
    reached: bool

    def __str__(self) -> str:
        return f"goal: {self.what} {self.reach}; measured {self.measured}: {'reached' if self.reached else 'missed'}"


@dataclass
class Result:
    tables: list
    goals: list = field(default_factory=list)
    notes: list = field(default_factory=list)
    checks: list = field(default_factory=list)    # what was looked at and found right
    problems: list = field(default_factory=list)  # why the figures do not count
    raw: object = None
    figures: dict = field(default_factory=dict)   # name → SVG, saved beside the text


def number(value: float, digits=0) -> str:
    return f"{value:,.{digits}f}"


def percentile(values: list, share: float) -> float:
    """Of sorted values; NaN of none."""
    return values[min(len(values) - 1, int(share * len(values)))] if values else float("nan")


def ms(microseconds: float) -> str:
    """Milliseconds with three figures that count."""
    value = microseconds / 1000
    return f"{value:.3f}" if value < 1 else f"{value:.2f}" if value < 10 else f"{value:.1f}"


def command_of(arguments: list) -> str:
    return "benchmarks/run " + shlex.join(arguments)


def print_text(result: Result, machine: dict) -> None:
    print(machines.sentence(machine))
    for table in result.tables:
        print("\n" + table.text())
    print()
    for line in [*map(str, result.goals), *result.notes, *(f"checked: {check}" for check in result.checks),
                 *(f"DOES NOT COUNT: {problem}" for problem in result.problems)]:
        print(line)


def print_json(row: str, arguments: list, result: Result, machine: dict) -> None:
    print(json_text(row, arguments, result, machine))


def json_text(row: str, arguments: list, result: Result, machine: dict) -> str:
    return json.dumps({
        "row": row, "command": command_of(arguments), "machine": machine,
        "tables": [{"title": table.title, "columns": table.columns, "rows": table.rows} for table in result.tables],
        "goals": [vars(goal) for goal in result.goals], "notes": result.notes, "checks": result.checks,
        "problems": result.problems, "raw": result.raw})


def section(row: str, arguments: list, result: Result, machine: dict) -> str:
    lines = [f"## {row}, {machine['date']}", "", f"`{command_of(arguments)}`", "", machines.sentence(machine)]
    for table in result.tables:
        lines += ["", table.markdown()]
    lines += [f"\n![{name}]({name}.svg)" for name in result.figures]
    tail = [*map(str, result.goals), *result.notes, *(f"Checked: {check}." for check in result.checks)]
    if tail:
        lines += ["", *(f"- {line}" for line in tail)]
    return "\n".join(lines) + "\n"


def save_figures(row: str, arguments: list, result: Result, machine: dict) -> None:
    """Pictures, and the figures that they are drawn from as JSON: those of the last run."""
    folder = ROOT / "benchmarks/results"
    for name, picture in result.figures.items():
        (folder / f"{name}.svg").write_text(picture, encoding="utf-8")
        (folder / f"{name}.json").write_text(json_text(row, arguments, result, machine) + "\n", encoding="utf-8")


def save(name: str, text: str) -> Path:
    """Appends to benchmarks/results/<name>.md, with a heading when it is new."""
    file = ROOT / "benchmarks/results" / f"{name.removesuffix('.md')}.md"
    file.parent.mkdir(parents=True, exist_ok=True)
    heading = "" if file.exists() else f"# Measured: {file.stem}\n"
    with open(file, "a", encoding="utf-8") as out:
        out.write(heading + "\n" + text)
    return file
