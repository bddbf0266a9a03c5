"""Read a JSON list of objects, one item at a time, in chunks.

This uses the standard library's decoder because it accepts NaN, as found in bad exports, which streaming
parsers don't. An item that it can't decode is skipped by counting brackets and rejected.
"""

import json
import re

from .raw import CHUNK, Row, Unreadable

LONGEST_ITEM = 1 << 20  # characters of one JSON object
MARKS = re.compile(r'\\.|["\[\]{},]', re.DOTALL)


def json_rows(file):
    for number, (item, problem) in enumerate(_items(file), start=1):
        if problem:
            yield Row(number, problem=problem)
        elif isinstance(item, dict):
            yield Row(number, values={str(name).strip().lower(): value for name, value in item.items()})
        else:
            yield Row(number, problem="it is no object with names and values")


def _items(file):
    """Yield (item, "") or (None, why it can't be read) for each item of the list."""
    decoder = json.JSONDecoder(parse_int=_number)
    text = _more(file, "")
    if text[0] != "[":
        raise Unreadable("it is no JSON list")
    text = _more(file, text[1:])
    while text[0] != "]":
        item, problem, text = _decode(decoder, file, text)
        yield item, problem
        text = _more(file, text)
        if text[0] == ",":
            text = _more(file, text[1:])
        elif text[0] != "]":
            raise Unreadable("it is no JSON: a comma is missing between two items")


def _number(digits):
    """Return an int; a float if there are too many digits for a duration."""
    return int(digits) if len(digits) < 20 else float(digits)


def _more(file, text):
    """Return the text without leading space, reading on if nothing is left. Raise Unreadable at the end."""
    text = text.lstrip()
    while not text:
        piece = file.read(CHUNK)
        if not piece:
            raise Unreadable("it is no JSON list: it ends too early")
        text = piece.lstrip()
    return text


def _decode(decoder, file, text):
    """Return (item, problem, text after it). Read on while an item that can't be decoded may be cut off."""
    while True:
        try:
            item, end = decoder.raw_decode(text)
            problem = ""
        except RecursionError:
            problem = "its JSON is nested too deeply"
            return None, problem, _skip(file, text, problem)
        except ValueError as error:
            end, problem = len(text), f"it is no JSON: {getattr(error, 'msg', error)}"
        may_go_on = end == len(text) < LONGEST_ITEM
        if may_go_on and (piece := file.read(max(CHUNK, len(text)))):
            text += piece
        elif problem:
            return None, problem, _skip(file, text, problem)
        else:
            return item, "", text[end:]


def _skip(file, text, problem):
    """Return the text after the item at its start, whose end is found by counting brackets.

    Raise Unreadable with the problem, the reason for skipping, if the file ends first.
    """
    depth, quoted = 0, False
    while text:
        if (len(text) - len(text.rstrip("\\"))) % 2:
            text += file.read(1)  # keep a backslash and the character that it escapes together
        for found in MARKS.finditer(text):
            mark = found[0]
            if mark == '"':
                quoted = not quoted
            elif quoted or len(mark) > 1:
                continue
            elif mark in "[{":
                depth += 1
            elif depth == 0:
                return text[found.start() :]
            elif mark != ",":
                depth -= 1
        text = file.read(CHUNK)
    raise Unreadable(problem)
