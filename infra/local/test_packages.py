"""A package is small, executable, and the same for the same binary."""

from __future__ import annotations

import stat
import tempfile
import unittest
import zipfile
from pathlib import Path

import scratch  # noqa: F401

from packages import write_zip


class Zip(unittest.TestCase):
    def test_a_zip(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            binary, first, second = (Path(folder) / name for name in ("binary", "first.zip", "second.zip"))
            binary.write_bytes(b"the same again " * 10_000)
            for path in (first, second):
                write_zip(binary, path, level=9)
            self.assertEqual(first.read_bytes(), second.read_bytes())
            self.assertLess(first.stat().st_size, binary.stat().st_size / 10)
            with zipfile.ZipFile(first) as archive:
                entry = archive.infolist()[0]
                self.assertEqual([entry.filename], archive.namelist())
                self.assertEqual(entry.filename, "bootstrap")
                self.assertTrue(entry.external_attr >> 16 & stat.S_IXUSR)
                self.assertEqual(archive.read(entry), binary.read_bytes())


if __name__ == "__main__":
    unittest.main()
