"""Which questions are asked: each metric along each dimension, in several zones, and what else a query can say."""

import datetime
import random
from typing import Iterator, List, Sequence

from .clock import DAY, Dates
from .expected import Answers, Filter, Question
from .figures import METRICS

DIMENSIONS = ["hour", "day", "week", "month", "weekday", "hour_of_day", "product", "category", "customer", "status"]
ZONES = ["Europe/London", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "UTC"]
COMPARISONS = ["previous_period", "previous_year", "matching_weekdays"]
PAIRS = [
    ("day", "status"), ("weekday", "hour_of_day"), ("month", "category"), ("week", "product"), ("product", "status"),
    ("category", "customer"), ("month", "customer"), ("day", "hour_of_day"), ("status", "weekday"), ("product", "category"),
    ("hour", "category", "status"), ("month", "weekday", "status"), ("category", "week", "hour_of_day"),
]
# A query takes twelve metrics.
HALVES = (tuple(METRICS)[:11], tuple(METRICS)[11:])


def of_every_metric(**question) -> Iterator[Question]:
    for metrics in HALVES:
        yield Question(metrics=metrics, **question)


def along_each_dimension(dates: Dates, zones: Sequence[str]) -> Iterator[Question]:
    for zone in zones:
        for dimensions in [(), *((name,) for name in DIMENSIONS)]:
            yield from of_every_metric(dimensions=dimensions, dates=dates, zone=zone)


def by_several_dimensions(dates: Dates, zone: str) -> Iterator[Question]:
    for dimensions in PAIRS:
        yield from of_every_metric(dimensions=dimensions, dates=dates, zone=zone)


def compared(periods: Sequence[Dates], zone: str) -> Iterator[Question]:
    for dates in periods:
        for comparison in COMPARISONS:
            for dimensions in [(), *((name,) for name in DIMENSIONS), ("day", "status"), ("week", "product")]:
                for metrics in HALVES:
                    yield Question(metrics, dimensions, dates, zone, compare=comparison)
            # Only the best rows: what they are compared with in all is everything all the same.
            for dimension in ("product", "customer"):
                yield Question(
                    ("net_revenue", "orders", "active_customers"), (dimension,), dates, zone, compare=comparison, limit=5
                )


def filters_of(answers: Answers, rng: random.Random) -> List[tuple]:
    """Some of each kind, of what there is."""
    orders = answers.books.orders
    products = sorted({line.product for order in orders for line in order.lines})
    categories = sorted({line.category for order in orders for line in order.lines})
    customers = sorted({order.customer for order in orders}, key=str)

    def some(values: list, count: int) -> tuple:
        return tuple(rng.sample(values, min(count, len(values))))

    made = []
    for exclude in (False, True):
        made += [
            (Filter("weekday", ("saturday", "sunday"), exclude),), (Filter("hour_of_day", (0, 1, 2, 10), exclude),),
            (Filter("product", some(products, 3), exclude),), (Filter("category", some(categories, 1), exclude),),
            (Filter("customer", some(customers, 4), exclude),), (Filter("status", ("shipped", "cancelled"), exclude),),
            (Filter("customer", (None,), exclude), Filter("status", ("pending",), True)),
            (Filter("product", some(products, 8), exclude), Filter("weekday", ("sunday",), True)),
            (Filter("category", some(categories, 2), exclude), Filter("product", some(products, 2), True)),
        ]
    return made


def filtered(answers: Answers, dates: Dates, zone: str, rng: random.Random) -> Iterator[Question]:
    for filters in filters_of(answers, rng):
        for dimension in ("day", *rng.sample(DIMENSIONS, 3)):
            for metrics in HALVES:
                yield Question(metrics, (dimension,), dates, zone, filters=filters)
        yield from of_every_metric(dimensions=(), dates=dates, zone=zone, filters=filters)


def ordered(dates: Dates, zone: str) -> Iterator[Question]:
    for metric in METRICS:
        for falls in (False, True):
            yield Question((metric,), ("product",), dates, zone, (), metric, falls, 7)
        yield Question((metric,), ("weekday",), dates, zone, order_by=metric, limit=3)
        yield Question((metric,), ("customer",), dates, zone, limit=20)
    for dimension in DIMENSIONS:
        dimensions = (dimension,) if dimension == "status" else (dimension, "status")
        yield Question(("units", "repeat_rate"), dimensions, dates, zone, (), dimension, True, 40)


def around_changes_of_the_clocks(days: Sequence[tuple]) -> Iterator[Question]:
    """Each change alone, and in its week."""
    for day, zone in days:
        date = datetime.date.fromisoformat(day)
        for dates in (Dates(date, date), Dates(date - 3 * DAY, date + 3 * DAY)):
            for dimension in ("hour", "day", "hour_of_day", "weekday", "week"):
                yield from of_every_metric(dimensions=(dimension,), dates=dates, zone=zone)
            yield from of_every_metric(dimensions=("weekday", "hour_of_day"), dates=dates, zone=zone)
            yield Question(HALVES[0], ("hour",), dates, zone, compare="previous_period")
            yield Question(HALVES[0], ("hour",), dates, zone, compare="matching_weekdays")
