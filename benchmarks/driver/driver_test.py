"""The parts of the driver that need no server."""

import contextlib
import csv
import io
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from collections import Counter
from datetime import date
from pathlib import Path
from unittest import mock
from xml.etree import ElementTree

from . import (analytics_checks, command_line, crowd, histories, history_sums, load, machine, processes, program, questions, results, rows_fresh, rows_screen,
               plot, rows_live, rows_overload, rows_slow, slow_crowd, wire)
from .shop import People
from .rows_load import list_shapes
from .rows_recommendations import request_sets

REPORT = {"whole_run": {"statuses": {"201": 5}, "errors": {}}, "dropped": 0, "unsent": 0, "unfinished": 0,
          "taken_us": {"count": 5}}


def mistake(*arguments) -> str:
    """What is printed for wrong usage, which must end with 2."""
    out = io.StringIO()
    with contextlib.redirect_stderr(out):
        try:
            status = command_line.main(list(arguments))
        except SystemExit as end:
            status = end.code
    assert status == 2, (arguments, status)
    return out.getvalue()


class CommandLine(unittest.TestCase):
    def test_each_row_has_its_own_options_and_the_others_defaults(self):
        options = command_line.parse(["orders-closed", "--keyed", "--soak", "60", "--server-setting", "cache.max_bytes=70000"])
        self.assertTrue(options.keyed)
        self.assertEqual((options.soak, options.rate, options.duration, options.build), (60, None, 10, "release"))
        self.assertEqual(options.server_settings, {"cache.max_bytes": "70000"})
        self.assertTrue(options.access_log)
        self.assertFalse(command_line.parse(["list", "--no-access-log"]).access_log)
        self.assertEqual(command_line.parse(["list"]).duration, 3)
        self.assertEqual(command_line.parse(["list", "--save"]).save, "speed")
        self.assertEqual(command_line.parse(["import", "x.csv"]).file, "x.csv")
        self.assertEqual([command_line.parse([row]).customers for row in ("readers", "analytics")], [100, 200_000])
        self.assertEqual([command_line.parse(["analytics", *busy]).busy for busy in ([], ["--busy"], ["--busy", "50"])], [None, 1_000, 50])

    def test_every_example_can_be_parsed(self):
        for name, row in command_line.ROWS.items():
            words = row.example.split()
            self.assertEqual(words[:2], ["benchmarks/run", name])
            self.assertEqual(command_line.parse(words[1:]).row, name)

    def test_mistakes_end_with_two_and_name_the_option(self):
        self.assertIn("ROW", mistake())
        self.assertIn("invalid choice", mistake("speed"))
        self.assertIn("--duration", mistake("health", "--duration", "0"))
        self.assertIn("--connections", mistake("health", "--connections", "many"))
        self.assertIn("--rate", mistake("orders-closed", "--rate", "5"))
        self.assertIn("key=value", mistake("health", "--server-setting", "x"))
        self.assertIn("results file", mistake("health", "--save", "../x"))
        self.assertIn("--profile", mistake("health", "--profile", "--save"))
        self.assertIn("--busy", mistake("analytics", "--busy", "0"))
        self.assertIn("there is no program", mistake("health", "--build", "no-such-build"))


class Histories(unittest.TestCase):
    def rows(self, write, *arguments):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "h.csv")
            count = write(path, *arguments)
            with open(path, encoding="utf-8", newline="") as file:
                rows = list(csv.DictReader(file))
        self.assertEqual(len(rows), count)
        return rows

    def test_a_catalogue_has_each_product_once(self):
        rows = self.rows(histories.write_catalogue, 120)
        self.assertEqual(len({row["item_id"] for row in rows}), 120)
        self.assertEqual(len({row["product_name"] for row in rows}), 120)
        self.assertEqual(max(Counter(row["order_id"] for row in rows).values()), 50)

    def test_orders_have_different_products_that_sell_unevenly(self):
        rows = self.rows(histories.write_orders, 500, 100, 50)
        lines = Counter(row["order_id"] for row in rows)
        self.assertEqual((len(lines), set(lines.values())), (500, {3}))
        self.assertEqual(len({(row["order_id"], row["item_id"]) for row in rows}), 1500)
        sold = Counter(row["item_id"] for row in rows)
        self.assertEqual(len(sold), 100)
        self.assertGreater(sold["P-000000"], 4 * sold["P-000050"])


class Shapes(unittest.TestCase):
    def test_every_placeholder_has_its_list_and_nothing_else(self):
        for name, path, lists in list_shapes(1000, ["abc=="]):
            asked = {part.split("}}")[0].split(".")[0] for part in path.split("{{")[1:]}
            self.assertEqual(asked, set(lists), name)

    def test_names_are_all_different(self):
        names = [name for name, _, _ in list_shapes(1000, ["abc"])]
        self.assertEqual(len(names), len(set(names)))


class Recommendations(unittest.TestCase):
    def test_each_kind_has_its_lists_and_the_mixture_all(self):
        sets = request_sets(["p1", "p2", "p3"], ["u1"], "token", 1.0)
        for requests in sets.values():
            used = set(re.findall(r"{{(\w+)", json.dumps(requests["requests"])))
            self.assertEqual(used, set(requests["lists"]))
        self.assertEqual([len(each["requests"]) for each in sets.values()], [1, 1, 1, 3])

    def test_a_basket_is_json_of_different_products(self):
        body = request_sets([], [], "", 1.0)["basket"]["requests"][0]["body"]
        self.assertEqual(len(set(json.loads(body)["product_ids"])), 3)


class Overload(unittest.TestCase):
    def report(self, served: int, refused: int, **more) -> dict:
        return {"phase": "2 x", "rate": 100.0, "seconds": 10.0, "taken_us": {"count": served, "p50": 900, "p99": 2_000},
                "refused_us": {"count": refused, "p50": 300, "p99": 600}, "served_per_s": served / 10, "refused_per_s": refused / 10,
                "requests": [{"name": "a", "taken_us": {"count": served, "p99": 2_000}}], "server": {"rss_mib_peak": 50.0},
                "health_us": {"p99": 500.0, "failures": 0}, "whole_run": {"statuses": {"200": served, "503": refused}, "errors": {}}, **more}

    def test_the_mixture_has_every_list_and_shares_that_make_a_whole(self):
        requests = rows_overload.mixture(People("staff", [("u1", "t1"), ("u2", "t2")]), ["p1", "p2", "p3"], 1.0)
        used = set(re.findall(r"{{(\w+)", json.dumps(requests["requests"])))
        self.assertEqual(used, set(requests["lists"]))
        self.assertAlmostEqual(sum(rows_overload.shares(requests).values()), 1.0)

    def test_what_is_served_is_held_against_what_was_offered(self):
        self.assertEqual(rows_overload.share_served(self.report(500, 500), {"a": 1.0}, 100.0), {"a": 0.5})

    def test_refusals_are_no_trouble_and_errors_are(self):
        self.assertEqual(rows_overload.trouble_in(self.report(5, 5)), [])
        broken = self.report(5, 5, whole_run={"statuses": {"200": 5, "500": 1}, "errors": {"timeout": 1}},
                             health_us={"p99": 1.0, "failures": 2})
        self.assertEqual(len(rows_overload.trouble_in(broken)), 3)

    def test_goals_are_reached_or_missed(self):
        calm = self.report(700, 0)
        def reached(normal_after=1.0, **more):
            loads = {2: self.report(950, 1_000, **more), 10: self.report(850, 9_000)}
            return [goal.reached for goal in rows_overload.goals_of(100.0, calm, loads, normal_after)]
        self.assertEqual(reached(), [True] * 6)
        self.assertEqual(reached(normal_after=None), [True] * 5 + [False])
        self.assertEqual(reached(served_per_s=89.0), [False, *[True] * 5])
        self.assertEqual(reached(server={"rss_mib_peak": 70.0}), [True, True, True, True, False, True])

    def test_a_picture_is_well_formed_and_has_every_line(self):
        reports = [self.report(700, 0, phase="0.7 x"), self.report(950, 1_000)]
        drawn = ElementTree.fromstring(rows_overload.figure(100.0, reports, {"a": 1.0}))
        words = [text.text for text in drawn.iter("{http://www.w3.org/2000/svg}text")]
        for word in ("served", "peak", "a", "refused", "/health", "0.7 x", "2 x"):
            self.assertIn(word, words)
        self.assertEqual([plot.nice_ceiling(value) for value in (0, 0.3, 1, 3, 7_200)], [1, 0.5, 1, 5, 10_000])


class Problems(unittest.TestCase):
    def test_a_clean_run_has_none(self):
        self.assertEqual(load.problems_of(REPORT, "201"), [])

    def test_everything_that_went_wrong_is_named(self):
        def found(**changes):
            report = json.loads(json.dumps(REPORT))
            report["whole_run"].update(changes.pop("whole_run", {}))
            return " ".join(load.problems_of({**report, **changes}, "201"))

        self.assertIn("409", found(whole_run={"statuses": {"201": 4, "409": 1}}, first_refused="409 short"))
        self.assertIn("timeout", found(whole_run={"errors": {"timeout": 1}}))
        for name in ("dropped", "unsent", "unfinished"):
            self.assertIn(name, found(**{name: 3}))
        self.assertIn("went away", found(ended_early="it went away"))
        self.assertIn("nothing", found(taken_us={"count": 0}))


class Results(unittest.TestCase):
    def test_figures_keep_what_counts(self):
        self.assertEqual([results.ms(value) for value in (123.4, 1234, 9999, 123456)], ["0.123", "1.23", "10.00", "123.5"])
        self.assertEqual(results.number(15234.6), "15,235")

    def test_a_section_is_appended_below_what_is_there(self):
        table = results.Table(["", "p99 ms"])
        table.add("orders", "1.25")
        result = results.Result([table], goals=[results.Goal("order p99", "≤ 10 ms", "1.25 ms", True)], checks=["all there"])
        with tempfile.TemporaryDirectory() as folder:
            facts = machine.describe(Path(folder), Path(sys.executable))
            with mock.patch.object(results, "ROOT", Path(folder)):
                for _ in range(2):
                    file = results.save("speed", results.section("orders-open", ["orders-open", "--rate", "5"], result, facts))
            text = file.read_text(encoding="utf-8")
        self.assertEqual(text.count("# Measured: speed\n"), 1)
        self.assertEqual(text.count("`benchmarks/run orders-open --rate 5`"), 2)
        for part in ("| orders | 1.25 |", "goal: order p99 ≤ 10 ms; measured 1.25 ms: reached", "Checked: all there.",
                     "fsync p50", facts["kernel"], facts["commit"]):
            self.assertIn(part, text)


class Processes(unittest.TestCase):
    def test_what_was_started_ends_with_the_block(self):
        with self.assertRaises(KeyError), processes.running(["sleep", "60"]) as process:
            raise KeyError
        self.assertEqual(process.returncode, -signal.SIGTERM)

    def test_one_that_does_not_listen_is_killed(self):
        process = processes.spawn(["sh", "-c", "trap '' TERM; echo on; sleep 60 & wait; sleep 60"], stdout=subprocess.PIPE)
        self.assertEqual(process.stdout.readline(), b"on\n")
        with contextlib.redirect_stderr(io.StringIO()) as said:
            self.assertEqual(processes.end(process, seconds=0.2), -signal.SIGKILL)
        process.stdout.close()
        os.killpg(process.pid, signal.SIGKILL)
        self.assertIn("killed", said.getvalue())

    def test_a_child_ends_when_the_driver_is_killed(self):
        program = ("import sys, time; from driver import processes;"
                   "print(processes.spawn(['sleep', '60']).pid, flush=True); time.sleep(60)")
        driver = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True,
                                  cwd=Path(__file__).resolve().parents[1])
        pid = int(driver.stdout.readline())
        driver.kill()
        driver.communicate()
        limit = time.monotonic() + 20
        while self.is_running(pid):
            self.assertLess(time.monotonic(), limit, "the child goes on")
            time.sleep(0.02)

    @staticmethod
    def is_running(pid: int) -> bool:
        try:
            return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[0] not in ("Z", "X")
        except FileNotFoundError:
            return False

    def test_measures_a_command(self):
        seconds, cpu, peak, out, code = processes.measured(["sh", "-c", "echo hello; exit 3"])
        self.assertEqual((out, code), (b"hello\n", 3))
        self.assertGreater(peak, 0.1)
        self.assertGreaterEqual(seconds, 0)
        self.assertGreaterEqual(cpu, 0)


class Readers(unittest.TestCase):
    def found(self, **other) -> dict:
        whole = {"orders": [["a", 1.001], ["b", 2.003]], "count": 2, "ended": False}
        return {"watch": [whole], "drain": [whole], "slow": [dict(whole, count=1)], "never": [dict(whole, count=0, ended=True)], **other}

    def test_each_order_must_come_once_to_those_who_read_at_once(self):
        placed = [("a", 1.0), ("b", 2.0)]
        delays, checks, problems = rows_live.check_arrivals(placed, self.found())
        self.assertEqual([round(delay) for delay in delays], [1, 3])
        self.assertEqual((len(checks), problems), (1, []))
        wrong = {
            "watch": {"orders": [["a", 1.0]], "count": 1, "ended": False},
            "drain": {"orders": [], "count": 3, "ended": False},
            "slow": {"orders": [], "count": 3, "ended": False},
        }
        for how, reader in wrong.items():
            self.assertEqual(len(rows_live.check_arrivals(placed, self.found(**{how: [reader]}))[2]), 1, how)
        twice = dict(self.found()["watch"][0], orders=[["a", 1.0], ["a", 1.1]])
        self.assertEqual(len(rows_live.check_arrivals(placed, self.found(watch=[twice]))[2]), 1)
        left = dict(self.found()["slow"][0], ended=True)
        self.assertEqual(len(rows_live.check_arrivals(placed, self.found(slow=[left]))[2]), 1)

    def test_there_are_some_of_each_kind(self):
        for count in (10, 37, 1000):
            kinds = rows_live.shares(count)
            self.assertEqual(sum(kinds.values()), count)
            self.assertGreater(min(kinds.values()), 0)

    def test_orders_are_found_however_their_bytes_come(self):
        text = b"".join(b'{"type":"order.created","order_id":"%08d-0000-0000-0000-000000000000","x":1}' % i for i in range(5))
        for step in (1, 7, 100, 1000):
            reader = crowd.Reader.__new__(crowd.Reader)
            reader.count, reader.bytes, reader.orders, reader.ended, reader._tail = 0, 0, [], False, b""
            reader.socket = mock.Mock()
            reader.socket.recv.side_effect = [text[at : at + step] for at in range(0, len(text), step)] + [b""]
            while not reader.ended:
                reader.read(step, True)
            self.assertEqual([order[:8] for order, _ in reader.orders], [f"{i:08d}" for i in range(5)])


class Questions(unittest.TestCase):
    HISTORY = questions.History(date(2025, 11, 25), date(2026, 11, 25), [f"product-{n}" for n in range(1_000)], ["Kitchen", "Garden"])

    def test_names_differ_and_so_do_the_questions_of_each_turn(self):
        shapes = questions.all_shapes(self.HISTORY)
        self.assertEqual(len({shape.name for shape in shapes}), len(shapes))
        for shape in shapes:
            asked = [shape.ask(turn) for turn in range(500)]
            self.assertEqual(len(set(asked)), 500 if shape.varies else 1, shape.name)

    def test_every_read_route_of_the_contract_is_asked(self):
        contract = (program.ROOT / "api/openapi.yaml").read_text(encoding="utf-8")
        paths = re.findall(r"^  (/api/analytics/[^:]*):\n((?:    .*\n|\n)*)", contract, re.MULTILINE)
        reads = {path for path, operations in paths if re.search(r"^    get:", operations, re.MULTILINE)}
        # The stream never ends: its rows are `fresh` and `readers`. An imported history has no alert to read.
        reads -= {"/api/analytics/stream", "/api/analytics/alerts/{id}"}
        asked = {shape.ask(0).target.partition("?")[0] for shape in questions.all_shapes(self.HISTORY)}
        self.assertGreater(len(reads), 10)
        self.assertEqual(asked, reads | {questions.QUERY})

    def test_periods_stay_by_the_history(self):
        for days in (7, 365):
            for turn in (0, 1, 250, 900):
                ends = {end: date.fromisoformat(text) for end, text in questions.period(self.HISTORY, days, turn).items()}
                self.assertGreaterEqual((ends["to"] - ends["from"]).days + 1, days)
                self.assertLessEqual(ends["to"], self.HISTORY.last)
                self.assertGreater(ends["to"], self.HISTORY.first)
        for turn in (0, 1, 999):
            ends = {end: date.fromisoformat(text) for end, text in questions.longest(self.HISTORY, turn).items()}
            self.assertIn((ends["to"] - ends["from"]).days + 1, (questions.MOST_DAYS, questions.MOST_DAYS - 1))
            self.assertTrue(ends["from"] <= self.HISTORY.first and ends["to"] >= self.HISTORY.last)


class Sums(unittest.TestCase):
    def test_are_those_of_the_lines(self):
        rows = [("A", "u1", "2026-03-28 23:59:59", "P-1", "2", "1.50", "Cup", "Kitchen"),
                ("A", "u1", "2026-03-28 23:59:59", "P-2", "1", "10.05", "Rake", "Garden"),
                ("B", "u1", "2026-03-29 00:00:00", "P-1", "3", "1.50", "Cup", "Kitchen")]
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "history.csv")
            with open(file, "w", encoding="utf-8", newline="") as out:
                csv.writer(out).writerows([histories.HEADER, *rows])
            sums = history_sums.read(file)
        self.assertEqual((sums.orders, sums.units, sums.revenue), (2, 6, 1755))
        self.assertEqual(sums.by_day, {"2026-03-28": [1, 1305], "2026-03-29": [1, 450]})
        self.assertEqual(sums.by_category, {"Kitchen": 750, "Garden": 1005})
        self.assertEqual(sums.by_product, {"Cup": [5, 750], "Rake": [1, 1005]})
        self.assertEqual(sums.by_hour, {(5, 23): 1, (6, 0): 1})
        self.assertEqual(sums.customers, {"2026-03": {"u1"}})

    def test_a_figure_that_differs_by_a_cent_is_found(self):
        sums = history_sums.Sums(orders=2, units=6, revenue=1755)
        for revenue, problems in (("17.55", 0), ("17.56", 1), ("17.54", 1)):
            body = f'{{"data":{{"totals":{{"orders":2,"units":6,"gross_revenue":{revenue},"net_revenue":17.55}}}}}}'
            checks = analytics_checks.Checks(lambda _, body=body: analytics_checks.exact(body.encode()), sums)
            checks.totals()
            self.assertEqual((len(checks.found), len(checks.problems)), (1 - problems, problems))


class Wires(unittest.TestCase):
    def test_answers_are_whole_however_their_bytes_come(self):
        text = b"HTTP/1.1 201 Created\r\nX: y\r\nContent-Length: 5\r\n\r\nhello" + b"HTTP/1.1 204 No Content\r\ncontent-length:0\r\n\r\n"
        end = text.index(b"HTTP/1.1 204")
        for step in (1, 7, 1000):
            answers, found = wire.Answers(), []
            for part in (text[:end], text[end:]):
                found += [answers.add(part[at : at + step]) for at in range(0, len(part), step)]
            self.assertEqual([answer for answer in found if answer], [(201, b"hello"), (204, b"")])


class Fresh(unittest.TestCase):
    ANSWERED = {"a": 1.0, "b": 2.0}
    PUSHED = {"a": (11, 0.999), "b": (13, 2.004)}

    def delays(self, shown: list, pushed=None):
        return rows_fresh.delays_of(self.ANSWERED, self.PUSHED if pushed is None else pushed, shown, (10, 100))

    def test_an_order_is_seen_in_the_first_dashboard_that_has_it(self):
        stream, dashboard, problems = self.delays([(0.9, 10, 100), (1.002, 11, 101), (1.9, 12, 101), (2.01, 13, 102), (2.5, 13, 102)])
        self.assertEqual([round(delay) for delay in stream], [-1, 4])
        self.assertEqual([round(delay) for delay in dashboard], [2, 10])
        self.assertEqual(problems, [])

    def test_what_is_not_exact_does_not_count(self):
        self.assertIn("exactly", self.delays([(1.1, 11, 100), (2.1, 13, 102)])[2][0])
        self.assertIn("exactly", self.delays([(1.1, 11, 102), (2.1, 13, 102)])[2][0])
        self.assertIn("older", self.delays([(1.1, 13, 102), (2.1, 11, 101)])[2][0])
        self.assertIn("in no dashboard", self.delays([(1.1, 11, 101)])[2][0])
        self.assertIn("not pushed", self.delays([(1.1, 11, 101)], {"a": (11, 1.0)})[2][0])

    def test_places_are_read_off_the_stream(self):
        event = (b'id: %d\nevent: order\ndata: {"event_id":"%08d-0000-0000-0000-000000000000","type":"order.created",'
                 b'"order_id":"%08d-1111-0000-0000-000000000000","x":1}\n\n')
        text = b"".join(event % (i, i, i) for i in range(5))
        for step in (1, 100):
            reader = rows_fresh.PositionReader.__new__(rows_fresh.PositionReader)
            reader.count, reader.bytes, reader.orders, reader.ended, reader._tail = 0, 0, [], False, b""
            reader.socket = mock.Mock()
            reader.socket.recv.side_effect = [text[at : at + step] for at in range(0, len(text), step)] + [b""]
            while not reader.ended:
                reader.read(step, True)
            self.assertEqual([(position, order[:13]) for position, order, _ in reader.orders], [(str(i), f"{i:08d}-1111") for i in range(5)])

    def test_the_state_of_a_dashboard(self):
        body = b'{"overview":{"total_orders":7,"previous":{"total_orders":3}},"freshness":{"events_behind":0,"position":42}}'
        self.assertEqual(rows_fresh.dashboard_state(body), (42, 7))


class Screen(unittest.TestCase):
    LOAD = {"painted": 100, "figures": 200, "interactive": 300, "drawn": 400, "blocked": 0, "first_bytes": 120_000, "all_bytes": 240_000}

    def result(self, orders: list, rows: list):
        return rows_screen.result_of({"loads": [self.LOAD], "orders": orders, "rows": rows, "browser": "1"})

    @staticmethod
    def order(name: str, seen=50.0):
        return {"id": name, "sent": 10.0, "answered": 20.0, "seen": seen}

    def test_what_is_seen_once_counts(self):
        found = self.result([self.order("a"), self.order("b", 310.0)], ["b", "a"])
        self.assertEqual(found.problems, [])
        self.assertEqual([goal.reached for goal in found.goals], [True, True, False])

    def test_lost_and_doubled_orders_do_not(self):
        self.assertIn("never on the page", self.result([self.order("a"), self.order("b", None)], ["a"]).problems[0])
        self.assertIn("once each", self.result([self.order("a"), self.order("b")], ["b", "b", "a"]).problems[0])
        self.assertIn("once each", self.result([self.order("a"), self.order("b")], ["b"]).problems[0])


class Slow(unittest.TestCase):
    def test_all_are_of_some_kind(self):
        for clients in (10, 64, 5_000):
            shares = rows_slow.shares(clients)
            self.assertEqual(sum(shares.values()), clients)
            self.assertEqual(set(shares), set(slow_crowd.KINDS))
            self.assertTrue(all(count > 0 for count in shares.values()), shares)

    def test_heads_do_not_end_and_bodies_are_not_whole(self):
        self.assertNotIn(b"\r\n\r\n", slow_crowd.opening("heads", "x", "t"))
        head, _, body = slow_crowd.opening("bodies", "x", "t").partition(b"\r\n\r\n")
        self.assertLess(len(body), int(head.rpartition(b" ")[2]))


if __name__ == "__main__":
    unittest.main()
