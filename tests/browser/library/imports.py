"""In the browser: import the library once more, and tell what Python has to compile for it."""

import json
import sys


def main(tell):
    for name in [name for name in sys.modules if name.partition(".")[0] in {"convlens", "convlens_live"}]:
        del sys.modules[name]
    compiled = []
    sys.addaudithook(lambda event, args: event == "compile" and compiled.append(str(args[1])))
    import convlens_live.browser  # noqa: F401 - it is imported for what it costs

    modules = [name for name in sys.modules if name.partition(".")[0] in {"convlens", "convlens_live"}]
    compile("0", "control.py", "eval")
    tell(json.dumps({"kind": "compiled", "files": compiled, "modules": len(modules)}))
