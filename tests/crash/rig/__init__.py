"""What the crash tests are made of. The server, tokens and the like come from the integration tests' harness."""

import pathlib
import sys

_INTEGRATION = pathlib.Path(__file__).resolve().parents[2] / "integration"
if str(_INTEGRATION) not in sys.path:
    sys.path.insert(0, str(_INTEGRATION))
