"""Tests import this before `place`: what they write goes to a folder of their own, never to that of the running stack."""

from __future__ import annotations

import atexit
import os
import shutil
import sys
import tempfile

if "place" in sys.modules:
    raise RuntimeError("`scratch` has to be imported before `place`: a test would write into the running stack's folder")
FOLDER = tempfile.mkdtemp(prefix="countersign-test-")
os.environ["LOCAL_DIR"] = FOLDER
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)
