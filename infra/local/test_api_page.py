"""The client of docs/api.md, run as it stands against answers of an API: it waits, asks again, and gives up where it must."""

from __future__ import annotations

import http.server
import json
import re
import subprocess
import sys
import tempfile
import threading
import unittest
from pathlib import Path

import scratch  # noqa: F401

import place

CLIENT = re.search(r"^```python\n(.*?)^```$", (place.ROOT / "docs" / "api.md").read_text(), re.M | re.S).group(1)


def action(status: str, final: bool) -> dict:
    return {"id": "act_a", "status": status, "final": final, "agent_message": f"It is {status}."}


class Api:
    """Answers one status and body after another, and notes what was asked."""

    def __init__(self, *answers: tuple[int, dict]):
        self.asked: list[tuple[str, str | None]] = []
        left, asked = list(answers), self.asked

        class Handler(http.server.BaseHTTPRequestHandler):
            def answer(self):
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                asked.append((f"{self.command} {self.path}", self.headers.get("Idempotency-Key")))
                status, body = left.pop(0)
                if status == 0:  # the connection ends without an answer
                    self.close_connection = True
                    return
                self.send_response(status)
                if status in (429, 503):
                    self.send_header("Retry-After", "0")
                self.end_headers()
                self.wfile.write(json.dumps(body).encode())

            do_GET = do_POST = answer

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def run(self) -> subprocess.CompletedProcess:
        with tempfile.TemporaryDirectory() as folder:
            for name, text in {"propose.py": CLIENT, "agent.token": "token\n", "first.json": "{}"}.items():
                (Path(folder) / name).write_text(text)
            command = [sys.executable, "propose.py", "first.json", "first"]
            settings = {"COUNTERSIGN_API": f"http://127.0.0.1:{self.server.server_port}", "PATH": "/usr/bin:/bin"}
            done = subprocess.run(command, cwd=folder, env=settings, capture_output=True, text=True, timeout=60)
        self.server.shutdown()
        self.server.server_close()
        return done


class Client(unittest.TestCase):
    def test_it_waits_until_the_action_is_final(self):
        api = Api((503, {}), (202, action("proposed", False)), (429, {}), (200, action("pending", False)), (200, action("succeeded", True)))
        done = api.run()
        self.assertEqual((done.returncode, done.stdout), (0, "succeeded It is succeeded.\n"), done.stderr)
        self.assertEqual(api.asked, [("POST /v1/actions", "first")] * 2 + [("GET /v1/actions/act_a?wait=20", None)] * 3)

    def test_a_lost_answer_is_asked_for_again_with_the_same_key(self):
        api = Api((0, {}), (200, action("denied", True)))
        done = api.run()
        self.assertEqual((done.returncode, done.stdout), (1, "denied It is denied.\n"), done.stderr)
        self.assertEqual(api.asked, [("POST /v1/actions", "first")] * 2)

    def test_a_refusal_ends_it(self):
        api = Api((409, {"code": "key-reused"}))
        done = api.run()
        self.assertEqual(done.returncode, 1)
        self.assertIn("key-reused", done.stderr)
        self.assertEqual(len(api.asked), 1)


if __name__ == "__main__":
    unittest.main()
