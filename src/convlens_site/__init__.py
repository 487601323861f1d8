"""Builds the site; the browser never gets it.

`evidence` runs the demos over many seeds, `demos` lists them, `paths` says where things are. The docstring of each
folder says what it does.
"""
