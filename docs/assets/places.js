// Scroll positions: a followed link opens a page at its start, or at the link's target; going back returns to
// where the page was left. This script comes before the theme's, so its listeners run first: during a
// navigation, the theme may record the scroll position of the page that is being left as that of the next
// one, and would restore it there.
{
  let position;
  let requestedPath; // of a followed link, until its page has loaded
  let pages = 0;
  // On the first page, the theme treats even a link within the page as one to another page: it would fetch
  // the page again and lose the state of its demos.
  const firstPath = location.pathname;
  const isFirst = () => pages <= 1 && location.pathname === firstPath;
  addEventListener("popstate", (event) => isFirst() && event.stopImmediatePropagation()); // hide it from the theme
  addEventListener(
    "click",
    ({ target }) => {
      const link = target.closest?.("a");
      const isWithinPage = link?.hash && link.href.split("#")[0] === location.href.split("#")[0];
      if (isFirst() && isWithinPage)
        link.target ||= "_self"; // leave it to the browser
      else if (link?.pathname) [position, requestedPath] = [0, link.pathname];
    },
    true,
  );
  addEventListener("popstate", () => {
    // A second click on a link makes the theme itself go back: then the path is the requested one.
    if (location.pathname !== requestedPath) [position, requestedPath] = [history.state?.y, undefined];
  });
  // On DOMContentLoaded, the theme's script has run.
  addEventListener("DOMContentLoaded", () =>
    globalThis.document$?.subscribe(() => {
      pages += 1;
      if (pages > 1 && position !== undefined) scrollTo(0, position);
      if (pages > 1 && requestedPath && location.hash) location.replace(location.href);
      position = requestedPath = undefined;
    }),
  );
}
