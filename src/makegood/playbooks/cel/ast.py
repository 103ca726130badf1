"""The nodes of a parsed condition; each knows where it starts in the text."""

from msgspec import Struct


class Node(Struct, frozen=True, kw_only=True):
    """One part of a condition.

    Attributes:
        pos: Offset of the part in the text, from 0.
    """

    pos: int


class Literal(Node, frozen=True, kw_only=True):
    """A constant: null, bool, int, float or str."""

    value: bool | int | float | str | None


class Name(Node, frozen=True, kw_only=True):
    """A root variable or the variable of a macro."""

    name: str


class Select(Node, frozen=True, kw_only=True):
    """`operand.field`, or `has(operand.field)` when `test` is set."""

    operand: Node
    field: str
    test: bool = False


class Index(Node, frozen=True, kw_only=True):
    """`operand[key]`."""

    operand: Node
    key: Node


class Call(Node, frozen=True, kw_only=True):
    """An operator or a function; a member call has its receiver as first argument.

    Attributes:
        function: The name as written, or the operator sign (`neg` for unary minus).
        args: Operands, receiver first.
        member: Whether it was written `receiver.function(...)`.
    """

    function: str
    args: tuple[Node, ...]
    member: bool = False


class Logic(Node, frozen=True, kw_only=True):
    """`&&` or `||` over two or more terms, in the order written."""

    sign: str
    terms: tuple[Node, ...]


class Choice(Node, frozen=True, kw_only=True):
    """`condition ? yes : no`."""

    condition: Node
    yes: Node
    no: Node


class ListLiteral(Node, frozen=True, kw_only=True):
    """`[a, b]`."""

    items: tuple[Node, ...]


class MapLiteral(Node, frozen=True, kw_only=True):
    """`{key: value}`."""

    entries: tuple[tuple[Node, Node], ...]


class Macro(Node, frozen=True, kw_only=True):
    """A loop over a list or the keys of a map.

    Attributes:
        kind: all, exists, exists_one, list (map, filter, transformList) or map (transformMap).
        variables: One name, or two (index and value, key and value).
        keep: Condition an element must meet to be kept; None keeps all.
        body: What is asked of, or made from, each element.
    """

    kind: str
    operand: Node
    variables: tuple[str, ...]
    keep: Node | None = None
    body: Node


def path_of(node: Node) -> tuple[str, ...] | None:
    """Return the static path that a node reads, such as `("event", "reason")`.

    Args:
        node: A name, a chain of selects on it, or an index by a literal string.

    Returns:
        The path, or None when the node is anything else.
    """
    steps: list[str] = []
    while True:
        match node:
            case Name(name=name):
                return (name, *reversed(steps))
            case Select(operand=operand, field=field):
                steps.append(field)
                node = operand
            case Index(operand=operand, key=Literal(value=str(key))):
                steps.append(key)
                node = operand
            case _:
                return None
