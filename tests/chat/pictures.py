"""A review in Slack and in Teams as PNG, light and dark, drawn from what a running stack sends.

usage: CHROMIUM=… SLACK_MODULES=… TEAMS_MODULES=… pictures.py FOLDER

It proposes two actions, waits until the doubles have been sent the requests, draws these, and cancels the actions again. Slack's
message is drawn by a renderer of Block Kit, Teams' card by the official renderer.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "browser"))

from agent import STACK, Agent  # noqa: E402

SLACK, TEAMS = (Path(os.environ[name]) / "node_modules" for name in ("SLACK_MODULES", "TEAMS_MODULES"))
FLAGS = ["--disable-background-networking", "--no-first-run", "--disable-lcd-text", "--host-resolver-rules=MAP * ~NOTFOUND"]
WIDTH = 620
# The pages' own family; where the system has no face for its user interface, the plain one.
FONT = "-apple-system, 'Segoe UI', Roboto, 'Liberation Sans', system-ui, sans-serif"
SHADES = 48
LARGEST = 80_000
EXPORT = {
    "type": "s3-export",
    "parameters": {"source": "s3://customers/2026/q3.csv", "destination": "s3://partner-drop/q3.csv"},
    "reason": "Quarterly report for the partner programme, ask jo.doe@partner.example",
}
JOB = {
    "type": "lambda-invoke",
    "parameters": {"function": "demo-retrain", "version": "1", "payload": '{"model":"churn"}'},
    "reason": "The churn model is two weeks old",
}
COLOURS = {
    "light": {"paper": "#ffffff", "ink": "#1d1c1d", "soft": "#616061", "line": "#dddddd", "quiet": "#f5f5f5", "accent": "#5b5fc7"},
    "dark": {"paper": "#1f1f1f", "ink": "#e8e8e8", "soft": "#adadad", "line": "#3d3d3d", "quiet": "#2b2b2b", "accent": "#9299f7"},
}
CARD = """([card, host]) => {
    const shown = new AdaptiveCards.AdaptiveCard();
    shown.hostConfig = new AdaptiveCards.HostConfig(host);
    shown.parse(card, new AdaptiveCards.SerializationContext(AdaptiveCards.Versions.v1_5));
    document.getElementById("picture").replaceChildren(shown.render());
}"""


class Missing(Exception):
    """What keeps the pictures from being made."""


def read(address: str) -> object:
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(address, timeout=10) as answer:
        return json.load(answer)


def slack_message(action: str) -> list | None:
    """The blocks that asked about this action in Slack."""
    for sent in read(f"{STACK['slack']}/messages?after=0")["messages"]:
        blocks = sent["arguments"].get("blocks", [])
        if sent["kind"] == "sent" and action in json.dumps(blocks):
            return blocks
    return None


def teams_card(action: str) -> dict | None:
    """The card that asks about this action in Teams."""
    for sent in read(f"{STACK['teams']}/test/messages"):
        card = sent["activity"]["attachments"][0]["content"]
        if action in json.dumps(card):
            return card
    return None


def asked(client: str, body: dict, find: Callable[[str], object]) -> object:
    """Proposes it, takes what people are sent, and cancels it."""
    agent = Agent(client)
    status, action = agent.call("POST", "/v1/actions", body, Idempotency_Key=secrets.token_hex(12))
    if status not in (200, 202):
        raise Missing(f"{client} may not propose {body['type']}: {status} {action}")
    try:
        deadline = time.monotonic() + 60
        while not (found := find(action["id"])):
            if time.monotonic() > deadline:
                raise Missing(f"nobody was asked about {action['id']} ({body['type']}) within a minute")
            time.sleep(0.3)
        return found
    finally:
        agent.cancel(action["id"])


def slack_page(blocks: list, theme: str) -> str:
    # The renderer knows no dates: it gets what a client of Slack shows that cannot show one.
    line = re.sub(r"<!date\^[^|>]*\|([^>]*)>", r"\1", json.dumps({"blocks": blocks}))
    environment = os.environ | {"MODULES": str(SLACK.parent), "THEME": theme}
    made = subprocess.run(["node", str(HERE / "slack" / "html.mjs")], input=line, capture_output=True, text=True, check=True, env=environment)
    sheet = (SLACK / "slack-blocks-to-jsx" / "dist" / "style.css").read_text()
    # The renderer's own ground in the dark reaches the picture's edge.
    return page(theme, json.loads(made.stdout), sheet + ("body, #picture { background: #1a1d21 !important }" if theme == "dark" else ""))


def page(theme: str, content: str, sheet: str = "") -> str:
    colours = COLOURS[theme]
    own = f"""
    :root {{ color-scheme: {theme} }}
    body {{ margin: 0; background: {colours["paper"]} }}
    #picture {{ width: {WIDTH}px; box-sizing: border-box; padding: 20px; background: {colours["paper"]}; color: {colours["ink"]};
        font: 15px/1.45 {FONT} }}
    h3, section, #slack_blocks_to_jsx {{ font-family: inherit }}
    .slack_blocks_to_jsx--header > :last-child {{ display: none }}
    .slack_blocks_to_jsx__context > * {{ padding-right: 4px !important }}
    .grid-cols-2 {{ gap: 8px 20px }}
    .ac-pushButton {{ font: 600 14px/1.4 {FONT}; padding: 6px 14px; border-radius: 4px; border: 1px solid {colours["line"]};
        background: {colours["quiet"]}; color: {colours["ink"]} }}
    """
    return f'<!doctype html><html class="{theme}"><meta charset="utf-8"><style>{sheet}{own}</style><div id="picture">{content}</div></html>'


def host(theme: str) -> dict:
    """How Teams draws cards, as far as the renderer can be told."""
    colours = COLOURS[theme]
    tones = {name: {"default": colours["ink"], "subtle": colours["soft"]} for name in ("default", "dark", "light")}
    tones["accent"] = {"default": colours["accent"], "subtle": colours["accent"]}
    return {
        "fontFamily": FONT,
        "fontTypes": {"default": {"fontFamily": FONT}, "monospace": {"fontFamily": "ui-monospace, monospace"}},
        "spacing": {"small": 6, "default": 8, "medium": 14, "large": 20, "extraLarge": 28, "padding": 10},
        "containerStyles": {
            "default": {"backgroundColor": colours["paper"], "foregroundColors": tones},
            "emphasis": {"backgroundColor": colours["quiet"], "foregroundColors": tones},
        },
        "actions": {"actionsOrientation": "horizontal", "actionAlignment": "left", "buttonSpacing": 8, "maxActions": 6},
    }


def draw(browser: Browser, file: Path, theme: str, content: str, card: dict | None = None) -> None:
    screen = browser.new_page(viewport={"width": WIDTH, "height": 400}, device_scale_factor=1.5, color_scheme=theme)
    screen.set_content(content)
    if card:
        screen.add_script_tag(path=str(TEAMS / "adaptivecards" / "dist" / "adaptivecards.min.js"))
        screen.evaluate(CARD, [card, host(theme)])
    cut = screen.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    screen.locator("#picture").screenshot(path=str(file))
    screen.close()
    Image.open(file).convert("RGB").quantize(SHADES).save(file, optimize=True)
    if cut or file.stat().st_size > LARGEST:
        raise Missing(f"{file} is {'cut off at the right' if cut else f'{file.stat().st_size} bytes large'}")
    print(f"{file}: {file.stat().st_size} bytes")


def main() -> int:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("slack", "teams"):
        if not STACK.get(name):
            raise Missing(f"no stack with {name} runs here: `make up` says why")
    blocks = asked("demo-agent", EXPORT, slack_message)
    card = asked("ci-agent", JOB, teams_card)
    with sync_playwright() as driver:
        root = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = driver.chromium.launch(executable_path=os.environ["CHROMIUM"], args=[*FLAGS, *root])
        for theme in COLOURS:
            draw(browser, folder / f"slack-{theme}.png", theme, slack_page(blocks, theme))
            draw(browser, folder / f"teams-{theme}.png", theme, page(theme, ""), card)
        browser.close()
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Missing as missing:
        sys.exit(f"error: {missing}")
