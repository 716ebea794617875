// The Bot Framework as an issuer: metadata, keys with endorsements, tokens.

import { generateKeyPairSync, sign } from "node:crypto";

export const ISSUER = "https://api.botframework.com";

export class Framework {
  constructor(base) {
    this.base = base;
    this.keys = [newKey("teams-1", ["webchat", "msteams"]), newKey("webchat-1", ["webchat"]), newKey("bare-1", undefined)];
  }

  answer({ method, path }) {
    if (method !== "GET") return undefined;
    if (path === "/framework/v1/.well-known/openidconfiguration") {
      const signing = { id_token_signing_alg_values_supported: ["RS256"], token_endpoint_auth_methods_supported: ["private_key_jwt"] };
      return { status: 200, body: { issuer: ISSUER, jwks_uri: `${this.base}/framework/keys`, ...signing } };
    }
    if (path === "/framework/keys") return { status: 200, body: { keys: this.keys.map((key) => key.jwk) } };
    return undefined;
  }

  // A token with these claims, by the key with this id; `over` goes over its header.
  token(claims, kid = "teams-1", over = {}) {
    const key = this.keys.find((known) => known.jwk.kid === kid);
    return signed({ alg: "RS256", kid, x5t: kid, typ: "JWT", ...over }, claims, key.secret);
  }
}

export function newKey(kid, endorsements) {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const jwk = { ...publicKey.export({ format: "jwk" }), use: "sig", kid, x5t: kid };
  return { jwk: endorsements === undefined ? jwk : { ...jwk, endorsements }, secret: privateKey };
}

export function signed(header, claims, secret) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const text = `${part(header)}.${part(claims)}`;
  return `${text}.${sign("sha256", Buffer.from(text), secret).toString("base64url")}`;
}
