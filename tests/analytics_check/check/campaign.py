"""Everything that is compared of one served shop."""

import pathlib
import random
import shutil
import subprocess
from typing import Iterator, List, Tuple

from harness.server import run

from . import questions as ask
from .asking import Asking, Tally
from .books import Books, disagreements, read_ledger, read_log
from .clock import DAY, HOUR_MS, Dates, changes_of_the_clocks, wall_clock
from .expected import Answers, Question
from .fixed import PATHS, FixedRoutes

YEAR_MS = 366 * 24 * HOUR_MS


def read_books(data_dir: pathlib.Path) -> Books:
    """From the tables; the event log must tell the same."""
    done = run("events", "replay", "--data-dir", data_dir, seconds=600)
    assert done.returncode == 0, done.stderr
    ledger = read_ledger(data_dir)
    wrong = disagreements(ledger, read_log(done.stdout.splitlines()))
    assert not wrong, wrong[:5]
    return ledger


def shuffled_log(
    program: pathlib.Path, data_dir: pathlib.Path, scratch: pathlib.Path, *options
) -> subprocess.CompletedProcess:
    """On a copy of the order store: a folder has one who opens it."""
    scratch.mkdir(parents=True)
    for file in data_dir.glob("order.db*"):
        shutil.copyfile(file, scratch / file.name)
    return subprocess.run(
        [str(program), "--data-dir", str(scratch), *map(str, options)], capture_output=True, text=True, timeout=1800,
    )


class Campaign:
    def __init__(self, client, books: Books, shop_zone: str, seed: int, currency: str = "GBP"):
        self.answers = Answers(books)
        self.tally = Tally()
        self.client = client
        self.asking = Asking(client, self.answers, self.tally)
        self._fixed = FixedRoutes(self.asking, self.answers, shop_zone, currency)
        self._zone = shop_zone
        self._rng = random.Random(seed)
        first, last = (wall_clock(at, shop_zone).date() for at in self._stretch_of_trade())
        self.dates = Dates(first - 3 * DAY, last + 3 * DAY)

    def _stretch_of_trade(self) -> Tuple[int, int]:
        """From the first flow to the last before a year without any: the hours of all those years would be too many."""
        moments = [flow.at for flow in self.answers.flows]
        pauses = (at for at, after in zip(moments, moments[1:]) if after - at > YEAR_MS)
        return moments[0], next(pauses, moments[-1])

    def ask(self, question: Question) -> None:
        self.asking.ask(question)

    def _ask(self, questions: Iterator[Question]) -> None:
        for question in questions:
            self.asking.ask(question)

    def _last(self, days: int) -> Dates:
        """Of those with orders."""
        last = self.dates.last - 3 * DAY
        return Dates(last - (days - 1) * DAY, last)

    def each_dimension(self, zone: str) -> None:
        self._ask(ask.along_each_dimension(self.dates, [zone]))

    def several_dimensions(self) -> None:
        self._ask(ask.by_several_dimensions(self._last(60), self._zone))
        self._ask(ask.by_several_dimensions(self._last(20), "Australia/Lord_Howe"))

    def comparisons(self, periods: List[Dates]) -> None:
        self._ask(ask.compared(periods, self._zone))

    def comparisons_of_days(self, periods: List[Dates]) -> None:
        for dates in periods:
            for comparison in ask.COMPARISONS:
                self._ask(ask.of_every_metric(dimensions=("day",), dates=dates, zone=self._zone, compare=comparison))

    def filters(self, dates: Dates) -> None:
        self._ask(ask.filtered(self.answers, dates, self._zone, self._rng))

    def orders(self) -> None:
        self._ask(ask.ordered(self._last(70), self._zone))

    def clock_changes(self) -> None:
        days = [(day.isoformat(), zone) for zone in ask.ZONES for day in changes_of_the_clocks(self.dates, zone)]
        self._ask(ask.around_changes_of_the_clocks(days))

    def fixed_routes(self) -> None:
        for name in PATHS:
            self._fixed.check(name)
            for zone in ask.ZONES:
                dates = {"from": self._last(30).first.isoformat(), "to": self._last(30).last.isoformat()}
                self._fixed.check(name, tz=zone)
                self._fixed.check(name, tz=zone, **dates)
            self._fixed.check(name, **{"from": self.dates.first.isoformat(), "to": self.dates.last.isoformat()})
        self._fixed.check("top", limit="100")
        for days in ("1", "30", "90", "365"):
            for name in PATHS:
                self._fixed.check(name, days=days)
        last_year = self._last(400)
        for compare in ask.COMPARISONS:
            for days in ("1", "30", "365"):
                self._fixed.check("dashboard", days=days, compare=compare)
            for dates in (self._last(10), last_year):  # the second one overlaps the year before
                self._fixed.check("dashboard", compare=compare, **{"from": dates.first.isoformat(), "to": dates.last.isoformat()})

    def everything(self) -> Iterator[tuple]:
        """The parts of it, by name, to be run one after the other."""
        parts: List[tuple] = [(f"each dimension, {zone}", lambda zone=zone: self.each_dimension(zone)) for zone in ask.ZONES]
        parts += [
            ("several dimensions", self.several_dimensions),
            ("comparisons", lambda: self.comparisons([self._last(9), self._last(30), self._last(39), self._last(77)])),
            ("filters", lambda: self.filters(self._last(45))), ("order and limit", self.orders),
            ("changes of the clocks", self.clock_changes), ("fixed routes", self.fixed_routes),
        ]
        return iter(parts)
