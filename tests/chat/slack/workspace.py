"""The workspace: people, conversations, messages, modals, and what should go wrong."""

from __future__ import annotations

import secrets
import threading
import time

APP = "A0COUNTERSIGN"
BOT = "U0BOTUSER"
TEAM = "T0HOME"
TOKEN = "xoxb-double-of-slack"
SIGNING_SECRET = "signing-secret-of-the-double"


def person(identifier: str, name: str, team: str = TEAM, **marks: object) -> dict:
    flags = {"deleted": False, "is_bot": False, "is_restricted": False, "is_ultra_restricted": False, "is_stranger": False}
    return {"id": identifier, "team_id": team, "name": name, "real_name": name.title(), "profile": {}} | flags | marks


PEOPLE = (
    person("U0ALICE", "alice"),
    person("U0BOB", "bob"),
    person("U0CAROL", "carol"),
    person("U0DANA", "dana"),
    person("U0MALLORY", "mallory", team="T0OTHER"),
    person("U0STRANGER", "stranger", team="T0OTHER", is_stranger=True),
    person("U0GUEST", "guest", is_restricted=True),
    person("U0ONEGUEST", "one-channel guest", is_ultra_restricted=True),
    person("U0GONE", "gone", deleted=True),
    person(BOT, "countersign", is_bot=True),
)


def channel(identifier: str, name: str, **marks: object) -> dict:
    flags = {"is_archived": False, "is_member": True, "is_ext_shared": False, "is_shared": False, "is_org_shared": False}
    return {"id": identifier, "name": name, "is_channel": True, "is_im": False, "is_pending_ext_shared": False} | flags | marks


CHANNELS = (
    channel("C0DATA", "data-owners"),
    channel("C0ARCHIVED", "old", is_archived=True),
    channel("C0OUTSIDE", "without-the-app", is_member=False),
    channel("C0SHARED", "with-a-partner", is_ext_shared=True, is_shared=True),
)


class Workspace:
    """All that the double remembers. One lock: the handlers run in threads."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.people = {one["id"]: dict(one) for one in PEOPLE}
        self.conversations = {one["id"]: dict(one) for one in CHANNELS}
        self.messages: dict[tuple[str, str], dict] = {}
        self.log: list[dict] = []
        self.views: dict[str, dict] = {}
        self.triggers: dict[str, dict] = {}
        self.faults: list[dict] = []
        self.clock = int(time.time())

    def stamp(self) -> str:
        self.clock += 1
        return f"{int(time.time())}.{self.clock % 1_000_000:06}"

    def note(self, kind: str, message: dict) -> None:
        self.log.append({"n": len(self.log) + 1, "kind": kind} | message)

    def after(self, number: int) -> dict:
        with self.lock:
            return {"messages": self.log[max(number, 0) :], "next": len(self.log)}

    def fault(self, method: str) -> dict | None:
        """What should go wrong with this call, once for each time it was asked for."""
        with self.lock:
            for fault in self.faults:
                if fault["method"] in (method, "*"):
                    fault["times"] -= 1
                    if fault["times"] <= 0:
                        self.faults.remove(fault)
                    return fault
        return None

    def direct(self, user: str) -> str:
        """The direct message with this person; there is one."""
        identifier = "D0" + user.removeprefix("U0")
        self.conversations.setdefault(identifier, {"id": identifier, "is_im": True, "user": user, "is_archived": False})
        return identifier

    def trigger(self, user: str) -> str:
        identifier = f"{secrets.randbelow(10**9)}.{secrets.randbelow(10**9)}.{secrets.token_hex(16)}"
        self.triggers[identifier] = {"user": user, "until": time.monotonic() + 3, "used": False}
        return identifier
