"""A table of bad requests, one module per area. `rows.Row` describes one request."""

from . import accounts, administration, browsing, buying, plumbing

ROWS = [*browsing.ROWS, *accounts.ROWS, *buying.ROWS, *plumbing.ROWS, *administration.ROWS]
