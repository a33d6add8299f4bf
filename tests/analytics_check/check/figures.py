"""The metrics, by their definitions in words (GET /api/analytics/schema), in integers throughout."""

from collections import Counter
from fractions import Fraction
from typing import Callable, Dict, Optional


class Figures:
    """What of the orders falls into one group."""

    def __init__(self):
        self.placed = self.placed_units = self.gross = 0
        self.cancelled = self.cancelled_units = self.given_back = 0
        self.buyers: Counter = Counter()  # orders placed, by customer; of no known customer none
        self.first_orders = 0
        self.shipped = self.shipping = self.delivered = self.delivering = 0  # orders, and seconds in all


def rounded(value: Fraction, decimals: int) -> int:
    """In units of the last decimal, half away from zero."""
    scaled = abs(value) * 10**decimals
    nearest = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return -nearest if value < 0 else nearest


def _ratio(part: int, whole: int, decimals: int = 2) -> Optional[int]:
    return rounded(Fraction(part, whole), decimals) if whole > 0 else None


def _percent(part: int, whole: int) -> Optional[int]:
    return _ratio(100 * part, whole)


def _orders(figures: Figures) -> int:
    return figures.placed - figures.cancelled


def _average(figures: Figures) -> int:
    orders = _orders(figures)
    return rounded(Fraction(figures.gross - figures.given_back, orders), 0) if orders > 0 else 0


def _repeat(figures: Figures) -> int:
    return sum(1 for orders in figures.buyers.values() if orders > 1)


def _hours(seconds: int, orders: int) -> Optional[int]:
    return _ratio(seconds, 3600 * orders) if orders else None


METRICS: Dict[str, Callable[[Figures], Optional[int]]] = {
    "gross_revenue": lambda f: f.gross,
    "cancelled_revenue": lambda f: f.given_back,
    "net_revenue": lambda f: f.gross - f.given_back,
    "orders": _orders,
    "placed_orders": lambda f: f.placed,
    "cancelled_orders": lambda f: f.cancelled,
    "units": lambda f: f.placed_units - f.cancelled_units,
    "placed_units": lambda f: f.placed_units,
    "cancelled_units": lambda f: f.cancelled_units,
    "average_order_value": _average,
    "items_per_order": lambda f: _ratio(f.placed_units, f.placed),
    "cancellation_rate": lambda f: _percent(f.cancelled, f.placed),
    "active_customers": lambda f: len(f.buyers),
    "new_customers": lambda f: f.first_orders,
    "returning_customers": lambda f: len(f.buyers) - f.first_orders,
    "repeat_customers": _repeat,
    "repeat_rate": lambda f: _percent(_repeat(f), len(f.buyers)),
    "shipped_orders": lambda f: f.shipped,
    "time_to_ship": lambda f: _hours(f.shipping, f.shipped),
    "delivered_orders": lambda f: f.delivered,
    "time_to_deliver": lambda f: _hours(f.delivering, f.delivered),
}
PASSAGES = {"shipped_orders", "time_to_ship", "delivered_orders", "time_to_deliver"}
DECIMALS = {
    **dict.fromkeys(METRICS, 0),
    **dict.fromkeys([
        "gross_revenue", "cancelled_revenue", "net_revenue", "average_order_value", "items_per_order",
        "cancellation_rate", "repeat_rate", "time_to_ship", "time_to_deliver",
    ], 2),
}


def written(scaled: Optional[int], decimals: int) -> Optional[str]:
    """As answers write a number, each decimal included."""
    if scaled is None:
        return None
    digits = str(abs(scaled)).rjust(decimals + 1, "0")
    text = f"{digits[:-decimals]}.{digits[-decimals:]}" if decimals else digits
    return "-" + text if scaled < 0 else text


def change(now: Optional[int], before: Optional[int]) -> Optional[str]:
    """In percent, with one decimal."""
    if now is None or not before:
        return None
    return written(rounded(Fraction(100 * (now - before), abs(before)), 1), 1)
