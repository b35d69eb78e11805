"""Finds subqueries that are meant for a row of the statement around them, but read its table anew.

SQLAlchemy correlates by itself with the next SELECT outside alone. In `EXISTS (… FROM course_equivalent, course …)`
within another subquery of a SELECT from `course`, the condition then holds for any course, and nothing else shows it.
"""

import re
from dataclasses import dataclass, field

_TOKENS = re.compile(r"'(?:[^']|'')*'|[\w.$]+|[(),]")
_CONDITIONS = {"ON", "WHERE", "GROUP", "ORDER", "LIMIT", "SET", "RETURNING"}


@dataclass
class _Select:
    outer: "_Select | None" = None
    tables: set[str] = field(default_factory=set)
    """Of its FROM, without those that have another name there."""
    within_columns: set[str] = field(default_factory=set)
    """Those of its subqueries that stand before its own FROM."""
    in_from: bool = False

    def has(self, table: str) -> bool:
        return table in self.tables or (self.outer is not None and self.outer.has(table))

    def read(self, table: str) -> bool:
        """Whether this reads the table anew, or a subquery of this does."""
        anew = table in self.within_columns or (self.outer is not None and self.outer.has(table))
        self.tables.add(table)
        outer = self.outer
        while outer:
            outer.within_columns.add(table)
            outer = outer.outer
        return anew

    def within(self, before: str) -> "_Select":
        """A subquery of this one: a table in FROM stands beside it, and the list of an IN for itself."""
        return _Select(self.outer if self.in_from else None if before == "IN" else self)

    def bracketed(self, before: str) -> "_Select":
        """This one; its tables do not stand among the arguments of a function."""
        return self if before in {"FROM", "JOIN", "(", ","} else _Select(self.outer, self.tables)


def read_anew(statement: str) -> list[str]:
    """Tables that a condition or a column reads anew although it stands in a SELECT from them; not those of an IN."""
    found, stack, tokens = [], [_Select()], _TOKENS.findall(statement)
    for before, token, after in zip(["", *tokens], tokens, [*tokens[1:], ""], strict=False):
        select = stack[-1]
        if token == "(":
            stack.append(select.within(before) if after == "SELECT" else select.bracketed(before))
        elif token == ")":
            stack.pop()
        elif token in {"UNION", "EXCEPT", "INTERSECT"}:
            stack[-1] = _Select(select.outer)
        elif (token == "FROM" and before != "DISTINCT") or token in {"JOIN", *_CONDITIONS}:
            select.in_from = token in {"FROM", "JOIN"}
        elif select.in_from and before in {"FROM", "JOIN", ","} and after not in {"(", "AS"} and token != "LATERAL":
            found += [token] if select.read(token) else []
    return found
