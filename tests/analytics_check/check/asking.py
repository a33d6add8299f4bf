"""Asks the running program, as JSON and as CSV, and tells every difference from what was expected."""

import csv
import io
import json
from dataclasses import dataclass, field
from typing import Any, Dict, List, Tuple

from .clock import parse_moment
from .expected import Answer, Answers, Question

QUERY = "/api/analytics/query"
FORMULA = ("=", "+", "-", "@", "\t", "\r")
TEXTS = {"product", "product_name", "category", "customer", "status", "product_id", "user_id"}


@dataclass
class Tally:
    """What was compared, in how many figures, and what differed."""

    compared: Dict[Tuple[str, str], List[int]] = field(default_factory=dict)  # rows, differences
    differences: List[str] = field(default_factory=list)
    questions: int = 0

    def count(self, metric: str, dimension: str, rows: int, wrong: int) -> None:
        entry = self.compared.setdefault((metric, dimension), [0, 0])
        entry[0] += rows
        entry[1] += wrong

    def differ(self, text: str) -> None:
        self.differences.append(text)


def exact(text: str) -> Any:
    """JSON whose numbers stay the text that they are."""
    return json.loads(text, parse_int=str, parse_float=str)


def as_csv(row: dict) -> List[str]:
    def cell(column: str, value: Any) -> str:
        if isinstance(value, bool):
            return str(value).lower()
        text = "" if value is None else value
        return "'" + text if column in TEXTS and text.startswith(FORMULA) else text

    return [cell(column, value) for column, value in row.items()]


class Asking:
    def __init__(self, client, answers: Answers, tally: Tally):
        self._client = client
        self._answers = answers
        self._rows = 0  # of the last answer
        self.tally = tally

    def read(self, method: str, path: str, **asked) -> dict:
        response = self._client.send(method, path, **asked)
        assert response.status_code == 200, f"{response.status_code} {response.text[:400]} for {method} {path} {asked}"
        return exact(response.content.decode())["data"]

    def table(self, method: str, path: str, **asked) -> List[List[str]]:
        response = self._client.send(method, path, headers={"Accept": "text/csv"}, **asked)
        assert response.status_code == 200, f"{response.status_code} {response.text[:400]} for {method} {path} {asked}"
        assert response.headers["Content-Type"].startswith("text/csv")
        return list(csv.reader(io.StringIO(response.content.decode(), newline="")))

    def ask(self, question: Question) -> None:
        """One question, both ways; a stretch of time may just end between the two, so a difference is asked for again."""
        for last in (False, True):
            found = self._compare(question)
            if not found or last:
                break
        self.tally.questions += 1
        self._count(question, found)

    def _compare(self, question: Question) -> List[Tuple[str, str]]:
        """Columns that differ, and how."""
        data = self.read("POST", QUERY, json=question.body())
        lines = self.table("POST", QUERY, json=question.body())
        wanted = self._answers.answer(question, parse_moment(data["last_updated"]))
        self._rows = len(wanted.rows)
        found = []
        if data["freshness"]["events_behind"] != "0":
            found.append(("", "the answer is behind the log"))
        if data["row_count"] != str(wanted.row_count):
            found.append(("", f"row_count is {data['row_count']}, not {wanted.row_count}"))
        found += _differences("totals", data["totals"], wanted.totals)
        if len(data["rows"]) != len(wanted.rows):
            found.append(("", f"{len(data['rows'])} rows, not {len(wanted.rows)}"))
        for number, (row, expected) in enumerate(zip(data["rows"], wanted.rows)):
            found += _differences(f"row {number} ({_name(question, expected)})", row, expected)
        found += _csv_differences(lines, wanted, [column["name"] for column in data["columns"]])
        return found

    def _count(self, question: Question, found: List[Tuple[str, str]]) -> None:
        dimension = " × ".join(question.dimensions) or "(all)"
        for metric in question.metrics:
            wrong = sum(1 for column, _ in found if column == metric or column.endswith("_" + metric) or not column)
            self.tally.count(metric, dimension, self._rows + 1, wrong)
        for _, text in found[:5]:
            self.tally.differ(f"{question.body()}: {text}")
        if len(found) > 5:
            self.tally.differ(f"{question.body()}: and {len(found) - 5} more")


def _name(question: Question, row: dict) -> str:
    return ", ".join(str(row[name]) for name in question.dimensions)


def _differences(where: str, found: dict, wanted: dict) -> List[Tuple[str, str]]:
    if list(found) != list(wanted):
        return [("", f"{where} has the columns {list(found)}, not {list(wanted)}")]
    return [
        (column, f"{where}: {column} is {found[column]!r}, not {value!r}")
        for column, value in wanted.items() if found[column] != value
    ]


def _csv_differences(lines: List[List[str]], wanted: Answer, columns: List[str]) -> List[Tuple[str, str]]:
    heading, *rows = lines
    if heading != columns or len(rows) != len(wanted.rows):
        return [("", f"the CSV has {heading} and {len(rows)} lines")]
    found = []
    for number, (line, row) in enumerate(zip(rows, wanted.rows)):
        found += [
            (column, f"CSV line {number}: {column} is {cell!r}, not {value!r}")
            for column, cell, value in zip(heading, line, as_csv(row)) if cell != value
        ]
    return found
