"""A JSON list of objects as rows, each item decoded by itself from a window on the file.

The standard library's decoder does it, because it knows NaN, which a bad cell may hold and no streaming
parser takes. An item that it can't decode is skipped by its brackets and refused; the others are read.
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
    """(item, "") or (None, why it can't be read) of the list, one after the other."""
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
    """(item, problem, the text after it). What can't be decoded yet may only be cut off, so more is read."""
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
    """The text from where the item at its start has ended, by its brackets: read on, but not kept.

    Raises Unreadable, with the problem for which it is skipped, where the file ends first.
    """
    depth, quoted = 0, False
    while text:
        if (len(text) - len(text.rstrip("\\"))) % 2:
            text += file.read(1)  # what a backslash is for is seen together with it
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
