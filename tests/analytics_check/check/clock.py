"""Days, hours, weeks and months by the clock of a time zone, as stretches of Unix milliseconds."""

import bisect
import datetime
import functools
from dataclasses import dataclass
from typing import Any, Dict, Iterator, List
from zoneinfo import ZoneInfo

UTC = datetime.timezone.utc
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = datetime.timedelta(milliseconds=1)
DAY = datetime.timedelta(days=1)
MINUTE_MS, HOUR_MS = 60_000, 3_600_000
WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


def milliseconds(moment: datetime.datetime) -> int:
    return (moment - EPOCH) // MILLISECOND


def parse_moment(text: str) -> int:
    return milliseconds(datetime.datetime.fromisoformat(text.replace("Z", "+00:00")))


def wall_clock(ms: int, zone: str) -> datetime.datetime:
    return (EPOCH + ms * MILLISECOND).astimezone(ZoneInfo(zone))


def start_of(date: datetime.date, zone: str) -> int:
    """The first moment of a date: of a midnight that comes twice the first, of one that is left out the next there is."""
    return milliseconds(datetime.datetime.combine(date, datetime.time(), ZoneInfo(zone)).astimezone(UTC))


def monday_of(date: datetime.date) -> datetime.date:
    return date - date.weekday() * DAY


@dataclass(frozen=True)
class Dates:
    """Days with both ends included."""

    first: datetime.date
    last: datetime.date

    @classmethod
    def of(cls, first: str, last: str) -> "Dates":
        return cls(datetime.date.fromisoformat(first), datetime.date.fromisoformat(last))

    @property
    def count(self) -> int:
        return (self.last - self.first).days + 1

    def __iter__(self) -> Iterator[datetime.date]:
        return (self.first + n * DAY for n in range(self.count))

    def compared(self, comparison: str) -> "Dates":
        if comparison == "previous_year":
            return Dates(year_before(self.first), year_before(self.last))
        days = self.count
        if comparison == "matching_weekdays":
            days = -(-days // 7) * 7
        return Dates(self.first - days * DAY, self.last - days * DAY)

    def compared_day(self, comparison: str, day: datetime.date) -> datetime.date:
        """The one of compared() that `day`, one of these, is compared with."""
        if comparison == "previous_year":
            return year_before(day)
        return day - (self.first - self.compared(comparison).first)


def year_before(date: datetime.date) -> datetime.date:
    if (date.month, date.day) == (2, 29):
        return datetime.date(date.year - 1, 2, 28)
    return date.replace(year=date.year - 1)


@dataclass(frozen=True)
class Stretch:
    begin: int
    end: int
    label: Any  # as answers write it
    date: datetime.date  # the day that it belongs to, or begins with
    hour: int = 0  # that the clock shows


def _clock_hours(date: datetime.date, begin: int, end: int, zone: str) -> Iterator[Stretch]:
    """A day is cut wherever the hour that the clock shows, or its offset from UTC, becomes another."""

    def shown(ms: int) -> tuple:
        local = wall_clock(ms, zone)
        return local.date(), local.hour, local.utcoffset()

    even = shown(begin)[2] == shown(end - 1)[2] and wall_clock(begin, zone).minute == 0
    step = HOUR_MS if even else MINUTE_MS
    cuts = [begin]
    for ms in range(begin + step, end, step):
        if shown(ms) != shown(ms - step):
            cuts.append(ms)
    for cut, until in zip(cuts, [*cuts[1:], end]):
        local = wall_clock(cut, zone)
        yield Stretch(cut, until, local.isoformat(), date, local.hour)


class Calendar:
    """The stretches of some dates in one zone."""

    def __init__(self, dates: Dates, zone: str):
        self.dates, self.zone = dates, zone
        starts = [start_of(date, zone) for date in dates] + [start_of(dates.last + DAY, zone)]
        self.begin, self.end = starts[0], starts[-1]
        self.days = [
            Stretch(begin, end, date.isoformat(), date) for date, begin, end in zip(dates, starts, starts[1:])
        ]

    @functools.cached_property
    def hours(self) -> List[Stretch]:
        return [hour for day in self.days for hour in _clock_hours(day.date, day.begin, day.end, self.zone)]

    @functools.cached_property
    def weeks(self) -> List[Stretch]:
        return self._joined(monday_of, lambda date: monday_of(date).isoformat())

    @functools.cached_property
    def months(self) -> List[Stretch]:
        return self._joined(lambda date: date.replace(day=1), lambda date: date.isoformat()[:7])

    def _joined(self, start, label) -> List[Stretch]:
        made: List[Stretch] = []
        for day in self.days:
            if made and start(made[-1].date) == start(day.date):
                made[-1] = Stretch(made[-1].begin, day.end, made[-1].label, made[-1].date)
            else:
                made.append(Stretch(day.begin, day.end, label(day.date), day.date))
        return made


@functools.lru_cache(maxsize=64)
def calendar(dates: Dates, zone: str) -> Calendar:
    return Calendar(dates, zone)


class Axis:
    """The groups that a dimension of time makes of some dates, and to which of them a moment belongs."""

    def __init__(self, dimension: str, dates: Dates, zone: str):
        made = calendar(dates, zone)
        self.dimension = dimension
        self.is_cycle = dimension in ("weekday", "hour_of_day")
        source = {"weekday": "days", "hour_of_day": "hours"}.get(dimension, dimension + "s")
        self.stretches: List[Stretch] = getattr(made, source)
        self._begins = [stretch.begin for stretch in self.stretches]
        self._end = made.end
        if dimension == "weekday":
            self._groups, self.labels = [stretch.date.weekday() for stretch in self.stretches], list(WEEKDAYS)
        elif dimension == "hour_of_day":
            self._groups, self.labels = [stretch.hour for stretch in self.stretches], list(range(24))
        else:
            self._groups = list(range(len(self.stretches)))
            self.labels = [stretch.label for stretch in self.stretches]

    @functools.cached_property
    def places(self) -> Dict[tuple, List[int]]:
        """Which stretches begin on a date and show an hour."""
        made: Dict[tuple, List[int]] = {}
        for place, stretch in enumerate(self.stretches):
            made.setdefault((stretch.date, stretch.hour), []).append(place)
        return made

    def group_of(self, ms: int) -> int:
        """Of a moment within the dates."""
        return self._groups[bisect.bisect_right(self._begins, ms) - 1]

    def end_of(self, group: int) -> int:
        """When the group is complete; a cycle is with the period."""
        return self._end if self.is_cycle else self.stretches[group].end


def changes_of_the_clocks(dates: Dates, zone: str) -> List[datetime.date]:
    """The days that have not 24 hours."""
    return [day.date for day in calendar(dates, zone).days if day.end - day.begin != 24 * HOUR_MS]
