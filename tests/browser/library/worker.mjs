// A worker with Python, NumPy and the library's wheel. It unpacks archives, runs a script's main, and passes on what that tells.

self.onmessage = async ({ data: { folder, archives, script } }) => {
  /** @type {string[]} */ const printed = [];
  const tell = (/** @type {string} */ news) => self.postMessage(JSON.parse(news));
  const print = (/** @type {string} */ line) => printed.push(line);
  const get = async (/** @type {string} */ name) => {
    const answer = await fetch(folder + name);
    if (!answer.ok) throw new Error(`${name}: the server answered ${answer.status}`);
    return answer;
  };
  try {
    const { loadPyodide } = await import(`${folder}pyodide.mjs`);
    const python = await loadPyodide({
      indexURL: folder, packageBaseUrl: folder, lockFileURL: `${folder}pyodide-lock.json`, stdout: print, stderr: print,
    });
    await python.loadPackage(["numpy", "convlens"], { messageCallback() {}, errorCallback: print });
    for (const name of archives)
      python.unpackArchive(await (await get(name)).arrayBuffer(), "zip", { extractDir: "/tested" });
    python.runPython("import sys; sys.path.append('/tested/tools')");
    const globals = python.toPy({});
    python.runPython(await (await get(script)).text(), { globals });
    globals.get("main")(tell);
    self.postMessage({ kind: "end" });
  } catch (error) {
    self.postMessage({ kind: "end", failure: [...printed, error instanceof Error ? error.stack : error].join("\n") });
  }
};
