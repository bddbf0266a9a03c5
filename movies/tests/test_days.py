from datetime import date

from django.test import SimpleTestCase

from movies import days

TODAY = date(2026, 11, 22)


class ReadDayTests(SimpleTestCase):
    def read(self, text):
        return days.read_day(text, today=TODAY)

    def test_an_empty_text_asks_for_no_day(self):
        self.assertEqual(self.read(""), (None, ""))

    def test_a_future_date_is_read(self):
        self.assertEqual(self.read("2026-11-24"), (date(2026, 11, 24), ""))
        self.assertEqual(self.read("2026-11-22"), (TODAY, ""))

    def test_a_text_that_is_not_a_date_is_quoted_with_an_example(self):
        sentence = "“{}” isn’t a date. Use this form: 2026-11-22."

        for text in ["tomorrow", "2026-13-01", "24.11.2026", "20261124", "2026-W48-2"]:
            self.assertEqual(self.read(text), (None, sentence.format(text)))
        self.assertEqual(self.read("\0"), (None, sentence.format("\N{REPLACEMENT CHARACTER}")))

    def test_a_long_text_is_quoted_in_part(self):
        self.assertEqual(
            self.read("9" * 10_000), (None, f"“{'9' * 40}” isn’t a date. Use this form: 2026-11-22.")
        )

    def test_a_past_date_is_refused(self):
        self.assertEqual(self.read("2026-11-21"), (None, "That day has passed."))
        self.assertEqual(self.read("0001-01-01"), (None, "That day has passed."))

    def test_a_date_more_than_400_days_ahead_is_refused(self):
        self.assertEqual(self.read("9999-12-31"), (None, "Tickets that far ahead aren’t on sale yet."))


class StripTests(SimpleTestCase):
    def test_the_strip_is_the_week_from_today(self):
        tabs = days.strip(today=TODAY)

        self.assertEqual([tab.date.day for tab in tabs], [22, 23, 24, 25, 26, 27, 28])
        self.assertEqual({tab.is_current for tab in tabs}, {False})

    def test_today_and_tomorrow_have_names(self):
        names = [tab.name for tab in days.strip(today=TODAY)]

        self.assertEqual(names, ["Today", "Tomorrow", "Tue", "Wed", "Thu", "Fri", "Sat"])

    def test_the_chosen_day_and_days_without_showtimes_are_marked(self):
        tabs = days.strip(today=TODAY, chosen=date(2026, 11, 24), days=[date(2026, 11, 24)])

        self.assertEqual([tab.date.day for tab in tabs if tab.is_current], [24])
        self.assertEqual([tab.date.day for tab in tabs if tab.has_showtimes], [24])

    def test_a_later_day_is_in_a_week_of_its_own(self):
        tabs = days.strip(today=TODAY, chosen=date(2026, 11, 29))

        self.assertEqual(tabs[0], days.Day(date(2026, 11, 29), "Sun", is_current=True))
        self.assertEqual(tabs[-1], days.Day(date(2026, 12, 5), "Sat", is_current=False))
