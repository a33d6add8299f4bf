"""What a query must answer, worked out from the orders one by one."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any, Dict, Iterator, List, Optional, Sequence, Tuple

from .books import STATUSES, Books, Order
from .clock import DAY, Axis, Dates, start_of
from .figures import DECIMALS, METRICS, PASSAGES, Figures, change, written

STRETCHES = {"hour", "day", "week", "month"}
CYCLES = {"weekday", "hour_of_day"}
TIME = STRETCHES | CYCLES


@dataclass(frozen=True)
class Filter:
    dimension: str
    values: tuple
    exclude: bool = False

    def takes(self, value: Any) -> bool:
        return (value in self.values) != self.exclude


@dataclass(frozen=True)
class Question:
    metrics: Tuple[str, ...]
    dimensions: Tuple[str, ...]
    dates: Dates
    zone: str
    filters: Tuple[Filter, ...] = ()
    order_by: Optional[str] = None
    descending: Optional[bool] = None
    limit: int = 10_000
    compare: Optional[str] = None

    def body(self) -> dict:
        body = {
            "metrics": list(self.metrics), "dimensions": list(self.dimensions), "time_zone": self.zone,
            "from": self.dates.first.isoformat(), "to": self.dates.last.isoformat(), "limit": self.limit,
        }
        if self.filters:
            body["filters"] = [
                {"dimension": each.dimension, "values": list(each.values), "exclude": each.exclude} for each in self.filters
            ]
        for name in ("order_by", "descending", "compare"):
            if getattr(self, name) is not None:
                body[name] = getattr(self, name)
        return body

    @property
    def is_filled(self) -> bool:
        """Empty groups are rows too: of a dimension of time alone, or of cycles together."""
        alone = len(self.dimensions) == 1 and self.dimensions[0] in TIME
        return alone or (bool(self.dimensions) and set(self.dimensions) <= CYCLES)


@dataclass(frozen=True)
class Flow:
    """An order at one moment of its life."""

    what: str  # placed, given_back, shipped, delivered
    at: int
    order: Order


@dataclass
class Sums:
    """The groups of a question and all of it together, before they are rows."""

    axes: Dict[str, Axis]
    groups: Dict[tuple, Figures]
    total: Figures


class Answers:
    """Answers questions about one state of the books."""

    def __init__(self, books: Books):
        self.books = books
        self.flows: List[Flow] = []
        first: Dict[str, Order] = {}
        for order in books.orders:
            moments = [
                ("placed", order.placed_at), ("given_back", order.cancelled_at), ("shipped", order.shipped_at),
                ("delivered", order.delivered_at),
            ]
            self.flows += [Flow(what, at, order) for what, at in moments if at is not None]
            if order.placed_at is not None and order.customer is not None:
                known = first.get(order.customer)
                if known is None or (order.placed_at, order.id) < (known.placed_at, known.id):
                    first[order.customer] = order
        self.first_orders = {order.id for order in first.values()}
        self.flows.sort(key=lambda flow: flow.at)
        self._sums: Dict[tuple, Sums] = {}

    def sums(self, dimensions: Tuple[str, ...], dates: Dates, zone: str, filters: Tuple[Filter, ...]) -> Sums:
        key = dimensions, dates, zone, filters
        if key not in self._sums:
            if len(self._sums) > 40:
                self._sums.clear()
            self._sums[key] = self._sum_up(*key)
        return self._sums[key]

    def within(self, dates: Dates, zone: str) -> Iterator[Flow]:
        begin, end = start_of(dates.first, zone), start_of(dates.last + DAY, zone)
        return (flow for flow in self.flows if begin <= flow.at < end)

    def _sum_up(self, dimensions, dates, zone, filters) -> Sums:
        axes = {name: Axis(name, dates, zone) for name in dimensions if name in TIME}
        of_time = [(each, Axis(each.dimension, dates, zone)) for each in filters if each.dimension in CYCLES]
        of_orders = [each for each in filters if each.dimension in ("customer", "status")]
        of_lines = [each for each in filters if each.dimension in ("product", "category")]
        groups: Dict[tuple, Figures] = defaultdict(Figures)
        total = Figures()
        for flow in self.within(dates, zone):
            if not all(each.takes(axis.labels[axis.group_of(flow.at)]) for each, axis in of_time):
                continue
            if not all(each.takes(getattr(flow.order, each.dimension)) for each in of_orders):
                continue
            lines = [
                line for line in flow.order.lines if all(each.takes(getattr(line, each.dimension)) for each in of_lines)
            ]
            if of_lines and not lines:
                continue
            parts = self._parts(dimensions, axes, flow, lines)
            for members, (units, cents) in parts.items():
                self._add(groups[members], flow, units, cents)
            self._add(total, flow, sum(line.units for line in lines), sum(line.cents for line in lines))
        return Sums(axes, groups, total)

    def _parts(self, dimensions: Sequence[str], axes: Dict[str, Axis], flow: Flow, lines) -> Dict[tuple, List[int]]:
        """The groups that the flow belongs to, with units and cents of the lines that do."""
        fixed = {name: axis.group_of(flow.at) for name, axis in axes.items()}
        fixed.update(customer=flow.order.customer, status=flow.order.status)
        parts: Dict[tuple, List[int]] = {}
        if "product" not in dimensions and "category" not in dimensions:
            return {tuple(fixed[name] for name in dimensions): [sum(n.units for n in lines), sum(n.cents for n in lines)]}
        for line in lines:
            part = parts.setdefault(
                tuple(fixed[name] if name in fixed else getattr(line, name) for name in dimensions), [0, 0]
            )
            part[0] += line.units
            part[1] += line.cents
        return parts

    def _add(self, figures: Figures, flow: Flow, units: int, cents: int) -> None:
        order = flow.order
        if flow.what == "placed":
            figures.placed += 1
            figures.placed_units += units
            figures.gross += cents
            if order.customer is not None:
                figures.buyers[order.customer] += 1
                figures.first_orders += order.id in self.first_orders
        elif flow.what == "given_back":
            figures.cancelled += order.kind == "sale"
            figures.cancelled_units += units
            figures.given_back += cents
        elif order.placed_at is not None:
            seconds = (flow.at - order.placed_at) // 1000
            if flow.what == "shipped":
                figures.shipped += 1
                figures.shipping += seconds
            else:
                figures.delivered += 1
                figures.delivering += seconds

    def answer(self, question: Question, now: int) -> "Answer":
        sums = self.sums(question.dimensions, question.dates, question.zone, question.filters)
        groups = {members: figures for members, figures in sums.groups.items() if _counts(figures, question)}
        if question.is_filled:
            for members in _all_members(question.dimensions, sums.axes):
                groups.setdefault(members, Figures())
        if not question.dimensions:
            groups = {(): sums.total}
        before = None
        if question.compare:
            dates = question.dates.compared(question.compare)
            before = self.sums(question.dimensions, dates, question.zone, question.filters)
        ordered = _sorted(groups, question)[: question.limit]
        rows = [self._row(question, sums, members, groups[members], before, now) for members in ordered]
        totals = _cells(question, sums.total, before and before.total)
        return Answer(rows, totals, len(groups))

    def _row(self, question, sums, members, figures, before: Optional[Sums], now: int) -> dict:
        row: dict = {}
        ends = []
        for name, member in zip(question.dimensions, members):
            row[name] = member
            if name in TIME:
                label = sums.axes[name].labels[member]
                row[name] = str(label) if name == "hour_of_day" else label
                if name in STRETCHES:
                    ends.append(sums.axes[name].end_of(member))
            if name == "product":
                row["product_name"] = self.books.names[member]
        compared = before and before.groups.get(_counterpart(question, sums, before, members), Figures())
        row.update(_cells(question, figures, compared))
        if ends:
            row["incomplete"] = min(ends) > now
        return row


@dataclass
class Answer:
    rows: List[dict]
    totals: dict
    row_count: int


def _counts(figures: Figures, question: Question) -> bool:
    """Whether anything happened that the question is about: shipping and delivery only where they are asked for."""
    asked = {*question.metrics, question.order_by}
    if figures.placed or figures.cancelled or figures.cancelled_units or figures.given_back:
        return True
    return bool(asked & PASSAGES) and bool(figures.shipped or figures.delivered)


def _all_members(dimensions: Sequence[str], axes: Dict[str, Axis]) -> List[tuple]:
    made: List[tuple] = [()]
    for name in dimensions:
        made = [members + (group,) for members in made for group in range(len(axes[name].labels))]
    return made


def _place(dimension: str, member: Any) -> Any:
    """Where a member stands in the order of members."""
    if dimension == "status":
        return STATUSES.index(member)
    if dimension == "customer":
        return member or ""
    return member.encode() if isinstance(member, str) else member


def _sorted(groups: Dict[tuple, Figures], question: Question) -> List[tuple]:
    by, falls = question.order_by, question.descending
    if by is None and not set(question.dimensions) & TIME:
        by, falls = question.metrics[0], True
    if falls is None:
        falls = by in METRICS

    def key(members: tuple) -> tuple:
        return tuple(_place(name, member) for name, member in zip(question.dimensions, members))

    ordered = sorted(groups, key=key)
    if by in METRICS:
        values = {members: METRICS[by](groups[members]) for members in ordered}
        # What is not defined comes last either way.
        ordered.sort(key=lambda members: (values[members] is None, (values[members] or 0) * (-1 if falls else 1)))
    elif by is not None:
        place = question.dimensions.index(by)
        ordered.sort(key=lambda members: key(members)[place], reverse=bool(falls))
    return ordered


def _counterpart(question: Question, sums: Sums, before: Sums, members: tuple) -> tuple:
    """The group of the time compared with: of a day its day, of an hour the same hour of that; else of the same place."""
    return tuple(
        _counterpart_in_time(question, name, sums.axes[name], before.axes[name], member) if name in STRETCHES else member
        for name, member in zip(question.dimensions, members)
    )


def _counterpart_in_time(question: Question, name: str, axis: Axis, before: Axis, group: int) -> Optional[int]:
    if name in ("week", "month"):
        return group
    stretch = axis.stretches[group]
    date = question.dates.compared_day(question.compare, stretch.date)
    there, here = before.places.get((date, stretch.hour), []), axis.places[stretch.date, stretch.hour]
    # Of an hour that the clock shows twice the second goes with the second; where there is one, both go with it.
    return there[min(here.index(group), len(there) - 1)] if there else None


def _cells(question: Question, figures: Figures, before: Optional[Figures]) -> dict:
    cells: dict = {}
    for name in question.metrics:
        now, decimals = METRICS[name](figures), DECIMALS[name]
        cells[name] = written(now, decimals)
        if before is not None:
            was = METRICS[name](before)
            cells[f"compared_{name}"] = written(was, decimals)
            cells[f"change_{name}"] = change(now, was)
    return cells
