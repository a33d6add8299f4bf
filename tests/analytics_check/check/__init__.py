"""Every figure of the analytics, worked out a second time. Nothing here is taken from the program but its answers and its
files; starting it and signing in come from the integration tests' harness."""

import pathlib
import sys

_INTEGRATION = pathlib.Path(__file__).resolve().parents[2] / "integration"
if str(_INTEGRATION) not in sys.path:
    sys.path.insert(0, str(_INTEGRATION))
