"""A person signs in for the command line, through their own browser."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

from agent import STACK
from packages import cli
from visitor import BrowserTest


class SigningIn(BrowserTest):
    """What `countersign login` keeps is a person's token for one API, and nobody else can put another there."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.kept = Path(folder.name) / "countersign" / "login.json"
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("COUNTERSIGN_")}
        self.environment["XDG_CONFIG_HOME"] = folder.name

    def command(self, *arguments: str, api: str = STACK["api"]) -> subprocess.CompletedProcess:
        environment = self.environment | {"COUNTERSIGN_API": api}
        command = [str(cli()), *arguments]
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)

    def begin(self, *arguments: str) -> tuple[subprocess.Popen, str]:
        environment = self.environment | {"COUNTERSIGN_API": STACK["api"], "COUNTERSIGN_ISSUER": STACK["issuer"]}
        command = [str(cli()), "login", "--no-browser", "--timeout", "60", *arguments]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        login = subprocess.Popen(command, env=environment, **pipes)
        self.addCleanup(login.stderr.close)
        self.addCleanup(login.stdout.close)
        self.addCleanup(login.wait)
        self.addCleanup(login.kill)
        self.assertEqual(login.stderr.readline(), "Sign in here:\n")
        return login, login.stderr.readline().strip()

    def test_signed_in(self) -> None:
        """O5: state, PKCE, this machine alone; the token is kept for its owner and used for this API only."""
        nobody = self.command("suspend", "--list")
        self.assertEqual(nobody.returncode, 2)
        self.assertIn("countersign login", nobody.stderr)

        login, address = self.begin()
        back = urllib.parse.parse_qs(urllib.parse.urlsplit(address).query)["redirect_uri"][0]
        with self.assertRaises(urllib.error.HTTPError) as stranger:
            urllib.request.urlopen(f"{back}?code=stolen&state=guessed", timeout=10)
        stranger.exception.close()
        self.assertEqual(stranger.exception.code, 404)
        self.assertIsNone(login.poll(), "another sign-in's answer ends nothing")

        bob = self.visitor("bob")
        bob.page.goto(address)
        bob.at_provider(bob.page)
        self.assertIn("can be closed", bob.page.inner_text("body"))
        self.assertEqual(login.wait(30), 0, login.stderr.read())
        self.assertRegex(login.stdout.read(), f"signed in for {STACK['api']} until .*, to read\\n")
        self.assertEqual(self.kept.stat().st_mode & 0o777, 0o600)

        listed = self.command("suspend", "--list", "--json")
        self.assertEqual(listed.returncode, 0, listed.stderr)
        self.assertIn("countersign:read", json.loads(self.kept.read_text())["scope"])
        refused = self.command("suspend", "--type", "secret-put-value", "--reason", "With a token that reads")
        self.assertEqual(refused.returncode, 2, refused.stdout)
        self.assertIn("countersign login --decide", refused.stderr, "E22: what was asked for reads and does not decide")
        self.assertIn("items", json.loads(listed.stdout))
        elsewhere = self.command("suspend", "--list", api="http://127.0.0.1:9")
        self.assertIn("no token", elsewhere.stderr, "the token goes nowhere else")

        self.assertEqual(self.command("logout").returncode, 0)
        self.assertFalse(self.kept.exists())
        self.assertEqual(self.command("suspend", "--list").returncode, 2)

    def test_printed(self) -> None:
        """For a script: the token and nothing else, and nothing is kept."""
        login, address = self.begin("--print")
        carol = self.visitor("carol")
        carol.page.goto(address)
        carol.at_provider(carol.page)
        self.assertEqual(login.wait(30), 0)
        token = login.stdout.read()
        self.assertEqual(token.count("."), 2, "a compact JWT")
        self.assertFalse(self.kept.exists())
        self.environment["COUNTERSIGN_TOKEN"] = token.strip()
        listed = self.command("suspend", "--list")
        self.assertEqual(listed.returncode, 0, listed.stderr)
