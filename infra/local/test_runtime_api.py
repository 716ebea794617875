"""Every function starts and answers where a package is tried, so that a package that fails there is at fault itself."""

from __future__ import annotations

import os
import unittest
from pathlib import Path

from runtime_api import EVENTS, try_binary

BUILT = Path(os.environ.get("CARGO_TARGET_DIR", Path(__file__).parents[2] / "target")) / "debug"
# They cannot answer without a table.
NEEDS_MORE = {"ledger", "sweep"}


class Trial(unittest.TestCase):
    def test_every_function_answers(self) -> None:
        for function in EVENTS:
            with self.subTest(function):
                kind = try_binary(function, [str(BUILT / function)]).split(":")[0]
                self.assertEqual(kind, "error" if function in NEEDS_MORE else "response")

    def test_one_that_ends_at_once_fails(self) -> None:
        with self.assertRaisesRegex(RuntimeError, "took no event and ended with 1"):
            try_binary("intake", ["/bin/false"])


if __name__ == "__main__":
    unittest.main()
