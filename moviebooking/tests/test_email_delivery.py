import tempfile
from pathlib import Path

from django.conf import settings
from django.core import mail as outbox_of
from django.test import SimpleTestCase, override_settings

from moviebooking import email_delivery

TEXT = "Hello {{ name }}, come to {{ site_url }}\n"
HTML = '{% extends "emails/base.html" %}{% block content %}<p>Hello {{ name }}</p>{% endblock %}'


class MailTests(SimpleTestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        emails = Path(folder.name, "emails")
        emails.mkdir()
        (emails / "greeting.txt").write_text(TEXT)
        (emails / "greeting.html").write_text(HTML)
        engine = {**settings.TEMPLATES[0], "DIRS": [folder.name, *settings.TEMPLATES[0]["DIRS"]]}
        self.enterContext(override_settings(TEMPLATES=[engine], SITE_URL="https://cinema.test"))

    def sent(self, subject="Hi", **options):
        email_delivery.send("ann@example.test", subject, "greeting", {"name": "Tom & <Jerry>"}, **options)
        (message,) = outbox_of.outbox
        return message

    def test_only_the_html_part_is_escaped(self):
        message = self.sent()

        (html,) = message.alternatives
        self.assertEqual(message.to, ["ann@example.test"])
        self.assertEqual(message.body, "Hello Tom & <Jerry>, come to https://cinema.test\n")
        self.assertEqual(html.mimetype, "text/html")
        self.assertInHTML("<p>Hello Tom &amp; &lt;Jerry&gt;</p>", html.content)
        self.assertInHTML("<title>Hi</title>", html.content)

    def test_a_line_break_in_the_subject_becomes_a_space(self):
        self.assertEqual(self.sent("Your movie:\nTom\r\nBcc: all").subject, "Your movie: Tom Bcc: all")

    def test_an_email_can_have_attachments(self):
        message = self.sent(attachments=[("visit.ics", "BEGIN", "text/calendar")])

        self.assertEqual(message.attachments, [("visit.ics", "BEGIN", "text/calendar")])

    def test_links_begin_with_site_url(self):
        with override_settings(SITE_URL="https://cinema.test"):
            self.assertEqual(email_delivery.link("accounts:login"), "https://cinema.test/accounts/login/")
