"""The parts of the driver that need no server."""

import contextlib
import csv
import io
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from collections import Counter
from pathlib import Path
from unittest import mock

from . import command_line, crowd, histories, load, machine, processes, results, rows_live
from .rows_load import list_shapes

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


if __name__ == "__main__":
    unittest.main()
