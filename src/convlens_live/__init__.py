"""convlens_live: what makes an experiment with convlens a demo that runs in a reader's browser.

Controls, figures, and the two doors through which the page's worker comes in: `browser` and `notebook`.
It stands on convlens; convlens knows nothing of it.
"""
