"""The smallest Lambda runtime API: starts a function's binary, hands it one event and says what it answered.

    runtime_api.py [--runner PROGRAM] FUNCTION BINARY

For trying packages, also those of another processor. Of AWS there is only what a function reads when it starts, its secrets
and its bucket's lock; one that needs more before it can answer may report an orderly error; one that dies, hangs or says
nothing fails.
"""

from __future__ import annotations

import argparse
import base64
import json
import re
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

REQUEST_ID = "6f6d9b3e-0000-4000-8000-000000000001"
PATIENCE = 60.0
KEY = base64.b64encode(bytes(32)).decode()
ARN = "arn:aws:{0}:us-east-1:000000000000:{1}"


def http_event(path: str) -> dict:
    """An API Gateway event, payload format 2.0."""
    return {
        "version": "2.0",
        "routeKey": f"GET {path}",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {"host": "example.com", "accept": "*/*"},
        "requestContext": {
            "accountId": "000000000000",
            "apiId": "api",
            "domainName": "example.com",
            "domainPrefix": "example",
            "http": {"method": "GET", "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1", "userAgent": "try"},
            "requestId": "try",
            "routeKey": f"GET {path}",
            "stage": "$default",
            "time": "01/Jan/2026:00:00:00 +0000",
            "timeEpoch": 1767225600000,
        },
        "isBase64Encoded": False,
    }


EVENTS = {
    "intake": http_event("/healthz"),
    "callbacks": http_event("/style.css"),
    "policy": {"Records": []},
    "notify": {"Records": []},
    "execution": {"Records": []},
    "ledger": {"Records": []},
    "sweep": {},
}

LOCK = b"""<ObjectLockConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
<ObjectLockEnabled>Enabled</ObjectLockEnabled>
<Rule><DefaultRetention><Mode>COMPLIANCE</Mode><Days>1</Days></DefaultRetention></Rule>
</ObjectLockConfiguration>"""

ISSUER = {
    "issuer": "https://issuer.example.com",
    "metadata": "https://issuer.example.com/.well-known/openid-configuration",
    "audience": "countersign",
    "algorithms": ["ES256"],
    "people": True,
    "person_clients": ["countersign-pages"],
    "groups_claim": "groups",
    "client_claim": "client_id",
}

# The queues of the template, by their settings.
QUEUES = sorted(set(re.findall(r"\b([A-Z_]+)_QUEUE\b", (Path(__file__).parents[1] / "template.yaml").read_text())))
# What infra/template.yaml would tell it; nothing of it exists.
SETTINGS = {
    "DEPLOYMENT": "try",
    **{f"{name}_TABLE": f"try-{name.lower()}" for name in ("STATE", "DOCUMENTS", "INDEX", "CHANNELS", "ACTIVITY", "LIMITS")},
    "BUNDLES_BUCKET": "try-bundles",
    "LOG_BUCKET": "try-log",
    "LOG_RETENTION_DAYS": "1",
    **{name: "10" for name in ("PROPOSALS_PER_MINUTE", "LOOKUPS_PER_MINUTE", "OPEN_PER_AGENT", "OPEN_PER_OWNER", "WAITS_PER_CALLER")},
    "PUBLISHER_KEY": KEY,
    "VERDICT_PUBLIC_KEY": KEY,
    **{f"{name}_KEY": ARN.format("kms", f"key/{name.lower()}") for name in ("PAYLOAD", "VERDICT", "CHECKPOINT")},
    **{f"{name}_SECRET": ARN.format("secretsmanager", f"secret:{name.lower()}") for name in ("FINGERPRINT", "CLIENT", "COOKIE", "CHAT")},
    **{f"{name}_QUEUE": f"http://127.0.0.1:9/000000000000/{name.lower()}" for name in QUEUES},
    "ISSUERS": json.dumps([ISSUER]),
    "PAGES_CLIENT": "countersign-pages",
    "PUBLIC_URL": "https://countersign.example.com",
    "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
    "AWS_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "none",
    "AWS_SECRET_ACCESS_KEY": "none",
    "AWS_MAX_ATTEMPTS": "1",
    "AWS_LAMBDA_FUNCTION_NAME": "try",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
    "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
    "AWS_LAMBDA_LOG_GROUP_NAME": "try",
    "AWS_LAMBDA_LOG_STREAM_NAME": "try",
    "RUST_LOG": "warn",
    "PATH": "/usr/bin:/bin",
}


class Trial:
    """One event given out once, and the answer to it."""

    def __init__(self, event: dict) -> None:
        self.event = json.dumps(event).encode()
        self.given = False
        self.kind = ""
        self.answer = b""
        self.answered = threading.Event()

    def handler(trial) -> type[BaseHTTPRequestHandler]:  # noqa: N805
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                if "?object-lock" in self.path:
                    self.reply(200, LOCK)
                    return
                if trial.given:
                    trial.answered.wait()
                    time.sleep(PATIENCE)  # no second event: the process is ended before this is over
                    return
                trial.given = True
                self.reply(200, trial.event)

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0)) or self.chunks()
                if self.headers.get("X-Amz-Target") == "secretsmanager.GetSecretValue":
                    arn = json.loads(body)["SecretId"]
                    # As `infra/fill-secrets` leaves them: no channel has credentials.
                    value = "{}" if arn.endswith(":secret:chat") else KEY
                    self.reply(200, json.dumps({"ARN": arn, "SecretString": value}).encode())
                    return
                trial.kind = self.path.rsplit("/", 1)[-1] if "/invocation/" in self.path else "init error"
                trial.answer = body
                self.reply(202, b"{}")
                trial.answered.set()

            def chunks(self) -> bytes:
                """A chunked body, which the runtime sends when it streams."""
                whole = b""
                while "chunked" in (self.headers.get("Transfer-Encoding") or ""):
                    size = int(self.rfile.readline().split(b";")[0], 16)
                    whole += self.rfile.read(size)
                    self.rfile.readline()
                    if size == 0:
                        break
                return whole

            def reply(self, status: int, body: bytes) -> None:
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Lambda-Runtime-Aws-Request-Id", REQUEST_ID)
                self.send_header("Lambda-Runtime-Deadline-Ms", str(int((time.time() + PATIENCE) * 1000)))
                self.send_header("Lambda-Runtime-Invoked-Function-Arn", ARN.format("lambda", "function:try"))
                self.send_header("Lambda-Runtime-Trace-Id", "Root=1-00000000-000000000000000000000000")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        return Handler


class Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, *_: object) -> None:
        """The function is killed in the middle of asking for the next event."""


def try_binary(function: str, command: list[str]) -> str:
    """Runs it and returns what it answered; raises when it did not."""
    trial = Trial(EVENTS[function])
    server = Server(("127.0.0.1", 0), trial.handler())
    threading.Thread(target=server.serve_forever, daemon=True).start()
    here = f"127.0.0.1:{server.server_port}"
    read = {f"AWS_ENDPOINT_URL_{service}": f"http://{here}" for service in ("SECRETS_MANAGER", "S3")}
    environment = SETTINGS | read | {"AWS_LAMBDA_RUNTIME_API": here, "_HANDLER": "bootstrap"}
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as child:
        deadline = time.monotonic() + PATIENCE
        while not trial.answered.wait(0.1) and child.poll() is None and time.monotonic() < deadline:
            pass
        ended = child.poll()
        child.kill()
        said = child.stderr.read().decode(errors="replace").strip()[-600:]
    server.shutdown()
    server.server_close()
    if not trial.answered.is_set():
        state = f"ended with {ended}" if ended is not None else f"said nothing for {PATIENCE:.0f} s"
        raise RuntimeError(f"{function} took {'the' if trial.given else 'no'} event and {state}\n{said}")
    return f"{trial.kind}: {trial.answer.decode(errors='replace')[:160]}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runner", help="program that runs the binary, for another processor")
    parser.add_argument("function", choices=EVENTS)
    parser.add_argument("binary")
    arguments = parser.parse_args()
    command = [*([arguments.runner] if arguments.runner else []), arguments.binary]
    began = time.monotonic()
    try:
        answer = try_binary(arguments.function, command)
    except RuntimeError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(f"{arguments.function:<10} started and answered in {time.monotonic() - began:.1f} s   {answer}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
