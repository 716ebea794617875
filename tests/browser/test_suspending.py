"""The suspension list from end to end: the command line suspends, the agent is told, people see it, two of them end it."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import time

from agent import STACK
from packages import cli
from suspended import person_token
from visitor import BrowserTest

SCOPE = "type:secret-put-value"
REASON = "Somebody else's passwords were set"


def suspend(name: str, *arguments: str) -> subprocess.CompletedProcess:
    environment = os.environ | {"COUNTERSIGN_TOKEN": person_token(name), "COUNTERSIGN_API": STACK["api"]}
    command = [str(cli()), "suspend", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


class Suspending(BrowserTest):
    """Bob suspends every new value of a secret; with Carol he lets it run again."""

    def propose(self, kind: str, **parameters: str) -> str:
        body = {"type": kind, "parameters": parameters, "reason": "As planned"}
        status, action = self.agent.call("POST", "/v1/actions", body, Idempotency_Key=secrets.token_hex(12))
        self.assertIn(status, (200, 202), action)
        return action["id"]

    def put_value(self) -> dict:
        action = self.propose("secret-put-value", secret="prod/payments/db", value=secrets.token_hex(12))
        return self.agent.until(action, "pending", "denied")

    def test_suspended_and_resumed(self) -> None:
        """W5, P3: nobody else suspends anything; what is suspended is denied; one alone does not end it, two do."""
        refused = suspend("mallory", "--type", "secret-put-value", "--reason", REASON)
        self.assertEqual(refused.returncode, 2, refused.stdout)
        self.assertIn("not-an-approver", refused.stderr)
        wordless = suspend("bob", "--type", "secret-put-value")
        self.assertEqual(wordless.returncode, 2, wordless.stdout)

        suspended = suspend("bob", "--type", "secret-put-value", "--reason", REASON)
        self.assertEqual(suspended.returncode, 0, suspended.stderr)
        self.assertIn(f"{SCOPE}  bob since ", suspended.stdout)
        listed = json.loads(suspend("carol", "--list", "--json").stdout)
        self.assertIn((SCOPE, REASON), [(one["scope"], one["reason"]) for one in listed["items"]])
        denied = self.put_value()
        self.assertEqual(denied.get("denial", {}).get("code"), "suspended", denied)
        self.assertIn("bob suspended every secret-put-value", denied["agent_message"])

        bob = self.visitor("bob")
        inbox = bob.open("/")
        self.assertIn("bob suspended every secret-put-value", self.text(inbox))
        self.shoot(inbox, "suspended")
        resume = self.propose("countersign-resume", scope=SCOPE)
        self.agent.until(resume, "pending")
        self.approve(bob, resume)
        self.assertEqual(self.agent.action(resume)["status"], "pending", "one alone ends nothing")
        self.assertEqual(self.put_value()["denial"]["code"], "suspended")
        self.approve(self.visitor("carol"), resume)
        self.assertEqual(self.agent.until(resume, "succeeded", "failed", "denied")["status"], "succeeded")

        self.runs_again()

    def runs_again(self) -> None:
        """A suspension is over once the log says so, a moment after the action that ended it. The list says what counts."""
        deadline = time.monotonic() + 60
        while SCOPE in (listed := suspend("carol", "--list").stdout):
            self.assertLess(time.monotonic(), deadline, listed)
            time.sleep(0.5)
        found = self.put_value()
        self.assertEqual(found["status"], "pending", found)
        self.agent.cancel(found["id"])

    def approve(self, person, action: str) -> None:
        page = person.open(f"/review/{action}")
        page.click("button.approve")
        person.at_provider(page)
        self.assertIn(f"/review/{action}", page.url)
