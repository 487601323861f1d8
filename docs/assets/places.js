// Where a page opens: after a link at its start or at what the link names, and after going back where it was left.
// It stands before the theme's script, whose listeners then come after these.
// While a page is on its way, the theme may note where the reader stands as if it were in that page already, and would open it there.
{
  let place, asked; // asked: the path of the link that was followed, until its page is there
  let pages = 0;
  // On the page that was loaded first, the theme takes even a link within it for another page: it would fetch it again, and what ran on
  // it would be gone.
  const first = location.pathname;
  const isFirst = () => pages <= 1 && location.pathname === first;
  addEventListener("popstate", (event) => isFirst() && event.stopImmediatePropagation()); // before the theme hears of it
  addEventListener(
    "click",
    ({ target }) => {
      const link = target.closest?.("a");
      if (isFirst() && link?.hash && link.href.split("#")[0] === location.href.split("#")[0])
        link.target ||= "_self"; // the browser leads there
      else if (link?.pathname) [place, asked] = [0, link.pathname];
    },
    true,
  );
  addEventListener("popstate", () => {
    // after a second click on a link, the theme itself goes back
    if (location.pathname !== asked) [place, asked] = [history.state?.y, undefined];
  });
  addEventListener("DOMContentLoaded", () =>
    globalThis.document$?.subscribe(() => {
      // the theme's own script has run by then
      pages += 1; // the first one is that which was loaded
      if (pages > 1 && place !== undefined) scrollTo(0, place);
      if (pages > 1 && asked && location.hash) location.replace(location.href);
      place = asked = undefined;
    }),
  );
}
