"""A profile in Chrome's trace format, for `chrome://tracing` and Perfetto.

A profile is a tree: planes (the host, each device) have lines (threads,
streams), which have events. In the trace a plane is a process and a line is a
thread. An operation of the graph looks as in the timelines of TF1:

    {"ph": "X", "cat": "Op", "name": "MatMul", "pid": 0, "tid": 1, "ts": 64.2,
     "dur": 89.6, "args": {"name": "dense/MatMul", "op": "MatMul"}}
"""

import json
import re
from collections.abc import Iterator
from typing import Any
from typing import NamedTuple

import tensorflow as tf

_MEMORY_EVENTS = ("MemoryAllocation", "MemoryDeallocation")
# TensorFlow puts the name of the call before those in the function's body.
_CALLS = re.compile(r"^(?:(?:Stateful)?PartitionedCall(?:_\d+)?/)+")


class _Event(NamedTuple):
    """An event of a profile, with times in microseconds."""

    name: str
    kind: str
    process: int
    thread: int
    start: float
    duration: float
    facts: dict[str, Any]


class Timeline:
    """The trace of a profile.

    Args:
        profile: An `XSpace`, as TensorFlow's profiler writes it.
    """

    def __init__(self, profile: Any) -> None:
        self._planes = list(profile.planes)
        self._events = [
            event
            for process, plane in enumerate(self._planes)
            for event in _events_of(plane, process)
        ]
        self._trace = [*self._names(), *self._spans()]

    def add_dataflow(self, graph: tf.Graph) -> None:
        """Adds an arrow from each operation to those that use what it makes.

        Args:
            graph: Has the operations that were run.
        """
        ran = {event.name: event for event in self._events if event.kind}
        arrows = [
            (producer, event)
            for event in ran.values()
            for producer in _producers(graph, event.name, ran)
        ]
        for number, (producer, consumer) in enumerate(arrows):
            ends = (
                ("s", producer, producer.start + producer.duration),
                ("t", consumer, consumer.start),
            )
            for phase, event, time in ends:
                self._trace.append(
                    {
                        "ph": phase,
                        "cat": "DataFlow",
                        "name": producer.name,
                        "id": number,
                        "pid": event.process,
                        "tid": event.thread,
                        "ts": time,
                    }
                )

    def add_memory(self) -> None:
        """Adds how many bytes each allocator had given out.

        TensorFlow's profiler knows that of devices that have memory of their
        own.
        """
        process = len(self._planes)
        counts = [e for e in self._events if e.name in _MEMORY_EVENTS]
        if counts:
            self._trace.append(_label("process_name", process, 0, "Allocators"))
        for event in counts:
            allocator = str(event.facts.get("allocator_name", "memory"))
            allocated = int(event.facts.get("bytes_allocated", 0))
            self._trace.append(
                {
                    "ph": "C",
                    "cat": "Memory",
                    "name": allocator,
                    "pid": process,
                    "ts": event.start,
                    "args": {allocator: allocated},
                }
            )

    def json(self) -> str:
        """Returns the trace as the content of a file."""
        return json.dumps({"traceEvents": self._trace})

    def _names(self) -> Iterator[dict[str, Any]]:
        """Yields what names the processes and threads."""
        for process, plane in enumerate(self._planes):
            yield _label("process_name", process, 0, plane.name)
            for thread, line in enumerate(plane.lines):
                name = line.display_name or line.name
                yield _label("thread_name", process, thread, name)

    def _spans(self) -> Iterator[dict[str, Any]]:
        """Yields what took time."""
        for event in self._events:
            if event.name in _MEMORY_EVENTS:
                continue
            of_op = {"name": event.name, "op": event.kind} if event.kind else {}
            yield {
                "ph": "X",
                "cat": "Op" if event.kind else "Host",
                "name": event.kind or event.name,
                "pid": event.process,
                "tid": event.thread,
                "ts": event.start,
                "dur": event.duration,
                "args": of_op | event.facts,
            }


def _events_of(plane: Any, process: int) -> Iterator[_Event]:
    for thread, line in enumerate(plane.lines):
        for event in line.events:
            known = plane.event_metadata[event.metadata_id]
            kind = known.display_name
            # The event of an operation is named "node:Type".
            is_operation = bool(kind) and known.name.endswith(f":{kind}")
            name = known.name.removesuffix(f":{kind}")
            yield _Event(
                name=_CALLS.sub("", name) if is_operation else known.name,
                kind=kind if is_operation else "",
                process=process,
                thread=thread,
                start=line.timestamp_ns / 1e3 + event.offset_ps / 1e6,
                duration=round(event.duration_ps / 1e6, 3),
                facts=dict(_facts(plane, event)),
            )


def _facts(plane: Any, event: Any) -> Iterator[tuple[str, Any]]:
    """Yields what a profile says about an event besides its time."""
    for stat in event.stats:
        name = plane.stat_metadata[stat.metadata_id].name
        which = stat.WhichOneof("value")
        if name.startswith("_") or which in (None, "bytes_value"):
            continue
        value = getattr(stat, which)
        if which == "ref_value":
            value = plane.stat_metadata[value].name
        yield name, value


def _producers(
    graph: tf.Graph, name: str, ran: dict[str, _Event]
) -> list[_Event]:
    """Returns the events of the operations whose outputs one takes."""
    try:
        operation = graph.get_operation_by_name(name)
    except (KeyError, ValueError):
        # TensorFlow makes operations of its own when it optimizes a graph.
        return []
    names = dict.fromkeys(tensor.op.name for tensor in operation.inputs)
    return [ran[name] for name in names if name in ran]


def _label(what: str, process: int, thread: int, name: str) -> dict[str, Any]:
    return {
        "ph": "M",
        "name": what,
        "pid": process,
        "tid": thread,
        "args": {"name": name},
    }
