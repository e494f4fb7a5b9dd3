"""The wire: what may cross arrives as it was; whatever else is read is refused, and never costs much."""

import functools
import json
import math
import struct
import tracemalloc
from collections import namedtuple
from typing import Any

import numpy as np
import pytest
import torch
from forgeries import arrays, frame, mutated, nodes, odd, trees, values
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.box import wire


def alike(one: Any, other: Any) -> bool:
    """Equal in type, structure and every bit, NaN included."""
    if type(one) is not type(other):
        return False
    if isinstance(one, np.ndarray | np.generic):
        one, other = np.asarray(one), np.asarray(other)
        return one.dtype == other.dtype and one.shape == other.shape and one.tobytes() == other.tobytes()
    if isinstance(one, dict):
        return list(one) == list(other) and all(alike(one[key], other[key]) for key in one)
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(alike, one, other))
    if isinstance(one, float) and math.isnan(one):
        return math.isnan(other)
    return bool(one == other) and str(one) == str(other)


def is_plain(value: Any) -> bool:
    """Whether a value consists of data that the wire is allowed to hand over."""
    if isinstance(value, np.ndarray | np.generic):
        return value.dtype.str in wire.DTYPES
    if isinstance(value, dict):
        return all(type(key) is str and is_plain(item) for key, item in value.items())
    if isinstance(value, list | tuple):
        return all(map(is_plain, value))
    assert type(value) is not int or value.bit_length() <= wire.MAX_BITS
    return value is None or type(value) in (bool, int, float, str, bytes, wire.Opaque)


def parts(value: Any) -> int:
    """How many parts a value has."""
    if isinstance(value, dict | list | tuple):
        return 1 + sum(map(parts, value.values() if isinstance(value, dict) else value))
    return 1


def read(data: bytes) -> Any:
    """Read a frame that may be anything: plain data comes out, or None when it is refused."""
    try:
        value = wire.loads(data)
    except wire.WireError:
        return None
    assert is_plain(value)
    assert parts(value) <= wire.MAX_NODES
    return value


# What may cross


@given(values)
def test_data_arrives_as_it_was(value):
    assert alike(wire.loads(wire.dumps(value)), value)


@given(arrays)
def test_any_layout_of_an_array_arrives_in_order(array):
    for view in (array.T, array[::-1] if array.ndim else array, np.asfortranarray(array)):
        assert alike(wire.loads(wire.dumps(view)), np.array(view, order="C"))


@pytest.mark.parametrize("dtype", [">f8", ">i4", ">c16"])
def test_big_endian_arrays_arrive_with_the_same_numbers(dtype):
    sent = np.arange(6).astype(dtype).reshape(2, 3)
    arrived = wire.loads(wire.dumps(sent))
    assert arrived.dtype.str.startswith("<")
    assert np.array_equal(arrived, sent)


@pytest.mark.parametrize("dtype", [torch.float16, torch.float32, torch.float64, torch.int64, torch.bool, torch.uint8])
def test_tensors_arrive_as_arrays_from_strangers_and_as_tensors_from_us(dtype):
    sent = torch.tensor([[0, 1, 1], [1, 0, 1]]).to(dtype)
    assert alike(wire.loads(wire.dumps(sent)), sent.numpy())
    arrived = wire.loads(wire.dumps(sent), trusted=True)
    assert isinstance(arrived, torch.Tensor)
    assert arrived.dtype == dtype
    assert torch.equal(arrived, sent)


def test_tensors_that_carry_a_gradient_arrive_as_numbers():
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    assert alike(wire.loads(wire.dumps(x * 2)), np.array([2, 4], dtype="f4"))


def test_an_array_that_arrived_can_be_changed():
    arrived = wire.loads(wire.dumps(np.zeros(3)))
    arrived[0] = 1.0
    assert arrived.tolist() == [1.0, 0.0, 0.0]


def test_a_function_crosses_as_text_only_between_ourselves():
    def double(x):
        return 2 * x

    sent = wire.dumps(wire.sendable({"f": double, "rest": [double, (1, double)]}))
    arrived = wire.defined(wire.loads(sent, trusted=True))
    assert [arrived["f"](4), arrived["rest"][0](5), arrived["rest"][1][1](6)] == [8, 10, 12]
    with pytest.raises(wire.WireError):
        wire.loads(sent)


def test_functions_that_lean_on_their_surroundings_are_not_sent():
    offset = 3

    def closure(x):
        return x + offset

    @functools.lru_cache
    def decorated(x):
        return x

    for function in (closure, decorated.__wrapped__, lambda x: x):
        with pytest.raises(wire.WireError, match="cannot be sent"):
            wire.sendable([function])


def test_a_named_tuple_is_sent_as_a_tuple():
    point = namedtuple("Point", "x y")(1, 2.0)
    assert wire.loads(wire.dumps(wire.sendable((point,)))) == ((1, 2.0),)


@pytest.mark.parametrize(
    "value",
    [object(), {1, 2}, 1j, np.array([object()]), np.array(["a"]), np.datetime64(0, "s"), 2**1025, len, range(3)],
    ids=lambda value: type(value).__name__,
)
def test_what_cannot_cross_arrives_as_the_name_of_its_type(value):
    assert isinstance(wire.loads(wire.dumps(value)), wire.Opaque)
    assert isinstance(wire.loads(wire.dumps([value]))[0], wire.Opaque)


def test_entries_under_strange_keys_stay_behind():
    assert wire.loads(wire.dumps({"a": 1, 2: 3, None: 4})) == {"a": 1}


def _nested(depth: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(depth):
        value = [value]
    return value


def _circle() -> list[Any]:
    circle: list[Any] = []
    circle.append(circle)
    return circle


@pytest.mark.parametrize(
    "value",
    [
        _nested(wire.MAX_DEPTH + 1),
        _nested(100_000),
        _circle(),
        [0] * (wire.MAX_NODES + 1),
        "x" * (wire.MAX_TEXT + 1),
        np.broadcast_to(np.zeros(()), (10**9,)),
        [np.zeros(wire.MAX_ARRAYS // 16, dtype="f8")] * 3,
        np.zeros((1,) * 33),
        np.empty((2**26 + 1, 0)),
        np.empty((2**13, 0, 2**14)),
        [np.zeros((1,) * 6)] * 140_000,
        b"x" * (wire.MAX_ARRAYS + 1),
    ],
    ids=[
        "deep",
        "very deep",
        "circle",
        "many parts",
        "text",
        "array",
        "arrays",
        "dimensions",
        "extent",
        "extents",
        "small arrays",
        "bytes",
    ],
)
def test_what_is_too_large_is_not_written(value):
    with pytest.raises(wire.TooLargeError):
        wire.dumps(value)


@pytest.mark.parametrize(
    "value",
    [
        _nested(wire.MAX_DEPTH),
        [0] * (wire.MAX_NODES - 1),
        "[,{" * wire.MAX_NODES * 4,
        np.zeros((1,) * 32),
        np.empty((2**26, 0)),
        2**1024 - 1,
    ],
    ids=["deep", "parts", "text like parts", "dimensions", "extent", "integer"],
)
def test_what_is_just_small_enough_arrives(value):
    assert alike(wire.loads(wire.dumps(value)), value)


# What a peer may send


@given(st.binary(max_size=200))
def test_random_bytes_are_refused(data):
    assert read(data) is None


@given(values, st.data())
def test_a_frame_cut_short_or_drawn_out_is_refused(value, data):
    whole = wire.dumps(value)
    end = data.draw(st.integers(0, len(whole) - 1))
    for broken in (whole[:end], whole + b"\0", whole + whole[: end + 1]):
        with pytest.raises(wire.WireError):
            wire.loads(broken)


@settings(max_examples=150)
@given(mutated(values.map(wire.dumps)))
def test_a_changed_frame_is_refused_or_read_as_plain_data(data):
    read(data)


@settings(max_examples=100)
@given(trees | nodes, trees | st.just([]))
def test_any_tree_in_the_place_of_a_value_is_refused_or_read_as_plain_data(tree, lengths):
    read(frame({"value": tree, "buffers": lengths}))
    read(frame(json.dumps(tree).encode()))


@settings(max_examples=100)
@given(nodes | st.lists(nodes), st.lists(st.integers(0, 40) | odd, max_size=3) | odd, st.binary(max_size=80))
def test_well_formed_json_of_any_meaning_is_refused_or_read_as_plain_data(node, lengths, buffers):
    if isinstance(lengths, list) and all(type(n) is int and 0 <= n < 99 for n in lengths):
        buffers = buffers.ljust(sum(lengths), b"\7")[: sum(lengths)]
    read(frame({"value": node, "buffers": lengths}, buffers))


def array_node(dtype: Any = "<f8", shape: Any = (2,), buffer: Any = 0, tag: str = "array") -> dict[str, Any]:
    return {"@": tag, "dtype": dtype, "shape": shape, "buffer": buffer}


def test_the_frame_that_the_next_test_breaks_is_sound():
    assert alike(
        wire.loads(frame({"value": array_node(), "buffers": [16]}, bytes(16))),
        np.zeros(2),
    )


@pytest.mark.parametrize(
    ("node", "lengths"),
    [
        (array_node(dtype="|O"), [16]),
        (array_node(dtype="O8"), [16]),
        (array_node(dtype="<U2"), [16]),
        (array_node(dtype="<f8,<f8"), [16]),
        (array_node(dtype=None), [16]),
        (array_node(dtype=["<f8"]), [16]),
        (array_node(shape=[3]), [16]),
        (array_node(shape=[-1]), [16]),
        (array_node(shape=[-1, -2]), [16]),
        (array_node(shape=[2.0]), [16]),
        (array_node(shape=[True, 2]), [16]),
        (array_node(shape="2"), [16]),
        (array_node(shape=[2] + [1] * 70), [16]),
        (array_node(shape=[2**40, 2**40, 0]), [16]),
        (array_node(shape=[2**40, 0]), [0]),
        (array_node(shape=[0] + [2**20] * 31), [0]),
        (array_node(shape=[2**62, 2**62]), [16]),
        (array_node(shape=[2, 10**400]), [16]),
        (array_node(buffer=1), [16]),
        (array_node(buffer=-1), [16]),
        (array_node(buffer=None), [16]),
        (array_node(buffer=False), [16]),
        (array_node(), [15]),
        (array_node(), [-16, 32]),
        (array_node(), [16.0]),
        (array_node(), None),
        (array_node(), {"0": 16}),
        ([array_node(), array_node()], [16]),
        ({"@": "bytes"}, [16]),
        ({"@": "function", "name": "f", "source": "def f(): pass"}, [16]),
        ({"items": []}, [16]),
        ({"@": "tuple", "items": {}}, [16]),
        ({"@": "dict", "items": []}, [16]),
        ({"@": ["tuple"], "items": []}, [16]),
        ({"@": "opaque", "type": 3}, [16]),
    ],
)
def test_a_part_that_does_not_fit_is_refused(node, lengths):
    with pytest.raises(wire.WireError):
        wire.loads(frame({"value": node, "buffers": lengths}, bytes(16)))


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b'{"value": 1}',
        b'{"buffers": []}',
        b'{"value": "\xff\xfe", "buffers": []}',
        b'{"value": "\xc3(", "buffers": []}',
        b'\xff{"value": 1, "buffers": []}',
        b'{"value": 1, "buffers": []} x',
        b'{"value": ' + b"9" * 5000 + b', "buffers": []}',
        b'{"value": -' + b"9" * 4000 + b', "buffers": []}',
        b'{"value": [' + b"[]," * wire.MAX_PARTS + b'0], "buffers": []}',
        b'{"value": ["\\\\", "' + b'\\" [],' * 9 + b'", ' + b"[]," * wire.MAX_PARTS + b'0], "buffers": []}',
        '{"value": "\u2200", "buffers": []}'.encode(),
        '{"value": 1, "buffers": []}'.encode("utf-16"),
        '{"value": 1, "buffers": []}'.encode("utf-32-le"),
        b"[" * 1_000_000,
        b'{"value": ' + b"[" * 100_000 + b"]" * 100_000 + b', "buffers": []}',
        b'{"value": ' + b'{"@":"tuple","items":[' * 900 + b"]}" * 900 + b', "buffers": []}',
        b'{"value": [' + b"0," * wire.MAX_NODES + b'0], "buffers": []}',
    ],
    ids=range(21),
)
def test_a_text_that_we_never_write_is_refused(text):
    with pytest.raises(wire.WireError):
        wire.loads(frame(text))


@pytest.mark.parametrize("number", [b"1e999", b"-1e999", b"NaN", b"1e-999"])
def test_numbers_beyond_all_bounds_are_read_as_floats(number):
    assert type(wire.loads(frame(b'{"value": ' + number + b', "buffers": []}'))) is float


def test_half_a_character_in_a_strangers_text_is_replaced():
    value = {"\ud800": ["a\udfff", wire.Opaque("\ud800")], "whole": "\U0001f600 \0"}
    frame_ = frame(
        {"value": {"@": "dict", "items": {"\ud800": ["a\udfff", {"@": "opaque", "type": "\ud800"}]}}, "buffers": []}
    )
    assert wire.loads(frame_) == {"?": ["a?", wire.Opaque("?")]}
    assert wire.loads(wire.dumps(value["whole"])) == value["whole"]
    assert wire.loads(wire.dumps("\ud800"), trusted=True) == "\ud800"


@pytest.mark.parametrize("lengths", [(2**32 - 1, 0), (0, 2**64 - 1), (wire.MAX_TEXT + 1, 0), (0, wire.MAX_ARRAYS + 1)])
def test_a_prefix_that_promises_too_much_is_refused_before_anything_is_read(lengths):
    with pytest.raises(wire.TooLargeError):
        wire.lengths(struct.pack(">IQ", *lengths))


@pytest.mark.parametrize(
    ("text", "buffers"),
    [
        ({"value": [array_node("|u1", [1 << 20], 0)] * 5000, "buffers": [1 << 20]}, bytes(1 << 20)),
        ({"value": [{"@": "bytes", "buffer": 0}] * 5000, "buffers": [1 << 20]}, bytes(1 << 20)),
        ({"value": None, "buffers": [0] * 300_000}, b""),
        ({"value": array_node("|u1", [2**40, 2**20, 0], 0), "buffers": [0]}, b""),
        ({"value": ["x" * 10] * 150_000, "buffers": []}, b""),
        ({"value": [[]] * 250_000, "buffers": []}, b""),
        (b'{"value":[' + b"[]," * 5_000_000 + b'0],"buffers":[]}', b""),
        (b'{"value":[' + b'{"":0},' * 1_000_000 + b'0],"buffers":[]}', b""),
    ],
    ids=[
        "array named often",
        "bytes named often",
        "many lengths",
        "empty giant",
        "texts",
        "lists",
        "5M lists",
        "1M dicts",
    ],
)
def test_reading_costs_memory_in_proportion_to_the_frame(text, buffers):
    data = frame(text, buffers)
    tracemalloc.start()
    try:
        read(data)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    # An empty list takes 3 bytes of text and about 80 of memory; nothing else is as dear, and there are not too many.
    assert peak < min(40 * len(data), 2 * len(data) + (1 << 28)) + (1 << 20)
