from datetime import date

from django.test import SimpleTestCase

from movies import days

TODAY = date(2026, 11, 22)


class ReadDayTests(SimpleTestCase):
    def read(self, text):
        return days.read_day(text, today=TODAY)

    def test_no_day_is_asked_for(self):
        self.assertEqual(self.read(""), (None, ""))

    def test_a_day_to_come_is_that_day(self):
        self.assertEqual(self.read("2026-11-24"), (date(2026, 11, 24), ""))
        self.assertEqual(self.read("2026-11-22"), (TODAY, ""))

    def test_nonsense_is_quoted_with_an_example(self):
        sentence = "“{}” is not a day; write it like 2026-11-22."

        for text in ["tomorrow", "2026-13-01", "24.11.2026", "20261124", "2026-W48-2"]:
            self.assertEqual(self.read(text), (None, sentence.format(text)))
        self.assertEqual(self.read("\0"), (None, sentence.format("\N{REPLACEMENT CHARACTER}")))

    def test_nonsense_is_quoted_at_no_length(self):
        self.assertEqual(
            self.read("9" * 10_000), (None, f"“{'9' * 40}” is not a day; write it like 2026-11-22.")
        )

    def test_a_day_gone_by_is_over(self):
        self.assertEqual(self.read("2026-11-21"), (None, "21 November 2026 is over."))
        self.assertEqual(self.read("0001-01-01"), (None, "1 January 1 is over."))

    def test_the_end_of_the_calendar_is_too_far_ahead(self):
        self.assertEqual(self.read("9999-12-31"), (None, "Nothing is on sale so far ahead."))


class StripTests(SimpleTestCase):
    def test_it_is_the_week_from_today(self):
        tabs = days.strip(today=TODAY)

        self.assertEqual([tab.date.day for tab in tabs], [22, 23, 24, 25, 26, 27, 28])
        self.assertEqual({tab.is_current for tab in tabs}, {False})

    def test_it_marks_the_chosen_day_and_those_without_showtimes(self):
        tabs = days.strip(today=TODAY, chosen=date(2026, 11, 24), days=[date(2026, 11, 24)])

        self.assertEqual([tab.date.day for tab in tabs if tab.is_current], [24])
        self.assertEqual([tab.date.day for tab in tabs if tab.has_showtimes], [24])

    def test_a_later_day_has_its_own_week(self):
        tabs = days.strip(today=TODAY, chosen=date(2026, 11, 29))

        self.assertEqual(tabs[0], days.Day(date(2026, 11, 29), is_current=True))
        self.assertEqual(tabs[-1], days.Day(date(2026, 12, 5), is_current=False))
