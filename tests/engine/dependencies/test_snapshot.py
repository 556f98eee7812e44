import array
import collections
import contextlib
import enum
import io
import itertools
import logging
import sys
import threading
import types

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from keras_estimator.engine.dependencies.fingerprint import Watch
from keras_estimator.engine.dependencies.snapshot import HookStates

v1 = tf.compat.v1


class Hook(v1.train.SessionRunHook):
    """Holds what a test gives it."""

    def __init__(self, **attributes):
        vars(self).update(attributes)


class Plain:
    def __init__(self, **attributes):
        vars(self).update(attributes)


class Slotted:
    __slots__ = ("__hidden", "value")

    def __init__(self, value):
        self.value = value

    def hide(self, value):
        self.__hidden = value

    def hidden(self):
        return self.__hidden


def last_steps(hook, states=None):
    """Global steps at which three calls with one hook end."""
    step_value, ends = 0, []
    for _ in range(3):
        if states is not None:
            states.restore()
        keys = v1.GraphKeys
        with tf.Graph().as_default():
            step = v1.Variable(
                tf.constant(step_value, tf.int64),
                name="global_step",
                collections=[keys.GLOBAL_STEP, keys.GLOBAL_VARIABLES],
            )
            train = v1.assign_add(step, 1)
            with v1.train.SingularMonitoredSession([hook]) as session:
                while not session.should_stop():
                    step_value = int(session.run(train))
        ends.append(step_value)
    return ends


def test_a_stop_hook_counts_anew_in_each_call():
    hook = v1.train.StopAtStepHook(num_steps=3)
    states = HookStates.take([hook])
    assert last_steps(hook, states) == [3, 6, 9]


def test_without_restoring_a_stop_hook_stops_at_once():
    hook = v1.train.StopAtStepHook(num_steps=3)
    assert last_steps(hook) == [3, 4, 5]


def test_attributes_are_put_back():
    hook = Hook(steps=0, gone=1)
    states = HookStates.take([hook])
    hook.steps = 5
    hook.new = 1
    del hook.gone
    for _ in range(2):
        states.restore()
        assert vars(hook) == {"steps": 0, "gone": 1}
        hook.steps = 6


def test_slots_are_put_back():
    helper, empty = Slotted([1]), Slotted(None)
    del empty.value
    hook = Hook(helper=helper, empty=empty)
    states = HookStates.take([hook])
    helper.value.append(2)
    helper.value = 3
    helper.hide(4)
    empty.value = 5
    states.restore()
    assert helper.value == [1]
    assert not hasattr(empty, "value")
    with pytest.raises(AttributeError):
        helper.hidden()


MAKE = {
    "list": (lambda: [1, 2], lambda x: x.append(3)),
    "dict": (lambda: {"a": 1, "b": 2}, lambda x: x.pop("a")),
    "set": (lambda: {1, 2}, lambda x: x.add(3)),
    "deque": (
        lambda: collections.deque([1, 2], maxlen=2),
        lambda x: x.append(3),
    ),
    "bytearray": (lambda: bytearray(b"ab"), lambda x: x.extend(b"c")),
    "array": (lambda: array.array("d", [1]), lambda x: x.append(2)),
    "OrderedDict": (
        lambda: collections.OrderedDict(a=1, b=2),
        lambda x: x.move_to_end("a"),
    ),
    "defaultdict": (
        lambda: collections.defaultdict(int, a=1),
        lambda x: x["b"],
    ),
    "Counter": (lambda: collections.Counter("aab"), lambda x: x.update("c")),
    "namespace": (
        lambda: types.SimpleNamespace(a=1),
        lambda x: setattr(x, "a", 2),
    ),
    "numpy array": (lambda: np.arange(3), lambda x: x.fill(7)),
}


@pytest.mark.parametrize(("make", "change"), MAKE.values(), ids=MAKE.keys())
@pytest.mark.parametrize("rebind", [False, True])
def test_builtin_containers_are_put_back_in_place(make, change, rebind):
    held = make()
    hook = Hook(held=held)
    states = HookStates.take([hook])
    for _ in range(2):
        change(held)
        if rebind:
            hook.held = None
        states.restore()
        assert hook.held is held
        assert type(held) is type(make())
        assert str(held) == str(make())


def test_the_order_of_a_dict_is_put_back():
    held = {"a": 1, "b": 2}
    states = HookStates.take([Hook(held=held)])
    held["a"] = held.pop("a")
    states.restore()
    assert list(held) == ["a", "b"]


def test_subclasses_of_containers_are_put_back_past_their_own_methods():
    class Log(list):
        def __setitem__(self, key, value):
            raise RuntimeError

        def __iter__(self):
            raise RuntimeError

    log = Log()
    log.total = 0
    states = HookStates.take([Hook(log=log)])
    log.append(1)
    log.total = 1
    states.restore()
    assert len(log) == 0
    assert log.total == 0


def test_nested_objects_are_put_back_in_place():
    inner = Plain(values=[1, {"a": [2]}])
    hook = Hook(held=({"x": [inner]},))
    states = HookStates.take([hook])
    inner.values[1]["a"].append(3)
    inner.values.append(4)
    inner.extra = 5
    states.restore()
    assert vars(inner) == {"values": [1, {"a": [2]}]}
    assert hook.held[0]["x"][0] is inner


def test_keys_of_dicts_and_members_of_sets_are_put_back():
    key, member = Plain(steps=0), Plain(steps=0)
    states = HookStates.take([Hook(held={key: 1}, members={member})])
    key.steps = member.steps = 1
    states.restore()
    assert (key.steps, member.steps) == (0, 0)


def test_cycles_and_shared_objects_are_put_back():
    shared = [1]
    hook, helper = Hook(shared=shared), Plain(shared=shared)
    hook.me, hook.helper, helper.hook = hook, helper, hook
    shared.append(shared)
    states = HookStates.take([hook, hook])
    shared.clear()
    helper.hook = None
    states.restore()
    assert shared[0] == 1
    assert shared[1] is shared
    assert helper.hook is hook


def test_deep_nesting_does_not_exhaust_the_stack():
    inner = value = []
    for _ in range(5000):
        inner.append([])
        inner = inner[0]
    states = HookStates.take([Hook(value=value)])
    inner.append(1)
    states.restore()
    assert inner == []


def test_timers_of_tensorflows_hooks_are_put_back():
    hook = v1.train.LoggingTensorHook(["loss"], every_n_iter=10)
    states = HookStates.take([hook])
    hook._timer.update_last_triggered_step(7)
    hook._iter_count = 7
    timer = hook._timer
    states.restore()
    assert hook._timer is timer
    assert timer.last_triggered_step() is None
    assert not hasattr(hook, "_iter_count")


def test_timers_of_our_own_hooks_are_put_back():
    reporting = pytest.importorskip("keras_estimator.hooks.reporting")
    hook = reporting.StepCounterHook(every_n_steps=10, output_dir="unused")
    states = HookStates.take([hook])
    before = dict(vars(hook._timer))
    hook._timer.update_last_triggered_step(7)
    states.restore()
    assert vars(hook._timer) == before


def test_listeners_of_a_saver_hook_are_put_back(tmp_path):
    class Listener(v1.train.CheckpointSaverListener):
        saves = 0

        def after_save(self, session, step):
            self.saves += 1

    listener = Listener()
    hook = v1.train.CheckpointSaverHook(
        str(tmp_path), save_steps=1, listeners=[listener]
    )
    states = HookStates.take([hook])
    listener.after_save(None, 1)
    hook._listeners.clear()
    states.restore()
    assert listener.saves == 0
    assert hook._listeners == [listener]


def test_keras_callbacks_are_put_back():
    callback = keras.callbacks.EarlyStopping(patience=2)
    states = HookStates.take([callback])
    callback.set_model(keras.Sequential())
    callback.wait = 5
    states.restore()
    assert callback.wait == 0
    assert callback.model is None


class Color(enum.Enum):
    RED = 1


def in_a_graph(make):
    with tf.Graph().as_default():
        return make()


LEFT_ALONE = {
    "graph": tf.Graph,
    "tensor": lambda: in_a_graph(lambda: tf.constant(1)),
    "operation": lambda: in_a_graph(tf.no_op),
    "session": lambda: in_a_graph(v1.Session),
    "variable": lambda: tf.Variable(1),
    "Keras variable": lambda: keras.Variable(1),
    "layer": lambda: keras.layers.Dense(1),
    "model": keras.Sequential,
    "optimizer": keras.optimizers.Adam,
    "module": lambda: tf,
    "class": lambda: Plain,
    "function": lambda: in_a_graph,
    "bound method": lambda: Plain().__init__,
    "file": lambda: io.StringIO("a"),
    "lock": threading.Lock,
    "thread": threading.Thread,
    "logger": lambda: logging.getLogger("test_snapshot"),
    "summary writer": tf.summary.create_noop_writer,
    "counter": itertools.count,
    "iterator": lambda: iter([1]),
    "object": object,
    "member": lambda: Color.RED,
    "users thread": lambda: type("Worker", (threading.Thread,), {})(),
    "users model": lambda: type("Net", (keras.Model,), {})(),
    "users handler": lambda: type("Handler", (logging.Handler,), {})(),
}


@pytest.mark.parametrize("make", LEFT_ALONE.values(), ids=LEFT_ALONE.keys())
def test_what_is_not_a_hooks_own_is_left_alone(make):
    thing = make()
    hook = Hook(thing=thing)
    states = HookStates.take([hook])
    with contextlib.suppress(AttributeError):
        thing.note = "kept"
    hook.thing = None
    states.restore()
    assert hook.thing is thing
    assert getattr(thing, "note", "kept") == "kept"


def test_a_variables_value_is_left_alone():
    variable = tf.Variable(1)
    states = HookStates.take([Hook(variable=variable)])
    variable.assign(2)
    states.restore()
    assert variable.numpy() == 2


def test_an_array_that_changed_its_shape_or_is_read_only_is_left_alone():
    resized, frozen = np.arange(3), np.arange(3)
    frozen.flags.writeable = False
    hook = Hook(resized=resized, frozen=frozen)
    states = HookStates.take([hook])
    resized.resize(4, refcheck=False)
    states.restore()
    assert resized.shape == (4,)
    assert hook.frozen is frozen


def test_what_existed_before_the_call_keeps_its_state():
    outer, log = Hook(steps=0, own=[]), []

    def model_fn():
        return [outer, Hook(log=log, own=[], outer=outer, steps=0)]

    before = Watch(model_fn).snapshot()
    _, inner = hooks = model_fn()
    states = HookStates.take(hooks, before.objects)
    for hook in hooks:
        hook.steps = 1
        hook.own.append(1)
    log.append(1)
    states.restore()
    assert (outer.steps, outer.own, log) == (1, [1], [1])
    assert (inner.steps, inner.own, inner.log) == (0, [], log)


def test_a_library_hook_is_put_back_with_what_its_library_made():
    module = types.ModuleType("fancy_hooks")
    module.__file__ = "/usr/lib/python3/site-packages/fancy_hooks.py"
    source = """
class Rate: pass
class FancyHook(base):
    def __init__(self, other): self.rate, self.other = Rate(), other
"""
    vars(module)["base"] = v1.train.SessionRunHook
    exec(source, vars(module))
    other = types.ModuleType("other_library")
    other.__file__ = module.__file__
    exec("class Thing: pass", vars(other))
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "fancy_hooks", module)
        patch.setitem(sys.modules, "other_library", other)
        thing = other.Thing()
        hook = module.FancyHook(thing)
        states = HookStates.take([hook])
        hook.rate.steps = thing.steps = 1
        states.restore()
    assert not hasattr(hook.rate, "steps")
    assert thing.steps == 1


LEAVES = st.integers() | st.text(max_size=3) | st.none()
STATES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.text(max_size=2), inner, max_size=3),
        st.lists(inner, max_size=3).map(tuple),
        st.lists(inner, max_size=3).map(collections.deque),
        st.sets(LEAVES, max_size=3),
        inner.map(lambda value: Plain(value=value)),
        inner.map(Slotted),
    ),
    max_leaves=10,
)


def describe(value):
    """The content of a value and the identities of its mutable parts."""
    if isinstance(value, (list, collections.deque, tuple)):
        return type(value), id(value), [describe(item) for item in value]
    if isinstance(value, dict):
        return id(value), [(key, describe(v)) for key, v in value.items()]
    if isinstance(value, set):
        return id(value), sorted(map(repr, value))
    if isinstance(value, Plain):
        return id(value), describe(vars(value))
    if isinstance(value, Slotted):
        return id(value), describe(getattr(value, "value", "nothing"))
    return value


def wreck(value):
    """Changes every mutable part of a value."""
    if isinstance(value, (list, collections.deque, tuple)):
        for item in list(value):
            wreck(item)
    if isinstance(value, (list, collections.deque)):
        value.append(value)
        value.reverse()
    elif isinstance(value, dict):
        for item in list(value.values()):
            wreck(item)
        value.clear()
        value["new"] = 1
    elif isinstance(value, set):
        value ^= {1, "a", None}
    elif isinstance(value, Plain):
        wreck(vars(value))
    elif isinstance(value, Slotted):
        wreck(value.value)
        del value.value


@settings(max_examples=200, deadline=None)
@given(STATES)
def test_any_state_is_put_back(state):
    hook = Hook(state=state)
    before = describe(vars(hook)["state"])
    states = HookStates.take([hook])
    wreck(hook.state)
    hook.state = None
    states.restore()
    assert describe(hook.state) == before
