"""What the stores of orders and products hold, wherever they are kept."""

from dataclasses import dataclass, field
from typing import Dict, List, Optional, Protocol


@dataclass
class LedgerOrder:
    id: str
    user_id: str
    kind: str
    status: str
    total: int
    address: str
    version: int


@dataclass
class LedgerLine:
    order_id: str
    line: int
    product_id: str
    quantity: int
    price: int
    subtotal: int


@dataclass
class LedgerEvent:
    position: int
    order_id: str
    version: int
    event_id: str
    status: str  # the order's, after it


@dataclass
class LedgerKey:
    user_id: str
    key: str
    order_id: str


@dataclass
class Stock:
    product_id: str
    available: int
    reserved: int
    sold: int


@dataclass
class Movement:
    product_id: str
    sequence: int  # 1, 2, … within the product
    kind: str
    delta: int
    order_id: Optional[str]


@dataclass
class Reservation:
    order_id: str
    state: str
    lines: list = field(default_factory=list)  # of (product id, quantity, price)


@dataclass
class Ledger:
    orders: Dict[str, LedgerOrder]
    lines: List[LedgerLine]
    events: List[LedgerEvent]
    keys: List[LedgerKey]
    stock: Dict[str, Stock]
    movements: List[Movement]
    reservations: Dict[str, Reservation]
    log_end: int
    followed: int  # how far the stock has followed the log


class Books(Protocol):
    """A Ledger that can be read, of one moment."""

    def damage(self) -> List[str]:
        """What the database itself finds wrong."""

    def are_there(self) -> bool:
        """Whether the stores were made already: a kill may come before."""

    def read(self) -> Ledger: ...
