from django.template import engines
from django.test import RequestFactory, SimpleTestCase

from moviebooking.visitor_parts import Gaps, fill

PAGE = 'Before {% visitor_part "includes/_messages.html" %} after'


class VisitorPartTests(SimpleTestCase):
    def setUp(self):
        self.request = RequestFactory().get("/")

    def render(self, template=PAGE, **context):
        return engines["django"].from_string(template).render(context, self.request)

    def said_to(self, *texts):
        """Return a request with these messages."""
        request = RequestFactory().get("/")
        request._messages = [Said(text) for text in texts]
        return request

    def test_an_ordinary_page_includes_the_part(self):
        self.request = self.said_to("Welcome!")

        self.assertInHTML('<p class="notice notice--info" role="status">Welcome!</p>', self.render())

    def test_a_page_for_all_has_a_gap_which_is_filled_for_each_visitor(self):
        gaps = Gaps()
        self.request = self.said_to("Welcome, Ann!")
        self.request.gap_for = gaps.leave
        pieces = gaps.split(self.render())

        ann, bob = (fill(pieces, self.said_to(text), {}) for text in ("Hello, Ann!", "Hello, Bob!"))

        self.assertEqual(pieces, ["Before ", "includes/_messages.html", " after"])
        self.assertEqual(["Bob" in page for page in (ann, bob)], [False, True])
        self.assertTrue(bob.startswith("Before ") and bob.endswith(" after"))

    def test_a_text_that_looks_like_a_gap_stays_text(self):
        gaps, forger = Gaps(), Gaps()
        self.request.gap_for = gaps.leave
        forged = forger.leave("includes/_account.html")

        self.assertEqual(gaps.split(self.render("{{ title }}", title=forged)), [forged])


class Said:
    level_tag = "info"

    def __init__(self, text):
        self.text = text

    def __str__(self):
        return self.text
