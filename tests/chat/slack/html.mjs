// Slack messages as HTML, by a renderer of Block Kit that others wrote. Reads one JSON object a line, {"blocks"}, and writes
// one JSON text a line. THEME is `light` or `dark`.

import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const modules = createRequire(pathToFileURL(`${process.env.MODULES}/`));
const { createElement } = modules("react");
const { renderToStaticMarkup } = modules("react-dom/server");
const { Message } = modules("slack-blocks-to-jsx");
// A square in the product's colour: the app's icon, which no message contains.
const LOGO = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg'%3E%3Crect width='36' height='36' fill='%231f4e79'/%3E%3C/svg%3E";

for await (const line of createInterface({ input: process.stdin })) {
    const { blocks } = JSON.parse(line);
    const about = { blocks, logo: LOGO, name: "Countersign", time: new Date(0), theme: process.env.THEME ?? "light" };
    console.log(JSON.stringify(renderToStaticMarkup(createElement(Message, about))));
}
