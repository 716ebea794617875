// Validates an app package's manifest against Microsoft's own schema of that version.
//   usage: MODULES=… node manifest.mjs MANIFEST

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const installed = createRequire(pathToFileURL(`${process.env.MODULES}/`));
const Ajv = installed("ajv-draft-04").default;
const manifest = JSON.parse(readFileSync(process.argv[2], "utf8"));
const folder = `${process.env.MODULES}/node_modules/@microsoft/app-manifest/build/json-schemas/teams`;
const schema = JSON.parse(readFileSync(`${folder}/v${manifest.manifestVersion}/MicrosoftTeams.schema.json`, "utf8"));
const validate = new Ajv({ strict: false, allErrors: true, validateFormats: false }).compile(schema);

const refuses = (value) => !validate(value);
if (!refuses({ ...manifest, unknown: 1 }) || !refuses({ ...manifest, id: "x" })) {
  console.error("the schema accepts anything: nothing was checked");
  process.exit(1);
}
if (refuses(manifest)) {
  console.error(validate.errors);
  process.exit(1);
}
console.log(`the manifest is valid by schema ${manifest.manifestVersion}`);
