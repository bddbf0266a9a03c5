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
        sentence = "“{}” isn’t a date. Use this form: 2026-11-22."

        for text in ["tomorrow", "2026-13-01", "24.11.2026", "20261124", "2026-W48-2"]:
            self.assertEqual(self.read(text), (None, sentence.format(text)))
        self.assertEqual(self.read("\0"), (None, sentence.format("\N{REPLACEMENT CHARACTER}")))

    def test_nonsense_is_quoted_at_no_length(self):
        self.assertEqual(
            self.read("9" * 10_000), (None, f"“{'9' * 40}” isn’t a date. Use this form: 2026-11-22.")
        )

    def test_a_day_gone_by_has_passed(self):
        self.assertEqual(self.read("2026-11-21"), (None, "That day has passed."))
        self.assertEqual(self.read("0001-01-01"), (None, "That day has passed."))

    def test_the_end_of_the_calendar_is_too_far_ahead(self):
        self.assertEqual(self.read("9999-12-31"), (None, "Tickets that far ahead aren’t on sale yet."))


class StripTests(SimpleTestCase):
    def test_it_is_the_week_from_today(self):
        tabs = days.strip(today=TODAY)

        self.assertEqual([tab.date.day for tab in tabs], [22, 23, 24, 25, 26, 27, 28])
        self.assertEqual({tab.is_current for tab in tabs}, {False})

    def test_today_and_tomorrow_are_called_so(self):
        names = [tab.name for tab in days.strip(today=TODAY)]

        self.assertEqual(names, ["Today", "Tomorrow", "Tue", "Wed", "Thu", "Fri", "Sat"])

    def test_it_marks_the_chosen_day_and_those_without_showtimes(self):
        tabs = days.strip(today=TODAY, chosen=date(2026, 11, 24), days=[date(2026, 11, 24)])

        self.assertEqual([tab.date.day for tab in tabs if tab.is_current], [24])
        self.assertEqual([tab.date.day for tab in tabs if tab.has_showtimes], [24])

    def test_a_later_day_has_its_own_week(self):
        tabs = days.strip(today=TODAY, chosen=date(2026, 11, 29))

        self.assertEqual(tabs[0], days.Day(date(2026, 11, 29), "Sun", is_current=True))
        self.assertEqual(tabs[-1], days.Day(date(2026, 12, 5), "Sat", is_current=False))
