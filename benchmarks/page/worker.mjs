// A worker with one contender in it: a module with the functions boot, make and run.

const query = new URL(self.location.href).searchParams;
const base = new URL(query.get("base") ?? "/", self.location.href);

const contender = (async () => {
  const module = await import(`./${query.get("module")}.mjs`);
  const versions = await module.boot(base);
  return { ...module, versions: () => versions };
})();

self.onmessage = async ({ data: { action, values } }) => {
  try {
    self.postMessage({ answer: await (await contender)[action](...values) });
  } catch (error) {
    self.postMessage({ error: error instanceof Error ? error.stack : String(error) });
  }
};
