"""The one-machine stack: `stack.py up | down | status`. `CLEAN=1 stack.py down` also forgets everything kept."""

from __future__ import annotations

import fcntl
import os
import platform
import shutil
import sys
import time
from contextlib import contextmanager

import bundle
import chat
import deploy
import packages
import place
import processes
import seed
import suspended
import vendor
from place import Trouble, say

CLIENTS = ("countersign-pages", "countersign-cli", "demo-agent", "ci-agent")
PEOPLE = ("alice", "bob", "carol", "dana", "mallory")
# As many as sweep writes (`shared/store/src/image.rs`).
HEARTBEATS = 32


def up() -> None:
    began = time.monotonic()
    first = not processes.running_pid(processes.emulator())
    say("countersign on this machine")
    if first:
        processes.rewind_streams()
    processes.start(processes.emulator())
    if place.PROVIDER:
        vendor.install()
        processes.make_room_for_the_provider()
    chat.prepare()
    packages.build()
    packed = packages.pack_all()
    processes.wait_until_up(processes.emulator())
    say("deploying" if first else "deploying what changed")
    facts = deploy_all(packed, first)
    place.write_json(place.STACK_FILE, facts)
    place.write_json(place.TRUST_FILE, trust(facts))
    for process in processes.people_reach():
        processes.start(process)
    seed.seed()
    bundle.publish()
    bundle.stage()
    for process in processes.people_reach():
        processes.wait_until_up(process)
    wait_for_api()
    show_the_ledger_runs()
    if not place.PROVIDER:
        suspended.suspend_the_retired_agent()
    say(f"up after {time.monotonic() - began:.0f} s")
    say(addresses())


def deploy_all(packed: list[packages.Package], first: bool) -> dict:
    """Deploys the three templates and returns what .local/stack.json says. `first`: the emulator has just been started."""
    publisher = bundle.publisher_key()
    deploy.deploy_state()
    secrets = deploy.fill_secrets()
    if deploy.connect_chat() and not first:
        say("  Slack or Teams changed: the functions learn it when they start next, after `make down` and `make up`")
    keys, public = deploy.read_keys()
    code = deploy.upload(packed)
    outputs = deploy.deploy_functions(code, architecture(), publisher, public["verdict"])
    deploy.deploy_target(seed.target_names())
    return {
        "deployment": place.DEPLOYMENT,
        "account": place.ACCOUNT,
        "region": place.REGION,
        "endpoint": place.ENDPOINT,
        "api": place.API,
        "api_id": outputs["ApiId"],
        "issuer": place.ISSUER,
        "clients": {name: place.client_id(name) for name in CLIENTS},
        "subjects": {name: place.VENDOR.get("people", {}).get(name, name) for name in PEOPLE},
        "groups_claim": place.VENDOR.get("issuer", {}).get("groups_claim", "groups"),
        "login_scopes": place.VENDOR.get("login_scopes", "openid groups"),
        "console": place.CONSOLE,
        "slack": place.SLACK if chat.slack_runs() else None,
        "teams": place.TEAMS if chat.teams_runs() else None,
        "policies": str(bundle.SOURCE),
        "tables": {name: f"{place.PREFIX}-{name}" for name in place.TABLES},
        "log_bucket": place.LOG_BUCKET,
        "bundles_bucket": place.BUNDLES_BUCKET,
        "log_retention_days": place.LOG_RETENTION_DAYS,
        "queues": {name: outputs[f"{name.capitalize()}Queue"] for name in place.QUEUES},
        "dead_letters": {name: outputs[f"{name.capitalize()}DeadLetters"] for name in place.QUEUES},
        "functions": {name: f"{place.PREFIX}-{name}" for name in place.FUNCTIONS},
        "roles": {name: f"arn:aws:iam::{place.ACCOUNT}:role/{place.PREFIX}-{name}" for name in place.FUNCTIONS},
        "keys": keys,
        "secrets": secrets,
        "publisher_key": publisher,
        "publisher_key_file": str(bundle.KEY),
        "verdict_public_key": public["verdict"],
        "checkpoint_public_key": public["checkpoint"],
    }


def trust(facts: dict) -> dict:
    """Whom `countersign ledger verify --trust .local/trust.json` believes."""
    return {
        "deployment": facts["deployment"],
        "verdict_key": facts["verdict_public_key"],
        "checkpoint_key": facts["checkpoint_public_key"],
        "publisher_key": facts["publisher_key"],
        "issuers": deploy.issuers(),
        "pages_client": place.client_id("countersign-pages"),
        "log_retention_days": facts["log_retention_days"],
    }


def architecture() -> str:
    return "arm64" if platform.machine().lower() in ("arm64", "aarch64") else "x86_64"


def wait_for_api(timeout: float = 30.0) -> None:
    deadline = time.monotonic() + timeout
    while not processes.answers(f"{place.API}/healthz"):
        if time.monotonic() > deadline:
            log = processes.emulator().log_file
            raise Trouble(f"the API does not answer at {place.API}/healthz; the emulator's last lines:\n{processes.tail(log)}")
        time.sleep(0.2)


def show_the_ledger_runs(timeout: float = 60.0) -> None:
    """Nothing is accepted before the ledger has handled a heartbeat of every shard. The schedule would bring them within a
    minute; here they are asked for at once."""
    began = int(time.time() * 1000)
    deploy.client("lambda").invoke(FunctionName=f"{place.PREFIX}-sweep", Payload=b"{}")
    table = deploy.client("dynamodb")
    key = {"pk": {"S": "watermark"}, "sk": {"S": "watermark"}}
    deadline = time.monotonic() + timeout
    while True:
        item = table.get_item(TableName=f"{place.PREFIX}-index", Key=key, ConsistentRead=True).get("Item", {})
        beats = [int(value["N"]) for name, value in item.items() if name.startswith("heartbeat_")]
        if len(beats) >= HEARTBEATS and min(beats) >= began - 5000:
            return
        if time.monotonic() > deadline:
            raise Trouble("the ledger has handled no heartbeat within a minute; see the emulator's log")
        time.sleep(0.5)


def addresses() -> str:
    return "\n".join(
        (
            f"  pages and API   {place.API}",
            f"  sign-in         {place.ISSUER}   (alice, bob, carol, dana, mallory; the password is the name)",
            f"  messages        {place.LOCAL / 'console.log'}",
            *chat.addresses(),
            f"  AWS emulator    {place.ENDPOINT}",
            f"  everything      {place.STACK_FILE}",
        )
    )


def down() -> None:
    running = [*processes.everything(), *processes.left_over()]
    stopped = [process.name for process in reversed(running) if processes.stop(process)]
    say(f"stopped: {', '.join(stopped)}" if stopped else "nothing was running")
    if os.environ.get("CLEAN") == "1":
        for folder in (place.STATE, place.KEYS, place.LOGS, place.RUN, place.POLICIES):
            shutil.rmtree(folder, ignore_errors=True)
        for file in (place.STACK_FILE, place.TRUST_FILE, place.LOCAL / "console.log"):
            file.unlink(missing_ok=True)
        say(f"forgot everything kept in {place.LOCAL}")


def status() -> int:
    missing = 0
    for process in processes.everything():
        pid = processes.running_pid(process)
        missing += pid is None
        say(f"  {process.name:<10} {f'pid {pid}' if pid else 'not running':<14} port {process.port}   {process.log_file}")
    if not missing:
        say(addresses())
    return 1 if missing else 0


@contextmanager
def alone():
    """One `up` or `down` at a time for one folder."""
    with (place.LOCAL / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("waiting for another `up` or `down` to end")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def main(arguments: list[str]) -> int:
    commands = {"up": up, "down": down, "status": status}
    if len(arguments) != 1 or arguments[0] not in commands:
        say("usage: stack.py up | down | status        (CLEAN=1 with down: forget everything)")
        return 2
    place.make_folders()
    try:
        if arguments[0] == "status":
            return status()
        with alone():
            commands[arguments[0]]()
        return 0
    except Trouble as trouble:
        print(f"error: {trouble}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
