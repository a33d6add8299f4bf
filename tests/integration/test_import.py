"""Shop history into a data folder, by the real command, held against sums that know nothing of the program."""

import csv
import gzip
import io
import json
import random
from collections import Counter
from decimal import Decimal

import pytest

from harness import engines
from harness.contract import REPOSITORY
from harness.server import Server, run
from harness.shop import Shop

NOT_PRODUCTS = {"POST", "DOT", "C2", "C3", "M", "D", "S", "B", "BANK CHARGES", "AMAZONFEE", "CRUK", "PADS"}
HEADERS = {
    "snake case": "invoice,stock_code,description,quantity,invoice_date,unit_price,customer_id,country",
    "first form": "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country",
    "second form": "Invoice,StockCode,Description,Quantity,InvoiceDate,Price,Customer ID,Country",
}


def invent_history(header: str, seed: int) -> str:
    """A retail file with everything that occurs in real ones: returns, guests, postage, junk."""
    rng = random.Random(seed)
    out = io.StringIO()
    out.write(header + "\r\n")
    rows = csv.writer(out)
    sold = []
    for number in range(400):
        invoice = str(536_365 + number)
        customer = "" if rng.random() < 0.1 else str(12_000 + rng.randrange(60))
        day = f"2011-{1 + number * 11 // 400:02d}-{1 + number % 28:02d} {8 + number % 10:02d}:{number % 60:02d}:00"
        if "InvoiceNo" in header:
            year, month, rest = day.split("-")
            date, time = rest.split(" ")
            day = f"{int(month)}/{int(date)}/{year} {int(time[:2])}:{time[3:5]}"
        lines = []
        for _ in range(rng.randrange(1, 8)):
            code = rng.choice(["POST", "M"]) if rng.random() < 0.03 else f"{20_000 + rng.randrange(80)}{rng.choice(['', 'A'])}"
            price = rng.choice(["0", "-1.50"]) if rng.random() < 0.02 else f"{rng.randrange(20, 2_000) / 100:.2f}"
            quantity = -3 if rng.random() < 0.01 else rng.randrange(1, 25)
            lines.append([code, f'THING "{code}", boxed', quantity, price])
        for code, name, quantity, price in lines:
            rows.writerow([invoice, code, name, quantity, day, price, customer, "United Kingdom"])
        if customer:
            sold.append((invoice, day, customer, lines))
        if sold and rng.random() < 0.15:
            _, _, who, bought = rng.choice(sold)
            whole = rng.random() < 0.3
            for code, name, quantity, price in bought if whole else bought[:1]:
                rows.writerow([f"C{invoice}", code, name, -abs(quantity), day, price, who, "United Kingdom"])
    return out.getvalue()


def independent_sums(text: str):
    """Gross and cancelled revenue and the numbers of documents, straight from the lines."""
    names = {"invoiceno": "invoice", "stockcode": "stock_code", "unitprice": "unit_price", "price": "unit_price"}
    gross = cancelled = Decimal(0)
    sales, cancellations, left_out = set(), set(), Counter()
    for row in csv.DictReader(io.StringIO(text)):
        row = {names.get(key.lower().replace(" ", "").replace("_", ""), key.lower()): value for key, value in row.items()}
        code, price, quantity = row["stock_code"].strip().upper(), Decimal(row["unit_price"]), int(row["quantity"])
        is_cancellation = row["invoice"].startswith("C")
        if code in NOT_PRODUCTS:
            left_out["not_a_product"] += 1
        elif price <= 0:
            left_out["price_not_positive"] += 1
        elif is_cancellation and quantity < 0:
            cancelled -= quantity * price
            cancellations.add(row["invoice"])
        elif not is_cancellation and quantity > 0:
            gross += quantity * price
            sales.add(row["invoice"])
        else:
            left_out["quantity"] += 1
    return gross, cancelled, len(sales), len(cancellations), left_out


def import_into(data_dir, *arguments):
    done = run("import", *arguments, "--data-dir", data_dir, "--shop-time-zone", "Europe/London", "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout, parse_float=Decimal)


def reconcile(data_dir):
    done = run("reconcile", "--data-dir", data_dir)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout, parse_float=Decimal)


@pytest.mark.parametrize("layout", HEADERS)
def test_figures_equal_an_independent_sum(contract, tmp_path, data_dir, layout):
    text = invent_history(HEADERS[layout], seed=len(layout))
    file = tmp_path / "history.csv.gz"
    file.write_bytes(gzip.compress(text.encode("utf-8")))
    gross, cancelled, sales, cancellations, left_out = independent_sums(text)

    report = import_into(data_dir, file)
    assert report["sales"] == sales
    assert report["cancelled_sales"] + report["credit_notes"] == cancellations
    assert report["cancelled_sales"] > 0 and report["credit_notes"] > 0 and report["guests"] > 0

    books = reconcile(data_dir)
    for side in ("ledger", "analytics"):
        assert books[side]["gross_revenue"] == gross
        assert books[side]["cancelled_revenue"] == cancelled
        assert books[side]["total_revenue"] == gross - cancelled
    assert sum(entry["lines"] for entry in report["left_out"]) == sum(left_out.values())

    with Server(data_dir, extra=("--shop-time-zone", "Europe/London")) as server:
        shop = Shop(contract, server).with_people()
        year = shop.admin.client.get("/api/analytics/dashboard?from=2011-01-01&to=2011-12-31").data
        assert Decimal(str(year["overview"]["gross_revenue"])) == gross
        assert Decimal(str(year["overview"]["total_revenue"])) == gross - cancelled
        # Nothing has happened for years, so the page opens on the last days that have data, and says so.
        recent = shop.admin.client.get("/api/analytics/dashboard").data
        assert recent["period"]["anchor"] == "last_data"
        assert recent["overview"]["total_orders"] > 0


def test_importing_again_adds_nothing(tmp_path, data_dir):
    file = tmp_path / "history.csv"
    file.write_text(invent_history(HEADERS["snake case"], seed=7), newline="")
    first, before = import_into(data_dir, file), reconcile(data_dir)
    again, after = import_into(data_dir, file), reconcile(data_dir)
    assert first["new"]["orders"] > 0
    assert again["new"] == {"orders": 0, "customers": 0, "products": 0}
    assert before == after


def test_the_sample_shop_shifted_to_today(contract, data_dir):
    report = import_into(data_dir, REPOSITORY / "examples/sample-shop.csv", "--shift-to-today")
    assert report["shift_days"] > 0
    with Server(data_dir, extra=("--shop-time-zone", "Europe/London")) as server:
        shop = Shop(contract, server).with_people()
        recent = shop.admin.client.get("/api/analytics/dashboard").data
        assert recent["period"]["anchor"] == "today"
        assert recent["overview"]["total_revenue"] > 0


def test_what_cannot_be_imported_is_named(tmp_path, data_dir):
    file = tmp_path / "other.csv"
    file.write_text("a,b,c\n1,2,3\n")
    done = run("import", file, "--data-dir", data_dir)
    assert done.returncode == 1
    assert "stock_code" in done.stderr and "order_id" in done.stderr
    missing = run("import", tmp_path / "missing.csv", "--data-dir", data_dir)
    assert missing.returncode == 2 and "missing.csv" in missing.stderr


def test_a_folder_in_use_is_refused(tmp_path, data_dir):
    engines.keep_in_files(data_dir)
    file = tmp_path / "history.csv"
    file.write_text(invent_history(HEADERS["snake case"], seed=7), newline="")
    with Server(data_dir):
        done = run("import", file, "--data-dir", data_dir)
        assert done.returncode == 2
        assert ".lock" in done.stderr
