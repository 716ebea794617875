"""What the issuer grants, on Authlib: code with PKCE S256 for people, client credentials for agents, JWTs for both."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, replace

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import AuthorizationCodeMixin, InvalidRequestError, grants
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oauth2.rfc9068 import JWTBearerTokenGenerator
from authlib.oauth2.rfc9207 import IssuerParameter
from authlib.oidc.core import UserInfo
from authlib.oidc.core.grants import OpenIDCode

from .keys import Keys
from .parties import PEOPLE

AUDIENCE = "countersign"
CODE_SECONDS = 60
TOKEN_SECONDS = 3600
ID_TOKEN_SECONDS = 600


@dataclass(frozen=True)
class Code(AuthorizationCodeMixin):
    """One authorization code, good once."""

    client_id: str
    redirect_uri: str
    scope: str
    person: str
    nonce: str | None
    auth_time: int
    code_challenge: str
    code_challenge_method: str
    expires_at: float

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str | None:
        return self.nonce

    def get_auth_time(self) -> int:
        return self.auth_time

    def get_acr(self) -> None:
        return None

    def get_amr(self) -> None:
        return None


class Codes:
    """Codes that wait to be redeemed; in memory, because they live for a minute."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.waiting: dict[str, Code] = {}

    def add(self, text: str, code: Code) -> None:
        with self.lock:
            now = time.time()
            self.waiting = {key: kept for key, kept in self.waiting.items() if kept.expires_at > now}
            self.waiting[text] = code

    def take(self, text: str) -> Code | None:
        """A code is spent by being shown, also with a wrong verifier."""
        with self.lock:
            code = self.waiting.pop(text, None)
        return code if code and code.expires_at > time.time() else None


class OnlyS256(CodeChallenge):
    """PKCE for every client, S256 and nothing else."""

    SUPPORTED_CODE_CHALLENGE_METHOD = ["S256"]

    def validate_code_challenge(self, grant, redirect_uri) -> None:
        asked = grant.request.payload.data
        if not asked.get("code_challenge") or asked.get("code_challenge_method") != "S256":
            raise InvalidRequestError("PKCE with code_challenge_method=S256 is required.")
        super().validate_code_challenge(grant, redirect_uri)


def code_grant(codes: Codes) -> type[grants.AuthorizationCodeGrant]:
    class CodeGrant(grants.AuthorizationCodeGrant):
        """Authorization code, for the pages (with secret) and the command line (public)."""

        TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic", "client_secret_post", "none"]

        def save_authorization_code(self, code, request) -> None:
            asked = request.payload.data
            kept = Code(
                client_id=request.client.get_client_id(),
                redirect_uri=request.payload.redirect_uri or "",
                scope=request.scope,
                person=request.user.name,
                nonce=asked.get("nonce"),
                auth_time=request.user.signed_in_at,
                code_challenge=asked["code_challenge"],
                code_challenge_method=asked["code_challenge_method"],
                expires_at=time.time() + CODE_SECONDS,
            )
            codes.add(code, kept)

        def query_authorization_code(self, code, client) -> Code | None:
            found = codes.take(code)
            return found if found and found.client_id == client.get_client_id() else None

        def delete_authorization_code(self, authorization_code) -> None:
            """Taken when it was shown."""

        def authenticate_user(self, authorization_code):
            return replace(PEOPLE[authorization_code.person], signed_in_at=authorization_code.auth_time)

    return CodeGrant


class ClientCredentials(grants.ClientCredentialsGrant):
    """For agents."""

    TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic", "client_secret_post"]


class IdTokens(OpenIDCode):
    """ID tokens: RS256, audience the client, the caller's nonce, when the password was typed, groups, no name."""

    def __init__(self, issuer: str, keys: Keys) -> None:
        super().__init__()
        self.issuer = issuer
        self.keys = keys

    def resolve_client_private_key(self, client):
        return self.keys.signing()

    def get_client_algorithm(self, client) -> str:
        return "RS256"

    def get_encode_header(self, client) -> dict:
        return {"alg": "RS256", "typ": "JWT"}

    def get_client_claims(self, client) -> dict:
        client_id = client.get_client_id()
        return {"iss": self.issuer, "aud": client_id, "azp": client_id, "exp": int(time.time()) + ID_TOKEN_SECONDS}

    def exists_nonce(self, nonce, request) -> bool:
        """A nonce is the client's to check: its code is good once here."""
        return False

    def generate_user_info(self, user, scope) -> UserInfo:
        return UserInfo(sub=user.name, groups=list(user.groups))


class AccessTokens(JWTBearerTokenGenerator):
    """Access tokens (RFC 9068): ES256, audience `countersign`; people's carry groups, pipelines' what they prove."""

    def __init__(self, issuer: str, keys: Keys) -> None:
        super().__init__(issuer, alg="ES256", expires_generator=TOKEN_SECONDS)
        self.keys = keys

    def get_jwks(self):
        return self.keys.signing()

    def get_audiences(self, client, user, scope) -> str:
        return AUDIENCE

    def get_auth_time(self, user) -> int | None:
        return user.signed_in_at if user else None

    def get_extra_claims(self, client, grant_type, user, scope) -> dict:
        return {"azp": client.get_client_id()} | ({"groups": list(user.groups)} if user else client.claims)


def authorization_server(app, issuer: str, keys: Keys, clients: dict) -> AuthorizationServer:
    class ResponseIssuer(IssuerParameter):
        """`iss` in the authorization response (RFC 9207)."""

        def get_issuer(self) -> str:
            return issuer

    server = AuthorizationServer(app, query_client=clients.get, save_token=lambda token, request: None)
    server.register_token_generator("default", AccessTokens(issuer, keys))
    server.register_grant(ClientCredentials)
    server.register_grant(code_grant(Codes()), [OnlyS256(required=True), IdTokens(issuer, keys)])
    server.register_extension(ResponseIssuer())
    return server
