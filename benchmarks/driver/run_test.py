"""benchmarks/run with the real program, small and short: what it measures is not looked at, only that it is right."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

from . import histories

RUN = Path(__file__).resolve().parents[1] / "run"
BUILD = os.environ.get("CLOUDCART_BENCHMARKS_BUILD", "dev")


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def command(self, *arguments) -> list:
        return [sys.executable, str(RUN), *arguments, "--build", BUILD, "--folder", str(self.folder)]

    def run_row(self, *arguments, status=0) -> dict:
        done = subprocess.run(self.command(*arguments, "--json"), capture_output=True, text=True, timeout=200, check=False)
        self.assertEqual(done.returncode, status, done.stderr + done.stdout[-3000:])
        self.assertEqual(list(self.folder.iterdir()), [], "what was made is gone")
        return json.loads(done.stdout)

    def assert_stopped(self):
        """No server of this test is left: all of them have its folder in their command."""
        for each in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                words = each.read_bytes()
            except OSError:
                continue
            self.assertNotIn(str(self.folder).encode(), words)

    SMALL = ("--orders", "400", "--products", "60", "--customers", "30")


class Run(Case):
    SHORT = ("--duration", "0.7", "--warm-up", "0.2", "--connections", "8")

    def test_each_order_that_was_answered_is_there(self):
        found = self.run_row("orders-closed", "--keyed", "--products", "40", "--customers", "5", *self.SHORT)
        self.assertEqual(found["problems"], [])
        answered = found["raw"]["whole_run"]["statuses"]["201"]
        self.assertGreater(answered, 0)
        self.assertIn(f"{answered:,} answers 201, {answered:,} new orders stored", found["checks"])
        self.assertTrue(any("reconcile" in check for check in found["checks"]))
        self.assert_stopped()

    def test_a_soak_shows_a_curve(self):
        found = self.run_row("orders-closed", "--soak", "11", "--products", "40", "--customers", "5", "--connections", "4",
                             "--warm-up", "0", "--no-access-log", "--server-setting", "runtime.event_loops=1")
        self.assertGreaterEqual(len(found["tables"][1]["rows"]), 1)
        self.assertGreater(float(found["tables"][1]["rows"][0][3]), 1, "resident memory")

    def test_an_open_loop_sends_what_was_due(self):
        found = self.run_row("orders-open", "--rate", "20", "--products", "40", "--customers", "5", *self.SHORT, "--front", "gateway")
        self.assertEqual((found["raw"]["started"], found["raw"]["whole_run"]["sent"]), (14, 18))

    def test_products_and_health(self):
        self.assertEqual(len(self.run_row("product-open", "--products", "40", *self.SHORT)["raw"]), 2)
        self.run_row("product-closed", "--products", "40", "--zipf", "0", *self.SHORT)
        self.run_row("health", *self.SHORT)

    def test_overload_offers_more_than_is_served(self):
        found = self.run_row("overload", "--products", "40", "--customers", "5", "--duration", "1", "--warm-up", "0.2", "--connections", "50",
                             "--peak-connections", "4", "--server-setting", "auth.bcrypt_cost=4")
        self.assertEqual(found["problems"], [])
        self.assertEqual([row[0] for row in found["tables"][0]["rows"]], ["closed loop", "0.7 x", "2 x", "5 x", "10 x"])
        self.assertTrue(any("what was refused left nothing" in check for check in found["checks"]))
        self.assert_stopped()

    def test_slow_clients_stay_and_others_are_answered(self):
        found = self.run_row("slow-clients", "--clients", "40", "--rate", "50", "--products", "40", *self.SHORT)
        self.assertGreaterEqual(found["raw"]["crowd"]["open"], 38)
        self.assert_stopped()

    def test_readers_get_each_order_once(self):
        for form in ([], ["--websocket"]):
            found = self.run_row("readers", "--readers", "30", "--rate", "20", "--duration", "2", "--products", "40", "--customers", "5", *form)
            self.assertEqual(found["raw"]["placed"], 40)
            self.assertIn("24 readers that read at once got each of 40 orders exactly once", found["checks"])
            self.assertGreater(len(found["raw"]["rss_mib"]), 1)
        self.assert_stopped()

    def test_every_question_to_analytics_is_answered_and_right(self):
        found = self.run_row("analytics", *self.SMALL, "--requests", "3", "--rate", "300")
        self.assertEqual(found["problems"], [])
        self.assertGreater(len(found["raw"]["shapes"]), 70)
        for name, shape in found["raw"]["shapes"].items():
            self.assertEqual((len(shape["closed_s"]), len(shape["open_s"])), (3, 3), name)
        self.assertEqual(sum("equal to the file" in check for check in found["checks"]), 7, found["checks"])
        self.assert_stopped()

    def test_questions_are_measured_beside_orders(self):
        found = self.run_row("analytics", *self.SMALL, "--requests", "5", "--closed-only", "--only", "dashboard", "--busy", "40")
        answered = found["raw"]["orders"]["whole_run"]["statuses"]["201"]
        self.assertGreater(answered, 40)
        self.assertIn(f"{answered:,} answers 201 beside, {answered:,} new orders stored", found["checks"])
        self.assertTrue(any("reconcile" in check for check in found["checks"]))

    def test_a_folder_of_ones_own_is_copied_and_held_against_its_file(self):
        program = Path(__file__).resolve().parents[2] / "build" / BUILD / "src/app/cloudcart"
        with tempfile.TemporaryDirectory() as kept:
            file, shop = Path(kept, "history.csv"), Path(kept, "shop")
            histories.write_orders(file, 50, 20, 10)
            subprocess.run([program, "import", file, "--data-dir", shop], check=True, capture_output=True, timeout=60)
            orders = (shop / "order.db").read_bytes()
            few = ("analytics", "--data-dir", str(shop), "--requests", "2", "--closed-only", "--only", "statuses")
            self.assertEqual(sum("equal to the file" in check for check in self.run_row(*few, "--history", str(file))["checks"]), 7)
            self.assertIn("not held against a file", " ".join(self.run_row(*few)["notes"]))
            histories.write_orders(file, 51, 20, 10)
            self.assertGreater(len(self.run_row(*few, "--history", str(file), status=1)["problems"]), 3)
            self.assertEqual((shop / "order.db").read_bytes(), orders, "the original is as it was")

    def test_each_order_is_seen_on_the_stream_and_in_the_dashboard(self):
        found = self.run_row("fresh", *self.SMALL, "--rate", "50", "--duration", "2")
        self.assertEqual(found["problems"], [])
        seen = found["raw"]["50"]
        self.assertEqual((seen["orders"], len(seen["to_stream_ms"]), len(seen["to_dashboard_ms"])), (100, 100, 100))
        self.assertGreater(seen["dashboards"], 10)
        self.assert_stopped()

    def test_every_shape_of_list_is_answered(self):
        found = self.run_row("list", "--products", "130", "--duration", "0.1", "--warm-up", "0", "--connections", "2")
        self.assertEqual(found["problems"], [])
        self.assertGreaterEqual(len(found["raw"]), 26)
        self.assertIn("130 products listed", found["checks"])

    def test_start_and_import_and_size(self):
        found = self.run_row("start", "--orders", "50", "--repeat", "1", "--products", "20")
        self.assertIn("50 orders in the folder, 50 written", found["checks"])
        found = self.run_row("import", "--lines", "300", "--repeat", "1", "--products", "20")
        self.assertEqual(found["raw"][0]["lines"], 300)
        self.assertGreater(self.run_row("size")["raw"][1], 1)

    def test_a_run_with_other_answers_than_expected_does_not_count(self):
        found = self.run_row("orders-closed", "--products", "10", "--customers", "5", "--stock", "3", *self.SHORT, status=1)
        self.assertIn("insufficient_inventory", " ".join(found["problems"]))
        answered = found["raw"]["whole_run"]["statuses"]["201"]
        self.assertIn(f"{answered:,} answers 201, {answered:,} new orders stored", found["checks"], "and yet the books are right")

    def test_an_interrupted_run_leaves_no_server(self):
        with subprocess.Popen(self.command("health", "--duration", "60"), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              text=True) as driver:
            limit = time.monotonic() + 60
            while not list(self.folder.glob("run-*/data-*/addresses.json")):
                self.assertLess(time.monotonic(), limit, "the server is not up")
                self.assertIsNone(driver.poll())
                time.sleep(0.05)
            driver.send_signal(signal.SIGINT)
            _, error = driver.communicate(timeout=60)
        self.assertEqual(driver.returncode, 130, error)
        self.assertEqual(list(self.folder.iterdir()), [])
        self.assert_stopped()

    def test_the_generator_says_what_is_wrong(self):
        program = Path(__file__).resolve().parents[2] / "build" / BUILD / "benchmarks/load/benchmarks_load"
        file = self.folder / "requests.json"
        file.write_text('{"requests":[{"method":"GET","path":"/{{p}}"}]}', encoding="utf-8")
        with socket.socket() as held:
            held.bind(("127.0.0.1", 0))  # and does not listen
            nobody = f"http://127.0.0.1:{held.getsockname()[1]}"
            for arguments, status, words in (
                    ([], 2, "--get or --requests"), (["--requests", str(self.folder)], 2, "Cannot read"),
                    (["--requests", "/no/such"], 2, "Cannot read"), (["--requests", str(file)], 2, "names no list"),
                    (["--get", "/", "--address", nobody], 1, "refused")):
                done = subprocess.run([str(program), *arguments], capture_output=True, text=True, timeout=60, check=False)
                self.assertEqual((done.returncode, done.stdout), (status, ""), done.stderr)
                self.assertTrue(done.stderr.startswith("benchmarks_load: "), done.stderr)
                self.assertIn(words, done.stderr)

    def test_an_unknown_setting_is_refused(self):
        done = subprocess.run(self.command("health", "--server-setting", "no.such=1"), capture_output=True, text=True, timeout=60,
                              check=False)
        self.assertEqual(done.returncode, 2)
        self.assertIn("'no.such' is no setting", done.stderr)


class Browser(Case):
    def test_each_order_is_painted_in_a_browser(self):
        found = self.run_row("screen", *self.SMALL, "--placed", "12", "--repeat", "1")
        self.assertEqual(found["problems"], [])
        self.assertEqual(len(found["raw"]["orders"]), 12)
        self.assertIn("each of 12 orders was painted once; the newest 10 are listed at the end", found["checks"])
        self.assertGreater(found["raw"]["loads"][0]["all_bytes"], found["raw"]["loads"][0]["first_bytes"])
        self.assert_stopped()



if __name__ == "__main__":
    unittest.main()
