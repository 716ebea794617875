// Tokens of pipelines and workloads, signed here in the shape their issuer documents: shared/identity/tests/shapes.

import { readFileSync } from "node:fs";

const NAMES = ["github-actions", "gitlab", "buildkite", "circleci", "aws-workload"];
const SHAPES = new URL("../../shared/identity/tests/shapes/", import.meta.url);

export class Workloads {
  static async load(jose, origin) {
    const made = new Workloads();
    made.jose = jose;
    made.origin = origin;
    made.keys = {};
    for (const alg of ["RS256", "ES384"]) made.keys[alg] = await jose.generateKeyPair(alg, { extractable: true });
    return made;
  }

  // Whatever is asked of one issuer of workloads; undefined when there is no such thing.
  async answer(name, path, given) {
    if (!NAMES.includes(name)) return undefined;
    const recorded = JSON.parse(readFileSync(new URL(`${name}.json`, SHAPES)));
    const here = `${this.origin}/workloads/${name}`;
    const shape = given && Object.hasOwn(recorded.tokens, given.shape) ? recorded.tokens[given.shape] : undefined;
    switch (path) {
      case ".well-known/openid-configuration":
        return { issuer: Object.values(recorded.tokens)[0].claims.iss, jwks_uri: `${here}/jwks`, id_token_signing_alg_values_supported: Object.keys(this.keys) };
      case "jwks":
        return { keys: await Promise.all(Object.entries(this.keys).map(([alg, pair]) => this.jwk(alg, pair))) };
      case "token":
        return shape && { token: await this.sign(shape, given.claims ?? {}) };
      default:
        return undefined;
    }
  }

  async jwk(alg, { publicKey }) {
    return { ...(await this.jose.exportJWK(publicKey)), kid: `workloads-${alg}`, alg, use: "sig" };
  }

  sign({ header, claims }, over) {
    const now = Math.floor(Date.now() / 1000);
    const time = (value) => {
      const found = /^\{now([+-]\d+)?\}$/.exec(value);
      return found ? now + Number(found[1] ?? 0) : value;
    };
    const filled = Object.fromEntries(Object.entries({ ...claims, ...over }).map(([name, value]) => [name, time(value)]));
    const made = new this.jose.CompactSign(new TextEncoder().encode(JSON.stringify(filled)));
    return made.setProtectedHeader({ ...header, kid: `workloads-${header.alg}` }).sign(this.keys[header.alg].privateKey);
  }
}
