"""Pages with gaps, which are rendered once, for the parts that show something about the visitor.

`{% visitor_part "includes/_account.html" %}` marks such a part. Its template may use what the context
processors add to every page, and what the page's view says about the visitor.
"""

import re
from secrets import token_hex

from django.template import RequestContext, engines
from django.utils.safestring import mark_safe


class Gaps:
    """Leave gaps in a page that is rendered for many visitors: `request.gap_for = Gaps().leave`."""

    def __init__(self):
        self.marker = token_hex()  # so that no text of the page can be taken for a gap

    def leave(self, name):
        return mark_safe(f"<!--{self.marker} {name}-->")

    def split(self, html):
        """Return [html, name of a part, html, name of a part, … html]."""
        return re.split(f"<!--{self.marker} (.+?)-->", html)


def fill(pieces, request, context):
    """Return the page that `Gaps.split` took apart, with the parts of this request's visitor."""
    engine = engines["django"].engine
    about_visitor = RequestContext(request, context)
    with about_visitor.bind_template(engine.from_string("")):  # calls the context processors once
        return "".join(
            engine.get_template(piece).render(about_visitor) if number % 2 else piece
            for number, piece in enumerate(pieces)
        )
