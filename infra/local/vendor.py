"""With `PROVIDER=okta` (or entra, keycloak, auth0) people come from a provider that answers as that vendor does, and
pipelines from GitHub, GitLab and AWS: what is configured, the sample rules with those names, the program that answers."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import place
from place import Trouble, say

FOLDER = place.ROOT / "tests" / "providers"
SHAPES = place.ROOT / "shared" / "identity" / "tests" / "shapes"
MODULES = place.ROOT / ".local" / "node"
POLICIES = place.POLICIES
WORKLOADS = ("github-actions", "gitlab", "aws-workload")
# Whom the sample's agents and pipelines have behind them: their accounts at the issuers of the recorded shapes.
ACCOUNTS = {"github-actions": "583231", "gitlab": "41", "aws-workload": "90677c79-60d1-70b7-5f4e-bob000000000"}


def install() -> None:
    """Puts oidc-provider under .local, as package-lock.json pins it."""
    if not shutil.which("node") or not shutil.which("npm"):
        raise Trouble("PROVIDER needs node 20 or newer and npm, and this machine has none: https://nodejs.org/en/download")
    wanted, stamp = FOLDER / "package-lock.json", MODULES / ".installed"
    if stamp.exists() and stamp.read_bytes() == wanted.read_bytes():
        return
    say(f"  installing the provider under {MODULES} (once)")
    MODULES.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(FOLDER / name, MODULES / name)
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    done = subprocess.run(command, cwd=MODULES, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Trouble(f"`npm ci` in {MODULES} failed:\n{done.stderr[-2000:]}")
    shutil.copy(wanted, stamp)


def command() -> list[str]:
    return ["node", str(FOLDER / "provider.mjs"), "--profile", place.PROVIDER]


def issuers() -> list[dict]:
    """What an administrator would configure."""
    clients = [place.client_id("countersign-pages"), place.client_id("countersign-cli")]
    people = place.VENDOR["issuer"] | {"issuer": place.ISSUER, "people": True, "person_clients": clients}
    return [people, *(_workload(name) for name in WORKLOADS)]


def _workload(name: str) -> dict:
    metadata = f"http://127.0.0.1:{place.ISSUER_PORT}/workloads/{name}/.well-known/openid-configuration"
    return _shape(name)["issuer"] | {"metadata": metadata}


def _shape(name: str) -> dict:
    return json.loads((SHAPES / f"{name}.json").read_text())


def policies(sample: Path) -> Path:
    """The sample rules with this vendor's names: subjects and groups are what its tokens say."""
    shutil.rmtree(POLICIES, ignore_errors=True)
    shutil.copytree(sample, POLICIES)
    _rewrite("directory.yaml", place.VENDOR["people"] | place.VENDOR["groups"] | place.VENDOR["agents"])
    _rewrite("approvals.yaml", {}, place.VENDOR["groups"])
    for cases in sorted((POLICIES / "cases").glob("*.yaml")):
        _rewrite(f"cases/{cases.name}", place.VENDOR["agents"])
    directory = POLICIES / "directory.yaml"
    text = re.sub(r"^people: .*$", f"people: {json.dumps(place.ISSUER)}", directory.read_text(), flags=re.M)
    # Who owns the data, the token says here; who belongs to sre, the directory lists.
    owners = re.escape(json.dumps(place.VENDOR["groups"]["data-owners"]))
    text = re.sub(rf"^(  {owners}: ).*$", r"\1{}", text, flags=re.M)
    text = re.sub(r"^agents:$", "agents:\n" + "\n".join(map(_pipeline, WORKLOADS)), text, flags=re.M)
    jobs = POLICIES / "policies" / "jobs.cedar"
    jobs.write_text(jobs.read_text() + (FOLDER / "jobs.cedar").read_text())
    accounts = "\n".join(_account(name) for name in WORKLOADS)
    directory.write_text(f"{text}\nidentities:\n{accounts}\n")
    return POLICIES


def _rewrite(file: str, words: dict[str, str], groups: dict[str, str] | None = None) -> None:
    """Replaces whole words outside comments; `groups` only where a group is named and not the requirement called like it."""
    path, lines = POLICIES / file, []
    for line in path.read_text().splitlines():
        code, mark, comment = line.partition("# ")
        kept = re.split(r"(display: [^,}]+)", code)
        for name, value in words.items():
            whole = rf"(?<![\w./-]){re.escape(name)}(?![\w./-])"
            kept = [part if part.startswith("display: ") else re.sub(whole, json.dumps(value), part) for part in kept]
        code = "".join(kept)
        for name, value in (groups or {}).items():
            code = re.sub(rf"(group: |\[){re.escape(name)}(?=[,\] }}])", rf"\g<1>{json.dumps(value)}", code)
        lines.append(code + mark + comment)
    path.write_text("\n".join(lines) + "\n")


def _pipeline(name: str) -> str:
    shape = _shape(name)
    first = next(iter(shape["expect"].values()))
    agent = {
        "issuer": next(iter(shape["tokens"].values()))["claims"]["iss"],
        "subject": first["subject"],
        "display": name,
        "owner": place.VENDOR["people"]["dana"],
        "teams": ["data-agents"],
    }
    return f"  - {json.dumps(agent)}"


def _account(name: str) -> str:
    issuer = next(iter(_shape(name)["tokens"].values()))["claims"]["iss"]
    return f"  - {json.dumps({'person': place.VENDOR['people']['bob'], 'issuer': issuer, 'id': ACCOUNTS[name]})}"
