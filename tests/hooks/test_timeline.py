"""Profiles as traces of Chrome, from a profile made by hand."""

import json

import pytest
import tensorflow as tf

from keras_estimator.engine import _tensorflow
from keras_estimator.hooks.timeline import Timeline

_PICO = 10**6


@pytest.fixture
def profile():
    """A device with one line; `add` puts an event on it."""
    space = _tensorflow.parse_profile(b"")
    plane = space.planes.add(name="/device:GPU:0")
    line = plane.lines.add(name="stream", display_name="Stream 1")
    line.timestamp_ns = 5000

    def number(table, name):
        for key, known in table.items():
            if known.name == name:
                return key
        table[len(table) + 1].name = name
        return len(table)

    def add(name, start, duration, kind="", **facts):
        event = line.events.add()
        event.metadata_id = number(plane.event_metadata, name)
        plane.event_metadata[event.metadata_id].display_name = kind
        event.offset_ps = start * _PICO
        event.duration_ps = duration * _PICO
        for key, value in facts.items():
            stat = event.stats.add()
            stat.metadata_id = number(plane.stat_metadata, key)
            if isinstance(value, int):
                stat.int64_value = value
            elif isinstance(value, bytes):
                stat.bytes_value = value
            elif value.startswith("&"):
                stat.ref_value = number(plane.stat_metadata, value[1:])
            else:
                stat.str_value = value

    return space, add


def _trace(timeline, phase):
    trace = json.loads(timeline.json())["traceEvents"]
    return [event for event in trace if event["ph"] == phase]


def test_an_operation_is_named_by_its_type(profile):
    space, add = profile
    add("StatefulPartitionedCall/a/b:MatMul", 3, 2, "MatMul")
    (event,) = _trace(Timeline(space), "X")
    assert event == {
        "ph": "X",
        "cat": "Op",
        "name": "MatMul",
        "pid": 0,
        "tid": 0,
        "ts": 8.0,
        "dur": 2.0,
        "args": {"name": "a/b", "op": "MatMul"},
    }


def test_other_events_have_what_is_known_of_them(profile):
    space, add = profile
    add("copy", 0, 1, "", size=7, where="&host", _flow=1, raw=b"x")
    (event,) = _trace(Timeline(space), "X")
    assert (event["cat"], event["name"]) == ("Host", "copy")
    assert event["args"] == {"size": 7, "where": "host"}


def test_planes_and_lines_are_named(profile):
    names = _trace(Timeline(profile[0]), "M")
    assert [(e["name"], e["args"]["name"]) for e in names] == [
        ("process_name", "/device:GPU:0"),
        ("thread_name", "Stream 1"),
    ]


def test_arrows_go_from_producers_to_consumers(profile):
    space, add = profile
    with tf.Graph().as_default() as graph:
        x = tf.compat.v1.placeholder(tf.float32, [], name="x")
        tf.add(tf.square(x, name="a"), x, name="b")
    add("a:Square", 1, 2, "Square")
    add("b:AddV2", 6, 1, "AddV2")
    add("optimized/of_its_own:Mul", 9, 1, "Mul")
    timeline = Timeline(space)
    assert _trace(timeline, "s") == []
    timeline.add_dataflow(graph)
    (start,), (end,) = _trace(timeline, "s"), _trace(timeline, "t")
    assert (start["name"], start["ts"], end["ts"]) == ("a", 8.0, 11.0)
    assert start["id"] == end["id"]


def test_memory_is_counted_by_allocator(profile):
    space, add = profile
    pool = {"allocator_name": "GPU_0_bfc"}
    add("MemoryAllocation", 1, 0, "", bytes_allocated=512, **pool)
    add("MemoryDeallocation", 4, 0, "", bytes_allocated=256, **pool)
    timeline = Timeline(space)
    assert _trace(timeline, "X") == _trace(timeline, "C") == []
    timeline.add_memory()
    assert [(e["ts"], e["args"]) for e in _trace(timeline, "C")] == [
        (6.0, {"GPU_0_bfc": 512}),
        (9.0, {"GPU_0_bfc": 256}),
    ]
    assert _trace(timeline, "M")[-1]["args"] == {"name": "Allocators"}
