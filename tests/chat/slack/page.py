"""What is in the conversations now, as a page to read: newest message first, each as its last update left it. Nothing can be
pressed on it."""

from __future__ import annotations

import html
import time

from workspace import Workspace

# Nothing is loaded and nothing runs, whatever a message says.
HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    "Cache-Control": "no-store",
}
MOST = 50
STYLE = """
:root { color-scheme: light dark; font: 15px/1.45 system-ui, sans-serif }
body { max-width: 44rem; margin: 2rem auto; padding: 0 1rem }
article { border: 1px solid #8886; border-left: 4px solid #611f69; border-radius: 6px; padding: .6rem 1rem; margin: 1rem 0 }
article > p:first-child, small, footer { color: #777 }
h2 { font-size: 1.1rem; margin: .4rem 0 }
p { margin: .4rem 0; white-space: pre-wrap; overflow-wrap: anywhere }
pre { border: 1px solid #8886; border-radius: 4px; padding: .4rem; white-space: pre-wrap; overflow-wrap: anywhere }
span.button { display: inline-block; border: 1px solid #8889; border-radius: 4px; padding: .2rem .7rem; margin: .2rem .4rem .2rem 0 }
"""


def page(space: Workspace) -> str:
    with space.lock:
        sent = sorted(space.messages.items(), key=lambda item: item[1]["ts"], reverse=True)
        shown = [_message(space, channel, message) for (channel, _), message in sent[:MOST]]
    older = f"<footer>{len(sent) - MOST} older messages are not shown.</footer>" if len(sent) > MOST else ""
    content = "\n".join(shown) or "<p>Nothing was sent yet.</p>"
    return f"""<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Slack on this machine</title><style>{STYLE}</style>
<h1>Slack on this machine</h1>
<p>What was sent to the double of Slack, newest first, as it reads now. Reload the page for what came since. The messages are
forgotten when the stack stops.</p>
{content}
{older}
</html>
"""


def _message(space: Workspace, channel: str, message: dict) -> str:
    place = space.conversations.get(channel, {})
    user = space.people.get(place.get("user", ""), {})
    name = f"to {user.get('name', channel)}" if place.get("is_im") else f"#{place.get('name', channel)}"
    at = time.strftime("%H:%M:%S", time.localtime(float(message["ts"])))
    body = "\n".join(_block(block) for block in message["blocks"]) or f"<p>{_text(message['text'])}</p>"
    return f"<article><p><small>{html.escape(name)} · {at}</small></p>\n{body}\n</article>"


def _block(block: dict) -> str:
    kind = block["type"]
    if kind == "header":
        return f"<h2>{_text(block['text']['text'])}</h2>"
    if kind == "section":
        texts = [block["text"]] if "text" in block else []
        return "\n".join(f"<p>{_text(text['text'])}</p>" for text in texts + block.get("fields", []))
    if kind == "context":
        return "\n".join(f"<p><small>{_text(text['text'])}</small></p>" for text in block["elements"])
    if kind == "rich_text":
        return "\n".join(_rich(element) for element in block["elements"])
    return "<p>" + "".join(f'<span class="button">{_text(button["text"]["text"])}</span>' for button in block["elements"]) + "</p>"


def _rich(element: dict) -> str:
    content = "".join(_piece(piece) for piece in element["elements"])
    tag = {"rich_text_preformatted": "pre", "rich_text_quote": "blockquote"}.get(element["type"], "p")
    return f"<{tag}>{content}</{tag}>"


def _piece(piece: dict) -> str:
    content = _text(piece.get("text") or piece.get("url", ""))
    for style, tag in (("bold", "b"), ("italic", "i"), ("strike", "s"), ("code", "code")):
        if piece.get("style", {}).get(style):
            content = f"<{tag}>{content}</{tag}>"
    return content


def _text(kept: str) -> str:
    """A text as people read it: what Slack escaped when it kept it is undone, and escaped again for this page."""
    read = kept.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return html.escape(read)
