"""Tables that leave the shop as CSV: what customers and staff have named things is text there, whatever a spreadsheet would make of it."""

import csv
import io
import re

import pytest

from harness.client import expect

FORMULAS = ('=1+1', '+1+1', '-1+1', '@SUM(A1)', '=HYPERLINK("http://evil.example","look")', "=cmd|' /C calc'!A0")
# Whole tables with names in them: (method, path, parameters, body).
TABLES = (
    ("GET", "/api/analytics/reports/products", {"limit": 100}, None),
    ("GET", "/api/analytics/products/top-selling", {"limit": 100}, None),
    ("POST", "/api/analytics/query", {}, {"metrics": ["orders"], "dimensions": ["product"], "limit": 100}),
    ("POST", "/api/analytics/query", {}, {"metrics": ["orders"], "dimensions": ["category"], "limit": 100}),
)
NUMBER = re.compile(r"-?\d+(\.\d+)?")


@pytest.fixture(scope="module")
def own_names(shop):
    """Products and categories that are named like formulas, and sold."""
    customer = shop.customer()
    for name in FORMULAS:
        shop.order(customer, (shop.product(name=name, category_name=name), 1))
    shop.settled_dashboard()
    return shop


@pytest.mark.parametrize("front", ["gateway", "dashboard"])
@pytest.mark.parametrize("method, path, params, body", TABLES)
def test_no_cell_is_a_formula(own_names, front, method, path, params, body):
    client = own_names.client(front, own_names.analyst.token)
    answer = expect(client.request(method, path, params=params, json=body, headers={"Accept": "text/csv"}), 200)
    cells = [cell for row in csv.reader(io.StringIO(answer.text, newline="")) for cell in row]
    begins = [cell for cell in cells if cell[:1] in ("=", "+", "-", "@", "\t", "\r", "\n") and not NUMBER.fullmatch(cell)]
    assert begins == []
    for name in FORMULAS:
        assert f"'{name}" in cells, f"{name} is there, with an apostrophe in front"
