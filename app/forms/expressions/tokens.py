"""The words of an expression, by the rules of XPath 1.0 and with XLSForm's ${references}."""

import re
from typing import NamedTuple

LONGEST = 32_767
"""As many characters as a cell of a spreadsheet holds."""

_NAME = r"[^\W\d](?:[\w.·-]*[\w·-])?"
_PATTERN = re.compile(
    rf"""\s*(?:
      (?P<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)
    | (?P<literal>"[^"]*"|'[^']*')
    | (?P<reference>\$\{{(?:last-saved\#)?{_NAME}\}})
    | (?P<symbol>!=|<=|>=|::|//|\.\.|[()\[\]@,./|+\-=<>*])
    | (?P<name>{_NAME}(?::(?!:)(?:{_NAME}|\*))?)
    | (?P<end>\Z)
    )""",
    re.VERBOSE,
)
_OPERATOR_NAME = re.compile(r"\s*(and|or|mod|div)(?![^\W\d])")
_ENDS_OPERAND = frozenset({"number", "literal", "reference", "name"})
_SYMBOLS_THAT_END = frozenset({")", "]", ".", ".."})
_NEVER_TWICE = frozenset({"=", "|"})
_HINTS = {
    "==": "Write = to compare.",
    "&&": "Write and.",
    "||": "Write or.",
    "!": "Write not(...), or != for unequal.",
    "%": "Write mod for the rest of a division.",
    **dict.fromkeys("\u201c\u201d\u2018\u2019", "Write straight quotation marks."),
    "$": "Write ${name} with the name of a question, without spaces.",
    '"': 'This text never ends: a " is missing.',
    "'": "This text never ends: a ' is missing.",
}


class SyntaxFault(ValueError):
    """The text is no expression: why, and at which character, counted from 1."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(f"At character {position}: {message}")
        self.message = message
        self.position = position


class Token(NamedTuple):
    """`kind` is number, literal, reference, name, operator, symbol or end; `start` the place of the first character."""

    kind: str
    text: str
    start: int


def read_tokens(text: str) -> list[Token]:
    """All tokens, the last of kind end. Raises SyntaxFault."""
    if len(text) > LONGEST:
        raise SyntaxFault(f"It is longer than the {LONGEST} characters of a cell.", LONGEST)
    tokens: list[Token] = []
    place = 0
    operand_before = False
    while not tokens or tokens[-1].kind != "end":
        token, place = _next_token(text, place, operand_before)
        tokens.append(token)
        operand_before = token.kind in _ENDS_OPERAND or (token.kind == "symbol" and token.text in _SYMBOLS_THAT_END)
    return tokens


def _next_token(text: str, place: int, operand_before: bool) -> tuple[Token, int]:
    """The next token, and where it ends. After an operand, * and the names of operators are no names."""
    if operand_before and (operator := _OPERATOR_NAME.match(text, place)):
        return Token("operator", operator[1], operator.start(1)), operator.end()
    found = _PATTERN.match(text, place)
    if found is None:
        raise _unreadable(text, place)
    kind = str(found.lastgroup)
    token = Token(kind, found[kind], found.start(kind))
    if kind == "symbol":
        if token.text == "*" and not operand_before:
            token = token._replace(kind="name")
        elif token.text in _NEVER_TWICE and text.startswith(token.text, found.end()):
            raise _unreadable(text, token.start)
    return token, found.end()


def _unreadable(text: str, place: int) -> SyntaxFault:
    rest = text[place:].lstrip()
    hint = _HINTS.get(rest[:2]) or _HINTS.get(rest[:1])
    return SyntaxFault(hint or f"{rest[0]!r} means nothing here.", len(text) - len(rest) + 1)
