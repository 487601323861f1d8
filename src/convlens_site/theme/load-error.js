// Inlined into each page. If the first script does not load, this finds out why and advises the reader.
(() => {
  // Some hosts also serve a page without the trailing slash: its relative links would be one folder too high.
  if (/\/[^/.]+$/.test(location.pathname) && self.origin !== "null")
    history.replaceState(null, "", `${location.pathname}/${location.search}${location.hash}`);

  const root = document.documentElement;

  const say = (text) => {
    root.dataset.lost = text;
    for (const place of document.querySelectorAll(".demo-lost"))
      if (place.textContent !== text) place.textContent = text;
  };

  // The theme replaces pages without reloading: repeat the message on those too.
  const sayAlways = (text) => {
    say(text);
    new MutationObserver(() => say(text)).observe(document.body, { childList: true, subtree: true });
  };

  function explainStatus(code) {
    if (code === 404)
      return "The script that brings this page to life is not there (404): the site was renewed, or copied in part. Reload the page.";
    if (code === 429)
      return "The server answered 429: too many requests at once, perhaps from all who share your network. Wait a minute, then reload the page.";
    if (code < 500)
      return `The server, or a filter on the way to it, refuses the script that brings this page to life (${code}). Try another network, or ask who runs this one.`;
    return `The server is in trouble (${code}). Reload the page in a while.`;
  }

  async function explain({ src, integrity }) {
    if (location.protocol === "file:")
      return "This page was opened as a file. Its demos need a web server: in the site's folder, run “python3 -m http.server”, then open http://localhost:8000.";
    if (self.origin === "null")
      return "This page is in a frame that is cut off from its own site. Open it in a tab of its own.";
    try {
      const response = await fetch(src, { cache: "no-cache" });
      if (!response.ok) return explainStatus(response.status);
      const type = (response.headers.get("content-type") ?? "").split(";")[0];
      if (type === "text/html")
        return "A page came in place of a script: perhaps this network wants you to sign in first, or the site was renewed. Reload the page.";
      if (!/javascript|ecmascript/.test(type))
        return `This server sends scripts as “${type || "nothing in particular"}”, and browsers refuse that. Whoever runs it should send .js files as text/javascript.`;
      const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", await response.arrayBuffer()));
      if (`sha256-${btoa(String.fromCharCode(...bytes))}` !== integrity)
        return "The script that brings this page to life was changed on its way: by a proxy, or by a service that rewrites scripts. Try another network.";
    } catch {
      return navigator.onLine
        ? "A script of this page could not be fetched: a blocker or a filter stops it, or the connection was lost. Allow this site, then reload the page."
        : "There is no network. Reload the page when there is one.";
    }
    return "The script that brings this page to life did not start. Reload the page.";
  }

  addEventListener(
    "error",
    ({ target }) => {
      if (target instanceof HTMLScriptElement && target.type === "module") explain(target).then(sayAlways);
    },
    true,
  );
})();
