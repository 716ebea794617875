"""Presses and submitted modals as Slack sends them, signed by slack_sdk; and slack_bolt as a second judge of signatures."""

from __future__ import annotations

import json
import time
from urllib.parse import urlencode

from slack_bolt import App, BoltRequest
from slack_sdk import WebClient
from slack_sdk.signature import SignatureVerifier

from workspace import APP, SIGNING_SECRET, TEAM, TOKEN, Workspace


class NothingThere(Exception):
    """There is no such message, button, person or modal."""


def signed(payload: dict, secret: str = SIGNING_SECRET, at: int | None = None) -> dict:
    """The request: headers and body."""
    body = urlencode({"payload": json.dumps(payload)})
    stamp = str(int(time.time()) if at is None else at)
    signature = SignatureVerifier(secret).generate_signature(timestamp=stamp, body=body)
    headers = {"content-type": "application/x-www-form-urlencoded", "x-slack-request-timestamp": stamp, "x-slack-signature": signature}
    return {"headers": headers, "body": body}


def press(space: Workspace, user: str, channel: str, ts: str, action_id: str) -> dict:
    """The payload of one press of a button that is there."""
    message = space.messages.get((channel, ts))
    buttons = [
        (block, element)
        for block in (message or {}).get("blocks", [])
        if block["type"] == "actions"
        for element in block["elements"]
        if element["action_id"] == action_id
    ]
    if not buttons:
        raise NothingThere(f"no button {action_id} at {channel} {ts}")
    block, element = buttons[0]
    action = {name: element[name] for name in ("type", "action_id", "value", "text") if name in element}
    return _by(space, user) | {
        "type": "block_actions",
        "container": {"type": "message", "message_ts": ts, "channel_id": channel, "is_ephemeral": False},
        "channel": {"id": channel, "name": space.conversations[channel].get("name", "directmessage")},
        "message": message,
        "state": {"values": {}},
        "response_url": "https://hooks.slack.example/actions/T0HOME/1/abc",
        "actions": [action | {"block_id": block["block_id"], "action_ts": space.stamp()}],
    }


def submit(space: Workspace, user: str, view_id: str, values: dict) -> dict:
    """The payload of a modal that was filled in: what is not named keeps its initial value."""
    view = space.views.get(view_id)
    if view is None or view["for"] != user:
        raise NothingThere(f"no modal {view_id} for {user}")
    state: dict = {}
    for block in view["blocks"]:
        if block["type"] == "input":
            element = block["element"]
            value = values.get(element["action_id"], element.get("initial_value"))
            if not value and not block.get("optional"):
                raise NothingThere(f"{element['action_id']} must be filled in")
            state[block["block_id"]] = {element["action_id"]: {"type": element["type"], "value": value or None}}
    shown = {name: part for name, part in view.items() if name != "for"} | {"state": {"values": state}}
    return _by(space, user) | {"type": "view_submission", "view": shown, "response_urls": []}


def _by(space: Workspace, user: str) -> dict:
    person = space.people.get(user)
    if person is None:
        raise NothingThere(f"no person {user}")
    who = {"id": user, "username": person["name"], "name": person["name"], "team_id": person["team_id"]}
    # The team of the conversation's host, which need not be the person's own.
    host = {"id": TEAM, "domain": "home"}
    return {"api_app_id": APP, "token": "an-old-verification-token", "user": who, "team": host, "enterprise": None,
            "is_enterprise_install": False, "trigger_id": space.trigger(user)}


class Bolt:
    """An app of slack_bolt's with the same secret: does it accept what the product accepts?"""

    def __init__(self, base: str) -> None:
        self.app = App(client=WebClient(token=TOKEN, base_url=base), signing_secret=SIGNING_SECRET)
        for action in ("open", "approve", "deny", "change", "ask"):
            self.app.action(action)(lambda ack: ack())
        for callback in ("countersign_deny", "countersign_change", "countersign_ask"):
            self.app.view(callback)(lambda ack: ack())

    def status(self, headers: dict, body: str) -> int:
        return self.app.dispatch(BoltRequest(body=body, headers=headers)).status
