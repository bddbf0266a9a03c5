"""Benchmarks of the site. Each result is a ratio of two things measured side by side in one run."""
