"""Files of films as rows: CSV with a header line, or a JSON list of objects, read piece by piece."""

import codecs
import csv
import json
from dataclasses import dataclass, field

CHUNK = 1 << 14
LONGEST_ITEM = 1 << 20  # characters of one JSON object
BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


class Unreadable(Exception):
    """The file as a whole, or what is left of it, can't be read; the message says why."""


@dataclass(frozen=True)
class Row:
    """`number` counts from 1, the header apart; `place` says where it stands in the file."""

    number: int
    place: str = ""
    values: dict = field(default_factory=dict)  # column in small letters → str, or what JSON has
    problem: str = ""


def rows(path):
    """Every Row of the file, read as it goes. Raises Unreadable, perhaps after some rows."""
    try:
        encoding = _encoding_of(path)
        with open(path, encoding=encoding, errors=_lenience(encoding), newline="") as file:
            yield from _json_rows(file) if _is_json(path, file) else _csv_rows(file)
    except OSError as error:
        raise Unreadable(error.strerror or str(error)) from error
    except UnicodeError as error:
        raise Unreadable(f"it is no {encoding} text: {error}") from error


def _encoding_of(path):
    """By the mark at its start, else UTF-8 if all of it is, else cp1252, as spreadsheets of old wrote it."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with open(path, "rb") as file:
        start = file.read(CHUNK)
        for mark, encoding in BYTE_ORDER_MARKS.items():
            if start.startswith(mark):
                return encoding
        try:
            piece = start
            while piece:
                decoder.decode(piece)
                piece = file.read(CHUNK)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8"


def _lenience(encoding):
    """cp1252 has five bytes without a meaning; a row that has one is refused, not the file."""
    return "replace" if encoding == "cp1252" else "strict"


def _is_json(path, file):
    """By its name; where that says nothing, by its first character."""
    suffix = str(path).lower().rpartition(".")[2]
    if suffix in ("json", "csv"):
        return suffix == "json"
    start = file.read(CHUNK).lstrip()
    file.seek(0)
    return start[:1] in ("[", "{")


def _csv_rows(file):
    start = file.readline(CHUNK)
    file.seek(0)
    reader = csv.reader(file, delimiter=max(",;\t", key=start.count))
    header = [name.strip().lower() for name in _next_cells(reader) or []]
    if twice := sorted({name for name in header if name and header.count(name) > 1}):
        raise Unreadable(f"its header names “{twice[0]}” twice")
    number = 0
    while True:
        try:
            cells = _next_cells(reader)
            problem = ""
        except csv.Error as error:
            cells, problem = [], f"it is no CSV: {error}"
        if cells is None:
            return
        if not problem and not any(cell.strip() for cell in cells):
            continue
        number += 1
        place = f"line {reader.line_num}"
        if any(cell.strip() for cell in cells[len(header) :]):
            problem = f"it has {len(cells)} cells, the header {len(header)}"
        yield Row(number, place, dict(zip(header, cells, strict=False)), problem)


def _next_cells(reader):
    """The next row's cells; None at the end."""
    return next(reader, None)


def _json_rows(file):
    for number, item in enumerate(_json_items(file), start=1):
        if isinstance(item, dict):
            yield Row(number, values={str(name).strip().lower(): value for name, value in item.items()})
        else:
            yield Row(number, problem="it is no object with names and values")


def _json_items(file):
    """The items of the list, one after the other.

    The standard library's decoder takes them from a window on the file, because it knows NaN, which a bad
    cell may hold and no streaming parser takes.
    """
    decoder = json.JSONDecoder(parse_int=_number)
    text = _more(file, "")
    if text[0] != "[":
        raise Unreadable("it is no JSON list")
    text = _more(file, text[1:])
    while text[0] != "]":
        item, text = _decode(decoder, file, text)
        yield item
        text = _more(file, text)
        if text[0] == ",":
            text = _more(file, text[1:])
        elif text[0] != "]":
            raise Unreadable("it is no JSON: a comma is missing between two items")


def _number(digits):
    """An int, or a float where the digits are too many to be anybody's minutes."""
    return int(digits) if len(digits) < 20 else float(digits)


def _more(file, text):
    """The text without leading space, at least one character of it."""
    text = text.lstrip()
    while not text:
        piece = file.read(CHUNK)
        if not piece:
            raise Unreadable("it is no JSON list: it ends too early")
        text = piece.lstrip()
    return text


def _decode(decoder, file, text):
    """(item, the text after it). What can't be decoded yet may only be cut off, so more is read."""
    while True:
        try:
            item, end = decoder.raw_decode(text)
        except RecursionError as error:
            raise Unreadable("its JSON is nested too deeply") from error
        except ValueError as error:
            end, problem = len(text), error
        else:
            problem = None
        piece = file.read(max(CHUNK, len(text))) if end == len(text) else ""
        if piece and len(text) < LONGEST_ITEM:
            text += piece
        elif problem:
            raise Unreadable(f"it is no JSON: {problem}") from problem
        else:
            return item, text[end:] + piece
