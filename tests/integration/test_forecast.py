"""The forecast and its backtest, made a second time from the event log and from the formulas in the book."""

import datetime
import itertools
import math
from zoneinfo import ZoneInfo

import pytest

from harness.client import expect
from harness.history import LAST_DAY, REPORTS, invent_history, served
from harness.ledger import DAY, moment


def week_before(days):
    """The days ahead are those of the last week."""
    return lambda ahead: days[len(days) - 7 + (ahead - 1) % 7]


class Smoothing:
    """Additive Holt-Winters with a damped trend, from the formulas of Hyndman & Athanasopoulos, section 8.3."""

    def __init__(self, days, weights):
        self.alpha, self.beta, self.gamma = weights
        weeks = [sum(days[:7]) / 7, sum(days[7:14]) / 7]
        self.level, self.trend = weeks[1], (weeks[1] - weeks[0]) / 7
        self.season = [(days[n] - weeks[0] + days[n + 7] - weeks[1]) / 2 for n in range(7)]
        for day in days[14:]:
            self.take(day)

    def take(self, day):
        before = self.level + 0.9 * self.trend
        season = self.season.pop(0)
        level = self.alpha * (day - season) + (1 - self.alpha) * before
        self.trend = self.beta * (level - self.level) + (1 - self.beta) * 0.9 * self.trend
        self.season.append(self.gamma * (day - before) + (1 - self.gamma) * season)
        self.level = level

    def __call__(self, ahead):
        return self.level + sum(0.9 ** n for n in range(1, ahead + 1)) * self.trend + self.season[(ahead - 1) % 7]

    @classmethod
    def fitted(cls, days):
        def off(weights):
            model, error = cls(days[:14], weights), 0.0
            for day in days[14:]:
                error += abs(day - model(1))
                model.take(day)
            return error

        grid = itertools.product((0.05, 0.1, 0.2, 0.3, 0.5), (0.0, 0.05, 0.2), (0.05, 0.1, 0.2, 0.4))
        return min(grid, key=off)


def backtest(days, start, model_of):
    """What a method was off by, one and two weeks ahead, from each day since `start`."""
    errors = [[], []]
    for origin in range(start, len(days)):
        model, known = model_of(days[:origin]), days[:origin]
        for ahead, came in enumerate(days[origin:origin + 14], 1):
            said = model(ahead) if min(known) < 0 else max(0, model(ahead))
            errors[(ahead - 1) // 7].append(abs(came - said))
    return errors


def reaches(errors, percent, ahead):
    """How far the interval reaches: the error that `percent` of one more case than these stay within."""
    weeks = [week for week in errors if len(week) >= 19]
    ranks = [sorted(week)[min(len(week), math.ceil((len(week) + 1) * percent / 100)) - 1] for week in weeks]
    week = (ahead - 1) // 7
    widest = max(ranks[:week + 1])
    return widest if week < len(weeks) else widest * math.sqrt((week + 1) / len(weeks))


def assert_forecast(history):
    data = history.report("forecast", days=30)
    known, zone = data["history"], data["period"]["time_zone"]
    first, last = (datetime.date.fromisoformat(known[end]) for end in ("from", "to"))
    days = [float(day) for day in history.ledger.net_by_day(zone, first, last)]
    assert first == min(flow.day(zone) for flow in history.ledger.flows)
    assert known["days"] == len(days) and data["state"] == "made"
    assert last < moment(data["last_updated"]).astimezone(ZoneInfo(zone)).date()
    assert [row["date"] for row in data["days"]] == [(last + n * DAY).isoformat() for n in range(1, 31)]

    start = max(21, len(days) - 56) if len(days) >= 28 else 7
    models, errors = {"seasonal_naive": week_before(days)}, {"seasonal_naive": backtest(days, start, week_before)}
    if len(days) >= 28:
        weights = Smoothing.fitted(days[:start])
        errors["exponential_smoothing"] = backtest(days, start, lambda known: Smoothing(known, weights))
        models["exponential_smoothing"] = Smoothing(days, Smoothing.fitted(days))
    sold = sum(abs(day) for origin in range(start, len(days)) for day in days[origin:origin + 14])
    off = {name: sum(map(sum, weeks)) for name, weeks in errors.items()}
    checks = sum(map(len, errors["seasonal_naive"]))
    assert (data["backtest"]["origins"], data["backtest"]["checks"]) == (len(days) - start, checks)
    assert [row["method"] for row in data["backtest"]["methods"]] == list(models)
    best = min(off, key=off.get)
    assert data["method"] == best
    for row in data["backtest"]["methods"]:
        assert row["mean_absolute_error"] == pytest.approx(off[row["method"]] / checks, abs=0.006)
        assert row["percent_off"] == pytest.approx(off[row["method"]] * 100 / sold, abs=0.006)
        assert row["chosen"] == (row["method"] == best)

    for ahead, row in enumerate(data["days"], 1):
        floor = -math.inf if min(days) < 0 else 0
        expected = max(floor, models[best](ahead))
        assert row["expected_revenue"] == pytest.approx(expected, abs=0.011)
        for percent in (80, 95):
            reach = reaches(errors[best], percent, ahead)
            assert row[f"low_{percent}"] == pytest.approx(max(floor, expected - reach), abs=0.011)
            assert row[f"high_{percent}"] == pytest.approx(expected + reach, abs=0.011)
    return data


def test_the_forecast_and_its_backtest(history):
    data = assert_forecast(history)
    assert data["method"] == "exponential_smoothing"  # there is much noise over a steady pattern


@pytest.mark.parametrize("days", [14, 20, 28, 45])
def test_the_forecast_of_a_short_history(contract, tmp_path, days):
    first = LAST_DAY - (days - 1) * DAY
    with served(contract, tmp_path, invent_history(days, first)) as history:
        # The first day may have had no order.
        if history.report("forecast")["history"]["days"] >= 14:
            data = assert_forecast(history)
            assert days >= 28 or data["method"] == "seasonal_naive"


def test_a_young_shop_has_no_forecast(shop, ada):
    shop.order(ada, (shop.product(), 1))
    shop.settled_dashboard()
    data = expect(shop.analyst.client.get(REPORTS + "forecast"), 200).data
    assert (data["days"], data["state"], data["method"], data["history"]) == ([], "too_little_history", None, None)
    assert data["explanation"] == "There is no forecast yet: it takes 14 whole days of sales, and there are 0."
