from django.test import SimpleTestCase

from moviebooking.request_charset import read_as_utf8


class CharsetTests(SimpleTestCase):
    def kind_seen(self, kind):
        """Return the Content-Type that the site gets to see of a request with this one."""
        seen = {"CONTENT_TYPE": kind}
        read_as_utf8(lambda environ, start_response: None)(seen, None)
        return seen["CONTENT_TYPE"]

    def test_the_utf_8_charset_and_the_boundary_are_kept(self):
        for kind in (
            None,
            "",
            "text/plain",
            "application/json; charset=utf-8",
            "multipart/form-data; boundary=x",
        ):
            self.assertEqual(self.kind_seen(kind), kind)

    def test_another_charset_is_removed(self):
        for kind, seen in (
            ("text/plain; charset=hex", "text/plain"),
            ("text/plain;CHARSET = 'utf-7'", "text/plain"),
            ("multipart/form-data; charset=idna; boundary=x", "multipart/form-data; boundary=x"),
            ("text/plain; charset*=utf-8''hex", "text/plain"),
            ("text/plain; charset*=no-such''x", ""),
        ):
            with self.subTest(kind):
                self.assertEqual(self.kind_seen(kind), seen)
