"""What each operator and function takes and gives, and the code that answers it."""

from msgspec import Struct


class Overload(Struct, frozen=True, kw_only=True):
    """One way to call a function.

    Attributes:
        takes: Types of the arguments, receiver first; `any` takes every type.
        gives: Type of the answer.
    """

    takes: tuple[str, ...]
    gives: str

    def fits(self, types: tuple[str, ...]) -> bool:
        """Say whether arguments of these types may be right; `dyn` always may."""
        if len(types) != len(self.takes):
            return False
        pairs = zip(self.takes, types, strict=True)
        return all(want == "any" or have in ("dyn", want) for want, have in pairs)


class Function(Struct, frozen=True, kw_only=True):
    """An operator or a function.

    Attributes:
        python: Name of the answering code in `operators` or `functions`.
        member: Whether it is written `receiver.name(...)`.
        free: Whether it is written `name(...)`.
        overloads: Every way to call it.
    """

    python: str
    member: bool
    free: bool
    overloads: tuple[Overload, ...]


def _overloads(ways: str) -> tuple[Overload, ...]:
    made = []
    for way in ways.split():
        takes, gives = way.split(">")
        made.append(Overload(takes=tuple(takes.split(",")), gives=gives))
    return tuple(made)


def _operator(python: str, ways: str) -> Function:
    return Function(python=python, member=False, free=False, overloads=_overloads(ways))


def _method(python: str, ways: str) -> Function:
    return Function(python=python, member=True, free=False, overloads=_overloads(ways))


def _free(python: str, ways: str) -> Function:
    return Function(python=python, member=False, free=True, overloads=_overloads(ways))


_ORDER = (
    "bool,bool>bool int,int>bool double,double>bool int,double>bool double,int>bool"
    " string,string>bool timestamp,timestamp>bool duration,duration>bool"
)
_WHOLE = "int,int>int"
_NUMBER = "int,int>int double,double>double"
_DATE = "timestamp>int timestamp,string>int"
_NUMBERS = " ".join(
    f"{','.join(['any'] * count)}>dyn"
    for count in range(1, 9)  # more than eight: pass one list
)

OPERATORS: dict[str, Function] = {
    "==": _operator("eq", "any,any>bool"),
    "!=": _operator("ne", "any,any>bool"),
    "<": _operator("lt", _ORDER),
    "<=": _operator("le", _ORDER),
    ">": _operator("gt", _ORDER),
    ">=": _operator("ge", _ORDER),
    "in": _operator(
        "contained", "any,list>bool bool,map>bool int,map>bool double,map>bool string,map>bool"
    ),
    "+": _operator(
        "add",
        _NUMBER + " string,string>string list,list>list timestamp,duration>timestamp"
        " duration,timestamp>timestamp duration,duration>duration",
    ),
    "-": _operator(
        "sub",
        _NUMBER + " timestamp,duration>timestamp timestamp,timestamp>duration"
        " duration,duration>duration",
    ),
    "*": _operator("mul", _NUMBER),
    "/": _operator("div", _NUMBER),
    "%": _operator("mod", _WHOLE),
    "neg": _operator("neg", "int>int double>double"),
    "!": _operator("truth", "bool>bool"),
}

FUNCTIONS: dict[str, Function] = {
    "size": Function(
        python="size", member=True, free=True, overloads=_overloads("string>int list>int map>int")
    ),
    "startsWith": _method("starts_with", "string,string>bool"),
    "endsWith": _method("ends_with", "string,string>bool"),
    "contains": _method("contains", "string,string>bool"),
    "matches": Function(
        python="matches", member=True, free=True, overloads=_overloads("string,string>bool")
    ),
    "lowerAscii": _method("lower_ascii", "string>string"),
    "upperAscii": _method("upper_ascii", "string>string"),
    "trim": _method("trim", "string>string"),
    "reverse": _method("reverse", "string>string"),
    "charAt": _method("char_at", "string,int>string"),
    "indexOf": _method("index_of", "string,string>int string,string,int>int"),
    "lastIndexOf": _method("last_index_of", "string,string>int string,string,int>int"),
    "substring": _method("substring", "string,int>string string,int,int>string"),
    "replace": _method("replace", "string,string,string>string string,string,string,int>string"),
    "split": _method("split", "string,string>list string,string,int>list"),
    "join": _method("join", "list>string list,string>string"),
    "int": _free("to_int", "int>int double>int string>int timestamp>int"),
    "double": _free("to_double", "int>double double>double string>double"),
    "string": _free(
        "to_string",
        "string>string int>string double>string bool>string timestamp>string duration>string",
    ),
    "bool": _free("to_bool", "bool>bool string>bool"),
    "timestamp": _free("to_timestamp", "timestamp>timestamp string>timestamp int>timestamp"),
    "duration": _free("to_duration", "duration>duration string>duration"),
    "dyn": _free("unchanged", "any>dyn"),
    "getFullYear": _method("instant_part", _DATE),
    "getMonth": _method("instant_part", _DATE),
    "getDate": _method("instant_part", _DATE),
    "getDayOfMonth": _method("instant_part", _DATE),
    "getDayOfWeek": _method("instant_part", _DATE),
    "getDayOfYear": _method("instant_part", _DATE),
    "getHours": _method("instant_part", _DATE + " duration>int"),
    "getMinutes": _method("instant_part", _DATE + " duration>int"),
    "getSeconds": _method("instant_part", _DATE + " duration>int"),
    "getMilliseconds": _method("instant_part", _DATE + " duration>int"),
    "math.greatest": _free("greatest", _NUMBERS),
    "math.least": _free("least", _NUMBERS),
    "math.abs": _free("absolute", "int>int double>double"),
    "math.ceil": _free("rounded", "double>double"),
    "math.floor": _free("rounded", "double>double"),
    "math.round": _free("rounded", "double>double"),
}
