"""The console channel: what notify says to people is a line in a file here, and can be read back over HTTP.

POST /messages {"audience", "text", "link"}   one message
GET  /messages?after=N                        {"messages": [{"n", "audience", "text", "link"}, …], "next": N}
"""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import place

FIELDS = ("audience", "text", "link")
LARGEST = 64 * 1024


class Messages:
    """All messages since the start, numbered from 1."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.kept: list[dict] = []
        self.file = (place.LOCAL / "console.log").open("a", encoding="utf-8")

    def add(self, message: dict) -> int:
        with self.lock:
            number = len(self.kept) + 1
            self.kept.append({"n": number} | message)
            line = f"{message['audience']}: {message['text']} {message['link']}"
            self.file.write(" ".join(line.split()) + "\n")
            self.file.flush()
            return number

    def after(self, number: int) -> dict:
        with self.lock:
            return {"messages": self.kept[max(number, 0) :], "next": len(self.kept)}


class Handler(BaseHTTPRequestHandler):
    """One request."""

    messages: Messages

    def do_GET(self) -> None:
        asked = urlsplit(self.path)
        after = parse_qs(asked.query).get("after", ["0"])[0]
        if asked.path != "/messages" or not after.isdigit():
            return self.answer(404, {"error": "GET /messages?after=N"})
        return self.answer(200, self.messages.after(int(after)))

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        if length > LARGEST:
            return self.answer(413, {"error": "too large"})
        try:
            message = json.loads(self.rfile.read(length))
        except ValueError:
            message = None
        if not isinstance(message, dict):
            return self.answer(400, {"error": "a JSON object with audience, text and link"})
        return self.answer(200, {"n": self.messages.add({name: str(message.get(name) or "") for name in FIELDS})})

    def answer(self, status: int, body: dict) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """The messages are the log."""


def main() -> None:
    Handler.messages = Messages()
    ThreadingHTTPServer(("127.0.0.1", place.CONSOLE_PORT), Handler).serve_forever()


if __name__ == "__main__":
    main()
