"""A server that answers as Slack's Web API does, and presses buttons.

  /api/METHOD                       the Web API
  GET  /                            the messages as they are now, as a page to read
  GET  /messages?after=N            what was sent and updated, numbered from 1, with every text that Slack would interpret
  GET  /views                       the modals that are open
  POST /press  {"user", "channel", "ts", "action_id"}      presses a button; with "deliver": false only the signed request
  POST /submit {"user", "view_id", "values"}               submits a modal; the same
  POST /judge  {"headers", "body"}                         the status that slack_bolt gives this request
  POST /faults {"method", "error" | "status", "retry_after", "times"}   what goes wrong next
  POST /conversations {"id", …}, POST /people {"id", …}    changes marks

Started with the port (0: any) and the address to which presses go; writes its own address as the first line.
"""

from __future__ import annotations

import json
import sys
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

import methods
import page
import traffic
from methods import FORM_ONLY, METHODS, Failed
from workspace import TOKEN, Workspace

LARGEST = 1024 * 1024
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
# Nothing of this leaves the machine, whatever the environment says about proxies.
_http = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Handler(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"
    space: Workspace
    callback: str
    bolt: traffic.Bolt | None = None
    base: str

    def do_GET(self) -> None:
        asked = urlsplit(self.path)
        if asked.path == "/":
            return self.send(200, page.page(self.space).encode(), page.HEADERS)
        if asked.path.startswith("/api/"):
            return self.api(asked.path.removeprefix("/api/"), dict(parse_qsl(asked.query)), None)
        if asked.path == "/messages":
            after = dict(parse_qsl(asked.query)).get("after", "0")
            return self.answer(200, self.space.after(int(after) if after.isdigit() else 0))
        if asked.path == "/views":
            return self.answer(200, {"views": list(self.space.views.values())})
        return self.answer(404, {"error": "no such page"})

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        if length > LARGEST:
            return self.answer(413, {"error": "too large"})
        body = self.rfile.read(length)
        path = urlsplit(self.path).path
        if path.startswith("/api/"):
            return self.api(path.removeprefix("/api/"), None, body)
        try:
            asked = json.loads(body)
            return self.answer(200, CONTROLS[path](self, asked))
        except (KeyError, ValueError, TypeError) as error:
            return self.answer(400, {"error": f"{type(error).__name__}: {error}"})
        except traffic.NothingThere as error:
            return self.answer(404, {"error": str(error)})
        except Failed as failed:
            return self.answer(400, {"error": f"{failed.code}: {failed.detail}"})

    # --- the Web API

    def api(self, method: str, query: dict | None, body: bytes | None) -> None:
        if fault := self.space.fault(method):
            status = fault.get("status", 429 if "retry_after" in fault else 200)
            headers = {"Retry-After": str(fault["retry_after"])} if "retry_after" in fault else {}
            return self.answer(status, {"ok": False, "error": fault.get("error", "ratelimited")}, headers)
        try:
            self.authorised()
            if method not in METHODS:
                raise Failed("unknown_method")
            arguments = query if query is not None else self.arguments(method, body or b"")
            with self.space.lock:
                found = METHODS[method](self.space, arguments)
            return self.answer(200, {"ok": True} | found)
        except Failed as failed:
            detail = {"response_metadata": {"messages": [f"[ERROR] {failed.detail}"]}} if failed.detail else {}
            return self.answer(200, {"ok": False, "error": failed.code} | detail)

    def authorised(self) -> None:
        header = self.headers.get("Authorization")
        if not header:
            raise Failed("not_authed")
        if header != f"Bearer {TOKEN}":
            raise Failed("invalid_auth")

    def arguments(self, method: str, body: bytes) -> dict:
        kind = (self.headers.get("Content-Type") or "").split(";")[0].strip()
        if kind == FORM or not body:
            return dict(parse_qsl(body.decode()))
        if kind != JSON:
            raise Failed("invalid_post_type")
        if method in FORM_ONLY:
            raise Failed("invalid_arguments", "this method takes no JSON")
        try:
            found = json.loads(body)
        except ValueError as error:
            raise Failed("invalid_json") from error
        if not isinstance(found, dict):
            raise Failed("json_not_object")
        return found

    # --- what a test asks for

    def press(self, asked: dict) -> dict:
        with self.space.lock:
            payload = traffic.press(self.space, asked["user"], asked["channel"], asked["ts"], asked["action_id"])
        return self.deliver(payload, asked)

    def submit(self, asked: dict) -> dict:
        with self.space.lock:
            payload = traffic.submit(self.space, asked["user"], asked["view_id"], asked.get("values", {}))
        answer = self.deliver(payload, asked)
        if answer.get("status") == 200:
            with self.space.lock:
                methods.answered(self.space, asked["view_id"], answer["body"])
        return answer

    def deliver(self, payload: dict, asked: dict) -> dict:
        """Sends it as Slack does, once and for three seconds; or only signs it."""
        request = traffic.signed(payload, at=asked.get("at"))
        if not asked.get("deliver", True):
            return request
        sent = urllib.request.Request(self.callback, request["body"].encode(), request["headers"])
        try:
            with _http.open(sent, timeout=3) as answer:
                return {"status": answer.status, "body": answer.read().decode()}
        except urllib.error.HTTPError as error:
            return {"status": error.code, "body": error.read().decode()}
        except OSError:
            return {"status": 0, "body": "operation_timed_out"}

    def judge(self, asked: dict) -> dict:
        if Handler.bolt is None:
            Handler.bolt = traffic.Bolt(self.base)
        return {"status": Handler.bolt.status(asked["headers"], asked["body"])}

    def fault(self, asked: dict) -> dict:
        with self.space.lock:
            self.space.faults.append({"method": asked["method"], "times": asked.get("times", 1)} | asked)
        return {}

    def mark(self, asked: dict) -> dict:
        with self.space.lock:
            place = self.space.people if self.path == "/people" else self.space.conversations
            place[asked["id"]].update(asked)
        return {}

    def answer(self, status: int, body: dict, headers: dict | None = None) -> None:
        return self.send(status, json.dumps(body).encode(), {"Content-Type": JSON} | (headers or {}))

    def send(self, status: int, text: bytes, headers: dict) -> None:
        self.send_response(status)
        for name, value in ({"Content-Length": str(len(text))} | headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_: object) -> None:
        pass


CONTROLS = {
    "/press": Handler.press, "/submit": Handler.submit, "/judge": Handler.judge, "/faults": Handler.fault,
    "/people": Handler.mark, "/conversations": Handler.mark,
}


def serve(port: int, callback: str) -> ThreadingHTTPServer:
    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    Handler.space, Handler.callback, Handler.bolt = Workspace(), callback, None
    Handler.base = f"http://127.0.0.1:{server.server_port}/api/"
    return server


if __name__ == "__main__":
    running = serve(int(sys.argv[1]) if len(sys.argv) > 1 else 0, sys.argv[2] if len(sys.argv) > 2 else "")
    print(f"http://127.0.0.1:{running.server_port}", flush=True)
    running.serve_forever()
