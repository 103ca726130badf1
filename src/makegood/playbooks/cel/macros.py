"""Turn the calls that are macros (has, all, exists, map, filter ...) into their own nodes."""

from makegood.playbooks.cel.ast import Macro, Name, Node, Select
from makegood.playbooks.cel.lexer import Token
from makegood.playbooks.cel.refusals import CelError, Refusal

# name -> (kind, number of arguments with one variable, number with two variables)
_SHAPES: dict[str, tuple[str, tuple[int, ...], tuple[int, ...]]] = {
    "all": ("all", (2,), (3,)),
    "exists": ("exists", (2,), (3,)),
    "exists_one": ("exists_one", (2,), (3,)),
    "existsOne": ("exists_one", (2,), (3,)),
    "map": ("list", (2, 3), ()),
    "filter": ("list", (2,), ()),
    "transformList": ("list", (), (3, 4)),
    "transformMap": ("map", (), (3, 4)),
}


def expand(name: Token, receiver: Node | None, args: tuple[Node, ...], text: str) -> Node | None:
    """Expand a call when it is a macro.

    Args:
        name: The function that is called.
        receiver: What stands before the dot, if anything.
        args: The arguments, as parsed.
        text: The whole condition, for errors.

    Returns:
        The expanded node, or None when it is an ordinary call.

    Raises:
        CelError: It is a macro with the wrong arguments.
    """
    if receiver is None:
        return _has(name, args, text) if name.text == "has" else None
    if name.text not in _SHAPES:
        return None
    kind, one, two = _SHAPES[name.text]
    if len(args) in one:
        return _loop(name, kind, receiver, (args[:1], args[1:]), text)
    if len(args) in two:
        return _loop(name, kind, receiver, (args[:2], args[2:]), text)
    counts = " or ".join(str(count) for count in (*one, *two))
    raise _wrong(f"{name.text}() takes {counts} arguments, not {len(args)}.", text, name.pos)


def _has(name: Token, args: tuple[Node, ...], text: str) -> Node:
    if len(args) == 1 and isinstance(args[0], Select) and not args[0].test:
        return Select(pos=name.pos, operand=args[0].operand, field=args[0].field, test=True)
    raise _wrong("has() takes one field, such as has(event.reason).", text, name.pos)


def _loop(
    name: Token,
    kind: str,
    operand: Node,
    parts: tuple[tuple[Node, ...], tuple[Node, ...]],
    text: str,
) -> Node:
    variables, rest = parts
    names = tuple(node.name for node in variables if isinstance(node, Name))
    if len(set(names)) != len(variables):
        why = f"{name.text}() starts with the name of each variable, such as x."
        raise _wrong(why, text, variables[0].pos)
    keep: Node | None = rest[0] if len(rest) > 1 else None
    body = rest[-1]
    if name.text == "filter":
        keep, body = body, variables[0]
    return Macro(pos=name.pos, kind=kind, operand=operand, variables=names, keep=keep, body=body)


def _wrong(why: str, text: str, pos: int) -> CelError:
    return CelError(Refusal.WRONG_ARGUMENTS, why, text, pos)
