// A provider that answers as one vendor does, on this machine and for tests only: `node provider.mjs --profile okta`.
//
// oidc-provider does the protocol (code with PKCE, sessions, max_age, prompt); what is in the tokens, which scopes are refused
// and whether `iss` comes back is the vendor's. Beside it, tokens of pipelines in their recorded shape:
//   GET  /workloads/NAME/.well-known/openid-configuration
//   POST /workloads/NAME/token      {"shape": "pipeline_branch", "claims": {…written over it…}}
// What is missing from one person's ID tokens from now on, as where something is configured wrongly at a vendor:
//   POST /test/leave-out            {"person": "alice", "claims": ["auth_time"]}
//
// In the environment: ISSUER_PORT, API (where the pages live), MODULES (where oidc-provider is installed).

import { createServer } from "node:http";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createHash } from "node:crypto";
import { pathToFileURL } from "node:url";
import { SHAPES } from "./shapes.mjs";
import { Workloads } from "./workloads.mjs";

const PORT = Number(process.env.ISSUER_PORT);
const ORIGIN = `http://127.0.0.1:${PORT}`;
const profile = process.argv[process.argv.indexOf("--profile") + 1];
const vendor = JSON.parse(readFileSync(new URL("vendors.json", import.meta.url)))[profile];
if (!vendor || !SHAPES[profile] || !PORT || !process.env.API) {
  console.error("usage: ISSUER_PORT=… API=… node provider.mjs --profile okta|entra|keycloak|auth0");
  process.exit(2);
}
const installed = createRequire(pathToFileURL(`${process.env.MODULES ?? import.meta.dirname}/`));
const load = (name) => import(pathToFileURL(installed.resolve(name)));
const { Provider } = await load("oidc-provider");
const jose = await load("jose");

const ISSUER = `${ORIGIN}${vendor.path}`;
const MOUNT = vendor.path.replace(/\/$/, "");
const GROUPS = { alice: ["data-owners"], bob: ["sre"], carol: ["sre"], dana: [], mallory: [] };
const nameOfClient = Object.fromEntries(Object.entries(vendor.clients).map(([name, id]) => [id, name]));
const { privateKey } = await jose.generateKeyPair("RS256", { extractable: true });
const KID = "vendor-1";
const signing = { ...(await jose.exportJWK(privateKey)), kid: KID, alg: "RS256", use: "sig" };

const redirects = {
  "countersign-pages": [`${process.env.API}/signin/return`],
  "countersign-cli": ["http://127.0.0.1/callback", "http://127.0.0.1/back"],
};
const clients = Object.entries(vendor.clients).map(([name, id]) => {
  const both = { client_id: id, redirect_uris: redirects[name] ?? [], id_token_signed_response_alg: "RS256" };
  if (name === "countersign-cli") {
    return { ...both, application_type: "native", token_endpoint_auth_method: "none", grant_types: ["authorization_code"] };
  }
  // The pages' client may also get tokens for itself, as clients with a secret often can: those are a machine's.
  const grants = redirects[name] ? ["authorization_code", "client_credentials"] : ["client_credentials"];
  return { ...both, client_secret: id, grant_types: grants, response_types: redirects[name] ? ["code"] : [] };
});

const provider = new Provider(ISSUER, {
  clients,
  jwks: { keys: [signing] },
  cookies: { keys: ["only-this-machine"], names: { session: "provider_session", interaction: "provider_sign_in", resume: "provider_resume" } },
  features: { devInteractions: { enabled: false }, clientCredentials: { enabled: true }, rpInitiatedLogout: { enabled: false } },
  pkce: { required: () => true },
  scopes: vendor.known_scopes ?? ["openid", "profile", "email", "countersign:decide"],
  claims: { openid: ["sub"] },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
  interactions: { url: (_, interaction) => `${MOUNT}/sign-in/${interaction.uid}` },
  async loadExistingGrant(ctx) {
    const grant = new ctx.oidc.provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId });
    grant.addOIDCScope(ctx.oidc.params.scope ?? "openid");
    await grant.save();
    return grant;
  },
  ttl: { AuthorizationCode: 60, AccessToken: 3600, ClientCredentials: 3600, IdToken: 600, Interaction: 600, Session: 3600, Grant: 3600 },
});
provider.on("server_error", (_, error) => console.error(error));

const asked = new Map();

provider.use(async (ctx, next) => {
  if (ctx.method === "GET" && ctx.path.endsWith("/auth") && refuseUnknownScopes(ctx)) return;
  await next();
  const route = ctx.oidc?.route;
  if (route === "authorization" || route === "resume") afterAuthorization(ctx);
  if (route === "token" && ctx.status === 200) await reshape(ctx);
  if (route === "discovery" && !vendor.sends_iss) delete ctx.body.authorization_response_iss_parameter_supported;
});

// Most vendors refuse a request with a scope that they do not know, before anybody signs in.
function refuseUnknownScopes(ctx) {
  const { scope = "", client_id: client, redirect_uri: back, state } = ctx.query;
  const unknown = vendor.known_scopes && scope.split(" ").some((one) => one && !vendor.known_scopes.includes(one));
  const registered = redirects[nameOfClient[client]]?.includes(back) || (back ?? "").startsWith("http://127.0.0.1:");
  if (!unknown || !registered) return false;
  const address = new URL(back);
  for (const [name, value] of Object.entries({ error: "invalid_scope", error_description: "One or more scopes are not configured.", state })) {
    if (value) address.searchParams.set(name, value);
  }
  ctx.redirect(address.href);
  return true;
}

function afterAuthorization(ctx) {
  const location = ctx.response.get("Location");
  if (!location?.includes("code=")) return;
  const address = new URL(location);
  asked.set(address.searchParams.get("code"), ctx.oidc.params.max_age !== undefined || `${ctx.oidc.params.prompt}`.includes("login"));
  if (!vendor.sends_iss) address.searchParams.delete("iss");
  ctx.set("Location", address.href);
}

async function reshape(ctx) {
  const { AuthorizationCode: code } = ctx.oidc.entities;
  const client = ctx.oidc.client.clientId;
  const person = code ? code.accountId : null;
  const name = nameOfClient[client];
  const ask = {
    issuer: ISSUER,
    vendor,
    client,
    person,
    subject: person ? vendor.people[person] : (vendor.agents[name] ?? client),
    groups: person ? GROUPS[person].map((group) => vendor.groups[group]) : [],
    scope: code?.scope ?? "",
    nonce: code?.nonce,
    now: Math.floor(Date.now() / 1000),
    signedIn: code?.authTime,
    askedForAge: asked.get(ctx.oidc.params.code) === true,
  };
  ctx.body.access_token = await sign(SHAPES[profile].access(ask));
  if (ctx.body.id_token) {
    const made = lacking(SHAPES[profile].id(ask), person);
    const half = createHash("sha256").update(ctx.body.access_token).digest().subarray(0, 16);
    ctx.body.id_token = await sign({ ...made, claims: { ...made.claims, at_hash: half.toString("base64url") } });
  }
}

const leftOut = new Map();

// Groups that have no room are elsewhere, as Entra ID and OpenID Connect Core (5.6.2) say so.
function lacking({ header, claims }, person) {
  const names = leftOut.get(person) ?? [];
  const kept = Object.fromEntries(Object.entries(claims).filter(([name]) => !names.includes(name)));
  const elsewhere = { _claim_names: { groups: "src1" }, _claim_sources: { src1: { endpoint: `${ORIGIN}/groups` } } };
  return { header, claims: names.includes("groups") && "groups" in claims ? { ...kept, ...elsewhere } : kept };
}

function sign({ header, claims }) {
  const made = new jose.CompactSign(new TextEncoder().encode(JSON.stringify(claims)));
  return made.setProtectedHeader({ alg: "RS256", kid: KID, ...header }).sign(privateKey);
}

const FORM = (action, wrong) => `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Sign in</title><h1>Sign in</h1><p>As ${profile} would. The password is the name.</p>
${wrong ? '<p role="alert">That name and password do not fit.</p>' : ""}<form method="post" action="${action}">
<label>User name <input name="username" required></label><label>Password <input name="password" type="password" required></label>
<button>Sign in</button></form>`;

async function signIn(request, response, uid) {
  const action = `${MOUNT}/sign-in/${encodeURIComponent(uid)}`;
  if (request.method !== "POST") return html(response, 200, FORM(action, false));
  const form = new URLSearchParams(await body(request));
  const name = form.get("username");
  if (!Object.hasOwn(vendor.people, name) || form.get("password") !== name) return html(response, 401, FORM(action, true));
  const done = { login: { accountId: name, remember: true }, consent: {} };
  return provider.interactionFinished(request, response, done, { mergeWithLastSubmission: false });
}

async function body(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts).toString();
}

function html(response, status, text) {
  response.writeHead(status, { "Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store" }).end(text);
}

function json(response, status, value) {
  response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(value));
}

const workloads = await Workloads.load(jose, ORIGIN);
const answer = provider.callback();

createServer(async (request, response) => {
  try {
    const path = new URL(request.url, ORIGIN).pathname;
    const [, first, name, ...rest] = path.split("/");
    if (first === "workloads") {
      const given = request.method === "POST" ? JSON.parse((await body(request)) || "{}") : undefined;
      const found = await workloads.answer(name, rest.join("/"), given);
      return json(response, found ? 200 : 404, found ?? { error: "not found" });
    }
    if (path === "/test/leave-out" && request.method === "POST") {
      const { person, claims } = JSON.parse(await body(request));
      leftOut.set(person, claims);
      return json(response, 200, { person, claims });
    }
    if (path.startsWith(`${MOUNT}/sign-in/`)) return await signIn(request, response, path.slice(`${MOUNT}/sign-in/`.length));
    if (!path.startsWith(`${MOUNT}/`)) return json(response, 404, { error: "not found" });
    request.originalUrl = request.url;
    request.url = request.url.slice(MOUNT.length);
    return answer(request, response);
  } catch (error) {
    console.error(error);
    return json(response, 500, { error: "server_error" });
  }
}).listen(PORT, "127.0.0.1");
