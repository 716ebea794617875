"""Messages in a renderer of Block Kit, in Chromium: nothing in an agent's words becomes a link, a mention, an emoji or markup.

usage: CHROMIUM=… MODULES=… render.py MESSAGES, a file with one JSON object a line: {"blocks", "texts", "page", "control"}.
`texts` are what the pieces of rich text must show, in order. A control is a message whose text must be interpreted, so that a
renderer that interprets nothing is noticed. This renderer takes plain text for markup, which Slack does not, so that only
rich text is judged.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

HERE = Path(__file__).parent
FLAGS = ["--disable-background-networking", "--no-first-run", "--host-resolver-rules=MAP * ~NOTFOUND"]
SHOW = """(html) => {
    document.body.innerHTML = html;
    const rich = [...document.querySelectorAll(".slack_blocks_to_jsx__rich_text")];
    const all = (selector) => rich.flatMap((block) => [...block.querySelectorAll(selector)]);
    const piece = ".slack_blocks_to_jsx__rich_text_section_element_text";
    const markup = "em, del, img, script, iframe, ul, blockquote, .slack_emoji, .slack_broadcast, .slack_user, .slack_channel";
    return {
        texts: all(piece).map((found) => found.textContent),
        links: all("a").map((found) => found.getAttribute("href")),
        found: all(markup).map((found) => found.outerHTML.slice(0, 80)),
        anywhere: document.querySelectorAll("a, strong, .slack_emoji").length,
    };
}"""


def wrong(line: dict, shown: dict) -> list[str]:
    """What is wrong with one message."""
    if line["control"]:
        return [] if shown["anywhere"] >= 3 else ["the control shows its text as text: this renderer proves nothing"]
    found = [f"has {markup}" for markup in shown["found"]]
    found += [f"leads to {link}" for link in shown["links"] if link != line["page"]]
    if shown["texts"] != line["texts"]:
        pairs = [pair for pair in zip(shown["texts"], line["texts"], strict=False) if pair[0] != pair[1]]
        found.append(f"shows other text: {pairs[:2]} ({len(shown['texts'])} of {len(line['texts'])} pieces)")
    return found


def main() -> int:
    text = Path(sys.argv[1]).read_text()
    lines = [json.loads(line) for line in text.splitlines()]
    made = subprocess.run(["node", str(HERE / "html.mjs")], input=text, capture_output=True, text=True, check=True)
    pages = [json.loads(line) for line in made.stdout.splitlines()]
    with sync_playwright() as driver:
        root = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = driver.chromium.launch(executable_path=os.environ["CHROMIUM"], args=[*FLAGS, *root])
        page = browser.new_page()
        results = [wrong(line, page.evaluate(SHOW, html)) for line, html in zip(lines, pages, strict=True)]
        browser.close()
    for number, found in enumerate(results):
        for fault in found:
            print(f"message {number} {fault}")
    controls = sum(line["control"] for line in lines)
    failed = sum(map(bool, results))
    print(f"{len(lines) - controls} messages and {controls} controls in a renderer of Block Kit: {failed} wrong")
    return 1 if failed or not controls or len(lines) == controls else 0


if __name__ == "__main__":
    sys.exit(main())
