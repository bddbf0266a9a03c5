"""Files of films as rows: CSV with a header line, or a JSON list of objects, read piece by piece."""

import codecs
import re

from .csv_rows import csv_rows
from .json_rows import json_rows
from .raw import CHUNK, Unreadable

BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
# What can't be decoded becomes a character that no text has, and the row where it matters is refused, not
# the file: a lone surrogate for each byte that is no UTF-8, else U+FFFD.
LENIENCE = {
    "utf-8": "surrogateescape",
    "utf-8-sig": "surrogateescape",
    "utf-16": "replace",
    "cp1252": "replace",
}
BEYOND_ASCII = re.compile("[^\0-\x7f\udc80-\udcff]")


def rows(path):
    """Every Row of the file, read as it goes. Raises Unreadable, perhaps after some rows."""
    try:
        encoding = _encoding_of(path)
        with open(path, encoding=encoding, errors=LENIENCE[encoding], newline="") as file:
            yield from json_rows(file) if _is_json(path, file) else csv_rows(file)
    except OSError as error:
        raise Unreadable(error.strerror or str(error)) from error


def _encoding_of(path):
    """By the mark at its start, else UTF-8; cp1252, as spreadsheets of old wrote it, where no letter beyond
    ASCII is UTF-8.

    One such letter decides, so that a bad byte costs its own row alone and never garbles the good ones.
    """
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    is_ascii = True
    with open(path, "rb") as file:
        piece = file.read(CHUNK)
        for mark, encoding in BYTE_ORDER_MARKS.items():
            if piece.startswith(mark):
                return encoding
        while piece:
            if BEYOND_ASCII.search(decoder.decode(piece)):
                return "utf-8"
            is_ascii = is_ascii and piece.isascii()
            piece = file.read(CHUNK)
    return "utf-8" if is_ascii else "cp1252"


def _is_json(path, file):
    """By its name; where that says nothing, by its first character."""
    suffix = str(path).lower().rpartition(".")[2]
    if suffix in ("json", "csv"):
        return suffix == "json"
    start = file.read(CHUNK).lstrip()
    file.seek(0)
    return start[:1] in ("[", "{")
