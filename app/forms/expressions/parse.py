"""From text to the tree of an expression."""

from app.forms.expressions.syntax import (
    DESCENDANTS,
    LEVEL,
    PARENT,
    SELF,
    Call,
    Expression,
    Filter,
    Negation,
    Number,
    Operation,
    Path,
    Reference,
    Step,
    Text,
    Union,
)
from app.forms.expressions.tokens import SyntaxFault, Token, read_tokens

DEEPEST = 80
"""Levels of brackets inside brackets. Python itself would give up at about a hundred and fifty."""

AXES = frozenset(
    {
        *("child", "parent", "self", "attribute", "descendant", "descendant-or-self", "ancestor", "ancestor-or-self"),
        *("following", "following-sibling", "preceding", "preceding-sibling", "namespace"),
    }
)
_NODE_TYPES = frozenset({"node", "text", "comment"})
_OPERATOR_KINDS = frozenset({"operator", "symbol"})


def parse(text: str) -> Expression:
    """Reads an expression. Raises SyntaxFault with the place, in words for the author of a form."""
    parser = _Parser(read_tokens(text))
    expression = parser.expression()
    if parser.token.kind != "end":
        raise parser.fault("An operator such as and, + or = is missing before {}.")
    return expression


class _Parser:
    """Reads tokens from left to right; `token` is the next one."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.place = 0
        self.depth = 0
        self.token = tokens[0]

    def take(self) -> Token:
        token = self.token
        self.place += 1
        self.token = self.tokens[self.place]
        return token

    def follows(self, *symbols: str) -> bool:
        return self.token.kind == "symbol" and self.token.text in symbols

    def skip(self, symbol: str) -> bool:
        if self.token.text != symbol or self.token.kind != "symbol":
            return False
        self.take()
        return True

    def expect(self, symbol: str) -> None:
        if not self.skip(symbol):
            raise self.fault(f"A {symbol} is missing before {{}}.")

    def fault(self, message: str) -> SyntaxFault:
        shown = "the end" if self.token.kind == "end" else self.token.text
        return SyntaxFault(message.format(shown), self.token.start + 1)

    def expression(self) -> Expression:
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.fault(f"More than {DEEPEST} brackets are open at {{}}.")
        expression = self.operation(0)
        self.depth -= 1
        return expression

    def operation(self, lowest: int) -> Expression:
        """An operation whose operators bind at least as tightly as those of the level `lowest`."""
        left = self.negation()
        while (level := self.level()) >= lowest:
            operands, operators = [left], []
            while self.level() == level:
                operators.append(self.take().text)
                operands.append(self.operation(level + 1))
            left = Operation(tuple(operands), tuple(operators))
        return left

    def level(self) -> int:
        """The level of the operator that follows, -1 where none does."""
        return LEVEL.get(self.token.text, -1) if self.token.kind in _OPERATOR_KINDS else -1

    def negation(self) -> Expression:
        signs = 0
        while self.skip("-"):
            signs += 1
        expression = self.union()
        if self.depth + signs > DEEPEST:
            raise self.fault("There are too many - before {}.")
        for _ in range(signs):
            expression = Negation(expression)
        return expression

    def union(self) -> Expression:
        parts = [self.path()]
        while self.skip("|"):
            parts.append(self.path())
        return Union(tuple(parts)) if len(parts) > 1 else parts[0]

    def path(self) -> Expression:
        if self.token.kind == "symbol":
            if self.skip("/"):
                return Path(self.steps() if self.step_follows() else (), absolute=True)
            if self.skip("//"):
                return Path((DESCENDANTS, *self.steps()), absolute=True)
        if self.step_follows():
            return Path(self.steps())
        base = self.primary()
        if self.token.kind != "symbol":
            return base
        if self.follows("["):
            base = Filter(base, self.predicates())
        if self.skip("/"):
            return Path(self.steps(), base=base)
        return Path((DESCENDANTS, *self.steps()), base=base) if self.skip("//") else base

    def step_follows(self) -> bool:
        if self.token.kind != "name":
            return self.follows(".", "..", "@")
        after = self.tokens[self.place + 1]
        called = after.kind == "symbol" and after.text == "("
        return not called or self.token.text in _NODE_TYPES

    def steps(self) -> tuple[Step, ...]:
        steps = [self.step()]
        while self.follows("/", "//"):
            if self.take().text == "//":
                steps.append(DESCENDANTS)
            steps.append(self.step())
        return tuple(steps)

    def step(self) -> Step:
        if self.skip("."):
            return SELF
        if self.skip(".."):
            return PARENT
        axis = "attribute" if self.skip("@") else "child"
        if self.token.kind != "name":
            raise self.fault("The name of a question or group is missing before {}.")
        name = self.take()
        if axis == "child" and self.skip("::"):
            if name.text not in AXES:
                raise SyntaxFault(f"There is no axis {name.text}.", name.start + 1)
            axis = name.text
            if self.token.kind != "name":
                raise self.fault("A name is missing before {}.")
            name = self.take()
        return Step(axis, self.test(name.text), self.predicates())

    def test(self, name: str) -> str:
        if name in _NODE_TYPES and self.skip("("):
            self.expect(")")
            return f"{name}()"
        return name

    def predicates(self) -> tuple[Expression, ...]:
        found: list[Expression] = []
        while self.skip("["):
            found.append(self.expression())
            self.expect("]")
        return tuple(found)

    def primary(self) -> Expression:
        if self.skip("("):
            inner = self.expression()
            self.expect(")")
            return inner
        if self.token.kind not in ("number", "literal", "reference", "name"):
            raise self.fault("A value is missing before {}.")
        kind, text, _ = self.take()
        if kind == "number":
            return Number(float(text))
        if kind == "literal":
            return Text(text[1:-1])
        if kind == "reference":
            name = text[2:-1]
            return Reference(name.removeprefix("last-saved#"), name.startswith("last-saved#"))
        return Call(text, self.arguments())

    def arguments(self) -> tuple[Expression, ...]:
        self.expect("(")
        found: list[Expression] = []
        if not self.follows(")"):
            found.append(self.expression())
            while self.skip(","):
                found.append(self.expression())
        self.expect(")")
        return tuple(found)
