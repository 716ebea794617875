"""What is suspended on this machine from the start, so that there is something to let run again: in Bob's name, by the API."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import urllib.error
import urllib.parse
import urllib.request

import place
from place import Trouble

SCOPE = f"agent:{place.ISSUER}|retired-agent"
CLIENT = "countersign-cli"
BACK = "http://127.0.0.1:1/back"


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        """Where the issuer sends a browser is read, not followed."""


# Nothing of this leaves the machine, whatever the environment says about proxies.
_http = urllib.request.build_opener(urllib.request.ProxyHandler({}), _Stay())


def suspend_the_retired_agent() -> None:
    token = person_token("bob")
    body = {"scope": SCOPE, "reason": "This agent is retired"}
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    _send(f"{place.API}/v1/suspensions", json.dumps(body).encode(), headers)


def person_token(person: str) -> str:
    """Code and PKCE, as any command line does it."""
    verifier = secrets.token_urlsafe(48)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    asked = {"response_type": "code", "client_id": CLIENT, "redirect_uri": BACK, "scope": "openid groups", "state": "seed"}
    asked |= {"code_challenge": challenge, "code_challenge_method": "S256", "nonce": secrets.token_hex(8)}
    page = f"{place.ISSUER}/authorize?{urllib.parse.urlencode(asked)}"
    form = urllib.parse.urlencode({"username": person, "password": person}).encode()
    back = urllib.parse.urlsplit(_send(page, form, {})[0].get("Location") or "")
    code = urllib.parse.parse_qs(back.query).get("code", [""])[0]
    redeem = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK, "client_id": CLIENT}
    _, answer = _send(f"{place.ISSUER}/token", urllib.parse.urlencode(redeem | {"code_verifier": verifier}).encode(), {})
    return json.loads(answer)["access_token"]


def _send(address: str, body: bytes, headers: dict) -> tuple[dict, bytes]:
    try:
        with _http.open(urllib.request.Request(address, body, headers), timeout=30) as answer:
            return answer.headers, answer.read()
    except urllib.error.HTTPError as answer:
        if answer.code in (302, 303):
            return answer.headers, b""
        said = answer.read(300).decode(errors="replace")
        raise Trouble(f"{address.split('?')[0]} answered {answer.code} while the demo data was made: {said}") from None
