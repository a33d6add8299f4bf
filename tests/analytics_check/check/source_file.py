"""The orders that a retail file comes to, by the rules of docs/IMPORT.md, straight from its lines."""

import csv
import datetime
import gzip
import io
import pathlib
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Dict, Iterator, List, Optional, Tuple
from zoneinfo import ZoneInfo

from .books import Books, Order, codes_and_customers
from .clock import UTC, milliseconds

NO_PRODUCTS = re.compile(r"POST|DOT|C2|C3|M|D|S|B|BANK CHARGES|AMAZONFEE|CRUK|PADS|ADJUST.*|TEST.*")
COLUMNS = {"invoiceno": "invoice", "price": "unitprice"}


@dataclass
class Document:
    """An invoice: a sale, or a cancellation, which takes back a whole sale or is a credit note."""

    invoice: str
    customer: str
    at: int
    lines: Counter = field(default_factory=Counter)  # units by (code, cents)
    cancelled_at: Optional[int] = None
    is_credit_note: bool = False

    @property
    def is_cancellation(self) -> bool:
        return _starts_with("C", self.invoice)

    @property
    def cents(self) -> int:
        return sum(units * price for (_, price), units in self.lines.items())


def _starts_with(letter: str, invoice: str) -> bool:
    return re.match(letter + r"\d", invoice) is not None


def _rows(path: pathlib.Path) -> Iterator[dict]:
    opened = gzip.open(path) if path.read_bytes()[:2] == b"\x1f\x8b" else open(path, "rb")
    with opened as raw:
        # Latin-1 keeps every byte; names are not looked at.
        rows = csv.reader(io.TextIOWrapper(raw, "latin-1", newline=""))
        heading = [re.sub(r"[ _-]", "", name).lower() for name in next(rows)]
        heading = [COLUMNS.get(name, name) for name in heading]
        for row in rows:
            yield dict(zip(heading, row))


def _moment(text: str, zone: ZoneInfo) -> int:
    if "/" in text:
        moment = datetime.datetime.strptime(text, "%m/%d/%Y %H:%M")
    else:
        moment = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    return milliseconds((moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC))


def _left_out(row: dict, code: str, price: Decimal, units: int) -> Optional[str]:
    if _starts_with("A", row["invoice"]):
        return "adjustment_invoice"
    if NO_PRODUCTS.fullmatch(code):
        return "not_a_product"
    if price <= 0:
        return "price_not_positive"
    if price * 100 != int(price * 100):
        return "price_too_fine"
    if _starts_with("C", row["invoice"]):
        return "quantity_not_negative" if units >= 0 else None
    return "quantity_not_positive" if units <= 0 else None


def read_documents(path: pathlib.Path, zone: str) -> Tuple[List[Document], Counter]:
    """The documents in the order of the file, and how many lines were left out for which reason."""
    documents: Dict[str, Document] = {}
    left_out: Counter = Counter()
    shop_zone = ZoneInfo(zone)
    for row in _rows(path):
        code, price = row["stockcode"].strip().upper(), Decimal(row["unitprice"])
        units = int(Decimal(row["quantity"]))
        reason = _left_out(row, code, price, units)
        if reason:
            left_out[reason] += 1
            continue
        at = _moment(row["invoicedate"], shop_zone)
        customer = row["customerid"].strip().removesuffix(".0")
        document = documents.setdefault(row["invoice"], Document(row["invoice"], customer, at))
        document.at = min(document.at, at)
        document.lines[code, int(price * 100)] += abs(units)
    return list(documents.values()), left_out


def settle_cancellations(documents: List[Document]) -> None:
    """A cancellation of exactly an earlier sale of the customer takes back the latest such; others are credit notes."""
    sales = defaultdict(list)
    for document in sorted(documents, key=lambda document: (document.at, document.is_cancellation)):
        key = document.customer, frozenset(document.lines.items())
        if not document.is_cancellation:
            sales[key].append(document)
        elif document.customer and sales[key]:
            sales[key].pop().cancelled_at = document.at
        else:
            document.is_credit_note = True


@dataclass
class FileBooks:
    documents: List[Document]
    left_out: Counter

    @classmethod
    def read(cls, path: pathlib.Path, zone: str) -> "FileBooks":
        documents, left_out = read_documents(path, zone)
        settle_cancellations(documents)
        return cls(documents, left_out)

    @property
    def sales(self) -> List[Document]:
        return [document for document in self.documents if not document.is_cancellation]

    def sums(self) -> dict:
        notes = [document for document in self.documents if document.is_credit_note]
        taken_back = [sale for sale in self.sales if sale.cancelled_at is not None]
        gross = sum(sale.cents for sale in self.sales)
        cancelled = sum(document.cents for document in self.documents if document.is_cancellation)
        return {
            "sales": len(self.sales), "cancelled sales": len(taken_back), "credit notes": len(notes),
            "customers": len({document.customer for document in self.documents if document.customer}),
            "gross": gross, "cancelled": cancelled, "net": gross - cancelled,
        }


def _of_file(document: Document) -> tuple:
    """What a document and an order must have in common, in words of the file."""
    placed, cancelled = document.at, document.cancelled_at
    if document.is_credit_note:
        placed, cancelled = None, document.at
    return document.customer, placed, cancelled, frozenset(document.lines.items())


def _of_ledger(order: Order, codes: dict, customers: dict) -> tuple:
    lines: Counter = Counter()
    for line in order.lines:
        lines[codes[line.product].upper(), line.cents // line.units] += line.units
    return customers[order.customer], order.placed_at, order.cancelled_at, frozenset(lines.items())


def _customers(books: Books, users: dict) -> Tuple[Dict[str, str], List[str]]:
    """Their numbers in the file, by id; a guest has none, and must have one order only."""
    numbers, wrong = {}, []
    for user, count in Counter(order.customer for order in books.orders).items():
        name = users[user].removesuffix("@import.invalid")
        numbers[user] = "" if name.startswith("guest-") else name.removeprefix("customer-")
        if name.startswith("guest-") and count > 1:
            wrong.append(f"{name} has {count} orders")
    return numbers, wrong


def differences(file: FileBooks, books: Books, folder: pathlib.Path) -> List[str]:
    """Between the file's documents and the imported orders, one by one: who, when, what, how much, taken back when."""
    codes, users = codes_and_customers(folder)
    customers, wrong = _customers(books, users)
    wanted = Counter(
        _of_file(document) for document in file.documents if not document.is_cancellation or document.is_credit_note
    )
    found = Counter(_of_ledger(order, codes, customers) for order in books.orders)
    wrong += [f"only in the file: {key[:3]}" for key in wanted - found]
    return wrong + [f"only in the ledger: {key[:3]}" for key in found - wanted]
