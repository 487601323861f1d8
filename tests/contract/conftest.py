"""Hypothesis with a fixed seed and no time limit: a test passes or fails, on every machine."""

from hypothesis import settings

settings.register_profile("convlens", derandomize=True, deadline=None, max_examples=60, database=None)
settings.load_profile("convlens")
