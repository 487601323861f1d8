"""Python for the browser: the pinned runtime and the library's wheel, packed so that a demo starts fast."""
