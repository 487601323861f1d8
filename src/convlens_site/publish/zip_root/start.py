"""Show the site beside this file in the browser, from a web server for this machine only that needs just Python."""

import http.server
import io
import pathlib
import re
import signal
import sys
import webbrowser

SITE = pathlib.Path(__file__).resolve().parent / "site"
# The machine's own table of types may be wrong, and browsers refuse a script sent as plain text.
TYPES = {
    "": "application/octet-stream",
    ".bin": "application/octet-stream",
    ".css": "text/css",
    ".html": "text/html",
    ".ico": "image/x-icon",
    ".js": "text/javascript",
    ".json": "application/json",
    ".map": "application/json",
    ".png": "image/png",
    ".py": "text/x-python",
    ".svg": "image/svg+xml",
    ".whl": "application/octet-stream",
    ".xml": "text/xml",
}


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serves the site as if it had been built for this address, so that the theme can change pages without a reload."""

    extensions_map = TYPES

    def __init__(self, *args):
        super().__init__(*args, directory=str(SITE))

    def send_head(self):
        path = pathlib.Path(self.translate_path(self.path))
        if path.is_dir() and self.path.split("?")[0].endswith("/"):
            path /= "index.html"
        if path.suffix not in (".html", ".xml") or not path.is_file():
            return super().send_head()
        content = path.read_bytes().replace(self.server.built_for, self.server.address)
        self.send_response(200)
        self.send_header("Content-Type", TYPES[path.suffix] + "; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        return io.BytesIO(content)

    def end_headers(self):
        self.send_header("Access-Control-Allow-Origin", "*")  # so that your own pages can use the library
        super().end_headers()

    def log_message(self, *_):
        """Say nothing."""


class Server(http.server.ThreadingHTTPServer):
    """Answers only this machine, at a free port."""

    daemon_threads = True
    request_queue_size = 128  # a browser opens many connections at once

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.address = b"http://127.0.0.1:%d/" % self.server_port
        self.built_for = re.search(rb"<loc>(.*?)</loc>", (SITE / "sitemap.xml").read_bytes()).group(1)


def main():
    """Serve until stopped."""
    if not SITE.is_dir():
        sys.exit("The folder site is not beside this file: unpack the whole zip.")
    # A shell may start a background process with Ctrl+C ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with Server() as server:
        address = server.address.decode()
        print("Why filters differ is at " + address, "To stop, press Ctrl+C here.", sep="\n", flush=True)
        webbrowser.open(address)
        try:
            server.serve_forever(poll_interval=0.1)
        except KeyboardInterrupt:
            print("\nStopped.")


if __name__ == "__main__":
    main()
