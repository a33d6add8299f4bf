"""What an event log comes to, worked out from the events alone."""

import datetime
import json
from collections import defaultdict
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Iterable, Iterator, Optional
from zoneinfo import ZoneInfo

from .server import run

UTC = datetime.timezone.utc
DAY = datetime.timedelta(days=1)


def rounded(value, decimals: int) -> Decimal:
    return Decimal(value).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def share(part, whole, decimals: int = 2) -> Optional[Decimal]:
    """In percent."""
    return rounded(Decimal(part) * 100 / Decimal(whole), decimals) if whole > 0 else None


def moment(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def start_of(day: datetime.date, zone: str) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(), ZoneInfo(zone)).astimezone(UTC)


@dataclass(frozen=True)
class Line:
    product: str
    quantity: int
    subtotal: Decimal


@dataclass(frozen=True)
class Flow:
    """An order that was placed, or what was given back of one."""

    at: datetime.datetime
    user: str
    order: str
    placed: bool
    whole: bool  # a credit note gives back a part: it takes no order away
    total: Decimal
    lines: tuple

    @property
    def sign(self) -> int:
        return 1 if self.placed else -1

    def day(self, zone: str) -> datetime.date:
        return self.at.astimezone(ZoneInfo(zone)).date()

    @property
    def products(self) -> set:
        return {line.product for line in self.lines}


class Ledger:
    def __init__(self, events: Iterable[dict]):
        self.flows = sorted((_flow(event) for event in events if _counts(event)), key=lambda flow: flow.at)

    @classmethod
    def of_folder(cls, data_dir) -> "Ledger":
        done = run("events", "replay", "--data-dir", data_dir)
        assert done.returncode == 0, done.stderr
        return cls(json.loads(line, parse_float=Decimal)["event"] for line in done.stdout.splitlines())

    @property
    def placed(self) -> list:
        return [flow for flow in self.flows if flow.placed]

    def within(self, period: dict) -> Iterator[Flow]:
        """The flows of a report's period."""
        begin, end = (datetime.date.fromisoformat(period[name]) for name in ("from", "to"))
        return (flow for flow in self.flows if begin <= flow.day(period["time_zone"]) <= end)

    def net_by_product(self, period: dict) -> dict:
        """Net revenue and units."""
        sums = defaultdict(lambda: [Decimal(0), 0])
        for flow in self.within(period):
            for line in flow.lines:
                sums[line.product][0] += flow.sign * line.subtotal
                sums[line.product][1] += flow.sign * line.quantity
        return sums

    def net_by_day(self, zone: str, first: datetime.date, last: datetime.date) -> list:
        sums = defaultdict(Decimal)
        for flow in self.flows:
            sums[flow.day(zone)] += flow.sign * flow.total
        return [sums[first + n * DAY] for n in range((last - first).days + 1)]

    def profiles(self) -> dict:
        """Orders placed, net revenue and the last order of each customer who ever placed one."""
        made: dict = {}
        for flow in self.placed:
            profile = made.setdefault(flow.user, {"orders": 0, "net": Decimal(0), "last": flow.at})
            profile["orders"] += 1
            profile["last"] = max(profile["last"], flow.at)
        for flow in self.flows:
            if flow.user in made:
                made[flow.user]["net"] += flow.sign * flow.total
        return made


def _counts(event: dict) -> bool:
    return event["type"] in ("order.created", "order.cancelled")


def _flow(event: dict) -> Flow:
    lines = tuple(
        Line(item["product_id"], item["quantity"], Decimal(item["subtotal"])) for item in event["items"]
    )
    return Flow(
        moment(event["timestamp"]), event["userId"], event["orderId"], event["type"] == "order.created",
        event["kind"] == "sale", Decimal(event["totalAmount"]), lines,
    )
