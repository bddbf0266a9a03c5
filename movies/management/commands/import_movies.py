from argparse import RawDescriptionHelpFormatter
from collections import Counter

from django.core.management.base import BaseCommand, CommandError

from movies.importer import Unreadable, import_movies

COLUMNS = """\
columns (in any order; others are ignored; at most 500):
  title         required; a number is a title too
  release_date  required; 1998-06-12, Jun 12 1998, 12 June 1998, 1998/06/12. What may be
                two days (03/04/1998) is rejected
  duration      required; whole minutes: 118, 118.0, 118 min
  description   text
  genres        names separated by |; a JSON list of names is taken too
  language      one name
  poster        a picture's path below the file's own folder, else below the media. A movie
                whose picture is missing is imported without it, and that is reported

A movie is identified by title and release date. If it exists, it is updated; an empty cell
changes nothing. CSV may use commas, semicolons or tabs; files may be UTF-8, UTF-16 (with its
mark) or Windows-1252. Where one letter beyond ASCII is UTF-8 the whole file is taken for
UTF-8, and a row with a byte that is not is rejected. Rows count from 1, the header apart;
blank lines, and Excel's "sep=;", may stand before the header.
"""


class Command(BaseCommand):
    help = "Import movies from a CSV file with a header line, or a JSON list of objects with the same names."

    def add_arguments(self, parser):
        parser.formatter_class = RawDescriptionHelpFormatter
        parser.epilog = COLUMNS
        parser.add_argument("file", metavar="FILE", help="the CSV or JSON file")

    def handle(self, *, file, **options):
        counts, unreadable = Counter(), None
        try:
            for outcome in import_movies(file):
                counts[outcome.result] += 1
                self._report(outcome)
        except Unreadable as error:
            unreadable = error
        if counts or not unreadable:
            names = ("created", "updated", "unchanged", "rejected")
            self.stdout.write(", ".join(f"{name} {counts[name]}" for name in names))
        if unreadable:
            raise CommandError(f"{file} can't be read: {unreadable}.")

    def _report(self, outcome):
        if outcome.remark:
            place = f" ({outcome.place})" if outcome.place else ""
            word = "rejected" if outcome.result == "rejected" else "imported, but"
            self.stdout.write(f"row {outcome.number}{place}: {word}: {outcome.remark}")
