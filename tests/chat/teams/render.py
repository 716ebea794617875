"""Cards in the official renderer, in Chromium, with its Markdown hook on: nothing in them becomes a link, a date or markup.

usage: CHROMIUM=… MODULES=… render.py CARDS, a file with one JSON object a line: {"card", "texts", "control"}. `texts` are what
the paragraphs must show, from top to bottom. A control is a card whose text must be interpreted, so that a renderer that
interprets nothing is noticed.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

MODULES = Path(os.environ["MODULES"]) / "node_modules"
SCRIPTS = ("adaptivecards/dist/adaptivecards.min.js", "markdown-it/dist/markdown-it.min.js")
FLAGS = ["--disable-background-networking", "--no-first-run", "--host-resolver-rules=MAP * ~NOTFOUND"]
SHOW = """(card) => {
    const markdown = window.markdownit({ html: true, linkify: true });
    let interpreted = 0;
    AdaptiveCards.AdaptiveCard.onProcessMarkdown = (text, result) => {
        interpreted += 1;
        result.outputHtml = markdown.render(text);
        result.didProcess = true;
    };
    const context = new AdaptiveCards.SerializationContext(AdaptiveCards.Versions.v1_5);
    const shown = new AdaptiveCards.AdaptiveCard();
    shown.parse(card, context);
    const events = [...Array(context.eventCount).keys()].map((place) => context.getEventAt(place).message);
    const invalid = shown.validateProperties().validationEvents.map((event) => event.message);
    const element = shown.render();
    document.body.replaceChildren(element);
    const paragraphs = [...element.querySelectorAll(".ac-richTextBlock")].map((found) => found.textContent);
    const blocks = [...element.querySelectorAll(".ac-textBlock")].map((found) => found.textContent);
    const markup = ["a", "img", "script", "iframe", "strong", "em", "h1", "code", "li", "table", "at"];
    const found = markup.flatMap((name) => [...element.querySelectorAll(name)].map(() => name));
    return { events: [...events, ...invalid], paragraphs, blocks, found, interpreted, buttons: shown.getActionCount() };
}"""


def wrong(line: dict, shown: dict) -> list[str]:
    """What is wrong with one card."""
    if line["control"]:
        return [] if shown["found"] and shown["interpreted"] else ["the control shows its text as text: this renderer proves nothing"]
    found = [f"parsed with {event}" for event in shown["events"]]
    found += [f"has <{name}>" for name in shown["found"]]
    if shown["paragraphs"] != line["texts"]:
        pairs = [pair for pair in zip(shown["paragraphs"], line["texts"], strict=False) if pair[0] != pair[1]]
        found.append(f"shows other text: {pairs[:2]} ({len(shown['paragraphs'])} of {len(line['texts'])} paragraphs)")
    if any("{{" in block for block in shown["blocks"]):
        found.append("does not put in the reader's own time")
    if shown["buttons"] != len(line["card"]["actions"]):
        found.append("drops a button")
    return found


def main() -> int:
    lines = [json.loads(line) for line in Path(sys.argv[1]).read_text().splitlines()]
    with sync_playwright() as driver:
        root = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = driver.chromium.launch(executable_path=os.environ["CHROMIUM"], args=[*FLAGS, *root])
        page = browser.new_page()
        for script in SCRIPTS:
            page.add_script_tag(path=str(MODULES / script))
        results = [wrong(line, page.evaluate(SHOW, line["card"])) for line in lines]
        browser.close()
    for number, found in enumerate(results):
        for text in found:
            print(f"card {number} {text}")
    controls = sum(line["control"] for line in lines)
    failed = sum(map(bool, results))
    print(f"{len(lines) - controls} cards and {controls} controls in the official renderer: {failed} wrong")
    return 1 if failed or not controls or len(lines) == controls else 0


if __name__ == "__main__":
    sys.exit(main())
