"""Every metric along every dimension of an invented shop, held against sums over its ledger that know nothing of the
program."""

import copy
import dataclasses
import datetime
import os
import pathlib

import pytest

from check.asking import Asking, Tally
from check.campaign import Campaign, read_books, shuffled_log
from check.clock import DAY, Axis, Dates, wall_clock
from check.expected import Answers, Question
from check.figures import METRICS
from check.invented import enrich, retail_file
from check.questions import DIMENSIONS, ZONES, of_every_metric
from check.source_file import FileBooks, differences
from harness import contract
from harness.server import Server, run
from harness.shop import Shop
from harness.waiting import until

ZONE = "Europe/London"
SETTINGS = ("--shop-time-zone", ZONE, "--shop-currency", "GBP")
SEED = 5


@pytest.fixture(scope="module")
def imported(tmp_path_factory):
    """The folder of a shop that nobody serves, as the import left it, and the file."""
    folder = tmp_path_factory.mktemp("metrics")
    file = folder / "history.csv"
    file.write_text(retail_file(SEED), encoding="utf-8")
    done = run("import", file, "--data-dir", folder / "data", *SETTINGS)
    assert done.returncode == 0, done.stderr
    return folder / "data", file


@pytest.fixture(scope="module")
def enriched(imported):
    """With histories of the orders, after the file was looked at."""
    data_dir, file = imported
    books, documents = read_books(data_dir), FileBooks.read(file, ZONE)
    enrich(data_dir, SEED, ZONES)
    return data_dir, (books, documents, differences(documents, books, data_dir))


@pytest.fixture(scope="module")
def campaign(enriched):
    """The served shop, after some days of trade on top of its history."""
    data_dir, _ = enriched
    with Server(data_dir, extra=SETTINGS) as server:
        shop = Shop(contract.load(), server).with_people()
        trade(shop)

        def settled():
            data = shop.dashboard()
            return data if data["freshness"]["events_behind"] == 0 else None

        until(settled, "analytics has caught up with the log", seconds=20)
        yield Campaign(shop.analyst.client, read_books(data_dir), ZONE, SEED)


def trade(shop: Shop) -> None:
    """Live orders: through every status, of customers who come again, of a product that moves to another category."""
    people = [shop.customer() for _ in range(2)]
    product = shop.product(price="12.34", category_name="Kitchen", inventory_count=50)
    for status in ("pending", "confirmed", "processing", "shipped", "delivered", "cancelled"):
        shop.order_in(status, people[0], product)
    moved = shop.staff.client.put(f"/api/products/{product['id']}", {"category_name": "Garden", "name": "+Teapot, blue"})
    assert moved.status == 200, moved
    shop.order(people[0], (product, 3), (shop.product(price="0.01"), 7))
    shop.order(people[1], (product, 1))


def none_differ(campaign: Campaign) -> None:
    found, campaign.tally.differences = campaign.tally.differences, []
    assert not found, "\n".join(found[:10])


def test_the_ledger_is_what_the_file_says(enriched):
    _, (books, documents, wrong) = enriched
    assert not wrong
    sums = documents.sums()
    assert sums["cancelled sales"] > 0 and sums["credit notes"] > 0 and sums["customers"] > 30
    assert sums["gross"] == sum(order.cents for order in books.orders if order.kind == "sale")


def test_the_shop_has_what_figures_can_trip_over(campaign):
    orders = campaign.answers.books.orders
    assert {order.status for order in orders} == {"pending", "confirmed", "processing", "shipped", "delivered", "cancelled"}
    assert any(order.kind == "credit_note" for order in orders)
    assert any(order.customer is None for order in orders)
    categories: dict = {}
    for order in orders:
        for line in order.lines:
            categories.setdefault(line.product, set()).add(line.category)
    assert sum(len(names) > 1 for names in categories.values()) >= 5
    assert sum(order.placed_at is not None and order.placed_at % 1000 == 999 for order in orders) > 20
    assert wall_clock(campaign.answers.flows[-1].at, "UTC").year > 2025, "nothing live"


def test_the_schema_names_what_is_checked(campaign):
    schema = campaign.asking.read("GET", "/api/analytics/schema")
    assert [metric["name"] for metric in schema["metrics"]] == list(METRICS)
    assert [dimension["name"] for dimension in schema["dimensions"]] == DIMENSIONS
    assert all(entry["description"] for entry in schema["metrics"] + schema["dimensions"])


# Where clocks change at midnight, or a minute past it, a day begins at one or has its first minute twice.
AT_MIDNIGHT = ["America/St_Johns", "America/Sao_Paulo", "Asia/Gaza"]


@pytest.mark.parametrize("zone", [*ZONES, *AT_MIDNIGHT])
def test_every_metric_along_each_dimension(campaign, zone):
    campaign.each_dimension(zone)
    none_differ(campaign)


def test_several_dimensions(campaign):
    campaign.several_dimensions()
    none_differ(campaign)


def test_comparisons(campaign):
    """Over changes of the clocks, and a leap day from either side."""
    campaign.comparisons([Dates.of("2011-10-25", "2011-11-12"), Dates.of("2012-02-27", "2012-04-02")])
    campaign.comparisons_of_days([Dates.of("2013-02-25", "2013-03-04"), Dates.of("2012-02-29", "2012-02-29")])
    none_differ(campaign)


def test_filters(campaign):
    campaign.filters(Dates.of("2012-01-20", "2012-03-30"))
    none_differ(campaign)


def test_order_and_limit(campaign):
    campaign.orders()
    none_differ(campaign)


def test_days_on_which_clocks_change(campaign):
    campaign.clock_changes()
    none_differ(campaign)


def test_fixed_routes_and_the_dashboard(campaign):
    campaign.fixed_routes()
    none_differ(campaign)


def test_all_of_the_time_and_the_running_day(campaign):
    """Up to now; the last day, hour, week and month are not over."""
    today = wall_clock(campaign.answers.flows[-1].at, ZONE).date()
    for dimension in ("hour", "day", "week", "month"):
        for question in of_every_metric(dimensions=(dimension,), dates=Dates(today - 40 * DAY, today + DAY), zone=ZONE):
            campaign.ask(question)
    none_differ(campaign)


# --- the check itself ------------------------------------------------------------------------------------------------

def test_a_cent_too_much_is_found(campaign):
    """In one line of one order, so in the figures of its day, its product and its category, and in no others."""
    books = copy.copy(campaign.answers.books)
    books.orders = list(books.orders)
    place = next(n for n, order in enumerate(books.orders) if order.placed_at and len(order.lines) > 1)
    order = books.orders[place]
    line = dataclasses.replace(order.lines[0], cents=order.lines[0].cents + 1)
    books.orders[place] = dataclasses.replace(order, lines=(line, *order.lines[1:]))
    tally = Tally()
    asking = Asking(campaign.client, Answers(books), tally)
    for dimension in ("day", "product", "category"):
        asking.ask(Question(("gross_revenue", "placed_units"), (dimension,), campaign.dates, ZONE))
        assert tally.compared["gross_revenue", dimension][1] == 3  # the row, the totals, the line of the CSV
        assert tally.compared["placed_units", dimension][1] == 0


def test_hours_by_the_clock_are_those_of_the_calendar():
    """The second reading of clocks, against days that are known."""
    def hours(day, zone):
        date = datetime.date.fromisoformat(day)
        return [stretch.label[11:] for stretch in Axis("hour", Dates(date, date), zone).stretches]

    assert hours("2012-03-25", "Europe/London")[:2] == ["00:00:00+00:00", "02:00:00+01:00"]
    assert hours("2011-10-30", "Europe/London")[1:3] == ["01:00:00+01:00", "01:00:00+00:00"]
    assert hours("2012-04-01", "Australia/Lord_Howe")[1:4] == ["01:00:00+11:00", "01:30:00+10:30", "02:00:00+10:30"]
    assert len(hours("2012-03-11", "America/New_York")) == 23 and len(hours("2012-03-11", "UTC")) == 24
    assert Dates.of("2012-02-29", "2012-03-01").compared("previous_year") == Dates.of("2011-02-28", "2011-03-01")


# --- the log, doubled and shuffled -----------------------------------------------------------------------------------

@pytest.fixture
def program():
    named = os.environ.get("CLOUDCART_SHUFFLED_LOG")
    program = pathlib.Path(named) if named else contract.REPOSITORY / "build/dev/tests/analytics_check/shuffled_log"
    if not program.is_file():
        pytest.fail(f"there is no {program}: build the project, or name the program in CLOUDCART_SHUFFLED_LOG")
    return program


def test_a_doubled_and_shuffled_log_changes_no_answer(campaign, enriched, program, tmp_path):
    done = shuffled_log(program, enriched[0], tmp_path / "log", "--seed", SEED, "--questions", 100)
    assert done.returncode == 0, done.stdout + done.stderr
    lost = shuffled_log(program, enriched[0], tmp_path / "lost", "--seed", SEED, "--questions", 1, "--lose-one")
    assert lost.returncode == 1, lost.stdout + lost.stderr
