#!/usr/bin/env python
import os
import sys


def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "moviebooking.settings")
    from django.core.management import execute_from_command_line

    # A terminal that lacks a letter shows its number; what the command does is not stopped by that.
    sys.stdout.reconfigure(errors="backslashreplace")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
