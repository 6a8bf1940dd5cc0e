"""What a function of expressions takes and gives, written in one line."""

from collections.abc import Callable
from dataclasses import dataclass

NODES, TEXT, NUMBER, TRUTH, ANY = "nodes", "text", "number", "truth", "any"
RUN, HERE = "run", "here"


@dataclass(frozen=True, slots=True)
class Parameter:
    """`here` means that the context node is taken where the argument is left out."""

    kind: str
    needed: bool
    many: bool
    here: bool


@dataclass(frozen=True, slots=True)
class Function:
    """`call` gets the `extras`, "run" or "here" (the context node), and then the arguments, of the kinds wanted."""

    call: Callable[..., object]
    extras: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    returns: str

    @property
    def least(self) -> int:
        return sum(parameter.needed for parameter in self.parameters)

    @property
    def most(self) -> int | None:
        """None where any number of arguments may be given."""
        return None if any(parameter.many for parameter in self.parameters) else len(self.parameters)

    def takes(self, count: int) -> bool:
        return self.least <= count and (self.most is None or count <= self.most)

    def kind(self, place: int) -> str:
        """The kind of the argument at a place, counted from 0; the last kind goes on for as long as it likes."""
        return self.parameters[min(place, len(self.parameters) - 1)].kind

    def arity(self) -> str:
        """In words: "2 arguments", "1 to 3 arguments"."""
        if self.most is None:
            return f"{self.least} arguments or more"
        if self.most == 0:
            return "no arguments"
        if self.least == 0:
            return f"at most {self.most} argument{'s' if self.most > 1 else ''}"
        numbers = str(self.most) if self.least == self.most else f"{self.least} to {self.most}"
        return f"{numbers} argument{'s' if self.most > 1 else ''}"


def function(signature: str, call: Callable[..., object]) -> Function:
    """Reads "run text number? any* -> text".

    A `?` may be left out, a `*` given any number of times, a `.` stands for the context node where it is left out.
    """
    takes, returns = signature.split("->")
    words = takes.split()
    extras = tuple(word for word in words if word in (RUN, HERE))
    parameters = tuple(_parameter(word) for word in words if word not in (RUN, HERE))
    return Function(call, extras, parameters, returns.strip())


def _parameter(word: str) -> Parameter:
    kind = word.rstrip("?*.")
    mark = word[len(kind) :]
    return Parameter(kind, needed=not mark, many=mark == "*", here=mark == ".")
