"""The table of bad requests, area by area; what a row is: `rows.Row`."""

from . import accounts, administration, browsing, buying, plumbing

ROWS = [*browsing.ROWS, *accounts.ROWS, *buying.ROWS, *plumbing.ROWS, *administration.ROWS]
