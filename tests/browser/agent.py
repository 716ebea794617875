"""An agent of the local stack: proposes what the pages then show, and asks what became of it."""

from __future__ import annotations

import json
import secrets
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "infra" / "local"))

import place  # noqa: E402

STACK = place.read_json(place.STACK_FILE)
# Nothing of this leaves the machine, whatever the environment says about proxies.
_http = urllib.request.build_opener(urllib.request.ProxyHandler({}))
# What a person needs to judge in ten seconds, and something that has to be masked first.
REASON = "Quarterly report for the partner programme, ask jo.doe@partner.example"


class Agent:
    """One client of the local issuer; its secret is its name."""

    def __init__(self, name: str = "demo-agent") -> None:
        metadata = self._json(f"{STACK['issuer']}/.well-known/openid-configuration")
        form = {"grant_type": "client_credentials", "client_id": name, "client_secret": name}
        body = urllib.parse.urlencode(form).encode()
        self.token = self._json(metadata["token_endpoint"], body)["access_token"]

    def _json(self, address: str, body: bytes | None = None) -> dict:
        with _http.open(urllib.request.Request(address, body), timeout=60) as answer:
            return json.load(answer)

    def call(self, method: str, path: str, body: dict | None = None, **headers: str) -> tuple[int, dict]:
        """One call of the API: status and body."""
        request = urllib.request.Request(STACK["api"] + path, method=method)
        request.add_header("Authorization", f"Bearer {self.token}")
        for name, value in headers.items():
            request.add_header(name.replace("_", "-"), value)
        if body is not None:
            request.add_header("Content-Type", "application/json")
            request.data = json.dumps(body).encode()
        try:
            with _http.open(request, timeout=60) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as refused:
            return refused.code, json.load(refused)

    def export(self, destination: str = "partner-drop", **more: object) -> str:
        """Proposes to copy customer data; answers the action's id once policy has spoken."""
        target = f"s3://{destination}/browser-{secrets.token_hex(6)}.csv"
        parameters = {"source": "s3://customers/2026/q3.csv", "destination": target}
        body = {"type": "s3-export", "parameters": parameters, "reason": REASON, **more}
        status, action = self.call("POST", "/v1/actions", body, Idempotency_Key=secrets.token_hex(12))
        assert status in (200, 202), (status, action)
        self.until(action["id"], "pending", "denied")
        return action["id"]

    def action(self, action: str) -> dict:
        status, body = self.call("GET", f"/v1/actions/{action}")
        assert status == 200, (status, body)
        return body

    def cancel(self, action: str) -> None:
        status, body = self.call("POST", f"/v1/actions/{action}/cancel")
        assert status == 200, (status, body)

    def until(self, action: str, *statuses: str, timeout: float = 60.0) -> dict:
        """Looks until the action has one of these statuses."""
        deadline = time.monotonic() + timeout
        while (found := self.action(action))["status"] not in statuses:
            assert time.monotonic() < deadline, f"{action} is {found['status']}, not {statuses}"
            time.sleep(0.3)
        return found

    def attempts(self, action: str, wanted: int, timeout: float = 60.0) -> int:
        """How many refused attempts are in the log; waits until there are as many as wanted."""
        deadline = time.monotonic() + timeout
        while True:
            _, records = self.call("GET", f"/v1/actions/{action}/records")
            found = sum(record["kind"] == "attempt" for record in records["items"])
            if found >= wanted or time.monotonic() > deadline:
                return found
            time.sleep(0.3)
