"""Expressions and trees of every kind, for laws that must hold for all of them."""

from datetime import datetime
from random import Random

from hypothesis import strategies as st

from app.forms.expressions.compile import compile_expression
from app.forms.expressions.context import Context, Failure, Value
from app.forms.expressions.functions import FUNCTIONS
from app.forms.expressions.nodes import Node, document, element
from app.forms.expressions.parse import AXES, parse
from app.forms.expressions.syntax import (
    LEVELS,
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

NAMES = ("a", "b", "c", "div", "or", "member")
VALUES = ("", "x", "5", "-1.5", "a b", "2012-07-23", "2012-07-23T10:20:30.000+09:00", "1 1;2 2;1 2", "NaN", "1e400")


def context(steps: int = 10_000, now: str = "2026-11-21T16:04:53+07:00") -> Context:
    return Context(
        now=datetime.fromisoformat(now),
        chance=Random(7),
        instances={"list": document(element("root", [element("item", [element("name", "x")])]))},
        texts={"x": "label"},
        look_up=lambda file, column, key_column, key: f"{file}{column}{key_column}{key}",
        label_of=lambda choice, path: choice.upper(),
        steps=steps,
    )


def trees() -> st.SearchStrategy[Node]:
    """Documents of some levels, with texts between the elements and attributes on them."""
    leaves = st.builds(element, st.sampled_from(NAMES), st.sampled_from(VALUES), st.just({"id": "x", "xml:lang": "id"}))
    return st.recursive(leaves, _branches, max_leaves=12).map(document)


def _branches(children: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    return st.builds(element, st.sampled_from(NAMES), st.lists(children, max_size=4))


def expressions() -> st.SearchStrategy[Expression]:
    """Trees that reading a text could give."""
    numbers = st.floats(min_value=0, allow_nan=False).map(Number)
    texts = st.one_of(st.sampled_from(VALUES), st.text(max_size=8).filter(lambda text: "'" not in text)).map(Text)
    names = st.sampled_from(NAMES)
    references = st.builds(Reference, names, st.booleans())
    return st.recursive(st.one_of(numbers, texts, references, _paths(numbers)), _compound, max_leaves=12)


def paths() -> st.SearchStrategy[Path]:
    """Paths from the context node, with positions and names of children for predicates."""
    predicates = st.sampled_from([Number(1.0), Number(2.0), Call("last"), Path((Step("child", "a"),))])
    return st.lists(_steps(predicates), min_size=1, max_size=4).map(lambda steps: Path(tuple(steps)))


def _compound(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    some = st.lists(inner, min_size=1, max_size=2).map(tuple)
    return st.one_of(
        _operations(inner),
        _calls(inner),
        st.builds(Negation, inner),
        st.builds(Union, st.lists(_paths(inner), min_size=2, max_size=3).map(tuple)),
        st.builds(Filter, inner, some),
        st.builds(Path, st.lists(_steps(inner), min_size=1, max_size=2).map(tuple), st.just(False), inner),
        _paths(inner),
    )


@st.composite
def _operations(draw: st.DrawFn, inner: st.SearchStrategy[Expression]) -> Expression:
    operators = draw(st.lists(st.sampled_from(draw(st.sampled_from(LEVELS))), min_size=1, max_size=3))
    operands = [draw(inner) for _ in range(len(operators) + 1)]
    return Operation(tuple(operands), tuple(operators))


@st.composite
def _calls(draw: st.DrawFn, inner: st.SearchStrategy[Expression]) -> Expression:
    name = draw(st.sampled_from(sorted(FUNCTIONS)))
    function = FUNCTIONS[name]
    count = draw(st.integers(function.least, function.most if function.most is not None else function.least + 3))
    return Call(name, tuple(draw(inner) for _ in range(count)))


def _paths(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    steps = st.lists(_steps(inner), min_size=1, max_size=3).map(tuple)
    return st.one_of(st.builds(Path, steps, st.booleans()), st.just(Path((), absolute=True)))


def _steps(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Step]:
    tests = st.sampled_from([*NAMES, "*", "node()", "text()", "comment()", "jr:*"])
    predicates = st.lists(inner, max_size=1).map(tuple)
    return st.builds(Step, st.sampled_from(sorted(AXES)), tests, predicates)


def evaluate(text: str, tree: Node | None = None, at: str = "", **surroundings: str) -> Value | Failure:
    """The value of an expression at the node that the path `at` leads to, names joined by slashes."""
    node = tree or document(element("data"))
    for name in filter(None, at.split("/")):
        node = node.named[name][0]
    return compile_expression(parse(text)).evaluate(node, context(**surroundings))


def written(text: str, tree: Node | None = None, at: str = "", **surroundings: str) -> Value | Failure:
    """The same as the text that a tablet would keep."""
    return evaluate(f"string({text})", tree, at, **surroundings)
