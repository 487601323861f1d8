// Call a function of pack.py inside the pinned runtime, under Node. Arguments: one JSON object.
//   runtime: the folder with the verified files    script: pack.py    folders: {path in Python: path here}
//   call: the function    arguments: its keyword arguments

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const job = JSON.parse(process.argv[2]);
try {
  const { loadPyodide } = await import(pathToFileURL(join(job.runtime, "pyodide.mjs")).href);
  const python = await loadPyodide({
    indexURL: job.runtime,
    packageBaseUrl: job.runtime,
    lockFileContents: { info: job.info, packages: {} },
  });
  for (const [inside, here] of Object.entries(job.folders)) python.mountNodeFS(inside, here);
  const globals = python.toPy({ __name__: "pack" });
  python.runPython(readFileSync(job.script, "utf8"), { globals });
  globals.set("arguments", JSON.stringify(job.arguments));
  python.runPython(`import json; ${job.call}(**json.loads(arguments))`, { globals });
} catch (error) {
  // Node itself would print the runtime's source, a megabyte on one line, above the message.
  console.error(String(error?.message ?? error).trimEnd());
  process.exit(1);
}
