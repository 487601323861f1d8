// Asks a built site's search, by the theme's own worker: node search.mjs SITE QUERIES, a JSON list; writes for each the pages
// found, each as the address of its part that fits best.
import { readdirSync, readFileSync } from "node:fs";
import { runInThisContext } from "node:vm";

const [site, queries] = process.argv.slice(2);
const workers = `${site}/assets/javascripts/workers`;
const [worker] = readdirSync(workers).filter((name) => /^search\..*\.js$/.test(name));

let ask;
let answered;
globalThis.self = globalThis;
globalThis.addEventListener = (kind, listener) => (ask = listener);
globalThis.postMessage = (message) => answered(message);
runInThisContext(readFileSync(`${workers}/${worker}`, "utf-8"));

/** What the worker answers to a message. */
const answer = (data) =>
  new Promise((resolve) => {
    answered = resolve;
    ask({ data });
  });

const index = JSON.parse(readFileSync(`${site}/search/search_index.json`, "utf-8"));
await answer({ type: 0, data: { ...index, options: {} } }); // 0: set up, 2: a query, as in the theme's bundle
const found = {};
for (const query of JSON.parse(queries)) {
  const { data } = await answer({ type: 2, data: query });
  found[query] = data.items.map(([first]) => first.location);
}
console.log(JSON.stringify(found));
