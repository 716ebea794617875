// Answers as Microsoft Teams does, on this machine and for tests only: Entra ID's token endpoint, the Bot Framework's OpenID
// metadata and keys, and the Connector. It is as strict as the real one: every refusal has the status and the code that the
// real one answers with. People press buttons of the cards that were posted: the activity is signed with the Bot Framework's
// key and sent to the bot, and the bot's answer must have one of the types that Teams knows.
//
// In the environment: PORT, APP (the bot), TENANT, CERTIFICATE (a PEM file: the only credential that Entra ID knows).
//   GET  /                                  the messages as they are now, as a page to read
//   POST /test/room     {"room", "state": "open|blocked|removed|disabled", "next": [{"status", "code", "retryAfter"}, …]}
//   GET  /test/messages                     every message as it is now, with how often it was updated
//   POST /test/press    {"endpoint", "person", "room", "message", "title", "trigger", "over": {…}, "claims": {…}}
//   POST /test/submit   {"endpoint", "person", "room", "form": {…}, "title", "inputs": {…}}

import { createServer } from "node:http";
import { readFileSync } from "node:fs";
import { Entra } from "./entra.mjs";
import { Framework } from "./framework.mjs";
import { Connector } from "./connector.mjs";
import { Client } from "./client.mjs";
import { page } from "./page.mjs";

const { PORT, APP, TENANT, CERTIFICATE } = process.env;
if (!PORT || !APP || !TENANT || !CERTIFICATE) {
  console.error("usage: PORT=… APP=… TENANT=… CERTIFICATE=… node double.mjs");
  process.exit(2);
}
const base = `http://127.0.0.1:${PORT}`;
const entra = new Entra({ base, app: APP, tenant: TENANT, certificate: readFileSync(CERTIFICATE, "utf8") });
const framework = new Framework(base);
const connector = new Connector({ base, app: APP, tenant: TENANT, entra });
const client = new Client({ base, app: APP, tenant: TENANT, connector, framework });

const server = createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const asked = {
    method: request.method,
    path: decodeless(request.url),
    headers: request.headers,
    body: Buffer.concat(chunks).toString("utf8"),
  };
  let told;
  try {
    told = read(asked) ?? (await client.answer(asked)) ?? entra.answer(asked) ?? framework.answer(asked) ?? connector.answer(asked);
  } catch (error) {
    told = { status: 500, body: { error: { code: "DoubleFailed", message: String(error.stack) } } };
  }
  told ??= { status: 404, body: { error: { code: "NotFound", message: "no such address" } } };
  response.writeHead(told.status, { "content-type": "application/json", ...told.headers });
  response.end(told.text ?? (told.body === undefined ? "" : JSON.stringify(told.body)));
});
server.listen(Number(PORT), "127.0.0.1", () => console.log(`listening on ${base}`));

function read({ method, path }) {
  return method === "GET" && path === "/" ? page(connector.messages) : undefined;
}

// The path's segments stay encoded: a conversation's id may contain anything.
function decodeless(url) {
  return url.split("?")[0];
}
