"""Slack and Teams on this machine are the doubles under tests/chat: what they need, what the secret `chat` says of them, and
the sample rules with the addresses at which people are told there."""

from __future__ import annotations

import datetime
import json
import re
import runpy
import shutil
import subprocess
from pathlib import Path

import place
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from place import Trouble, say

FOLDER = place.ROOT / "tests" / "chat"
PYTHON = place.ROOT / ".local" / "slack" / "bin" / "python"
OLDEST_NODE = 20

# The bot and the organisation that the double of Teams is started with.
TEAMS_APP = "11111111-2222-4333-8444-555555555555"
TEAMS_TENANT = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"
CERTIFICATE = place.KEYS / "teams.pem"
KEY = place.KEYS / "teams.key"

# Who is told where, besides the console, which everybody has.
SLACK_GROUP, SLACK_CHANNEL = "data-owners", "C0DATA"
TEAMS_GROUP, TEAMS_CHANNEL = "sre", "19:sre@thread.tacv2"


def slack_runs() -> bool:
    """A stack with a vendor's provider tells people on the console alone: its groups and people have other names."""
    return not place.PROVIDER


def teams_runs() -> bool:
    return slack_runs() and without_teams() is None


def without_teams() -> str | None:
    """Why this machine cannot run the double of Teams, if it cannot."""
    node = shutil.which("node")
    if not node:
        return f"this machine has no node ({OLDEST_NODE} or newer: https://nodejs.org/en/download)"
    shown = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    version = re.match(r"v(\d+)\.", shown)
    if version and int(version[1]) >= OLDEST_NODE:
        return None
    return f"this machine's node is {shown or 'broken'}, not {OLDEST_NODE} or newer: https://nodejs.org/en/download"


def prepare() -> None:
    """Makes what the doubles need: Slack's Python environment, and the certificate of the Teams bot."""
    if slack_runs():
        done = subprocess.run([str(place.ROOT / "infra" / "local" / "environment"), "slack"], check=False)
        if done.returncode != 0:
            raise Trouble("the Python environment of the double of Slack could not be made: see above")
    if teams_runs():
        _certificate()
    elif slack_runs():
        say(f"the stack runs without Teams: {without_teams()}")


def _certificate() -> None:
    if CERTIFICATE.exists() and KEY.exists():
        return
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "countersign-local")])
    now = datetime.datetime.now(datetime.timezone.utc)
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=3650))
    )
    encoding, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    place.write_private(KEY, key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, plain))
    place.write_private(CERTIFICATE, built.sign(key, hashes.SHA256()).public_bytes(encoding))


def secret(kept: dict) -> dict:
    """The secret `chat`: the two doubles, and of the kept one whatever else it says."""
    fresh = {name: value for name, value in kept.items() if name not in ("slack", "teams")}
    if slack_runs():
        fresh["slack"] = _slack_member()
    if teams_runs():
        fresh["teams"] = _teams_member()
    return fresh


def _slack_member() -> dict:
    double = runpy.run_path(str(FOLDER / "slack" / "workspace.py"))
    return {
        "token": double["TOKEN"],
        "signing_secret": double["SIGNING_SECRET"],
        "app": double["APP"],
        "workspace": double["TEAM"],
        "api": f"{place.SLACK}/api/",
    }


def _teams_member() -> dict:
    return {
        "app": TEAMS_APP,
        "tenant": TEAMS_TENANT,
        "cloud": {
            "login": place.TEAMS,
            "scope": "https://api.botframework.com/.default",
            "issuer": "https://api.botframework.com",
            "metadata": f"{place.TEAMS}/framework/v1/.well-known/openidconfiguration",
            "service_url": f"{place.TEAMS}/teams/",
            "service_hosts": [place.TEAMS.removeprefix("http://")],
        },
        "certificate": CERTIFICATE.read_text(),
        "key": KEY.read_text(),
    }


def policies(sample: Path, into: Path) -> Path:
    """A copy of the sample rules whose directory says who is told in Slack and in Teams. Where the sample itself says who is
    told where, that is left as it is."""
    shutil.rmtree(into, ignore_errors=True)
    shutil.copytree(sample, into)
    directory = into / "directory.yaml"
    text = directory.read_text()
    groups = channels()
    if groups and not re.search(r"^channels:", text, flags=re.M):
        lines = "\n".join(f"    {group}: {json.dumps(addresses)}" for group, addresses in groups.items())
        directory.write_text(f"{text}\n# The doubles of the local stack (infra/local/chat.py).\nchannels:\n  groups:\n{lines}\n")
    return into


def channels() -> dict[str, list]:
    """The addresses of each group that is told elsewhere too."""
    groups: dict[str, list] = {}
    if slack_runs():
        groups[SLACK_GROUP] = ["console", {"slack": SLACK_CHANNEL}]
    if teams_runs():
        groups[TEAMS_GROUP] = ["console", {"teams": TEAMS_CHANNEL}]
    return groups


def addresses() -> list[str]:
    """Where to look at what was sent, a line each."""
    forgotten = "forgotten by `make down`"
    lines = [f"  Slack           {place.SLACK}   (what was sent there, to read; {forgotten})"] if slack_runs() else []
    if teams_runs():
        lines.append(f"  Teams           {place.TEAMS}   (what was sent there, to read; {forgotten})")
    elif slack_runs():
        lines.append(f"  Teams           left out: {without_teams()}")
    return lines
