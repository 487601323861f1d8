// In a worker: Pyodide as its manual shows it, with the same demo; `make bench-start` compares the site with it.

import { loadPyodide } from "/naive/pyodide.mjs";

self.onmessage = async () => {
  const indexURL = new URL("/naive/", self.location.href).href;
  const python = await loadPyodide({
    indexURL,
    lockFileURL: `${indexURL}pyodide-lock.json`,
    packageBaseUrl: indexURL,
  });
  await python.loadPackage(["numpy", "convlens"], { messageCallback() {} });
  const demo = await (await fetch("/naive/twins.py")).text();
  python.FS.writeFile("/home/pyodide/twins.py", demo);
  const browser = python.pyimport("convlens_live.browser");
  self.postMessage(browser.start("twins", "{}"));
};
