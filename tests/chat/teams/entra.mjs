// Entra ID's token endpoint for one app with one certificate.

import { X509Certificate, createHash, constants, randomBytes, verify } from "node:crypto";

export class Entra {
  #tokens = new Map();
  #used = new Set();

  constructor({ base, app, tenant, certificate }) {
    Object.assign(this, { app, path: `/${tenant}/oauth2/v2.0/token`, endpoint: `${base}/${tenant}/oauth2/v2.0/token` });
    const x509 = new X509Certificate(certificate);
    this.key = x509.publicKey;
    this.thumbprint = createHash("sha256").update(x509.raw).digest("base64url");
  }

  answer({ method, path, headers, body }) {
    if (path !== this.path) return undefined;
    if (method !== "POST" || headers["content-type"] !== "application/x-www-form-urlencoded") return refused(400, "invalid_request", 900144);
    const fields = new URLSearchParams(body);
    if (new Set(fields.keys()).size !== [...fields.keys()].length) return refused(400, "invalid_request", 90100);
    if (fields.get("grant_type") !== "client_credentials") return refused(400, "unsupported_grant_type", 70003);
    if (fields.get("client_id") !== this.app) return refused(400, "unauthorized_client", 700016);
    if (fields.get("scope") !== "https://api.botframework.com/.default") return refused(400, "invalid_scope", 70011);
    const wrong = this.#wrong(fields);
    if (wrong) return refused(401, "invalid_client", wrong);
    const token = randomBytes(48).toString("base64url");
    this.#tokens.set(token, Date.now() + 3599_000);
    return { status: 200, body: { token_type: "Bearer", expires_in: 3599, ext_expires_in: 3599, access_token: token } };
  }

  // Whether this header has a token that was issued here and still holds.
  accepts(authorization) {
    const token = /^Bearer (\S+)$/.exec(authorization ?? "")?.[1];
    return (this.#tokens.get(token) ?? 0) > Date.now();
  }

  // From now on no token counts that was issued before.
  revoke() {
    this.#tokens.clear();
  }

  // The number of the error, if the assertion does not prove the app.
  #wrong(fields) {
    if (fields.get("client_assertion_type") !== "urn:ietf:params:oauth:client-assertion-type:jwt-bearer") return 7000218;
    const [header, claims, signature] = (fields.get("client_assertion") ?? "").split(".");
    let head, said;
    try {
      [head, said] = [header, claims].map((part) => JSON.parse(Buffer.from(part, "base64url").toString("utf8")));
    } catch {
      return 50027;
    }
    const padding = { PS256: constants.RSA_PKCS1_PSS_PADDING, RS256: constants.RSA_PKCS1_PADDING }[head.alg];
    if (!padding || head.typ !== "JWT" || head["x5t#S256"] !== this.thumbprint) return 700027;
    const key = { key: this.key, padding, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
    if (!verify("sha256", Buffer.from(`${header}.${claims}`), key, Buffer.from(signature ?? "", "base64url"))) return 700027;
    const now = Date.now() / 1000;
    if (said.aud !== this.endpoint) return 50027;
    if (said.iss !== this.app || said.sub !== this.app) return 700021;
    if (!(said.exp > now - 300 && said.exp < now + 900 && said.nbf < now + 300)) return 700024;
    if (!said.jti || this.#used.has(said.jti)) return 700025;
    this.#used.add(said.jti);
    return undefined;
  }
}

function refused(status, error, number) {
  return { status, body: { error, error_description: `AADSTS${number}: refused`, error_codes: [number] } };
}
