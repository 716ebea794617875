"""Builds the functions for this machine and packs each as a zip with one file, `bootstrap`."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import threading
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import place
from place import Trouble, say


@dataclass(frozen=True)
class Package:
    """A zip on disk; `key` names its content, so an unchanged function is not deployed again."""

    function: str
    path: Path
    key: str


def target_folder() -> Path:
    return Path(os.environ.get("CARGO_TARGET_DIR") or place.ROOT / "target").resolve()


def cli() -> Path:
    return target_folder() / "debug" / "countersign"


def build() -> None:
    """One cargo call for all binaries. Shows cargo's own progress on a terminal, a line now and then elsewhere."""
    # The whole workspace at once: one choice of features, so nothing is built twice for another selection.
    command = ["cargo", "build", "--locked", "--workspace", "--bins"]
    if not cli().exists():
        say("building everything for the first time: several minutes (about ten on two cores), later runs take seconds")
    started = time.monotonic()
    if sys.stderr.isatty():
        done = subprocess.run(command, cwd=place.ROOT, check=False).returncode
        lines: list[str] = []
    else:
        done, lines = _build_quietly(command, started)
    if done != 0:
        raise Trouble("cargo build failed:\n" + "\n".join(lines[-40:]))
    say(f"built in {time.monotonic() - started:.0f} s")


def _build_quietly(command: list[str], started: float) -> tuple[int, list[str]]:
    child = subprocess.Popen(command, cwd=place.ROOT, stderr=subprocess.PIPE, text=True)
    lines: list[str] = []
    reader = threading.Thread(target=lambda: lines.extend(line.rstrip() for line in child.stderr), daemon=True)
    reader.start()
    told = time.monotonic()
    while child.poll() is None:
        time.sleep(0.2)
        if time.monotonic() - told > 15:
            told = time.monotonic()
            crates = sum(line.lstrip().startswith("Compiling") for line in lines)
            say(f"  still building: {crates} crates so far, {told - started:.0f} s")
    reader.join(5)
    return child.returncode, lines


def pack_all() -> list[Package]:
    memory_file = place.PACKAGES / "packed.json"
    memory = place.read_json(memory_file)
    with ThreadPoolExecutor(max_workers=2) as pool:
        packages = list(pool.map(lambda name: _pack(name, memory), place.FUNCTIONS))
    place.write_json(memory_file, memory)
    keep = {package.path.name for package in packages}
    for old in place.PACKAGES.glob("*.zip"):
        if old.name not in keep:
            old.unlink()
    return packages


def _pack(function: str, memory: dict) -> Package:
    binary = target_folder() / "debug" / function
    if not binary.exists():
        raise Trouble(f"cargo made no binary `{function}` in {binary.parent}")
    seen = binary.stat()
    stamp = f"{binary}:{seen.st_mtime_ns}:{seen.st_size}"
    known = memory.get(function, {})
    if known.get("stamp") == stamp and (place.PACKAGES / known["zip"]).exists():
        return Package(function, place.PACKAGES / known["zip"], known["zip"])
    stripped = _strip(binary, place.PACKAGES / f"{function}.bootstrap")
    name = f"{function}-{hashlib.sha256(stripped.read_bytes()).hexdigest()[:20]}.zip"
    path = place.PACKAGES / name
    write_zip(stripped, path, level=1)
    stripped.unlink()
    memory[function] = {"stamp": stamp, "zip": name}
    return Package(function, path, name)


def _strip(binary: Path, to: Path) -> Path:
    """A copy without debug information where a tool for that exists: a tenth of the size."""
    for tool in (["strip", "-o", str(to), str(binary)], ["objcopy", "--strip-debug", str(binary), str(to)]):
        if shutil.which(tool[0]) and subprocess.run(tool, capture_output=True, check=False).returncode == 0:
            return to
    shutil.copy2(binary, to)
    return to


def write_zip(binary: Path, path: Path, level: int) -> None:
    """Fixed times and modes, so that the same binary always makes the same zip. `level`: 1 is quick, 9 is small."""
    entry = zipfile.ZipInfo("bootstrap", date_time=(2026, 1, 1, 0, 0, 0))
    entry.external_attr = 0o755 << 16
    fresh = path.with_name(path.name + ".new")
    with zipfile.ZipFile(fresh, "w") as archive:
        # The entry's own settings count, not the archive's.
        archive.writestr(entry, binary.read_bytes(), zipfile.ZIP_DEFLATED, level)
    fresh.replace(path)


def main(arguments: list[str]) -> int:
    if len(arguments) != 3 or arguments[0] != "zip":
        say("usage: packages.py zip BINARY ZIP")
        return 2
    write_zip(Path(arguments[1]), Path(arguments[2]), level=9)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
