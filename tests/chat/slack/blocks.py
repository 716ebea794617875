"""Slack's limits, element by element: what the Web API would answer with `invalid_blocks`.

Lengths are those of the escaped text, in UTF-16 units. Types and fields that are not listed are refused: Slack knows more,
the product uses no others.
"""

from __future__ import annotations

import json
from typing import Any

from slack_sdk.models.blocks import Block

MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
# Seen in practice between 12,000 and 13,300 characters, structure included; Slack documents no number.
ALL_BLOCKS = 13_200


class Invalid(Exception):
    """What is wrong, and where as a JSON pointer."""


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def length(text: str) -> int:
    return len(escaped(text).encode("utf-16-le")) // 2


def check_message(blocks: Any) -> None:
    if not isinstance(blocks, list) or not 1 <= len(blocks) <= MESSAGE_BLOCKS:
        raise Invalid("/blocks: 1 to 50 blocks")
    if len(json.dumps(blocks, ensure_ascii=False)) > ALL_BLOCKS:
        raise Invalid("msg_blocks_too_long")
    _blocks(blocks, "/blocks", {"header", "section", "rich_text", "context", "actions"})


def check_view(view: Any) -> None:
    _keys(view, "/view", {"type", "title", "blocks"}, {"callback_id", "private_metadata", "submit", "close", "notify_on_close"})
    if view["type"] != "modal":
        raise Invalid("/view/type: modal")
    for name in ("title", "submit", "close"):
        if name in view:
            _plain(view[name], f"/view/{name}", 24)
    _text(view.get("callback_id", "-"), "/view/callback_id", 255)
    _text(view.get("private_metadata", "-"), "/view/private_metadata", 3000)
    blocks = view["blocks"]
    if not isinstance(blocks, list) or not 1 <= len(blocks) <= VIEW_BLOCKS:
        raise Invalid("/view/blocks: 1 to 100 blocks")
    _blocks(blocks, "/view/blocks", {"section", "input", "context", "rich_text"})
    if any(block["type"] == "input" for block in blocks) and "submit" not in view:
        raise Invalid("/view/submit: required with inputs")


def _blocks(blocks: list, at: str, allowed: set[str]) -> None:
    seen: set[str] = set()
    for number, block in enumerate(blocks):
        here = f"{at}/{number}"
        kind = block.get("type") if isinstance(block, dict) else None
        if kind not in allowed:
            raise Invalid(f"{here}/type: {kind}")
        if "block_id" in block:
            identifier = _text(block["block_id"], f"{here}/block_id", 255)
            if identifier in seen:
                raise Invalid(f"{here}/block_id: twice")
            seen.add(identifier)
        _KINDS[kind](block, here)
        parsed = Block.parse(block)
        if parsed is None:
            raise Invalid(f"{here}: slack_sdk does not know it")
        try:
            parsed.validate_json()
        except Exception as error:
            raise Invalid(f"{here}: {error}") from error


def _header(block: dict, at: str) -> None:
    _keys(block, at, {"type", "text"}, {"block_id"})
    _plain(block["text"], f"{at}/text", 150)


def _section(block: dict, at: str) -> None:
    _keys(block, at, {"type"}, {"block_id", "text", "fields"})
    if "text" not in block and "fields" not in block:
        raise Invalid(f"{at}: text or fields")
    if "text" in block:
        _text_object(block["text"], f"{at}/text", 3000)
    if "fields" in block:
        _list(block["fields"], f"{at}/fields", 10)
        for number, field in enumerate(block["fields"]):
            _text_object(field, f"{at}/fields/{number}", 2000)


def _rich_text(block: dict, at: str) -> None:
    _keys(block, at, {"type", "elements"}, {"block_id"})
    _list(block["elements"], f"{at}/elements", 1000)
    for number, element in enumerate(block["elements"]):
        here = f"{at}/elements/{number}"
        _keys(element, here, {"type", "elements"}, {"border"})
        if element["type"] not in ("rich_text_section", "rich_text_preformatted", "rich_text_quote"):
            raise Invalid(f"{here}/type")
        _list(element["elements"], f"{here}/elements", 1000)
        for place, piece in enumerate(element["elements"]):
            _piece(piece, f"{here}/elements/{place}")


def _piece(piece: Any, at: str) -> None:
    if not isinstance(piece, dict) or piece.get("type") not in ("text", "link"):
        raise Invalid(f"{at}/type")
    if piece["type"] == "link":
        _keys(piece, at, {"type", "url"}, {"text", "style"})
        _text(piece["url"], f"{at}/url", 3000)
    else:
        _keys(piece, at, {"type", "text"}, {"style"})
        _text(piece["text"], f"{at}/text", 12_000)
    for name, value in piece.get("style", {}).items():
        if name not in ("bold", "italic", "strike", "code", "underline") or not isinstance(value, bool):
            raise Invalid(f"{at}/style")


def _context(block: dict, at: str) -> None:
    _keys(block, at, {"type", "elements"}, {"block_id"})
    _list(block["elements"], f"{at}/elements", 10)
    for number, element in enumerate(block["elements"]):
        _text_object(element, f"{at}/elements/{number}", 2000)


def _actions(block: dict, at: str) -> None:
    _keys(block, at, {"type", "elements"}, {"block_id"})
    _list(block["elements"], f"{at}/elements", 25)
    seen: set[str] = set()
    for number, element in enumerate(block["elements"]):
        here = f"{at}/elements/{number}"
        _keys(element, here, {"type", "text"}, {"action_id", "value", "url", "style", "confirm"})
        if element["type"] != "button":
            raise Invalid(f"{here}/type")
        _plain(element["text"], f"{here}/text", 75)
        for name, longest in (("action_id", 255), ("value", 2000), ("url", 3000)):
            if name in element:
                _text(element[name], f"{here}/{name}", longest)
        if element.get("style", "primary") not in ("primary", "danger"):
            raise Invalid(f"{here}/style")
        if element.get("action_id") in seen:
            raise Invalid(f"{here}/action_id: twice")
        seen.add(element.get("action_id", ""))


def _input(block: dict, at: str) -> None:
    _keys(block, at, {"type", "label", "element"}, {"block_id", "optional", "hint"})
    _plain(block["label"], f"{at}/label", 2000)
    element = block["element"]
    _keys(element, f"{at}/element", {"type", "action_id"}, {"multiline", "initial_value", "max_length", "min_length", "placeholder"})
    if element["type"] != "plain_text_input":
        raise Invalid(f"{at}/element/type")
    _text(element["action_id"], f"{at}/element/action_id", 255)
    if not 1 <= element.get("max_length", 1) <= 3000:
        raise Invalid(f"{at}/element/max_length")
    if "initial_value" in element:
        _text(element["initial_value"], f"{at}/element/initial_value", element.get("max_length", 3000))


_KINDS = {
    "header": _header, "section": _section, "rich_text": _rich_text, "context": _context, "actions": _actions, "input": _input,
}


def _text_object(text: Any, at: str, longest: int) -> None:
    if isinstance(text, dict) and text.get("type") == "mrkdwn":
        _keys(text, at, {"type", "text"}, {"verbatim"})
        _text(text["text"], f"{at}/text", longest)
    else:
        _plain(text, at, longest)


def _plain(text: Any, at: str, longest: int) -> None:
    _keys(text, at, {"type", "text"}, {"emoji"})
    if text["type"] != "plain_text" or not isinstance(text.get("emoji", True), bool):
        raise Invalid(f"{at}/type")
    _text(text["text"], f"{at}/text", longest)


def _text(text: Any, at: str, longest: int) -> str:
    if not isinstance(text, str) or not 1 <= length(text) <= longest:
        raise Invalid(f"{at}: 1 to {longest} characters")
    return text


def _list(values: Any, at: str, longest: int) -> None:
    if not isinstance(values, list) or not 1 <= len(values) <= longest:
        raise Invalid(f"{at}: 1 to {longest} elements")


def _keys(value: Any, at: str, must: set[str], may: set[str]) -> None:
    if not isinstance(value, dict):
        raise Invalid(f"{at}: an object")
    if missing := must - value.keys():
        raise Invalid(f"{at}: missing {sorted(missing)}")
    if unknown := value.keys() - must - may:
        raise Invalid(f"{at}: unknown {sorted(unknown)}")
