"""http://127.0.0.1:8080 → the API's own host at the emulator, which tells APIs apart by the Host header.

Passes everything through as it is: method, path and query byte for byte, repeated headers (several Set-Cookie),
status, body. Adds and interprets nothing.
"""

from __future__ import annotations

import http.client
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import place

# Of one connection and not of the message (RFC 9110, 7.6.1).
HOP = {"connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"}
LARGEST = 10 * 1024 * 1024


class Handler(BaseHTTPRequestHandler):
    """One request, forwarded."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def forward(self) -> None:
        if self.path == "/.proxy":
            return self.plain(200, "proxy")
        if "chunked" in (self.headers.get("Transfer-Encoding") or ""):
            return self.plain(411, "send a Content-Length")
        length = int(self.headers.get("Content-Length") or 0)
        if length > LARGEST:
            return self.plain(413, "more than API Gateway takes")
        body = self.rfile.read(length) if length else b""
        api = place.read_json(place.STACK_FILE).get("api_id")
        if not api:
            return self.plain(503, "the stack is not up yet")
        try:
            self.relay(api, body)
        except (OSError, http.client.HTTPException) as error:
            self.close_connection = True
            self.plain(502, f"the emulator does not answer: {error}")
        return None

    def relay(self, api: str, body: bytes) -> None:
        upstream = http.client.HTTPConnection("127.0.0.1", place.GATEWAY_PORT, timeout=40)
        upstream.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
        upstream.putheader("Host", f"{api}.execute-api.localhost:{place.GATEWAY_PORT}")
        for name, value in self.headers.items():
            if name.lower() not in HOP | {"host", "content-length"}:
                upstream.putheader(name, value)
        if body or self.command in ("POST", "PUT", "PATCH"):
            upstream.putheader("Content-Length", str(len(body)))
        upstream.endheaders(body)
        answer = upstream.getresponse()
        content = answer.read()
        upstream.close()
        self.send_response_only(answer.status, answer.reason)
        for name, value in answer.getheaders():
            if name.lower() not in HOP | {"content-length"}:
                self.send_header(name, value)
        if answer.status not in (204, 304):
            length = answer.getheader("Content-Length") if self.command == "HEAD" else None
            self.send_header("Content-Length", length or str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def plain(self, status: int, text: str) -> None:
        data = f"{text}\n".encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = forward

    def log_message(self, *_: object) -> None:
        """The functions log; queries hold sign-in codes and belong in no log."""


def main() -> None:
    server = ThreadingHTTPServer(("127.0.0.1", place.API_PORT), Handler)
    server.daemon_threads = True
    server.serve_forever()


if __name__ == "__main__":
    main()
