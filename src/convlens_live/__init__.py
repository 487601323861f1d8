"""convlens_live: what makes an experiment with convlens a demo that runs in a reader's browser.

Controls, figures, and the two entry points for the page's worker: `browser` and `notebook`.
It builds on convlens; convlens does not depend on it.
"""
