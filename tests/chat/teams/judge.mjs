// A second judge of tokens: Microsoft's own validator (botframework-connector). Writes one line for each of many requests, good
// and forged, with the validator's verdict: what it refuses, Countersign must refuse.
//   usage: APP=… MODULES=… node judge.mjs > requests.jsonl

import { createServer } from "node:http";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { Framework, ISSUER, newKey, signed } from "./framework.mjs";

const { APP, MODULES } = process.env;
const { ChannelValidation } = createRequire(pathToFileURL(`${MODULES}/`))("botframework-connector");
// The validator prints the keys it looked at.
console.error = () => {};

const framework = new Framework("");
const server = createServer((request, response) => response.end(JSON.stringify(framework.answer({ method: "GET", path: request.url }).body)));
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
framework.base = `http://127.0.0.1:${server.address().port}`;
ChannelValidation.OpenIdMetadataEndpoint = `${framework.base}/framework/v1/.well-known/openidconfiguration`;

const SERVICE = "https://smba.trafficmanager.net/emea/";
const now = Math.floor(Date.now() / 1000);
const CLAIMS = { iss: ISSUER, aud: APP, serviceurl: SERVICE, nbf: now - 60, exp: now + 3600 };
const ACTIVITY = { type: "invoke", name: "adaptiveCard/action", channelId: "msteams", serviceUrl: SERVICE };
const HEADER = { alg: "RS256", kid: "teams-1", x5t: "teams-1", typ: "JWT" };
const foreign = newKey("teams-1", ["msteams"]);
const without = (fields, name) => Object.fromEntries(Object.entries(fields).filter(([known]) => known !== name));
const good = (claims = {}, kid, header) => framework.token({ ...CLAIMS, ...claims }, kid, header);
const flipped = (token, part) => {
  const parts = token.split(".");
  parts[part] = (parts[part][10] === "A" ? "B" : "A") + parts[part].slice(1);
  return parts.join(".");
};

const requests = [
  ["good", good()],
  ["expired within the skew", good({ exp: now - 200 })],
  ["expired", good({ exp: now - 400 })],
  ["not yet valid within the skew", good({ nbf: now + 200 })],
  ["not yet valid", good({ nbf: now + 400 })],
  ["without exp", framework.token(without(CLAIMS, "exp"))],
  ["for another bot", good({ aud: "99999999-2222-4333-8444-555555555555" })],
  ["for two bots", good({ aud: [APP, "99999999-2222-4333-8444-555555555555"] })],
  ["without audience", framework.token(without(CLAIMS, "aud"))],
  ["of Entra ID", good({ iss: "https://login.microsoftonline.com/aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee/v2.0" })],
  ["of Entra ID, version 1", good({ iss: "https://sts.windows.net/aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee/" })],
  ["of the emulator", good({ iss: "https://sts.windows.net/d6d49420-f39b-4df7-a1dc-d59a935871db/" })],
  ["of the government's cloud", good({ iss: "https://api.botframework.us" })],
  ["without issuer", framework.token(without(CLAIMS, "iss"))],
  ["for another service", good({ serviceurl: "https://smba.trafficmanager.net/amer/" })],
  ["for a service without slash", good({ serviceurl: SERVICE.slice(0, -1) })],
  ["without service", framework.token(without(CLAIMS, "serviceurl"))],
  ["a key for webchat", good({}, "webchat-1")],
  ["a key without endorsements", good({}, "bare-1")],
  ["an unknown key", signed({ ...HEADER, kid: "other" }, CLAIMS, foreign.secret)],
  ["another key under the same name", signed(HEADER, CLAIMS, foreign.secret)],
  ["the algorithm none", `${good({}, undefined, { alg: "none" }).split(".").slice(0, 2).join(".")}.`],
  ["a shared secret", good({}, undefined, { alg: "HS256" })],
  ["changed claims", flipped(good(), 1)],
  ["changed signature", flipped(good(), 2)],
  ["a key of its own", good({}, undefined, { jwk: foreign.jwk })],
  ["a critical extension", good({}, undefined, { crit: ["x"], x: 1 })],
  ["for another channel", good(), { channelId: "webchat" }],
  ["from a service off the list", good({ serviceurl: "https://mallory.example/" }), { serviceUrl: "https://mallory.example/" }],
  ["not a token", "x.y.z"],
];

const credentials = { isValidAppId: async (id) => id === APP };
for (const [name, token, over = {}] of requests) {
  const activity = { ...ACTIVITY, ...over };
  let accepts = false;
  try {
    const { serviceUrl, channelId } = activity;
    await ChannelValidation.authenticateChannelTokenWithServiceUrl(`Bearer ${token}`, credentials, serviceUrl, channelId);
    accepts = true;
  } catch {
    // Refused.
  }
  console.log(JSON.stringify({ name, token, activity, accepts, keys: framework.keys.map((key) => key.jwk) }));
}
server.close();
