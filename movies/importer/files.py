"""Read rows from a CSV file with a header line, or from a JSON list of objects, in chunks."""

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
# Bytes that can't be decoded become lone surrogates or U+FFFD, so that only their row is rejected.
DECODING_ERRORS = {
    "utf-8": "surrogateescape",
    "utf-8-sig": "surrogateescape",
    "utf-16": "replace",
    "cp1252": "replace",
}
BEYOND_ASCII = re.compile("[^\0-\x7f\udc80-\udcff]")


def rows(path):
    """Yield every Row of the file. Raise Unreadable, perhaps after some rows."""
    try:
        encoding = _encoding_of(path)
        with open(path, encoding=encoding, errors=DECODING_ERRORS[encoding], newline="") as file:
            yield from json_rows(file) if _is_json(path, file) else csv_rows(file)
    except OSError as error:
        raise Unreadable(error.strerror or str(error)) from error


def _encoding_of(path):
    """Return the encoding: by the byte order mark, else UTF-8, else cp1252 (old spreadsheets).

    One non-ASCII character that is valid UTF-8 decides for UTF-8, so that a bad byte invalidates its own row
    and never garbles the good ones.
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
    """Decide by the file's extension; if that is neither .json nor .csv, by its first character."""
    suffix = str(path).lower().rpartition(".")[2]
    if suffix in ("json", "csv"):
        return suffix == "json"
    start = file.read(CHUNK).lstrip()
    file.seek(0)
    return start[:1] in ("[", "{")
