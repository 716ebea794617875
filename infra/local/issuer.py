"""The local OIDC issuer: people sign in with a plain form, agents with client credentials. For one machine only.

Discovery at /.well-known/openid-configuration; /authorize, /token, /jwks, /signout.

For tests, and never outside this machine:
  POST /test/rotate              new signing keys; the older ones stay published, with forget=1 they do not
  IGNORE_MAX_AGE=1               in the environment: a provider that ignores max_age and prompt
  X-Test-Ignore-Max-Age: 1       on one /authorize request: the same, for that request
"""

from __future__ import annotations

import os
import secrets
import threading
import time
from dataclasses import replace
from html import escape

import place
from authlib.oauth2 import OAuth2Error
from flask import Flask, Response, jsonify, request
from oidc.grants import authorization_server
from oidc.keys import Keys
from oidc.parties import PEOPLE, SCOPES, Person, clients, password_fits
from werkzeug.serving import WSGIRequestHandler, make_server

COOKIE = "issuer_session"
IGNORE_MAX_AGE = os.environ.get("IGNORE_MAX_AGE") == "1"

FORM = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Sign in</title>
<style>body{{font:1rem/1.5 system-ui;max-width:22rem;margin:4rem auto;padding:0 1rem}}
label,input,button{{display:block;width:100%;box-sizing:border-box;font:inherit;margin:.3rem 0}}</style>
<h1>Sign in</h1>
<p>To go on to <b>{client}</b>. This is the local stack: the password is the name.</p>
{wrong}
<form method="post" action="{action}">
<label>User name <input name="username" autocomplete="username" autofocus required></label>
<label>Password <input name="password" type="password" autocomplete="current-password" required></label>
<button>Sign in</button>
</form>
"""


class Sessions:
    """Who is signed in at the issuer, by cookie: what makes the next sign-in silent."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.people: dict[str, Person] = {}

    def begin(self, name: str) -> tuple[str, Person]:
        person = replace(PEOPLE[name], signed_in_at=int(time.time()))
        key = secrets.token_urlsafe(32)
        with self.lock:
            self.people[key] = person
        return key, person

    def find(self, key: str | None) -> Person | None:
        with self.lock:
            return self.people.get(key or "")

    def end(self, key: str | None) -> None:
        with self.lock:
            self.people.pop(key or "", None)


def create_app(issuer: str, api: str, keys: Keys) -> Flask:
    app = Flask("issuer")
    sessions = Sessions()
    server = authorization_server(app, issuer, keys, clients(api))
    add_metadata(app, issuer, keys)

    @app.get("/authorize")
    def authorize_get() -> Response:
        person = sessions.find(request.cookies.get(COOKIE))
        if person and must_sign_in_again(person):
            person = None
        try:
            grant = server.get_consent_grant(end_user=person)
        except OAuth2Error as error:
            return server.handle_error_response(server.create_oauth2_request(request), error)
        if person is None:
            return form(grant.client.name)
        return server.create_authorization_response(grant=grant, grant_user=person)

    @app.post("/authorize")
    def authorize_post() -> Response:
        try:
            grant = server.get_consent_grant(end_user=None)
        except OAuth2Error as error:
            return server.handle_error_response(server.create_oauth2_request(request), error)
        name = request.form.get("username", "")
        if not password_fits(name, request.form.get("password", "")):
            return form(grant.client.name, "That name and password do not fit.")
        sessions.end(request.cookies.get(COOKIE))
        key, person = sessions.begin(name)
        grant.request.user = person
        response = server.create_authorization_response(grant=grant, grant_user=person)
        response.set_cookie(COOKIE, key, httponly=True, samesite="Lax", path="/authorize")
        return response

    @app.post("/token")
    def token() -> Response:
        return server.create_token_response()

    @app.route("/signout", methods=["GET", "POST"])
    def signout() -> Response:
        sessions.end(request.cookies.get(COOKIE))
        return Response("Signed out.\n", mimetype="text/plain")

    @app.post("/test/rotate")
    def rotate() -> Response:
        return jsonify(kids=keys.rotate(forget=request.values.get("forget") == "1"))

    return app


def must_sign_in_again(person: Person) -> bool:
    """Whether `prompt` or `max_age` ask for a fresh password, whatever the session says."""
    if IGNORE_MAX_AGE or request.headers.get("X-Test-Ignore-Max-Age") == "1":
        return False
    if "login" in request.args.get("prompt", "").split():
        return True
    asked = request.args.get("max_age")
    if asked is None:
        return False
    return not asked.isdigit() or time.time() - person.signed_in_at >= int(asked)


def form(client: str, wrong: str = "") -> Response:
    action = f"/authorize?{request.query_string.decode()}"
    note = f'<p role="alert">{escape(wrong)}</p>' if wrong else ""
    page = FORM.format(client=escape(client), action=escape(action, quote=True), wrong=note)
    return Response(page, status=401 if wrong else 200, headers={"Cache-Control": "no-store"}, mimetype="text/html")


def add_metadata(app: Flask, issuer: str, keys: Keys) -> None:
    @app.get("/.well-known/openid-configuration")
    def discovery() -> Response:
        return jsonify(
            issuer=issuer,
            authorization_endpoint=f"{issuer}/authorize",
            token_endpoint=f"{issuer}/token",
            jwks_uri=f"{issuer}/jwks",
            end_session_endpoint=f"{issuer}/signout",
            scopes_supported=list(SCOPES),
            response_types_supported=["code"],
            response_modes_supported=["query"],
            grant_types_supported=["authorization_code", "client_credentials"],
            subject_types_supported=["public"],
            id_token_signing_alg_values_supported=["RS256"],
            token_endpoint_auth_methods_supported=["client_secret_basic", "client_secret_post", "none"],
            code_challenge_methods_supported=["S256"],
            prompt_values_supported=["none", "login"],
            claims_supported=["iss", "sub", "aud", "azp", "exp", "iat", "nonce", "auth_time", "groups"],
            authorization_response_iss_parameter_supported=True,
        )

    @app.get("/jwks")
    def jwks() -> Response:
        return jsonify(keys.published())


class Quiet(WSGIRequestHandler):
    """No line per request: queries hold codes."""

    def log_request(self, *_: object) -> None:
        pass


def main() -> None:
    app = create_app(place.ISSUER, place.API, Keys())
    make_server("127.0.0.1", place.ISSUER_PORT, app, threaded=True, request_handler=Quiet).serve_forever()


if __name__ == "__main__":
    main()
