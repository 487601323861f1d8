"""Builds the site; never shipped to the browser."""
