"""The HTML of each fence of a page: one module per fence, named after it, and their helpers."""
