"""How fast the site is, each answer as a ratio of two things measured side by side in one run."""
