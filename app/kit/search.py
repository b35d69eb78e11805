"""Search for a part of folded text by an index of the letters and the pairs of letters that each text has.

Trigrams need three letters, and most family names have two. PostgreSQL also knows how often the common letters and
pairs occur: it walks a list in its order where a name is frequent, and sorts what it finds where a name is rare.
"""

from itertools import pairwise

from sqlalchemy import ColumnElement, SQLColumnExpression, String, Text, TextClause, and_, func, literal_column, null
from sqlalchemy import column as named
from sqlalchemy import text as plain
from sqlalchemy.dialects.postgresql import ARRAY

from app.kit.text import fold

_NOWHERE, _PARTS, _NEXT = "\x1c", "\x1d", "\x1e"  # signs that no folded text has
_AFTER_WHOLE, _AFTER_PART = func.chr(literal_column("29")), func.chr(literal_column("30"))


def letters(column: SQLColumnExpression[str]) -> ColumnElement[list[str]]:
    """The letters of a text and all pairs of neighbors. By functions of PostgreSQL only: an index cannot depend on
    ours, which each upgrade creates anew."""
    pairs = func.array_cat(_pairs(column), _pairs(func.substr(column, literal_column("2"))))
    each: ColumnElement[list[str]] = func.string_to_array(column, null())
    return func.array_cat(each, pairs, type_=ARRAY(Text))


def _pairs(text: SQLColumnExpression[str]) -> ColumnElement[list[str]]:
    """The pairs that begin at every second letter, from the first on."""
    marked = literal_column(r"'\1'").op("||")(_AFTER_PART)
    return _array(func.regexp_replace(text, literal_column("'(..)'"), marked, literal_column("'g'")))


def _array(text: ColumnElement[str]) -> ColumnElement[list[str]]:
    return func.string_to_array(text, _AFTER_PART, type_=ARRAY(Text))


def letters_of(name: str) -> TextClause:
    """The same of a column by its name, for an index."""
    return plain(str(letters(named(name, String))))


def sought(asked: str) -> str:
    """The value that `found` takes: the folded text and its parts. What folds to nothing is found nowhere."""
    whole = fold(asked) or _NOWHERE
    parts = map("".join, pairwise(whole)) if len(whole) > 1 else [whole]
    return whole + _PARTS + _NEXT.join(parts)


def found(column: SQLColumnExpression[str], value: ColumnElement[str]) -> ColumnElement[bool]:
    """The text is part of the column. The first condition decides; PostgreSQL takes it for true of nearly every row, so
    that the number of rows that it expects is that of the second, which the index answers."""
    whole, parts = (func.split_part(value, _AFTER_WHOLE, literal_column(place)) for place in "12")
    return and_(func.strpos(column, whole) != literal_column("0"), letters(column).contains(_array(parts)))
