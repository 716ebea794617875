"""docs/deploy.md and docs/deploy/operations.md, command by command: every block marked `sh` is run as it stands, in order,
against an emulator of its own. What the pages tell a person to write or edit by hand is done here, in `BY_HAND`; so is
what the emulator lacks. `run-docs` sets folders and ports."""

from __future__ import annotations

import json
import os
import pty
import re
import shutil
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path

import bundle
import deploy
import packages
import place
import processes
import seed
import stack
from place import Trouble, say

PAGES = ("docs/deploy.md", "docs/deploy/operations.md")
BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.M | re.S)
PROMPT = b"secret of the pages' client"
PAGES_CLIENT = "countersign-pages"
# A fresh clone, so far as the commands see it, and what they keep: the shell's variables from one block to the next.
CLONE = place.LOCAL / "clone"
VARIABLES = place.LOCAL / "variables"
TOOLS = place.LOCAL / "tools"


def blocks() -> list[tuple[str, str]]:
    """Page and commands of every block that is run."""
    found = [(page, block) for page in PAGES for block in BLOCK.findall((place.ROOT / page).read_text())]
    if len(found) < 15:
        raise Trouble(f"only {len(found)} blocks were found in {', '.join(PAGES)}")
    return found


def clone() -> None:
    """The files that the commands read, and the tools by the names that the pages use."""
    shutil.copytree(place.ROOT / "infra", CLONE / "infra", ignore=shutil.ignore_patterns("local"))
    shutil.copy(place.ROOT / "samconfig.toml", CLONE)
    zips = CLONE / "dist" / "package"
    zips.mkdir(parents=True)
    for package in packages.pack_all():
        shutil.copy(package.path, zips / f"{package.function}.zip")
    TOOLS.mkdir()
    local = place.ROOT / ".local"
    for name, program in {
        "countersign": packages.cli(),
        "sam": local / "lint" / "bin" / "sam",
        "aws": local / "aws" / "bin" / "aws",
    }.items():
        if not program.exists():
            raise Trouble(f"{program} is missing: infra/local/run-docs makes it")
        (TOOLS / name).write_text(f'#!/bin/sh\nexec "{program}" "$@"\n')
        (TOOLS / name).chmod(0o755)


def run(block: str) -> tuple[int, str]:
    """Runs a block as a person would in one shell session, at a terminal, and answers the one question."""
    script = f'source "{VARIABLES}"\n{block}\nexport -p > "{VARIABLES}"\n'
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(CLONE)
        os.execvpe("bash", ["bash", "-euo", "pipefail", "-c", script], environment())
    shown, answered = b"", False
    while True:
        try:
            read = os.read(terminal, 65536)
        except OSError:  # the terminal's other end is closed
            break
        if not read:
            break
        shown += read
        if PROMPT in shown and not answered:
            answered = True
            os.write(terminal, PAGES_CLIENT.encode() + b"\n")
    os.close(terminal)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    return code, shown.decode(errors="replace")


def environment() -> dict[str, str]:
    """Credentials and endpoint of the emulator; nothing else that a person would not have."""
    path = f"{TOOLS}:{os.environ['PATH']}"
    settings = {"AWS_ENDPOINT_URL": place.ENDPOINT, "SAM_CLI_TELEMETRY": "0", "AWS_PAGER": "", "TERM": "dumb", **place.ROOT_KEY}
    return place.clean_environment(**settings) | {"PATH": path}


# ---- what a person does by hand ---------------------------------------------------------------------------------------


def edit(file: str, *changes: tuple[str, str]) -> None:
    path = CLONE / file
    text = path.read_text()
    for old, new in changes:
        if old not in text:
            raise Trouble(f"{file} has no `{old}`")
        text = text.replace(old, new)
    path.write_text(text)


def lock_the_buckets() -> None:
    deploy.lock(place.LOG_BUCKET)
    deploy.lock(place.BUNDLES_BUCKET)


def write_issuers() -> None:
    (CLONE / "issuers-dev.json").write_text(json.dumps(deploy.issuers(), indent=2))


def configure_the_functions() -> None:
    """Step 5's edits of samconfig.toml; and what only the emulator needs."""
    text = (CLONE / "samconfig.toml").read_text()
    issuers = (CLONE / "issuers-dev.json").read_text()
    text = re.sub(r"(\{ Issuers = ''').*?(''' \})", lambda found: found[1] + issuers + found[2], text, count=1, flags=re.S)
    (CLONE / "samconfig.toml").write_text(text.replace("THE_DEV_PAGES_CLIENT", PAGES_CLIENT))
    emulator = ("CreateOnlyGuard=off", "TransportGuard=off", f"PublicUrl={place.API}", f"ConsoleChannel={place.CONSOLE}/messages")
    reserve = '  "ReserveConcurrency=off",\n'
    edit("samconfig.toml", (reserve, reserve + "".join(f'  "{one}",\n' for one in emulator)))
    edit("samconfig.toml", ('"ARCH=arm64"', f'"ARCH={stack.architecture()}"'))


def reach_the_api() -> None:
    """The command line speaks plain HTTP with 127.0.0.1 alone: the proxy of the local stack stands there."""
    outputs = deploy._outputs(deploy.client("cloudformation"), place.PREFIX)
    place.write_json(place.STACK_FILE, {"api_id": outputs["ApiId"]})
    for process in (processes.proxy(), processes.console(), processes.issuer()):
        processes.start(process)
        processes.wait_until_up(process)
    with VARIABLES.open("a") as file:
        file.write(f'export COUNTERSIGN_API="{place.API}"\n')


def name_the_targets() -> None:
    seed.seed()
    names = seed.target_names()
    names["AttachablePolicies"] = names["AttachablePolicies"].split(",")[0]
    words = {
        "THE_DEV_SOURCE_BUCKETS": names["ExportSources"],
        "THE_DEV_DESTINATION_BUCKETS": names["ExportDestinations"],
        "THE_DEV_ROLE": names["ManagedRole"],
        "THE_DEV_SECRET": names["ManagedSecret"],
        "THE_DEV_FUNCTION": names["InvocableFunction"],
    }
    edit("samconfig.toml", *words.items())
    edit("samconfig.toml", ('  "InvocableFunction=', '  "SourceIdentityGuard=off",\n  "InvocableFunction='))


def edit_the_rules() -> None:
    """The sample's organisation is the emulator's: its account, agents and buckets are there. Two names differ."""
    edit("../my-rules/directory.yaml", ('people: "http://127.0.0.1:8081"', f'people: "{place.ISSUER}"'))
    for file in (CLONE.parent / "my-rules").rglob("*.yaml"):
        file.write_text(file.read_text().replace("countersign-local-bundles", place.BUNDLES_BUCKET.removesuffix(f"-{place.ACCOUNT}")))


def get_a_token() -> None:
    stack.show_the_ledger_runs()
    form = {"grant_type": "client_credentials", "client_id": "demo-agent", "client_secret": "demo-agent"}
    asked = urllib.request.Request(f"{place.ISSUER}/token", urllib.parse.urlencode(form).encode())
    with urllib.request.urlopen(asked, timeout=20) as answer:
        (CLONE / "agent.token").write_text(json.load(answer)["access_token"])


def try_the_client() -> None:
    """The client of docs/api.md, with the token and the API of the page."""
    client = re.search(r"^```python\n(.*?)^```$", (place.ROOT / "docs" / "api.md").read_text(), re.M | re.S)
    (CLONE / "propose.py").write_text(client.group(1))
    (CLONE / "second.json").write_text((CLONE / "first.json").read_text().replace("first", "second"))
    code, shown = run(f'"{sys.executable}" propose.py second.json second')
    if code != 0 or "succeeded" not in shown:
        raise Trouble(f"docs/api.md: the client ended with {code}:\n\n{shown[-6000:]}")
    say("         the client of docs/api.md")


# What is done before, and after, the block that has these words.
BY_HAND: list[tuple[str, Callable[[], None] | None, Callable[[], None] | None]] = [
    ("sam deploy --config-env dev-state", None, lock_the_buckets),
    ("countersign identity check issuers-dev.json", write_issuers, configure_the_functions),
    ("export COUNTERSIGN_API=", None, reach_the_api),
    ("sam deploy --config-env dev-target", name_the_targets, None),
    ("countersign policy check ../my-rules", edit_the_rules, None),
    ("countersign propose first.json", get_a_token, try_the_client),
]


def follow_the_pages() -> None:
    todo = dict.fromkeys(words for words, _, _ in BY_HAND)
    for page, block in blocks():
        acts = [(before, after) for words, before, after in BY_HAND if words in block and words in todo]
        for words, _, _ in BY_HAND:
            if words in block:
                todo.pop(words, None)
        for before, _ in acts:
            if before:
                before()
        began = time.monotonic()
        code, shown = run(block.replace("THE_DEV_PAGES_CLIENT", PAGES_CLIENT))
        first = block.strip().splitlines()[0]
        if code != 0:
            raise Trouble(f"{page}: this block ended with {code}:\n\n{block}\n{shown[-6000:]}")
        say(f"  {time.monotonic() - began:5.1f} s  {first[:110]}")
        if os.environ.get("VERBOSE"):
            say(shown)
        for _, after in acts:
            if after:
                after()
    if todo:
        raise Trouble(f"no block has {', '.join(todo)}: what is done by hand there was not done")


def main() -> int:
    place.make_folders()
    VARIABLES.write_text("")
    emulator = processes.emulator()
    try:
        clone()
        processes.start(emulator)
        processes.wait_until_up(emulator)
        follow_the_pages()
    except Trouble as trouble:
        say(f"error: {trouble}")
        return 1
    finally:
        for process in reversed(processes.everything()):
            processes.stop(process)
    say("every command of the pages did what they say")
    return 0


if __name__ == "__main__":
    sys.exit(main())
