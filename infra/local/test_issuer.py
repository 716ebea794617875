"""The local issuer keeps its promises. Run: .local/venv/bin/python -m unittest discover -s infra/local"""

from __future__ import annotations

import base64
import hashlib
import time
import unittest
from unittest import mock
from urllib.parse import parse_qs, urlencode, urlsplit

import scratch  # noqa: F401

import place

place.make_folders()

import issuer as module  # noqa: E402
from joserfc import jwt  # noqa: E402
from joserfc.jwk import KeySet  # noqa: E402
from oidc.keys import Keys  # noqa: E402

ISSUER, API = "http://127.0.0.1:8081", "http://127.0.0.1:8080"
VERIFIER = "a-verifier-of-at-least-forty-three-characters-0"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
PAGES = {"client_id": "countersign-pages", "redirect_uri": f"{API}/signin/return"}
CLI = {"client_id": "countersign-cli", "redirect_uri": "http://127.0.0.1:53211/return"}


class IssuerTest(unittest.TestCase):
    """Each test has an issuer and a browser of its own."""

    def setUp(self) -> None:
        self.keys = Keys()
        self.app = module.create_app(ISSUER, API, self.keys)
        self.browser = self.app.test_client()

    def ask(self, party: dict, headers: dict | None = None, **more: str):
        query = {
            "response_type": "code",
            "scope": "openid groups",
            "state": "s",
            "nonce": "n-1",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
        }
        self.query = urlencode({key: value for key, value in (query | party | more).items() if value})
        return self.browser.get(f"/authorize?{self.query}", headers=headers)

    def sign_in(self, name: str, password: str | None = None):
        form = {"username": name, "password": name if password is None else password}
        return self.browser.post(f"/authorize?{self.query}", data=form)

    def code(self, response) -> str:
        self.assertEqual(response.status_code, 302, response.get_data(as_text=True))
        return parse_qs(urlsplit(response.location).query)["code"][0]

    def redeem(self, code: str, party: dict = PAGES, verifier: str = VERIFIER, secret: str | None = "countersign-pages"):
        data = {"grant_type": "authorization_code", "code": code, "code_verifier": verifier} | party
        return self.browser.post("/token", data=data | ({"client_secret": secret} if secret else {}))

    def claims(self, token: str) -> dict:
        published = KeySet.import_key_set(self.browser.get("/jwks").json)
        decoded = jwt.decode(token, published, algorithms=["RS256", "ES256"])
        self.assertIn("kid", decoded.header)
        return decoded.claims

    def test_a_person_signs_in_on_the_pages(self) -> None:
        self.assertEqual(self.ask(PAGES).status_code, 200)
        answer = self.sign_in("alice")
        self.assertEqual(parse_qs(urlsplit(answer.location).query)["state"], ["s"])
        self.assertEqual(parse_qs(urlsplit(answer.location).query)["iss"], [ISSUER])
        tokens = self.redeem(self.code(answer)).json
        id_claims, access = self.claims(tokens["id_token"]), self.claims(tokens["access_token"])
        self.assertEqual((id_claims["aud"], id_claims["nonce"], id_claims["sub"]), ("countersign-pages", "n-1", "alice"))
        self.assertEqual(id_claims["groups"], ["data-owners"])
        self.assertLess(time.time() - id_claims["auth_time"], 5)
        self.assertNotIn("name", id_claims)
        self.assertEqual((access["aud"], access["client_id"], access["azp"]), ("countersign",) + ("countersign-pages",) * 2)
        self.assertEqual((access["iss"], access["sub"], access["groups"]), (ISSUER, "alice", ["data-owners"]))
        self.assertTrue({"iat", "exp", "jti"} <= access.keys())

    def test_a_wrong_password_is_refused(self) -> None:
        self.ask(PAGES)
        for name, password in (("alice", "bob"), ("alice", ""), ("nobody", "nobody")):
            self.assertEqual(self.sign_in(name, password).status_code, 401)

    def test_the_command_line_needs_no_secret_and_any_loopback_port(self) -> None:
        self.ask(CLI)
        tokens = self.redeem(self.code(self.sign_in("bob")), CLI, secret=None).json
        self.assertEqual(self.claims(tokens["access_token"])["client_id"], "countersign-cli")

    def test_scopes_of_the_api(self) -> None:
        """E22: whoever asks for reading gets reading; whoever names neither scope gets both; nobody gets another."""
        both = {"countersign:read", "countersign:decide"}
        for asked, expected in (
            ("openid groups", both),
            ("openid countersign:read", {"countersign:read"}),
            ("openid countersign:decide", {"countersign:decide"}),
            ("openid countersign:read countersign:decide", both),
            ("openid countersign:all", both),
        ):
            self.ask(CLI, scope=asked, prompt="login")
            answer = self.redeem(self.code(self.sign_in("bob")), CLI, secret=None)
            scopes = set(self.claims(answer.get_json()["access_token"])["scope"].split())
            self.assertEqual(scopes - {"openid", "groups"}, expected, asked)

    def test_redirects_elsewhere_are_refused(self) -> None:
        for party in (
            PAGES | {"redirect_uri": f"{API}/signin/return/"},
            PAGES | {"redirect_uri": "https://example.com/signin/return"},
            CLI | {"redirect_uri": "http://example.com:53211/return"},
            CLI | {"redirect_uri": "http://127.0.0.1@example.com/return"},
        ):
            answer = self.ask(party)
            self.assertEqual((answer.status_code, answer.location), (400, None), party)

    def test_pkce_is_demanded_and_only_s256(self) -> None:
        for more in ({"code_challenge": "", "code_challenge_method": ""}, {"code_challenge_method": "plain"}, {"code_challenge_method": ""}):
            answer = self.ask(PAGES, **more)
            self.assertEqual(parse_qs(urlsplit(answer.location).query)["error"], ["invalid_request"], more)

    def test_a_code_counts_once_and_only_with_its_verifier_and_client(self) -> None:
        self.ask(PAGES)
        code = self.code(self.sign_in("alice"))
        self.assertEqual(self.redeem(code).status_code, 200)
        self.assertEqual(self.redeem(code).json["error"], "invalid_grant")
        code = self.code(self.ask(PAGES))
        self.assertEqual(self.redeem(code, verifier="b" * 50).json["error"], "invalid_grant")
        self.assertEqual(self.redeem(code).json["error"], "invalid_grant")
        code = self.code(self.ask(PAGES))
        self.assertEqual(self.redeem(code, CLI, secret=None).json["error"], "invalid_grant")
        code = self.code(self.ask(PAGES))
        self.assertEqual(self.redeem(code, secret="wrong").json["error"], "invalid_client")

    def test_a_session_is_silent_unless_prompt_or_max_age_say_otherwise(self) -> None:
        self.ask(PAGES)
        self.sign_in("alice")
        self.assertEqual(self.ask(PAGES).status_code, 302)
        self.assertEqual(self.ask(PAGES, prompt="login").status_code, 200)
        self.assertEqual(self.ask(PAGES, max_age="0").status_code, 200)
        self.assertEqual(self.ask(PAGES, max_age="300").status_code, 302)
        ignoring = {"X-Test-Ignore-Max-Age": "1"}
        self.assertEqual(self.ask(PAGES, headers=ignoring, max_age="0", prompt="login").status_code, 302)
        later = time.time() + 400
        with mock.patch.object(module.time, "time", return_value=later):
            self.assertEqual(self.ask(PAGES, max_age="300").status_code, 200)

    def test_auth_time_is_when_the_password_was_typed(self) -> None:
        self.ask(PAGES)
        with mock.patch.object(module.time, "time", return_value=time.time() - 1000):
            self.sign_in("alice")
        tokens = self.redeem(self.code(self.ask(PAGES))).json
        self.assertAlmostEqual(self.claims(tokens["id_token"])["auth_time"], time.time() - 1000, delta=5)

    def test_prompt_none_without_a_session_is_login_required(self) -> None:
        answer = self.ask(PAGES, prompt="none")
        self.assertEqual(parse_qs(urlsplit(answer.location).query)["error"], ["login_required"])

    def test_agents_get_tokens_without_groups_and_pipelines_prove_more(self) -> None:
        for name, extra in (("demo-agent", set()), ("ci-agent", {"repository", "ref", "sha", "workflow", "run_id"})):
            data = {"grant_type": "client_credentials", "client_id": name, "client_secret": name}
            claims = self.claims(self.browser.post("/token", data=data).json["access_token"])
            self.assertEqual((claims["sub"], claims["client_id"], claims["aud"]), (name, name, "countersign"))
            self.assertEqual(claims.keys() & {"groups", "repository", "ref", "sha", "workflow", "run_id"}, extra)

    def test_clients_get_only_their_own_grant(self) -> None:
        data = {"grant_type": "client_credentials", "client_id": "countersign-pages", "client_secret": "countersign-pages"}
        self.assertEqual(self.browser.post("/token", data=data).json["error"], "unauthorized_client")
        self.assertEqual(self.ask({"client_id": "demo-agent", "redirect_uri": "http://127.0.0.1/x"}).status_code, 400)
        data = {"grant_type": "client_credentials", "client_id": "demo-agent", "client_secret": "ci-agent"}
        self.assertEqual(self.browser.post("/token", data=data).status_code, 401)

    def test_keys_rotate_and_a_restart_keeps_them(self) -> None:
        data = {"grant_type": "client_credentials", "client_id": "demo-agent", "client_secret": "demo-agent"}
        before = self.browser.post("/token", data=data).json["access_token"]
        fresh = self.browser.post("/test/rotate").json["kids"]
        self.claims(before)
        after = jwt.decode(self.browser.post("/token", data=data).json["access_token"], self.keys.signing(), ["ES256"])
        self.assertIn(after.header["kid"], fresh)
        self.assertEqual(Keys().published(), self.keys.published())
        self.browser.post("/test/rotate", data={"forget": "1"})
        self.assertEqual(len(self.browser.get("/jwks").json["keys"]), 2)
        self.assertTrue(all("d" not in key for key in self.browser.get("/jwks").json["keys"]))


if __name__ == "__main__":
    unittest.main()
