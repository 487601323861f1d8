"""In the browser: how long NumPy takes to import, and then the library."""

import json
import time


def main(tell):
    start = time.perf_counter()
    import numpy  # noqa: F401

    between = time.perf_counter()
    import convlens  # noqa: F401

    end = time.perf_counter()
    tell(json.dumps({"kind": "seconds", "numpy": between - start, "convlens": end - between}))
