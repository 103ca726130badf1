"""Read a condition: recursive descent over the grammar of CEL, one method a rule.

Written here because no maintained pure-Python parser gives places, a closed subset and a
tree that can be compiled; interpreters measured 60 to 200 times slower than compiled rules.
Source: the grammar in the CEL specification, doc/langdef.md.
"""

from makegood.playbooks.cel.ast import (
    Call,
    Choice,
    Index,
    ListLiteral,
    Literal,
    Logic,
    MapLiteral,
    Name,
    Node,
    Select,
)
from makegood.playbooks.cel.lexer import RESERVED, Token, tokens_of
from makegood.playbooks.cel.macros import expand
from makegood.playbooks.cel.refusals import CelError, CelSyntaxError, Refusal

MAX_DEPTH = 60  # Python refuses more than 200 nested brackets; a node writes up to 3
INT_MIN, INT_MAX = -(2**63), 2**63 - 1
_RELATIONS = frozenset(("==", "!=", "<", "<=", ">", ">=", "in"))
_CONSTANTS: dict[str, bool | None] = {"true": True, "false": False, "null": None}


def parse(text: str) -> Node:
    """Read a condition.

    Args:
        text: One CEL expression.

    Returns:
        The tree; nothing is known yet about names and types.

    Raises:
        CelSyntaxError: The text is not CEL; says where and what was expected.
        CelError: The text is CEL outside the subset.
    """
    parser = _Parser(text)
    node = parser.expression()
    parser.expect_end()
    return node


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = tokens_of(text)
        self.at = 0
        self.depth = 0

    # -- tokens ---------------------------------------------------------------------------

    @property
    def next(self) -> Token:
        return self.tokens[self.at]

    def sees(self, *signs: str) -> bool:
        return self.next.kind in ("op", "keyword") and self.next.text in signs

    def take(self) -> Token:
        token = self.next
        self.at += 1
        return token

    def accept(self, sign: str) -> bool:
        if self.sees(sign):
            self.at += 1
            return True
        return False

    def expect(self, sign: str) -> None:
        if not self.accept(sign):
            raise self.wrong(f"`{sign}`")

    def expect_end(self) -> None:
        if self.next.kind != "end":
            raise self.wrong("an operator or the end of the condition")

    def wrong(self, expected: str) -> CelSyntaxError:
        return CelSyntaxError(expected, self.next.shown(), self.text, self.next.pos)

    def refuse(self, code: Refusal, why: str, pos: int) -> CelError:
        return CelError(code, why, self.text, pos)

    def deeper(self, pos: int) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            why = f"nested more than {MAX_DEPTH} deep; split the condition."
            raise self.refuse(Refusal.TOO_DEEP, why, pos)

    # -- operators, loosest first ---------------------------------------------------------

    def expression(self) -> Node:
        start = self.next.pos
        self.deeper(start)
        condition = self.logic("||")
        if self.accept("?"):
            yes = self.logic("||")
            self.expect(":")
            condition = Choice(pos=start, condition=condition, yes=yes, no=self.expression())
        self.depth -= 1
        return condition

    def logic(self, sign: str) -> Node:
        start = self.next.pos
        terms = [self.relation() if sign == "&&" else self.logic("&&")]
        while self.accept(sign):
            terms.append(self.relation() if sign == "&&" else self.logic("&&"))
        return terms[0] if len(terms) == 1 else Logic(pos=start, sign=sign, terms=tuple(terms))

    def relation(self) -> Node:
        left = self.addition()
        while self.sees(*_RELATIONS):
            sign = self.take()
            left = Call(pos=sign.pos, function=sign.text, args=(left, self.addition()))
        return left

    def addition(self) -> Node:
        left = self.multiplication()
        while self.sees("+", "-"):
            sign = self.take()
            left = Call(pos=sign.pos, function=sign.text, args=(left, self.multiplication()))
        return left

    def multiplication(self) -> Node:
        left = self.unary()
        while self.sees("*", "/", "%"):
            sign = self.take()
            left = Call(pos=sign.pos, function=sign.text, args=(left, self.unary()))
        return left

    def unary(self) -> Node:
        if not self.sees("!", "-"):
            return self.member()
        sign = self.take()
        self.deeper(sign.pos)
        if sign.text == "-" and self.next.kind in ("int", "double"):
            node = self.members(self.number(sign))
        else:
            function = "!" if sign.text == "!" else "neg"
            node = Call(pos=sign.pos, function=function, args=(self.unary(),))
        self.depth -= 1
        return node

    # -- members --------------------------------------------------------------------------

    def member(self) -> Node:
        return self.members(self.primary())

    def members(self, node: Node) -> Node:
        while self.sees(".", "[", "{"):
            sign = self.take()
            if sign.text == "{":
                why = "messages cannot be built here; use a map such as {'a': 1}."
                raise self.refuse(Refusal.MESSAGE, why, sign.pos)
            node = self.selection(node) if sign.text == "." else self.index(node, sign)
        return node

    def index(self, operand: Node, sign: Token) -> Node:
        self.no_optional()
        key = self.expression()
        self.expect("]")
        return Index(pos=sign.pos, operand=operand, key=key)

    def selection(self, operand: Node) -> Node:
        self.no_optional()
        if self.next.kind not in ("ident", "quoted"):
            raise self.wrong("a field name")
        name = self.take()
        if name.kind == "quoted" or not self.accept("("):
            return Select(pos=operand.pos, operand=operand, field=name.text)
        return self.called(name, self.sequence(")"), operand)

    def called(self, name: Token, args: tuple[Node, ...], receiver: Node | None = None) -> Node:
        expanded = expand(name, receiver, args, self.text)
        if expanded is not None:
            return expanded
        if isinstance(receiver, Name) and receiver.name in ("math", "strings"):
            return Call(pos=name.pos, function=f"{receiver.name}.{name.text}", args=args)
        if receiver is None:
            return Call(pos=name.pos, function=name.text, args=args)
        return Call(pos=name.pos, function=name.text, args=(receiver, *args), member=True)

    def no_optional(self) -> None:
        if self.sees("?"):
            why = "optional values are not supported; ask has(...) first."
            raise self.refuse(Refusal.OPTIONAL_SYNTAX, why, self.next.pos)

    # -- values ---------------------------------------------------------------------------

    def primary(self) -> Node:
        token = self.next
        if token.kind in ("int", "double"):
            return self.number()
        if token.kind == "string":
            return Literal(pos=token.pos, value=self.take().text)
        if token.kind == "ident":
            return self.name()
        if token.text in _CONSTANTS and token.kind == "keyword":
            return Literal(pos=token.pos, value=_CONSTANTS[self.take().text])
        return self.bracketed()

    def bracketed(self) -> Node:
        start = self.next.pos
        if self.accept("("):
            inner = self.expression()
            self.expect(")")
            return inner
        if self.accept("["):
            return ListLiteral(pos=start, items=self.sequence("]"))
        if self.accept("{"):
            return self.map(start)
        if self.accept("."):
            why = "names that start with a dot are not supported; leave the dot out."
            raise self.refuse(Refusal.QUALIFIED_NAME, why, start)
        raise self.wrong("a value, a name or `(`")

    def name(self) -> Node:
        token = self.take()
        if token.text in RESERVED:
            why = f"`{token.text}` is a reserved word; choose another name."
            raise self.refuse(Refusal.RESERVED_WORD, why, token.pos)
        if self.accept("("):
            return self.called(token, self.sequence(")"))
        return Name(pos=token.pos, name=token.text)

    def number(self, minus: Token | None = None) -> Node:
        token = self.take()
        sign, pos = (-1, minus.pos) if minus else (1, token.pos)
        if token.kind == "double":
            return Literal(pos=pos, value=sign * float(token.text))
        value = sign * int(token.text, 16 if token.text.startswith("0x") else 10)
        if not INT_MIN <= value <= INT_MAX:
            raise self.refuse(Refusal.INT_RANGE, f"{value} does not fit in 64 bits.", pos)
        return Literal(pos=pos, value=value)

    def sequence(self, closing: str) -> tuple[Node, ...]:
        items: list[Node] = []
        while not self.accept(closing):
            self.no_optional()
            items.append(self.expression())
            if not self.accept(","):
                self.expect(closing)
                break
            if closing == ")" and self.sees(")"):
                raise self.wrong("a value, a name or `(`")
        return tuple(items)

    def map(self, start: int) -> Node:
        entries: list[tuple[Node, Node]] = []
        while not self.accept("}"):
            self.no_optional()
            key = self.expression()
            self.expect(":")
            entries.append((key, self.expression()))
            if not self.accept(","):
                self.expect("}")
                break
        return MapLiteral(pos=start, entries=tuple(entries))
