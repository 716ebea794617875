"""The methods of the Web API that the app uses. Each answers as Slack does: HTTP 200, with `ok` in the body."""

from __future__ import annotations

import copy
import json
import secrets
import time

import blocks
from blocks import Invalid, escaped
from workspace import APP, BOT, TEAM, Workspace


class Failed(Exception):
    """`ok: false` with this code."""

    def __init__(self, code: str, detail: str | None = None) -> None:
        super().__init__(code)
        self.code, self.detail = code, detail


# Methods that only read take no JSON; all others take it.
FORM_ONLY = {"users.info", "conversations.info"}


def _valid(check, value: object) -> None:
    try:
        check(value)
    except Invalid as wrong:
        if str(wrong) == "msg_blocks_too_long":
            raise Failed("msg_blocks_too_long") from wrong
        raise Failed("invalid_blocks" if check is blocks.check_message else "invalid_arguments", str(wrong)) from wrong


def stored(value: object) -> object:
    """As Slack keeps and returns it: texts escaped."""
    if isinstance(value, dict):
        return {name: escaped(part) if name == "text" and isinstance(part, str) else stored(part) for name, part in value.items()}
    return [stored(part) for part in value] if isinstance(value, list) else value


def _boolean(arguments: dict, name: str, otherwise: bool) -> bool:
    value = arguments.get(name, otherwise)
    if not isinstance(value, bool):
        raise Failed("invalid_arguments", f"{name} is no boolean")
    return value


def _interpreted(arguments: dict, value: object) -> list[str]:
    """Every text that Slack would interpret: each `mrkdwn` object, and the message's own text unless that is turned off."""
    found = [arguments["text"]] if isinstance(arguments.get("text"), str) and _boolean(arguments, "mrkdwn", True) else []
    pending = [value]
    while pending:
        one = pending.pop()
        if isinstance(one, dict):
            if one.get("type") == "mrkdwn":
                found.append(one["text"])
            pending.extend(one.values())
        elif isinstance(one, list):
            pending.extend(one)
    return found


def _conversation(space: Workspace, identifier: object) -> dict:
    found = space.conversations.get(identifier) if isinstance(identifier, str) else None
    if found is None:
        raise Failed("channel_not_found")
    if found.get("is_archived"):
        raise Failed("is_archived")
    if not found.get("is_im") and not found.get("is_member"):
        raise Failed("not_in_channel")
    return found


def auth_test(space: Workspace, arguments: dict) -> dict:
    return {"url": "https://home.slack.example/", "team": "Home", "team_id": TEAM, "user": "countersign", "user_id": BOT, "bot_id": "B0BOT"}


def post_message(space: Workspace, arguments: dict) -> dict:
    conversation = _conversation(space, arguments.get("channel"))
    text = arguments.get("text")
    if not text and not arguments.get("blocks"):
        raise Failed("no_text")
    if text is not None and (not isinstance(text, str) or len(text) > 4000):
        raise Failed("msg_too_long")
    if arguments.get("blocks") is not None:
        _valid(blocks.check_message, arguments["blocks"])
    for name in ("unfurl_links", "unfurl_media", "link_names"):
        _boolean(arguments, name, True)
    ts = space.stamp()
    message = {"type": "message", "user": BOT, "bot_id": "B0BOT", "app_id": APP, "ts": ts, "text": escaped(text or ""),
               "blocks": stored(copy.deepcopy(arguments.get("blocks") or []))}
    space.messages[conversation["id"], ts] = message
    space.note("sent", {"channel": conversation["id"], "ts": ts, "arguments": arguments,
                        "interpreted": _interpreted(arguments, arguments.get("blocks"))})
    return {"channel": conversation["id"], "ts": ts, "message": message}


def update(space: Workspace, arguments: dict) -> dict:
    # An account is no conversation here: only the id that an answer named.
    conversation = _conversation(space, arguments.get("channel"))
    message = space.messages.get((conversation["id"], arguments.get("ts")))
    if message is None:
        raise Failed("message_not_found")
    if message["user"] != BOT:
        raise Failed("cant_update_message")
    if "text" in arguments:
        message["text"] = escaped(arguments["text"])
    # Without blocks the old ones stay, and the old buttons with them.
    if arguments.get("blocks") is not None:
        _valid(blocks.check_message, arguments["blocks"])
        message["blocks"] = stored(copy.deepcopy(arguments["blocks"]))
    space.note("updated", {"channel": conversation["id"], "ts": message["ts"], "arguments": arguments,
                           "interpreted": _interpreted({"mrkdwn": False}, arguments.get("blocks"))})
    return {"channel": conversation["id"], "ts": message["ts"], "text": message["text"], "message": message}


def users_info(space: Workspace, arguments: dict) -> dict:
    user = space.people.get(arguments.get("user"))
    if user is None:
        raise Failed("user_not_found")
    return {"user": user}


def conversations_info(space: Workspace, arguments: dict) -> dict:
    found = space.conversations.get(arguments.get("channel"))
    if found is None:
        raise Failed("channel_not_found")
    return {"channel": found}


def conversations_open(space: Workspace, arguments: dict) -> dict:
    user = space.people.get(arguments.get("users"))
    if user is None:
        raise Failed("user_not_found")
    if user["is_bot"]:
        raise Failed("cannot_dm_bot")
    if user["deleted"]:
        raise Failed("user_disabled")
    return {"channel": {"id": space.direct(user["id"])}}


def views_open(space: Workspace, arguments: dict) -> dict:
    trigger = space.triggers.get(arguments.get("trigger_id"))
    if trigger is None:
        raise Failed("invalid_trigger_id")
    if trigger["used"]:
        raise Failed("exchanged_trigger_id")
    if trigger["until"] < time.monotonic():
        raise Failed("expired_trigger_id")
    _valid(blocks.check_view, arguments.get("view"))
    trigger["used"] = True
    identifier = "V" + secrets.token_hex(5).upper()
    view = copy.deepcopy(arguments["view"]) | {"id": identifier, "app_id": APP, "team_id": TEAM, "app_installed_team_id": TEAM,
                                               "root_view_id": identifier, "hash": secrets.token_hex(8), "state": {"values": {}}}
    space.views[identifier] = view | {"for": trigger["user"]}
    return {"view": view}


def answered(space: Workspace, identifier: str, body: str) -> None:
    """What becomes of a modal that was submitted: the answer closes it, updates it, or says what is wrong with an input."""
    told = json.loads(body or "{}")
    action = told.get("response_action", "clear") if isinstance(told, dict) else None
    if action == "clear":
        del space.views[identifier]
    elif action == "update":
        _valid(blocks.check_view, told.get("view"))
        kept = {name: space.views[identifier][name] for name in ("id", "app_id", "team_id", "app_installed_team_id", "root_view_id", "for")}
        space.views[identifier] = copy.deepcopy(told["view"]) | kept | {"hash": secrets.token_hex(8), "state": {"values": {}}}
    elif action == "errors":
        inputs = {block["block_id"] for block in space.views[identifier]["blocks"] if block["type"] == "input"}
        if not told.get("errors") or set(told["errors"]) - inputs:
            raise Failed("invalid_arguments", "errors name inputs of the modal")
    else:
        raise Failed("invalid_arguments", f"response_action {action}")


METHODS = {
    "auth.test": auth_test,
    "chat.postMessage": post_message,
    "chat.update": update,
    "users.info": users_info,
    "conversations.info": conversations_info,
    "conversations.open": conversations_open,
    "views.open": views_open,
}
