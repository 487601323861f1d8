// In a worker: Pyodide as its manual shows it, with the same library and the same demo; the yardstick of `make bench-start`.

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
