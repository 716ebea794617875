"""The proxy passes everything through as it is; the console channel keeps what it is told."""

from __future__ import annotations

import http.client
import json
import threading
import unittest
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import scratch  # noqa: F401

import console
import place
import proxy

place.make_folders()


class Upstream(BaseHTTPRequestHandler):
    """Stands where the emulator stands: remembers what came, answers with all that is easily lost."""

    protocol_version = "HTTP/1.1"
    seen: list = []

    def respond(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.seen.append((self.command, self.path, self.headers, body))
        self.send_response_only(304 if self.path == "/same" else 403, "Forbidden")
        self.send_header("Set-Cookie", "__Host-a=1; Secure; Path=/")
        self.send_header("Set-Cookie", "__Host-b=2; Expires=Sat, 21 Nov 2026 10:00:00 GMT")
        self.send_header("ETag", '"x"')
        answer = b"" if self.path == "/same" else b"\x00\xffanswer"
        if self.path != "/same":
            self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer)

    do_GET = do_HEAD = do_POST = respond

    def log_message(self, *_: object) -> None:
        pass


def serve(handler: type) -> ThreadingHTTPServer:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


class ProxyTest(unittest.TestCase):
    """The proxy between a client and an upstream."""

    def setUp(self) -> None:
        Upstream.seen = []
        self.upstream = serve(Upstream)
        self.server = serve(proxy.Handler)
        place.GATEWAY_PORT = self.upstream.server_port
        place.write_json(place.STACK_FILE, {"api_id": "abc123"})

    def tearDown(self) -> None:
        for server in (self.server, self.upstream):
            server.shutdown()
            server.server_close()

    def call(self, method: str, path: str, body: bytes | None = None, headers: dict | None = None):
        connection = http.client.HTTPConnection("127.0.0.1", self.server.server_port)
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer, content

    def test_a_request_goes_through_byte_for_byte(self) -> None:
        self.call("POST", "/v1/a%2Fb?x=%20&x=2", b'{"a":\xff}', {"Cookie": "c=1", "Idempotency-Key": "k"})
        command, path, headers, body = Upstream.seen[0]
        self.assertEqual((command, path, body), ("POST", "/v1/a%2Fb?x=%20&x=2", b'{"a":\xff}'))
        self.assertEqual(headers["Host"], f"abc123.execute-api.localhost:{place.GATEWAY_PORT}")
        self.assertEqual((headers["Cookie"], headers["Idempotency-Key"]), ("c=1", "k"))

    def test_an_answer_comes_back_with_every_cookie(self) -> None:
        answer, content = self.call("GET", "/")
        self.assertEqual((answer.status, content, answer.headers["ETag"]), (403, b"\x00\xffanswer", '"x"'))
        cookies = answer.headers.get_all("Set-Cookie")
        self.assertEqual([cookie.split("=")[0] for cookie in cookies], ["__Host-a", "__Host-b"])

    def test_head_and_not_modified_have_no_body(self) -> None:
        answer, content = self.call("HEAD", "/")
        self.assertEqual((answer.status, content, answer.headers["Content-Length"]), (403, b"", "8"))
        answer, content = self.call("GET", "/same")
        self.assertEqual((answer.status, content), (304, b""))

    def test_an_emulator_that_is_down_is_a_bad_gateway(self) -> None:
        self.upstream.shutdown()
        self.upstream.server_close()
        self.assertEqual(self.call("GET", "/")[0].status, 502)
        self.upstream = serve(Upstream)


class ConsoleTest(unittest.TestCase):
    """The console channel."""

    def test_messages_are_numbered_kept_and_written_one_a_line(self) -> None:
        console.Handler.messages = console.Messages()
        server = serve(console.Handler)
        connection = http.client.HTTPConnection("127.0.0.1", server.server_port)
        for text in ("first", "second\nline"):
            connection.request("POST", "/messages", json.dumps({"audience": "alice", "text": text, "link": "http://l"}))
            connection.getresponse().read()
        connection.request("GET", "/messages?after=1")
        told = json.loads(connection.getresponse().read())
        connection.request("POST", "/messages", "[]")
        refused = connection.getresponse()
        refused.read()
        connection.close()
        server.shutdown()
        server.server_close()
        expected = {"n": 2, "audience": "alice", "text": "second\nline", "link": "http://l"}
        self.assertEqual((told, refused.status), ({"messages": [expected], "next": 2}, 400))
        lines = (place.LOCAL / "console.log").read_text().splitlines()
        self.assertEqual(lines[-2:], ["alice: first http://l", "alice: second line http://l"])


if __name__ == "__main__":
    unittest.main()
