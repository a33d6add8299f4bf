"""Somebody was at the files: what `cloudcart audit verify` says of them."""

import json
import sqlite3

import pytest

from harness.audit import chain, verify
from harness.client import expect
from harness.server import Server, run
from harness.shop import PASSWORD, Shop


def test_without_a_shop_there_is_nothing_to_verify(tmp_path):
    done = run("audit", "verify", "--data-dir", str(tmp_path / "none"))
    assert done.returncode == 2 and "data-dir" in done.stderr


@pytest.fixture
def closed_shop(contract, tmp_path):
    """A data folder with some entries, and nobody who serves it."""
    server = Server(tmp_path / "data")
    with server:
        shop = Shop(contract, server).with_people()
        product = shop.product()
        for price in ("4.00", "5.00", "6.00"):
            expect(shop.staff.client.put(f"/api/products/{product['id']}", {"price": price}), 200)
    return server


def tamper(server, *statements):
    """As somebody would who has the file: the guards of the tables go first."""
    with sqlite3.connect(server.data_dir / "product.db") as database:
        database.execute("DROP TRIGGER IF EXISTS product_audit_stays")
        database.execute("DROP TRIGGER IF EXISTS product_audit_is_kept")
        for statement in statements:
            database.execute(statement)
    database.close()


@pytest.mark.parametrize("statement, fault", [
    ("UPDATE product_audit SET entry = replace(entry, '5.00', '9.00') WHERE seq = 5", "row 5 was changed"),
    ("DELETE FROM product_audit WHERE seq = 4", "row 4 is missing"),
    ("DELETE FROM product_audit WHERE seq = (SELECT max(seq) FROM product_audit)", "is missing"),
    ("UPDATE product_audit SET previous = zeroblob(32) WHERE seq = 3", "row 3 does not hold the hash"),
    ("DELETE FROM product_audit_head", "head is missing"),
], ids=["changed", "removed", "cut off", "unlinked", "without a head"])
def test_whoever_was_at_the_file_is_found_out(closed_shop, statement, fault):
    assert verify(closed_shop)[0] == 0
    tamper(closed_shop, statement)
    code, report = verify(closed_shop)
    assert (code, report["whole"]) == (1, False)
    assert fault in chain(report, "product")["fault"]
    assert chain(report, "user")["fault"] is None


def test_a_head_that_was_kept_shows_that_the_end_is_gone(closed_shop, tmp_path):
    heads = tmp_path / "heads.json"
    heads.write_text(run("audit", "heads", "--data-dir", str(closed_shop.data_dir)).stdout, encoding="utf-8")
    assert verify(closed_shop, "--heads", str(heads))[0] == 0
    tamper(
        closed_shop, "DELETE FROM product_audit WHERE seq = (SELECT max(seq) FROM product_audit)",
        "UPDATE product_audit_head SET seq = (SELECT max(seq) FROM product_audit),"
        " hash = (SELECT hash FROM product_audit ORDER BY seq DESC LIMIT 1)",
    )
    assert verify(closed_shop)[0] == 0, "the file alone cannot tell"
    code, report = verify(closed_shop, "--heads", str(heads))
    assert code == 1 and "is missing" in chain(report, "product")["fault"]


def test_heads_that_are_none_are_refused(closed_shop, tmp_path):
    heads = tmp_path / "heads.json"
    heads.write_text("{}", encoding="utf-8")
    code, message = verify(closed_shop, "--heads", str(heads))
    assert code == 2 and "audit heads" in message


def test_commands_are_recorded_too(closed_shop):
    closed_shop.add_user("late@example.com", "staff", PASSWORD)
    database = sqlite3.connect(closed_shop.data_dir / "user.db")
    rows = [json.loads(row[0]) for row in database.execute("SELECT entry FROM user_audit ORDER BY seq DESC LIMIT 2")]
    database.close()
    assert [(row["action"], row["actor"], row["outcome"]) for row in rows] == [("user.add", "service", "done"), ("user.add", "service", "begun")]
    assert verify(closed_shop)[0] == 0
