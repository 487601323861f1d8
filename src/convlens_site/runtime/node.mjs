// Run a Python script inside the pinned runtime, under Node. The one argument is a JSON object:
//   runtime: the folder with the verified files    info: its entry in the runtime's lock file
//   script, arguments: as in `python script arguments...`    folders: {path in Python: path on this machine}

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
  for (const [inside, outside] of Object.entries(job.folders)) python.mountNodeFS(inside, outside);
  python.pyimport("sys").argv = python.toPy([job.script, ...job.arguments]);
  python.runPython(readFileSync(job.script, "utf8"), { globals: python.toPy({ __name__: "__main__" }) });
} catch (error) {
  // Node itself would print the runtime's source, a megabyte on one line, above the message.
  console.error(String(error?.message ?? error).trimEnd());
  process.exit(1);
}
