"""The doubles of Slack and Teams as parts of the stack: what the secret says, who is told, what is left out, what can be read."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import time
import unittest
import urllib.request
from pathlib import Path
from unittest import mock

import scratch  # noqa: F401

import chat
import place
import processes

place.make_folders()
HOSTILE = "<script>alert(1)</script> & <b>bold</b> {{DATE(2026-11-21T10:00:00Z)}}"
ESCAPED = "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &lt;b&gt;bold&lt;/b&gt;"
_http = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def call(address: str, body: object = None, headers: dict | None = None) -> tuple[dict, str]:
    data = None if body is None else body.encode() if isinstance(body, str) else json.dumps(body).encode()
    with _http.open(urllib.request.Request(address, data, headers or {}), timeout=10) as answer:
        return dict(answer.headers), answer.read().decode()


def without_node():
    return mock.patch.object(chat.shutil, "which", return_value=None)


class Settings(unittest.TestCase):
    """What is derived from which doubles run."""

    def test_the_secret_keeps_what_it_says_of_other_channels(self) -> None:
        chat.prepare()
        kept = {"webhook": "whsec_kept", "pagerduty": "kept", "slack": {"token": "old"}, "teams": {"app": "old"}}
        with without_node():
            fresh = chat.secret(kept)
        self.assertEqual((fresh["webhook"], fresh["pagerduty"]), ("whsec_kept", "kept"))
        self.assertEqual(fresh["slack"]["api"], f"{place.SLACK}/api/")
        self.assertNotIn("teams", fresh)
        self.assertEqual(chat.secret(chat.secret(kept)), chat.secret(kept))

    def test_without_node_the_stack_has_no_teams(self) -> None:
        with without_node():
            self.assertEqual(list(chat.channels()), [chat.SLACK_GROUP])
            self.assertNotIn("teams", [process.name for process in processes.everything()])
            lines = "\n".join(chat.addresses())
        self.assertIn("Teams           left out: this machine has no node", lines)
        self.assertIn("https://nodejs.org", lines)

    def test_an_old_node_is_no_node(self) -> None:
        old = subprocess.CompletedProcess([], 0, stdout="v18.20.0\n")
        with mock.patch.object(chat.shutil, "which", return_value="/usr/bin/node"):
            with mock.patch.object(chat.subprocess, "run", return_value=old):
                self.assertIn("v18.20.0", chat.without_teams() or "")

    def test_with_a_vendors_provider_there_are_no_doubles(self) -> None:
        with mock.patch.object(place, "PROVIDER", "okta"):
            self.assertEqual((chat.secret({}), chat.channels(), chat.addresses()), ({}, {}, []))

    def test_the_console_stays_an_address_of_every_group(self) -> None:
        """Who counts the console's messages misses none."""
        for group, addresses in chat.channels().items():
            self.assertEqual(addresses[0], "console", group)

    def test_the_sample_is_copied_and_its_own_channels_are_left_alone(self) -> None:
        sample = place.ROOT / "infra" / "policies"
        copied = chat.policies(sample, place.POLICIES)
        text = (copied / "directory.yaml").read_text()
        self.assertTrue(text.startswith((sample / "directory.yaml").read_text()))
        self.assertIn(f'    {chat.SLACK_GROUP}: ["console", {{"slack": "{chat.SLACK_CHANNEL}"}}]', text)
        own = Path(scratch.FOLDER) / "own"
        shutil.copytree(sample, own)
        (own / "directory.yaml").write_text((sample / "directory.yaml").read_text() + "\nchannels:\n  default: [console]\n")
        kept = chat.policies(own, place.POLICIES) / "directory.yaml"
        self.assertEqual(kept.read_text(), (own / "directory.yaml").read_text())


class Pages(unittest.TestCase):
    """Both doubles run as the stack runs them, and show what they were sent as text."""

    def started(self, process: processes.Process, port: int) -> str:
        command = [str(port) if part == str(process.port) else part for part in process.command]
        environment = process.environment | ({"PORT": str(port)} if "PORT" in process.environment else {})
        child = subprocess.Popen(command, env=environment)
        self.addCleanup(child.wait)
        self.addCleanup(child.terminate)
        address = f"http://127.0.0.1:{port}"
        deadline = time.monotonic() + process.timeout
        while not processes.answers(address):
            self.assertLess(time.monotonic(), deadline, "the double does not answer")
            time.sleep(0.1)
        return address

    def read(self, address: str) -> str:
        headers, text = call(address)
        self.assertIn("default-src 'none'", headers.get("Content-Security-Policy") or headers.get("content-security-policy"))
        self.assertNotIn("<script", text)
        return text

    def test_slack(self) -> None:
        chat.prepare()
        address = self.started(processes.slack(), free_port())
        self.assertIn("Nothing was sent yet", self.read(address))
        known = chat.secret({})["slack"]
        headers = {"Authorization": f"Bearer {known['token']}", "Content-Type": "application/json"}
        plain = {"type": "plain_text", "text": HOSTILE, "emoji": False}
        button = {"type": "button", "action_id": "deny", "value": "x", "text": plain | {"text": "Deny"}}
        blocks = [{"type": "section", "text": plain}, {"type": "actions", "elements": [button]}]
        sent = call(f"{address}/api/chat.postMessage", {"channel": chat.SLACK_CHANNEL, "text": "x", "blocks": blocks}, headers)
        shown = self.read(address)
        self.assertIn(ESCAPED, shown)
        self.assertIn('<span class="button">Deny</span>', shown)
        update = {"channel": chat.SLACK_CHANNEL, "ts": json.loads(sent[1])["ts"], "text": "x", "blocks": [blocks[0] | {"text": plain | {"text": "Denied"}}]}
        call(f"{address}/api/chat.update", update, headers)
        shown = self.read(address)
        self.assertIn("<p>Denied</p>", shown)
        self.assertNotIn(ESCAPED, shown)

    @unittest.skipUnless(chat.teams_runs(), f"no double of Teams: {chat.without_teams()}")
    def test_teams(self) -> None:
        chat.prepare()
        address = self.started(processes.teams(), free_port())
        self.assertIn("Nothing was sent yet", self.read(address))
        self.assertEqual(rendered(address), [ESCAPED, '<span class="button">Approve</span>'])


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def rendered(address: str) -> list[str]:
    """What the page shows of a hostile card: asked of the page alone, since a message needs the bot's token."""
    script = f"""
      import {{ page }} from {json.dumps((chat.FOLDER / 'teams' / 'page.mjs').as_uri())};
      const text = {json.dumps(HOSTILE)};
      const body = [{{ type: "RichTextBlock", inlines: [{{ type: "TextRun", text }}] }}];
      const content = {{ body, actions: [{{ type: "Action.Execute", title: "Approve" }}] }};
      console.log(page([{{ room: "19:x", id: "1", updates: 1, activity: {{ attachments: [{{ content }}] }} }}]).text);
    """
    done = subprocess.run(["node", "--input-type=module", "-e", script], capture_output=True, text=True, check=True)
    wanted = (ESCAPED, '<span class="button">Approve</span>')
    return [part for part in wanted if part in done.stdout and "<script" not in done.stdout]


if __name__ == "__main__":
    unittest.main()
