"""``frozen``, ``field`` and ``evolve`` of attrs, and ``Generic``, for classes that a program's first call needs.

To import attrs takes twenty milliseconds, and to make a class with it half of one: together more than the rest of this
package's start. A class that is made here has its slots at once, and a compiled ``__init__`` when more than a few of
its values are made. The rest is written by attrs, when it is first asked for: a repr, a comparison, an assignment that
has to be refused, ``attrs.evolve``, ``attrs.fields``. What comes out is what ``attrs.frozen`` would have made, which
is what type checkers see.

A class takes three times as long to make with ``typing.Generic`` among its bases. The ``Generic`` here only lets itself
be written with brackets, as the generic classes of the standard library do.

A class that nobody needs at the start uses attrs and typing themselves.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from types import FunctionType, GenericAlias
from typing import TYPE_CHECKING, Any, NoReturn


class _Nothing:
    """Stands for a value that is not given, in a signature too."""

    def __repr__(self) -> str:
        return "NOTHING"


_NOTHING = _Nothing()
# To compile an __init__ takes as long as to fill dozens of values.
_MOST_FILLED = 16


class LateField:
    """As ``attrs.field``, as far as the classes here need it."""

    __slots__ = ("converter", "default", "factory", "init", "repr")

    def __init__(
        self,
        *,
        default: Any = _NOTHING,
        factory: Callable[[], Any] | None = None,
        converter: Callable[[Any], Any] | None = None,
        repr: bool | Callable[[Any], str] = True,
        init: bool = True,
    ) -> None:
        self.default = default
        self.factory = factory
        self.converter = converter
        self.repr = repr
        self.init = init

    @property
    def is_optional(self) -> bool:
        """Whether it has a value if it is not given."""
        return self.factory is not None or self.default is not _NOTHING

    def for_attrs(self, attrs: Any) -> Any:
        """The same for attrs."""
        given = {"default": self.default} if self.default is not _NOTHING else {"factory": self.factory}
        return attrs.field(**given, converter=self.converter, repr=self.repr, init=self.init)


class _Late:
    """A part of a class that attrs writes when it is first looked at."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, instance: object, owner: type) -> Any:
        _init_of(owner).write_the_rest()
        return getattr(owner if instance is None else instance, self.name)


_OF_ALL = {name: _Late(name) for name in ("__attrs_attrs__", "__setattr__", "__delattr__")}
_OF_REPR = {"__repr__": _Late("__repr__")}
_OF_EQ = {name: _Late(name) for name in ("__eq__", "__ne__", "__hash__")}


class _LateInit:
    """The ``__init__`` of a class that has few values yet. They are filled one by one, which needs no compiler.

    It keeps what the class was made from.
    """

    __slots__ = ("eq", "fields", "made", "repr", "values")

    def __init__(self, fields: dict[str, LateField], eq: bool, repr: bool) -> None:
        self.fields = fields
        self.eq = eq
        self.repr = repr
        self.made: Any = None
        self.values = 0

    def write_the_rest(self) -> None:
        # Threads that ask at the same time each write the same, which needs no lock that a fork could find held.
        import attrs

        these = {name: field.for_attrs(attrs) for name, field in self.fields.items()}
        attrs.frozen(self.made, these=these, slots=False, init=False, auto_detect=False, eq=self.eq, repr=self.repr)

    def __get__(self, instance: object, owner: type) -> Any:
        if instance is None:
            return self._compiled()
        self.values += 1
        if self.values > _MOST_FILLED:
            return self._compiled().__get__(instance, owner)
        return partial(self._fill, instance)

    def _compiled(self) -> FunctionType:
        self.made.__init__ = init = _make_init(self.made, self.fields)
        return init

    def _fill(self, value: Any, /, *args: Any, **kwargs: Any) -> None:
        given = dict(zip(_arguments(self.fields), args, strict=False))
        if len(given) < len(args) or not given.keys().isdisjoint(kwargs):
            self._refuse(value, args, kwargs)
        given.update(kwargs)
        for name, field in self.fields.items():
            if field.init and name in given:
                one = given.pop(name)
            elif field.is_optional:
                one = field.default if field.factory is None else field.factory()
            elif field.init:
                self._refuse(value, args, kwargs)
            else:
                continue
            getattr(self.made, name).__set__(value, one if field.converter is None else field.converter(one))
        if given:
            self._refuse(value, args, kwargs)
        if hasattr(self.made, "__attrs_post_init__"):
            value.__attrs_post_init__()

    def _refuse(self, value: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> NoReturn:
        # Python says best what is wrong with the arguments.
        self._compiled()(value, *args, **kwargs)
        raise AssertionError(f"{self.made.__name__}: the arguments fit its signature, yet not its fields")


def late_frozen(maybe_class: type | None = None, *, eq: bool = True, repr: bool = True) -> Any:
    """As ``attrs.frozen``. Methods of the class do not use ``super()``, and no base has fields.

    :param eq: whether values are compared and hashed by their fields
    :param repr: whether there is a repr of the fields
    """
    if maybe_class is None:
        return lambda cls: _with_slots(cls, eq, repr)
    return _with_slots(maybe_class, eq, repr)


def _with_slots(cls: type, eq: bool, repr: bool) -> type:
    namespace = dict(vars(cls))
    fields: dict[str, LateField] = {}
    for name, annotation in namespace.get("__annotations__", {}).items():
        if str(annotation).startswith(("ClassVar", "typing.ClassVar")):
            continue
        given = namespace.pop(name, _NOTHING)
        fields[name] = given if isinstance(given, LateField) else LateField(default=given)
    for name in ("__dict__", "__weakref__"):
        namespace.pop(name, None)

    init = _LateInit(fields, eq, repr)
    namespace.update(_OF_ALL, __init__=init, __late__=(init,))
    namespace.update(_OF_REPR if repr else {})
    namespace.update(_OF_EQ if eq else {})
    # What a base has in slots of its own is there already.
    taken = {name for base in cls.__mro__[1:-1] for name in vars(base).get("__slots__", ("__weakref__",))}
    slots = [name for name in (*fields, "__weakref__") if name not in taken]
    namespace.update(__slots__=tuple(slots), __match_args__=tuple(_arguments(fields)))
    namespace.update(__getstate__=_get_state, __setstate__=_set_state, __replace__=late_evolve)
    made = init.made = type(cls)(cls.__name__, cls.__bases__, namespace)
    return made


def _arguments(fields: dict[str, LateField]) -> list[str]:
    return [name for name, field in fields.items() if field.init]


def _make_init(cls: type, fields: dict[str, LateField]) -> FunctionType:
    names: dict[str, Any] = {"NOTHING": _NOTHING}
    parameters, lines = [], []
    for name, field in fields.items():
        names.update({f"set_{name}": getattr(cls, name).__set__, f"default_{name}": field.default})
        value = name if field.init else f"default_{name}"
        if field.factory is not None:
            names[f"factory_{name}"] = field.factory
            value = f"factory_{name}() if {value} is NOTHING else {value}"
        if field.converter is not None:
            names[f"converter_{name}"] = field.converter
            value = f"converter_{name}({value})"
        if field.init:
            parameters.append(f"{name}=default_{name}" if field.is_optional else name)
        if field.init or field.is_optional:
            lines.append(f"    set_{name}(self, {value})")
    if hasattr(cls, "__attrs_post_init__"):
        lines.append("    self.__attrs_post_init__()")
    source = "\n".join([f"def __init__(self, {', '.join(parameters)}):", *lines, "    return None"])
    exec(compile(source, f"<__init__ of {cls.__qualname__}>", "exec"), names)
    init: FunctionType = names["__init__"]
    init.__qualname__ = f"{cls.__qualname__}.__init__"
    init.__module__ = cls.__module__
    init.__annotations__ = {
        "return": None,
        **{name: _annotation(cls, name, fields[name]) for name in _arguments(fields)},
    }
    return init


def _annotation(cls: type, name: str, field: LateField) -> Any:
    # What is given may be other than what is kept.
    taken = getattr(field.converter, "__annotations__", None) if isinstance(field.converter, FunctionType) else None
    return next(iter(taken.values())) if taken else cls.__annotations__[name]


def _init_of(cls: Any) -> _LateInit:
    # In a tuple, because it is a descriptor itself.
    (init,) = cls.__late__
    found: _LateInit = init
    return found


def _get_state(self: Any) -> dict[str, Any]:
    return {name: getattr(self, name) for name in _init_of(self).fields}


def _set_state(self: Any, state: dict[str, Any]) -> None:
    for name, value in state.items():
        object.__setattr__(self, name, value)


def late_evolve(value: Any, /, **changes: Any) -> Any:
    """As ``attrs.evolve``."""
    import attrs

    return attrs.evolve(value, **changes)


class Subscriptable:
    """As ``typing.Generic``, as far as a running program needs it."""

    __slots__ = ()
    __class_getitem__ = classmethod(GenericAlias)  # type: ignore[var-annotated]


if TYPE_CHECKING:
    from typing import Generic as Generic

    from attrs import evolve as evolve
    from attrs import field as field
    from attrs import frozen as frozen
else:
    evolve, field, frozen = late_evolve, LateField, late_frozen
    Generic = Subscriptable
