"""Python for the browser: the pinned Pyodide and the library's wheel, packed so that a demo starts fast."""
