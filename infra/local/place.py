"""Where the one-machine stack lives: folders, ports, names. Everything can be set from outside by environment."""

from __future__ import annotations

import json
import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# Empty for the local issuer, else the vendor whose shapes people's tokens have: tests/providers/vendors.json.
PROVIDER = os.environ.get("PROVIDER") or ""
LOCAL = Path(os.environ.get("LOCAL_DIR") or (ROOT / ".local" / ("providers" if PROVIDER else ""))).resolve()
VENV = ROOT / ".local" / "venv"

STATE = LOCAL / "state"
KEYS = LOCAL / "keys"
LOGS = LOCAL / "logs"
RUN = LOCAL / "run"
PACKAGES = LOCAL / "packages"
POLICIES = LOCAL / "policies"
STACK_FILE = LOCAL / "stack.json"
TRUST_FILE = LOCAL / "trust.json"

# A stack with a vendor's provider has ports of its own, so that it can run together with the ordinary one.
_SHIFT = 10 if PROVIDER else 0
GATEWAY_PORT = int(os.environ.get("GATEWAY_PORT") or 4566 + _SHIFT)
API_PORT = int(os.environ.get("API_PORT") or 8080 + _SHIFT)
ISSUER_PORT = int(os.environ.get("ISSUER_PORT") or 8081 + _SHIFT)
CONSOLE_PORT = int(os.environ.get("CONSOLE_PORT") or 8082 + _SHIFT)
SLACK_PORT = int(os.environ.get("SLACK_PORT") or 8083 + _SHIFT)
TEAMS_PORT = int(os.environ.get("TEAMS_PORT") or 8084 + _SHIFT)

ENDPOINT = f"http://127.0.0.1:{GATEWAY_PORT}"
API = f"http://127.0.0.1:{API_PORT}"
_VENDORS = json.loads((ROOT / "tests" / "providers" / "vendors.json").read_text())
if PROVIDER and PROVIDER not in _VENDORS:
    raise SystemExit(f"error: PROVIDER is one of {', '.join(_VENDORS)}, not {PROVIDER}")
VENDOR = _VENDORS.get(PROVIDER, {})
ISSUER = f"http://127.0.0.1:{ISSUER_PORT}{VENDOR.get('path', '')}"
CONSOLE = f"http://127.0.0.1:{CONSOLE_PORT}"
SLACK = f"http://127.0.0.1:{SLACK_PORT}"
TEAMS = f"http://127.0.0.1:{TEAMS_PORT}"

DEPLOYMENT = os.environ.get("DEPLOYMENT") or "local"
ACCOUNT = "000000000000"
REGION = "us-east-1"
PREFIX = f"countersign-{DEPLOYMENT}"
LOG_RETENTION_DAYS = 1

FUNCTIONS = ("intake", "policy", "ledger", "notify", "callbacks", "execution", "sweep")
TABLES = ("state", "documents", "index", "channels", "activity", "limits")
QUEUES = ("policy", "notify", "execution")

LOG_BUCKET = f"{PREFIX}-log-{ACCOUNT}"
BUNDLES_BUCKET = f"{PREFIX}-bundles-{ACCOUNT}"
PACKAGES_BUCKET = f"{PREFIX}-packages-{ACCOUNT}"

# The emulator's root key. It passes every policy: for setting up and for filling in demo data, never for a test.
ROOT_KEY = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}


def client_id(name: str) -> str:
    """What the issuer calls this client."""
    return VENDOR.get("clients", {}).get(name, name)


class Trouble(Exception):
    """Something a person has to know and can act on; shown without a traceback."""


def make_folders() -> None:
    for folder in (LOCAL, STATE, KEYS, LOGS, RUN, PACKAGES):
        folder.mkdir(parents=True, exist_ok=True)
    KEYS.chmod(0o700)


def say(text: str) -> None:
    print(text, flush=True)


def write_private(path: Path, data: bytes) -> None:
    """Writes a file only its owner can read, whole or not at all."""
    fresh = path.with_name(path.name + ".new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(data)
    fresh.replace(path)


def write_json(path: Path, value: object) -> None:
    fresh = path.with_name(path.name + ".new")
    fresh.write_text(json.dumps(value, indent=2) + "\n")
    fresh.replace(path)


def read_json(path: Path) -> dict:
    return json.loads(path.read_text()) if path.exists() else {}


def clean_environment(**more: str) -> dict[str, str]:
    """What a process of the stack inherits: nothing of the caller's but where programs and the home folder are."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "LC_ALL", "SSL_CERT_FILE") if name in os.environ}
    return kept | more
