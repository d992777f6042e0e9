"""Values that attrs completes late: the same as those that it makes at once."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
import threading
import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import FunctionType
from typing import Any, ClassVar

import attrs
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from globus_transport import values
from globus_transport.http.messages import Request

NAMES: tuple[str, ...] = ("a", "b", "c", "d")
#: Of a call: its result, or the kind of its exception.
Outcome = tuple[str, Any]
Declaration = tuple[dict[str, dict[str, Any]], dict[str, bool], bool]


def shout(value: object) -> str:
    return f"{value}!"


def hide(_value: object) -> str:
    return "***"


field_options = st.fixed_dictionaries(
    {},
    optional={
        "default": st.integers() | st.just(()),
        "factory": st.just(list),
        "converter": st.just(shout),
        "repr": st.booleans() | st.just(hide),
        "init": st.booleans(),
    },
).filter(lambda options: not {"default", "factory"} <= options.keys())


@st.composite
def declarations(draw: st.DrawFn) -> Declaration:
    """Fields with their options, options of the class, and whether it looks at itself when it is made."""
    fields: dict[str, dict[str, Any]] = draw(st.dictionaries(st.sampled_from(NAMES), field_options, min_size=1))
    # Those with a default follow the others, as in any signature.
    optional = {name for name, options in fields.items() if {"default", "factory"} & options.keys()}
    ordered = dict(sorted(fields.items(), key=lambda item: item[0] in optional))
    options = draw(st.fixed_dictionaries({}, optional={"eq": st.booleans(), "repr": st.booleans()}))
    return ordered, options, draw(st.booleans())


def make(frozen: Any, field: Any, declaration: Declaration) -> type:
    fields, options, looks = declaration
    namespace: dict[str, Any] = {name: field(**given) for name, given in fields.items()}
    namespace.update(__annotations__=dict.fromkeys(fields, "object"), __module__=__name__, __qualname__="Made")
    namespace["total"] = lambda self: [getattr(self, name, None) for name in fields]
    if looks:

        def __attrs_post_init__(self: Any) -> None:
            if 13 in self.total():
                raise ValueError("13")

        namespace["__attrs_post_init__"] = __attrs_post_init__
    made: type = frozen(**options)(type("Made", (), namespace))
    return made


def outcome(call: Callable[[], Any]) -> Outcome:
    try:
        return "result", call()
    except Exception as error:
        return "error", type(error)


@example(({"a": {"default": 3, "init": False}}, {}, False), [], {}, {}, False)
@given(
    declarations(),
    st.lists(st.integers(0, 20), max_size=4),
    st.dictionaries(st.sampled_from([*NAMES, "unknown"]), st.integers(0, 20), max_size=2),
    st.dictionaries(st.sampled_from(NAMES), st.integers()),
    st.booleans(),
)
def test_it_is_what_attrs_makes(
    declaration: Any, args: list[int], keywords: dict[str, int], changes: dict[str, int], compiles: bool
) -> None:
    late, at_once = (
        make(values.late_frozen, values.LateField, declaration),
        make(attrs.frozen, attrs.field, declaration),
    )
    if compiles:
        # As after many values; the first few are filled without a compiled __init__.
        assert isinstance(late.__init__, FunctionType)  # type: ignore[misc]
    theirs = outcome(lambda: at_once(*args, **keywords))
    ours = outcome(lambda: late(*args, **keywords))
    assert ours[0] == theirs[0]
    if ours[0] == "error":
        assert ours == theirs
        return
    one, other = ours[1], theirs[1]
    assert one.total() == other.total()
    if declaration[1].get("repr", True):
        assert outcome(lambda: repr(one)) == outcome(lambda: repr(other))
    same, their_same = late(*args, **keywords), at_once(*args, **keywords)
    assert outcome(lambda: one == same) == outcome(lambda: other == their_same)
    assert outcome(lambda: one != same) == outcome(lambda: other != their_same)
    assert outcome(lambda: hash(one) == hash(same)) == outcome(lambda: hash(other) == hash(their_same))
    assert [attrs_field_of(field) for field in attrs.fields(late)] == [
        attrs_field_of(field) for field in attrs.fields(at_once)
    ]
    changed, theirs_changed = (
        outcome(lambda: attrs.evolve(one, **changes)),
        outcome(lambda: attrs.evolve(other, **changes)),
    )
    assert changed[0] == theirs_changed[0]
    if changed[0] == "result":
        assert changed[1].total() == theirs_changed[1].total()
    assert outcome(lambda: copy.copy(one).total()) == outcome(lambda: copy.copy(other).total())
    assert outcome(lambda: copy.deepcopy(one).total()) == outcome(lambda: copy.deepcopy(other).total())
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        one.a = 1
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        del one.a
    assert late.__match_args__ == at_once.__match_args__  # type: ignore[attr-defined]
    assert not hasattr(one, "__dict__")
    assert weakref.ref(one)() is one


def test_many_values_are_made_by_a_compiled_init() -> None:
    late = make(values.late_frozen, values.LateField, ({"a": {}, "b": {"default": 2}}, {}, False))
    made = [late(number) for number in range(100)]
    assert [value.total() for value in made] == [[number, 2] for number in range(100)]
    assert isinstance(vars(late)["__init__"], FunctionType)


def test_what_is_wrong_with_the_first_arguments_is_said_as_python_says_it() -> None:
    late = make(values.late_frozen, values.LateField, ({"a": {}, "b": {"default": 2}}, {}, False))
    with pytest.raises(TypeError, match=r"missing 1 required positional argument: 'a'"):
        late()
    late = make(values.late_frozen, values.LateField, ({"a": {}, "b": {"default": 2}}, {}, False))
    with pytest.raises(TypeError, match="unexpected keyword argument 'd'"):
        late(1, d=3)


def attrs_field_of(field: Any) -> tuple[Any, ...]:
    return (field.name, field.default, field.init, field.repr, field.converter, field.type, field.alias)


def refuses_a_change(value: Any) -> bool:
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        value.a = 2
    return True


def subclassed(decorator: Callable[[type], type], value: Any) -> Any:
    return decorator(type("Sub", (type(value),), {"__annotations__": {"c": int}, "c": 3}))(1)


#: What asks for more than to make and read one. Each is the first to ask, of a class of its own.
QUESTIONS: dict[str, Callable[[Any], object]] = {
    "repr": repr,
    "equality": lambda value: value == type(value)(1),
    "inequality": lambda value: value != type(value)(2),
    "hash": lambda value: hash(value) == hash(type(value)(1)),
    "evolve": lambda value: attrs.evolve(value, a=2).a == 2,
    "fields": lambda value: [field.name for field in attrs.fields(type(value))] == ["a", "b"],
    "asdict": lambda value: attrs.asdict(value) == {"a": 1, "b": 2},
    "has": lambda value: attrs.has(type(value)),
    "no change": refuses_a_change,
    "a subclass": lambda value: attrs.asdict(subclassed(attrs.frozen, value)) == {"a": 1, "b": 2, "c": 3},
    "a subclass by define": lambda value: refuses_a_change(subclassed(attrs.define, value)),
    "replace": lambda value: value.__replace__(a=2).a == 2,
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_any_question_may_be_the_first(question: str) -> None:
    assert QUESTIONS[question](
        make(values.late_frozen, values.LateField, ({"a": {}, "b": {"default": 2}}, {}, False))(1)
    )


def test_threads_may_ask_at_the_same_time() -> None:
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(len(QUESTIONS)) as threads:
            for _ in range(20):
                value = make(values.late_frozen, values.LateField, ({"a": {}, "b": {"default": 2}}, {}, False))(1)
                barrier = threading.Barrier(len(QUESTIONS))

                def ask(question: Callable[[Any], object], value: Any = value, barrier: Any = barrier) -> object:
                    barrier.wait()
                    return question(value)

                assert all(threads.map(ask, QUESTIONS.values()))
    finally:
        sys.setswitchinterval(interval)


@values.frozen
class Point:
    x: Any
    y: Any = 0
    many: ClassVar[int] = 7


def test_it_can_be_pickled_before_and_after_attrs_wrote_it() -> None:
    for _ in range(2):
        again = pickle.loads(pickle.dumps(Point(1, 2)))
        assert (again.x, again.y, Point.many) == (1, 2, 7)
        assert again == Point(1, 2)
        assert repr(again) == "Point(x=1, y=2)"


def test_a_subclass_without_fields_keeps_what_is_there() -> None:
    class Named(Point):
        __slots__ = ("name",)
        name: str

    named = Named(1)
    object.__setattr__(named, "name", "n")
    assert (named.x, named.y, named.name) == (1, 0, "n")
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        named.x = 2  # type: ignore[misc]  # pyright: ignore


def test_what_attrs_can_and_this_cannot_is_refused() -> None:
    with pytest.raises(TypeError, match="validator"):
        values.LateField(validator=print)  # type: ignore[call-arg]


def test_a_first_call_needs_no_attrs() -> None:
    program = (
        "import sys, urllib3\n"
        "before = set(sys.modules)\n"
        "from globus_transport import Request, Response, Stack, Transport, TransferClient, AccessTokenAuthorizer\n"
        "client = TransferClient(authorizer=AccessTokenAuthorizer('t'), terminal=lambda r: Response(200, {}, b'{}'))\n"
        "client.get_task('x')\n"
        "client.endpoint_search('x', filter_owner_id='y')\n"
        "TransferClient(authorizer=AccessTokenAuthorizer('t'), transport=Transport(deadline=5, fast=False))\n"
        "slow = {'attr', 'attrs', 'inspect', 'uuid', 'tenacity', 'platform', 'dataclasses', 'asyncio'}\n"
        "loaded = slow & set(sys.modules) - before\n"
        "assert not loaded, loaded\n"
        "assert repr(Transport()).startswith('Transport('), 'attrs was to write it'\n"
        "assert 'attrs' in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, env={"GLOBUS_SDK_FAST": "false"})


def test_type_checkers_and_programs_name_the_same_fields() -> None:
    assert [field.name for field in attrs.fields(Request)] == list(Request.__match_args__)
