"""Who the local issuer knows: people with their groups, and clients."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from authlib.oauth2.rfc6749 import ClientMixin

LOOPBACK = ("127.0.0.1", "::1", "localhost")
# What a person's access token may do at the API: read, and decide. Reading needs no scope there; deciding does.
API_SCOPES = ("countersign:read", "countersign:decide")
SCOPES = ("openid", "groups", *API_SCOPES)


@dataclass(frozen=True)
class Person:
    """A person; the password is the name."""

    name: str
    groups: tuple[str, ...]
    # When this person last typed the password (Unix seconds); set on the copy that a sign-in makes.
    signed_in_at: int = 0

    def get_user_id(self) -> str:
        return self.name


PEOPLE = {
    person.name: person
    for person in (
        Person("alice", ("data-owners",)),
        Person("bob", ("sre",)),
        Person("carol", ("sre",)),
        Person("dana", ()),
        Person("mallory", ()),
    )
}


def password_fits(name: str, password: str) -> bool:
    return name in PEOPLE and secrets.compare_digest(name.encode(), password.encode())


@dataclass(frozen=True)
class Client(ClientMixin):
    """An OAuth client. Without a secret it is public: code with PKCE, redirect to its own machine on any port."""

    name: str
    grant: str
    secret: str | None = None
    redirects: tuple[str, ...] = ()
    claims: dict[str, str] = field(default_factory=dict)

    def get_client_id(self) -> str:
        return self.name

    def get_default_redirect_uri(self) -> str | None:
        return None

    def get_allowed_scope(self, scope: str | None) -> str:
        """What is granted of what is asked for. Whoever names no scope of the API gets both of them."""
        if self.grant != "authorization_code":
            return ""
        asked = [word for word in (scope or "").split() if word in SCOPES]
        named = any(word in API_SCOPES for word in asked)
        return " ".join(asked if named else [*asked, *API_SCOPES])

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        if self.secret is not None:
            return redirect_uri in self.redirects
        parts = urlsplit(redirect_uri)
        return parts.scheme == "http" and parts.hostname in LOOPBACK and not parts.fragment and not parts.username

    def check_client_secret(self, client_secret: str) -> bool:
        return self.secret is not None and secrets.compare_digest(self.secret.encode(), client_secret.encode())

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == "none" if self.secret is None else method in ("client_secret_basic", "client_secret_post")

    def check_response_type(self, response_type: str) -> bool:
        return self.grant == "authorization_code" and response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == self.grant


def clients(api: str) -> dict[str, Client]:
    """All clients; `api` is where the pages live."""
    pipeline = {
        "repository": "example/data-platform",
        "ref": "refs/heads/main",
        "sha": "9f2c4e1d7a60b38c5512f0aa94be37d6c1e8f204",
        "workflow": "quarterly-export",
        "run_id": "7341190",
    }
    known = (
        Client("demo-agent", "client_credentials", "demo-agent"),
        Client("ci-agent", "client_credentials", "ci-agent", claims=pipeline),
        Client("countersign-pages", "authorization_code", "countersign-pages", (f"{api}/signin/return",)),
        Client("countersign-cli", "authorization_code"),
    )
    return {client.name: client for client in known}
