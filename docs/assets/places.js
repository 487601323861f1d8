// Where a page opens: after a link at its start or at what the link names, and after going back where it was left.
// While a page is on its way, the theme may note where the reader stands as if it were in that page already, and would open it there.
{
  let place, asked; // asked: the path of the link that was followed, until its page is there
  let pages = 0;
  addEventListener("click", ({ target }) => {
    const link = target.closest?.("a");
    if (link?.pathname) [place, asked] = [0, link.pathname];
  }, true);
  addEventListener("popstate", () => { // after a second click on a link, the theme itself goes back
    if (location.pathname !== asked) [place, asked] = [history.state?.y, undefined];
  });
  globalThis.document$?.subscribe(() => {
    pages += 1; // the first one is that which was loaded
    if (pages > 1 && place !== undefined) scrollTo(0, place);
    if (pages > 1 && asked && location.hash) location.replace(location.href);
    place = asked = undefined;
  });
}
