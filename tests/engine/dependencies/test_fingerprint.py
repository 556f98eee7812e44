import argparse
import collections
import contextvars
import dataclasses
import datetime
import decimal
import enum
import functools
import importlib
import itertools
import math
import os
import pathlib
import re
import sys
import textwrap
import threading
import types

import keras
import numpy as np
import pandas as pd
import pytest
import tensorflow as tf
from absl import flags
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
from sklearn import preprocessing

from keras_estimator.engine.dependencies import walk
from keras_estimator.engine.dependencies.bytecode import code_reads
from keras_estimator.engine.dependencies.fingerprint import Watch
from keras_estimator.engine.dependencies.fingerprint import changes
from keras_estimator.engine.dependencies.fingerprint import describe_change
from keras_estimator.engine.dependencies.fingerprint import fingerprint


def changed(function, change):
    """Paths that differ after `change()`; none must differ before it."""
    before = fingerprint(function)
    assert changes(before, fingerprint(function)) == []
    change()
    return changes(before, fingerprint(function))


def holding(value):
    """A function that reads one value, `box.value`, of its closure."""
    box = types.SimpleNamespace(value=value)
    return (lambda: box), box


def differ(first, second):
    """Paths that differ when one value is replaced by another."""
    function, box = holding(first)
    return changed(function, lambda: setattr(box, "value", second))


def define(source, **names):
    """Runs source code as a notebook does; returns its globals."""
    namespace = {"__name__": "__main__", **names}
    run(source, namespace)
    return namespace


def run(source, namespace):
    exec(compile(textwrap.dedent(source), "<cell>", "exec"), namespace)


class Programs:
    """A program cache, as the estimator has one, and what it would log."""

    def __init__(self, model_fn):
        self.model_fn = model_fn
        self.watch = Watch(model_fn)
        self.tokens = {}
        self.calls = []
        self.reasons = []

    def run(self, mode):
        token = self.tokens.get(mode)
        reasons = ["first"] if token is None else self.watch.stale(token)
        if reasons:
            before = self.watch.snapshot()
            self.model_fn(mode)
            self.tokens[mode] = self.watch.built(before)
            self.calls.append(mode)
            self.reasons.append(reasons)

    def run_all(self, modes="train eval predict"):
        for mode in modes.split():
            self.run(mode)
        return len(self.calls)


class Settings(dict):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.frozen = True


# What users change between two calls.


def test_a_global_is_compared_and_described():
    cell = define("""
        LEARNING_RATE = 0.1
        def model_fn():
            return LEARNING_RATE
    """)
    before = fingerprint(cell["model_fn"])
    cell["LEARNING_RATE"] = 0.01
    after = fingerprint(cell["model_fn"])
    assert changes(before, after) == ["globals.LEARNING_RATE"]
    assert describe_change(before, after, "globals.LEARNING_RATE") == (
        "globals.LEARNING_RATE changed from 0.1 to 0.01"
    )


def test_a_global_that_the_code_does_not_read_is_not_compared():
    cell = define("OTHER = 1\ndef model_fn(): return 2")
    assert changed(cell["model_fn"], lambda: cell.update(OTHER=2)) == []


def test_a_global_that_appears_or_goes_is_a_change():
    cell = define("def model_fn(): return LR")
    before = fingerprint(cell["model_fn"])
    cell["LR"] = 1
    after = fingerprint(cell["model_fn"])
    assert describe_change(before, after, "globals.LR") == "globals.LR is new"
    assert describe_change(after, before, "globals.LR") == "globals.LR is gone"


def test_a_global_that_hides_a_builtin_is_a_change():
    cell = define("def model_fn(): return len([])")
    assert changed(cell["model_fn"], lambda: cell.update(len=max)) == [
        "globals.len"
    ]


def test_a_closure_is_compared():
    rate = 0.1

    def model_fn():
        return rate

    def change():
        nonlocal rate
        rate = 0.01

    assert changed(model_fn, change) == ["closure.rate"]


def test_an_empty_cell_is_a_value_of_its_own():
    def model_fn():
        return late

    before = fingerprint(model_fn)
    assert changes(before, fingerprint(model_fn)) == []
    late = 1
    assert changes(before, fingerprint(model_fn)) == ["closure.late"]


def test_a_dict_in_a_closure_is_compared_by_key():
    params = {"lr": 0.1, "units": [32, 64], "name": "net"}

    def model_fn():
        return params["lr"]

    def change():
        params["units"][1] = 65

    assert changed(model_fn, change) == ["closure.params['units'][1]"]


@pytest.mark.parametrize("kind", [dict, Settings, collections.OrderedDict])
@pytest.mark.parametrize("value", [2, "x"])
def test_the_order_of_a_dict_counts(kind, value):
    assert differ(kind(a=1, b=value), kind(b=value, a=1)) == [
        "closure.box.value.keys()"
    ]


def test_a_class_attribute_is_compared():
    cell = define("""
        class Config:
            LR = 0.1
        def model_fn():
            return Config.LR
    """)
    assert changed(
        cell["model_fn"], lambda: setattr(cell["Config"], "LR", 0.2)
    ) == ["globals.Config.LR"]


def test_a_base_class_is_compared():
    cell = define("""
        class Base:
            LR = 0.1
        class Config(Base):
            pass
        def model_fn():
            return Config.LR
    """)
    assert changed(
        cell["model_fn"], lambda: setattr(cell["Base"], "LR", 0.2)
    ) == ["globals.Config.__bases__[0].LR"]


def test_a_method_of_a_class_that_is_instantiated_is_compared():
    cell = define("""
        WIDTH = 3
        class Net:
            def build(self):
                return WIDTH
            @property
            def depth(self):
                return DEPTH
            @staticmethod
            def scale():
                return SCALE
        def model_fn():
            return Net().build()
    """)
    assert changed(
        cell["model_fn"], lambda: cell.update(WIDTH=4, DEPTH=1, SCALE=1)
    ) == [
        "globals.Net.build.globals.WIDTH",
        "globals.Net.depth.fget.globals.DEPTH",
        "globals.Net.scale.__func__.globals.SCALE",
    ]


def test_a_global_of_a_helper_of_a_helper_is_compared():
    cell = define("""
        WIDTH = 3
        def build_net(): return lambda: inner()
        def inner(): return WIDTH
        def model_fn(): return build_net()
    """)
    assert changed(cell["model_fn"], lambda: cell.update(WIDTH=4)) == [
        "globals.build_net.globals.inner.globals.WIDTH"
    ]


def test_a_global_that_only_nested_code_reads_is_compared():
    cell = define("""
        A, B, C = 1, 2, 3
        def model_fn(xs):
            class Net:
                a = A
                def call(self): return (lambda: B)()
            return [C for x in xs]
    """)
    found = changed(cell["model_fn"], lambda: cell.update(A=0, B=0, C=0))
    assert sorted(found) == ["globals.A", "globals.B", "globals.C"]


def test_defaults_are_compared():
    units = [1, 2]
    function = lambda x, units=units, *, rate=0.1: x  # noqa: E731
    assert changed(function, lambda: units.append(3)) == ["defaults[0]"]
    function.__kwdefaults__["rate"] = 0.2
    before = fingerprint(function)
    function.__kwdefaults__["rate"] = 0.3
    assert changes(before, fingerprint(function)) == ["kwdefaults['rate']"]


def test_arguments_of_a_partial_are_compared():
    def model_fn(features, params):
        return params

    params = {"lr": 0.1}
    bound = functools.partial(model_fn, 1, params=params)
    assert changed(bound, lambda: params.update(lr=0.2)) == [
        "keywords['params']['lr']"
    ]


class Model:
    SCALE = 1

    def __init__(self):
        self.units = 3
        self.later = None

    def model_fn(self):
        return self.units

    def __call__(self):
        return self.model_fn()


def test_attributes_of_a_bound_method_are_compared():
    model = Model()
    assert changed(model.model_fn, lambda: setattr(model, "units", 4)) == [
        "self.units"
    ]


def test_an_object_with_call_is_compared():
    model = Model()
    assert changed(model, lambda: setattr(model, "units", 4)) == ["units"]


def test_slots_are_compared():
    class Settings:
        __slots__ = ("__hidden", "lr")

        def hide(self, value):
            self.__hidden = value

    value = Settings()
    value.lr = 0.1
    function, _ = holding(value)
    assert changed(function, lambda: value.hide(1)) == [
        "closure.box.value._Settings__hidden"
    ]
    assert changed(function, lambda: setattr(value, "lr", 0.2)) == [
        "closure.box.value.lr"
    ]


def test_a_decorated_function_is_compared():
    cell = define("""
        import functools
        LOUD = False
        WIDTH = 1
        def decorate(function):
            @functools.wraps(function)
            def wrapper(*args):
                return LOUD, function(*args)
            return wrapper
        @decorate
        def model_fn(): return WIDTH
    """)
    found = changed(cell["model_fn"], lambda: cell.update(LOUD=True, WIDTH=2))
    assert found == ["globals.LOUD", "closure.function.globals.WIDTH"]


@pytest.mark.parametrize(
    "decorator",
    [
        "functools.lru_cache",
        "contextlib.contextmanager",
        "tf.function",
        "tf.custom_gradient",
        "tf.autograph.experimental.do_not_convert",
    ],
)
def test_a_helper_is_seen_through_a_decorator_of_a_library(decorator):
    cell = define(
        f"""
        import contextlib, functools
        import tensorflow as tf
        WIDTH = 1
        @{decorator}
        def helper(): return WIDTH
        def model_fn(): return helper()
        """
    )
    found = changed(cell["model_fn"], lambda: cell.update(WIDTH=2))
    assert len(found) == 1
    assert found[0].endswith(".globals.WIDTH")


def test_a_redefined_function_counts_if_it_does_something_else():
    source = "def helper(x):\n    '''Doc.'''\n    return x + 1\n"
    cell = define(source + "def model_fn(x): return helper(x)\n")
    again = lambda: run("\n\n" + source, cell)  # noqa: E731
    assert changed(cell["model_fn"], again) == []
    edited = lambda: run(source.replace("1", "1.0"), cell)  # noqa: E731
    assert changed(cell["model_fn"], edited) == ["globals.helper.code"]


def test_a_redefined_class_counts_if_it_does_something_else():
    source = textwrap.dedent("""
        import abc, collections, dataclasses, enum, functools, typing
        class Kind(enum.Enum):
            A = 1
            def width(self): return 2
        class Pair(typing.NamedTuple):
            left: int = 1
        Point = collections.namedtuple("Point", "x y")
        @dataclasses.dataclass(frozen=True)
        class Params(abc.ABC):
            lr: float = 0.1
            sizes: list = dataclasses.field(default_factory=lambda: [3])
            @functools.cached_property
            def rate(self): return self.lr * 2
            @classmethod
            def make(cls): return cls()
        class Net(Params):
            __slots__ = ("x",)
            def build(self): return super().make()
        params = Params()
        used = [Kind.A, Pair(), Point(1, 2), Net(), {Kind.A: 1}, Net.make]
    """)
    cell = define(source + "def model_fn(): return params, used\n")
    found = changed(cell["model_fn"], lambda: run(source, cell))
    # An enumeration's member is not the same key as that of its like.
    assert all("globals.used[4]" in path for path in found)
    edited = source.replace("* 2", "* 3").replace("A = 1", "A = 5")
    found = changed(cell["model_fn"], lambda: run(edited, cell))
    assert "globals.params.__class__.rate.func.code" in found
    assert "globals.used[0].__class__.A" in found


def test_rebinding_a_helper_counts():
    cell = define("def helper(): pass\ndef model_fn(): return helper()")
    assert changed(cell["model_fn"], lambda: cell.update(helper=print)) == [
        "globals.helper"
    ]


def test_functions_that_call_each_other_are_compared():
    cell = define("""
        DEPTH = 1
        def even(n): return n == 0 or odd(n - DEPTH)
        def odd(n): return n != 0 and even(n - 1)
        def model_fn(n): return even(n) or model_fn(n - 1)
    """)
    assert changed(cell["model_fn"], lambda: cell.update(DEPTH=2)) == [
        "globals.even.globals.DEPTH"
    ]


def test_objects_that_refer_to_each_other_are_compared():
    parent, child = types.SimpleNamespace(), types.SimpleNamespace(lr=1)
    parent.child, child.parent = child, parent
    loop = [parent]
    loop.append(loop)
    function, _ = holding(loop)
    assert changed(function, lambda: setattr(child, "lr", 2)) == [
        "closure.box.value[0].child.lr"
    ]


def test_a_model_fn_that_a_library_made_is_looked_into():
    canned = define(
        """
        def make(units, body):
            def model_fn(): return units, body()
            return model_fn
        """,
        __name__="keras_estimator.canned",
    )
    users = define("LR = 1\ndef body(): return LR")
    units = [1]
    model_fn = canned["make"](units, users["body"])
    assert changed(model_fn, lambda: units.append(2)) == ["closure.units"]
    assert changed(model_fn, lambda: users.update(LR=2)) == [
        "closure.body.globals.LR"
    ]


def test_a_subclass_of_an_estimator_is_compared_by_what_the_user_wrote():
    base = type("Estimator", (), {"__module__": "keras_estimator.estimator"})

    class MyEstimator(base):
        def __init__(self):
            self.lr, self._width = 0.1, 3

        def model_fn(self):
            return self._width

    estimator = MyEstimator()
    estimator._programs = {}  # as the library would set it
    function = estimator.model_fn
    use = lambda: estimator._programs.update(train=1)  # noqa: E731
    assert changed(function, use) == []
    assert changed(function, lambda: setattr(estimator, "lr", 0.2)) == [
        "self.lr"
    ]
    assert changed(function, lambda: setattr(estimator, "_width", 4)) == [
        "self._width"
    ]


# Modules.


@pytest.fixture
def user_modules(tmp_path, monkeypatch):
    """A user's package and module, as if beside the user's script."""
    package = tmp_path / "settings_package"
    package.mkdir()
    (package / "__init__.py").write_text("MODE = 'a'\n")
    (package / "train.py").write_text(
        "LR = 0.1\nUNUSED = 1\ndef rate():\n    return LR\n"
    )
    (tmp_path / "settings_module.py").write_text("LR = 0.1\nWIDTH = 3\n")
    monkeypatch.syspath_prepend(tmp_path)
    yield
    for name in [n for n in sys.modules if n.startswith("settings_")]:
        del sys.modules[name]


def test_only_the_attributes_of_a_users_module_that_are_read_are_compared(
    user_modules,
):
    cell = define("""
        import settings_module as config
        import settings_package.train
        def model_fn(): return config.LR, settings_package.train.LR
    """)
    config = cell["config"]
    assert changed(cell["model_fn"], lambda: setattr(config, "LR", 1)) == [
        "globals.config.LR"
    ]
    assert changed(cell["model_fn"], lambda: setattr(config, "X", 1)) == []
    train = cell["settings_package"].train
    assert changed(cell["model_fn"], lambda: setattr(train, "LR", 1)) == [
        "globals.settings_package.train.LR"
    ]
    assert changed(cell["model_fn"], lambda: setattr(train, "UNUSED", 2)) == []


def test_a_users_module_that_is_handed_on_is_compared_as_a_whole(user_modules):
    cell = define("""
        import settings_module as config
        def model_fn(): return getattr(config, "WI" + "DTH")
    """)
    assert changed(
        cell["model_fn"], lambda: setattr(cell["config"], "WIDTH", 4)
    ) == ["globals.config.WIDTH"]


def test_a_function_of_a_users_module_is_looked_into(user_modules):
    cell = define("""
        from settings_package.train import rate
        def model_fn(): return rate()
    """)
    train = sys.modules["settings_package.train"]
    assert changed(cell["model_fn"], lambda: setattr(train, "LR", 1)) == [
        "globals.rate.globals.LR"
    ]


IMPORTS = {
    "import settings_package.train": "settings_package.train.LR",
    "import settings_package.train as t": "t.LR",
    "from settings_package import train": "train.LR",
    "from settings_package import train as t": "(lambda: t.LR)()",
    "from settings_package.train import LR, rate": "LR",
    "from settings_package.train import rate": "rate()",
}


@pytest.mark.parametrize(("statement", "use"), IMPORTS.items())
def test_an_import_inside_the_function_is_followed(
    user_modules, statement, use
):
    cell = define(f"def model_fn(mode):\n    {statement}\n    return {use}\n")
    programs = Programs(cell["model_fn"])
    assert "settings_package" not in sys.modules
    assert programs.run_all() == 3
    assert programs.run_all() == 3
    sys.modules["settings_package.train"].LR = 0.2
    assert programs.run_all() == 6
    assert programs.reasons[3][0].endswith("LR changed from 0.1 to 0.2")


def test_a_relative_import_inside_the_function_is_followed(user_modules):
    train = importlib.import_module("settings_package.train")
    exec(
        "def model_fn():\n    from . import train as t\n    return t.LR",
        vars(train),
    )
    assert changed(train.model_fn, lambda: setattr(train, "LR", 1)) == [
        "imports.settings_package.train.LR"
    ]


def test_a_module_of_a_closure_is_compared_by_what_is_read(user_modules):
    def make():
        import settings_module as config

        return lambda: config.LR

    function = make()
    config = sys.modules["settings_module"]
    assert changed(function, lambda: setattr(config, "WIDTH", 9)) == []
    assert changed(function, lambda: setattr(config, "LR", 9)) == [
        "closure.config.LR"
    ]


def test_code_that_looks_names_up_itself_depends_on_all_globals():
    cell = define("RATE = 1\ndef model_fn(name): return globals()[name]")
    assert changed(cell["model_fn"], lambda: cell.update(RATE=2)) == [
        "globals.RATE"
    ]


def test_functions_and_modules_of_libraries_are_not_looked_into(monkeypatch):
    cell = define("""
        import json, numpy as np, tensorflow as tf, keras
        from json import dumps
        def model_fn():
            return json.dumps(np.zeros(3)), tf.nn.relu, dumps, keras.layers
    """)
    before = fingerprint(cell["model_fn"])
    monkeypatch.setattr(sys.modules["json"], "_default_encoder", None)
    assert changes(before, fingerprint(cell["model_fn"])) == []
    assert len(before.objects) < 25


def test_plain_values_in_a_librarys_module_are_compared(monkeypatch):
    cell = define("import numpy as np\ndef model_fn(): return np.pi")
    assert changed(
        cell["model_fn"], lambda: monkeypatch.setattr(np, "pi", 3)
    ) == ["globals.np.pi"]


def test_the_environment_is_compared_where_it_is_read(monkeypatch):
    cell = define("""
        import os
        from os import getenv, environ
        def first(): return os.environ["RATE"]
        def second(): return os.getenv("RATE")
        def third(): return getenv("RATE"), environ
        def fourth(): return os.path
    """)
    before = {k: fingerprint(cell[k]) for k in ("first", "second", "third")}
    fourth = fingerprint(cell["fourth"])
    monkeypatch.setenv("RATE", "0.1")
    for name, then in before.items():
        assert changes(then, fingerprint(cell[name])), name
    assert changes(fourth, fingerprint(cell["fourth"])) == []


# absl's flags.


@pytest.fixture
def rate_flag():
    values = flags.FLAGS
    flags.DEFINE_float("fingerprint_rate", 0.1, "A rate.")
    flags.DEFINE_float("fingerprint_other", 0.1, "Another rate.")
    yield values
    delattr(values, "fingerprint_rate")
    delattr(values, "fingerprint_other")


@pytest.mark.parametrize(
    ("statement", "name"),
    [
        ("from absl.flags import FLAGS", "FLAGS"),
        ("from absl import flags", "flags.FLAGS"),
        ("import absl.flags", "absl.flags.FLAGS"),
        ("import tensorflow.compat.v1 as tf", "tf.flags.FLAGS"),
        ("import tensorflow as tf", "tf.compat.v1.app.flags.FLAGS"),
        (
            "import tensorflow as tf\ndef layers(): return tf.keras.layers",
            "layers() and tf.keras.layers and tf.compat.v1.flags.FLAGS",
        ),
        ("FLAGS = __import__('tensorflow').compat.v1.flags.FLAGS", "FLAGS"),
    ],
)
def test_a_flag_is_compared_by_its_value(rate_flag, statement, name):
    cell = define(
        f"{statement}\ndef model_fn(): return {name}.fingerprint_rate"
    )
    rate_flag["fingerprint_rate"].value = 0.1
    flag = rate_flag["fingerprint_rate"]
    found = changed(cell["model_fn"], lambda: setattr(flag, "value", 0.2))
    assert len(found) == 1
    assert found[0].endswith("FLAGS.fingerprint_rate")


def test_only_the_flags_that_are_read_are_compared(rate_flag):
    cell = define("""
        from absl.flags import FLAGS
        def model_fn(): return FLAGS.fingerprint_rate
    """)
    other = rate_flag["fingerprint_other"]
    assert changed(cell["model_fn"], lambda: setattr(other, "value", 1)) == []


def test_flags_that_are_handed_on_are_all_compared(rate_flag):
    cell = define("""
        from absl.flags import FLAGS
        def model_fn(): return build(FLAGS)
        def other(): return FLAGS.flag_values_dict()
    """)
    flag = rate_flag["fingerprint_rate"]
    for value, name in enumerate(["model_fn", "other"]):
        found = changed(cell[name], lambda v=value: setattr(flag, "value", v))
        assert found == ["globals.FLAGS.fingerprint_rate"]


# Values.

ALIKE_BUT_DIFFERENT = [
    (0.0, -0.0),
    (True, 1),
    (1, 1.0),
    (0, False),
    ("a", b"a"),
    (None, 0),
    ((1,), [1]),
    ([0.0], [-0.0]),
    ([True, False], [1, 0]),
    ({"a": 1}, {"a": True}),
    ({1}, {1.0}),
    ({1}, {True}),
    ({1, "a"}, {True, "a"}),
    ({(1, 2)}, {(1.0, 2)}),
    (1j, 1),
    (complex(0, -0.0), 0j),
    (range(3), range(1, 3)),
    (slice(1, 2), slice(1, 3)),
    (decimal.Decimal("1.0"), decimal.Decimal("1.00")),
    (datetime.date(2020, 1, 1), datetime.datetime(2020, 1, 1)),
    (pathlib.Path("a"), pathlib.Path("b")),
    (pathlib.Path("a"), "a"),
    (re.compile("a"), re.compile("a", re.IGNORECASE)),
    (np.float32(1), np.float64(1)),
    (np.float64(1), 1.0),
    (np.zeros(2), np.zeros(2, np.float32)),
    (np.zeros((2, 1)), np.zeros((1, 2))),
    (np.array([1.0, 2.0]), np.array([1.0, 2.5])),
    (np.array(["a", None], object), np.array(["b", None], object)),
    (np.array(["2020"], "M8[Y]"), np.array(["2021"], "M8[Y]")),
    (np.array([(1,)], "i4"), np.array([(1,)], [("x", "i4")])),
    (np.dtype("i4"), np.dtype("i8")),
    (np.ma.array([1, 2], mask=[0, 1]), np.ma.array([1, 2], mask=[1, 0])),
    (bytearray(b"a"), bytearray(b"b")),
    (collections.deque([1]), collections.deque([2])),
    (collections.Counter("aab"), collections.Counter("abb")),
    (collections.OrderedDict(a=1), {"a": 1}),
    (collections.defaultdict(list), collections.defaultdict(dict)),
    (types.MappingProxyType({"a": 1}), types.MappingProxyType({"a": 2})),
    (
        types.MappingProxyType({"a": 1, "b": "x"}),
        types.MappingProxyType({"a": 2, "b": "x"}),
    ),
    (argparse.Namespace(lr=1), argparse.Namespace(lr=2)),
    (tf.TensorShape([1]), tf.TensorShape([2])),
    (
        tf.compat.v1.ConfigProto(log_device_placement=True),
        tf.compat.v1.ConfigProto(),
    ),
    (pd.Series([1, 2]), pd.Series([1, 3])),
    (pd.DataFrame({"a": [1]}), pd.DataFrame({"b": [1]})),
    (pd.DataFrame({"a": ["x"]}), pd.DataFrame({"a": ["y"]})),
    (iter([1]), iter([1])),
    (threading.Lock(), threading.Lock()),
    (itertools.count(), itertools.count()),
    (lambda: 1, lambda: 2),
    (int, bool),
    (math.sin, math.cos),
    ([].append, [1].append),
]


@pytest.mark.parametrize(("first", "second"), ALIKE_BUT_DIFFERENT)
def test_values_that_are_not_the_same_differ(first, second):
    assert differ(first, second)


class Color(enum.Enum):
    RED = 1


@dataclasses.dataclass
class Params:
    lr: float = 0.1
    units: list = dataclasses.field(default_factory=lambda: [3, 4])


Point = collections.namedtuple("Point", "x y")

MADE_TWICE = [
    lambda: float("nan"),
    lambda: [float("nan"), 1.0],
    lambda: {"a": float("nan"), "b": None},
    lambda: {1, "a", (1, 2.0)},
    lambda: [{"a": [1, {"b": {3}}]}],
    lambda: Params(),
    lambda: Settings(a=1, b=[2]),
    lambda: Point(1, [2]),
    lambda: Color.RED,
    lambda: {Color.RED: 1},
    lambda: types.SimpleNamespace(a=1),
    lambda: argparse.Namespace(a=[1]),
    lambda: collections.OrderedDict(a=1),
    lambda: collections.UserDict(a=1),
    lambda: collections.ChainMap({"a": 1}, {}),
    lambda: collections.defaultdict(list, a=[1]),
    lambda: collections.deque([1, 2], 3),
    lambda: np.arange(6).reshape(2, 3).T,
    lambda: np.array([[1, "a"], [None, 2.0]], object),
    lambda: np.float32(np.nan),
    lambda: np.empty((0, 3)),
    lambda: np.array(3),
    lambda: pd.DataFrame({"a": [1, 2], "b": ["x", None]}),
    lambda: pd.Series([1.0, np.nan], index=["a", "b"]),
    lambda: pathlib.Path("a") / "b",
    lambda: datetime.timedelta(days=1),
    lambda: decimal.Decimal("0.10"),
    lambda: re.compile("a+"),
    lambda: functools.partial(max, 1, key=abs),
    lambda: [1].append,
    lambda: tf.feature_column.numeric_column("a", (3,)),
    lambda: tf.compat.v1.ConfigProto(log_device_placement=True),
    lambda: slice(1, [2]),
    lambda: bytearray(b"ab"),
]


@pytest.mark.parametrize("make", MADE_TWICE)
def test_values_made_the_same_way_are_equal(make):
    assert differ(make(), make()) == []


@pytest.mark.parametrize(
    "array",
    [
        np.zeros((50, 8), np.float32),
        np.zeros((50, 8), np.float32)[::2, 1:],
        np.zeros((50, 8), np.float32).T,
        np.zeros(3, object),
        np.zeros(3, [("a", "i4"), ("b", "f4")]),
        np.zeros(3, bool),
        np.zeros(3, "U5"),
    ],
)
def test_an_array_edited_in_place_is_seen(array):
    def edit():
        array.T[(-1,) * array.ndim] = 1

    function, _ = holding({"table": array, "name": "a"})
    found = changed(function, edit)
    assert found[0].startswith("closure.box.value['table']")


def test_a_data_frame_edited_in_place_is_seen():
    frame = pd.DataFrame({"a": [1, 2], "b": ["x", "y"]})
    function, _ = holding(frame)

    def edit():
        frame.loc[1, "b"] = "z"

    assert changed(function, edit) == ["closure.box.value.iloc[:, 1][:][1]"]


def test_a_member_of_a_set_is_looked_into():
    class Member:
        lr = 1

    member = Member()
    function, _ = holding({member, 1})
    found = changed(function, lambda: setattr(member, "lr", 2))
    assert len(found) == 1
    assert found[0].endswith("}.lr")


def test_a_new_object_with_the_id_of_a_dead_one_is_seen():
    box = types.SimpleNamespace(value=None)
    function = lambda: box  # noqa: E731
    watch = Watch(function)
    for _ in range(50):
        box.value = object()
        token = watch.built(watch.snapshot())
        box.value = None  # without the token, this would free the object
        box.value = object()
        assert watch.stale(token) == ["closure.box.value changed"]


def test_objects_of_libraries_are_compared_by_identity():
    thread = threading.Thread(target=print)
    function, _ = holding(thread)
    assert changed(function, lambda: setattr(thread, "x", 1)) == []


def test_public_plain_attributes_of_librarys_objects_are_compared():
    scaler = preprocessing.StandardScaler().fit([[1.0], [2.0]])
    function, _ = holding(scaler)
    found = changed(function, lambda: scaler.fit([[5.0], [2.0]]))
    assert "closure.box.value.mean_" in found
    optimizer = keras.optimizers.SGD(clipnorm=1.0)
    function, _ = holding(optimizer)
    assert changed(function, lambda: setattr(optimizer, "clipnorm", 2.0)) == [
        "closure.box.value.clipnorm"
    ]


def test_context_variables_are_compared_by_their_values():
    variable, local = contextvars.ContextVar("rate"), threading.local()
    function, _ = holding([variable, local])
    assert changed(function, lambda: variable.set(0.1)) == [
        "closure.box.value[0]"
    ]
    assert changed(function, lambda: setattr(local, "rate", 1)) == [
        "closure.box.value[1].rate"
    ]


def test_a_module_that_makes_up_attributes_is_compared(user_modules):
    cell = define("""
        import settings_module as config
        def model_fn(): return config.RATE
    """)
    run(
        "RATES = {}\ndef __getattr__(name): return RATES[name]",
        vars(cell["config"]),
    )
    rates = cell["config"].RATES
    assert changed(cell["model_fn"], lambda: rates.update(RATE=1)) == [
        "globals.config.__getattr__.globals.RATES['RATE']"
    ]


def test_what_fails_once_to_be_looked_into_is_not_taken_for_written():
    class Moody(keras.layers.Layer):
        fails = True
        rate = 0.1

        @property
        def trainable(self):
            if self.fails:
                raise RuntimeError
            return self.rate

        @trainable.setter
        def trainable(self, value):
            pass

    layer = Moody()
    programs = Programs(lambda mode: setattr(Moody, "fails", False) or layer)
    assert programs.run_all() == 3
    Moody.rate = 0.2
    assert programs.run_all() == 6


def test_objects_that_answer_to_anything_do_no_harm():
    class Odd:
        def __getattr__(self, name):
            return self

        def __eq__(self, other):
            raise RuntimeError

        __hash__ = None

    class Raises:
        @property
        def __dict__(self):
            raise RuntimeError

        def __getattr__(self, name):
            raise RuntimeError

    odd = Odd()
    function, box = holding([odd, Raises(), type("X", (), {})()])
    assert changed(function, lambda: vars(odd).update(lr=1)) == [
        "closure.box.value[0].lr"
    ]


def test_deep_nesting_does_not_exhaust_the_stack():
    inner = value = []
    for _ in range(5000):
        inner.append([])
        inner = inner[0]
    function, _ = holding(value)
    found = changed(function, lambda: inner.append(1))
    assert found == ["closure.box.value" + "[0]" * 5000]


def test_a_vocabulary_of_any_size_is_compared(monkeypatch):
    monkeypatch.setattr(walk, "LIMIT", 100)
    words = [str(number) for number in range(1000)]
    function, _ = holding(words)

    def edit():
        words[500] = "other"

    assert changed(function, edit) == ["closure.box.value[500]"]


def test_beyond_the_limit_objects_are_compared_by_identity(monkeypatch):
    monkeypatch.setattr(walk, "LIMIT", 100)
    rows = [[number, str(number)] for number in range(1000)]
    cell = define("LR = 1\ndef model_fn(): return rows, LR", rows=rows)
    assert changed(cell["model_fn"], lambda: rows[3].append(1)) == []
    assert changed(cell["model_fn"], lambda: rows.append(1)) == ["globals.rows"]
    assert changed(cell["model_fn"], lambda: cell.update(LR=2)) == [
        "globals.LR"
    ]
    assert changed(cell["model_fn"], lambda: cell.update(rows=[*rows])) == [
        "globals.rows"
    ]


def test_what_falls_behind_the_limit_is_not_taken_for_a_change(monkeypatch):
    monkeypatch.setattr(walk, "LIMIT", 100)
    first, second = [], [[1, "a"] for _ in range(60)]
    cell = define("def model_fn(): return a, b", a=first, b=second)
    found = changed(cell["model_fn"], lambda: first.extend([1, "a"] * 30))
    assert found == ["globals.a"]


# Property tests.

ATOMS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=5),
    st.binary(max_size=5),
    st.complex_numbers(),
    st.decimals(allow_nan=False),
    st.datetimes(),
    st.fractions(),
)
VALUES = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.lists(inner, max_size=4).map(tuple),
        st.lists(inner, max_size=4).map(collections.deque),
        st.dictionaries(st.text(max_size=3), inner, max_size=4),
        st.dictionaries(st.integers(), inner, max_size=4),
        st.frozensets(st.integers() | st.text(max_size=3), max_size=4),
        inner.map(lambda value: types.SimpleNamespace(value=value)),
        inner.map(lambda value: Settings(value=value)),
        inner.map(lambda value: Params(units=value)),
    ),
    max_leaves=12,
)


def rebuild(value):
    """The same value, with no mutable part in common."""
    kind = type(value)
    if kind in (list, tuple, collections.deque):
        return kind(map(rebuild, value))
    if kind in (dict, Settings):
        return kind({key: rebuild(item) for key, item in value.items()})
    if kind in (types.SimpleNamespace, Params):
        return kind(**{k: rebuild(v) for k, v in vars(value).items()})
    if kind is float:
        return float(repr(value))
    return value


@settings(max_examples=200, deadline=None)
@given(VALUES)
def test_equal_values_have_equal_tokens(value):
    assert differ(value, rebuild(value)) == []


@settings(max_examples=200, deadline=None)
@given(VALUES, st.lists(st.integers(0, 3), max_size=4), st.data())
def test_a_changed_nested_value_is_reported_with_its_path(value, way, data):
    path, holder, key = follow(value, way)
    function, box = holding(value)
    if holder is None:
        holder, key = box, "value"
    new = data.draw(
        ATOMS.filter(lambda new: repr(new) != repr(old(holder, key)))
    )
    found = changed(function, lambda: put(holder, key, new))
    assert found == ["closure.box.value" + path]


def follow(value, way):
    """Descends into a value; the path, and where the last part is held."""
    path, holder, last = "", None, None
    for step in way:
        if isinstance(value, (list, collections.deque)) and value:
            holder, last = value, step % len(value)
            path += f"[{last}]"
            value = value[last]
        elif isinstance(value, dict) and value:
            holder, last = value, list(value)[step % len(value)]
            path += f"[{last!r}]"
            value = value[last]
        elif isinstance(value, (types.SimpleNamespace, Params)):
            names = list(vars(value))
            holder, last = value, names[step % len(names)]
            path += f".{last}"
            value = getattr(value, last)
        else:
            break
    return path, holder, last


def old(holder, key):
    is_object = isinstance(holder, (types.SimpleNamespace, Params))
    return getattr(holder, key) if is_object else holder[key]


def put(holder, key, new):
    if isinstance(holder, (types.SimpleNamespace, Params)):
        setattr(holder, key, new)
    else:
        holder[key] = new


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers() | st.text(max_size=2), max_size=6, unique=True))
def test_the_order_of_a_set_does_not_count(items):
    items, reverse = dict.fromkeys(items), dict.fromkeys(items[::-1])
    assert differ(set(items), set(reverse)) == []


# Objects of TensorFlow and Keras.


def test_a_frozen_layer_is_seen():
    dense = keras.layers.Dense(2, name="first")
    model = keras.Sequential([keras.Input((3,)), dense, keras.layers.Dense(1)])
    function, _ = holding(model)
    assert changed(function, lambda: setattr(dense, "trainable", False)) == [
        "closure.box.value.<layers>['first'].trainable"
    ]
    found = changed(function, lambda: setattr(model, "trainable", False))
    assert "closure.box.value.trainable" in found


def test_a_frozen_layer_of_tf_keras_is_seen():
    tf_keras = pytest.importorskip("tf_keras")
    dense = tf_keras.layers.Dense(2, name="first")
    model = tf_keras.Sequential([dense])
    function, _ = holding(model)
    assert changed(function, lambda: setattr(dense, "trainable", False)) == [
        "closure.box.value.<layers>['first'].trainable"
    ]


@pytest.mark.parametrize("name", [None, "same"])
def test_a_layer_of_a_model_that_model_fn_builds_is_seen(name):
    first = keras.layers.Dense(2, name=name)
    model = keras.Sequential([first])
    model.add(keras.layers.Dropout(0.5))
    programs = Programs(lambda mode: model(np.zeros((1, 3), "float32")))
    assert programs.run_all() == 3
    assert programs.run_all() == 3
    first.trainable = False
    assert programs.run_all() == 6


def test_a_layer_frozen_after_its_model_was_built_by_model_fn_is_seen():
    class Net(keras.Model):
        def build(self, shape):
            self.dense = keras.layers.Dense(2)

        def call(self, inputs):
            return self.dense(inputs)

    net = Net()
    programs = Programs(lambda mode: net(np.zeros((1, 3), "float32")))
    assert programs.run_all() == 3
    assert programs.run_all() == 3
    net.dense.trainable = False
    assert programs.run_all() == 6


def test_using_a_layer_is_no_change():
    model = keras.Sequential([keras.layers.Dense(2), keras.layers.Dropout(0.5)])
    model.compile("sgd", "mse")
    function, _ = holding(model)

    def use():
        model.fit(np.zeros((4, 3)), np.zeros((4, 2)), verbose=0)

    model.build((None, 3))
    assert changed(function, use) == []


def test_a_setting_of_a_layer_is_seen():
    dropout = keras.layers.Dropout(0.5)
    function, _ = holding(dropout)
    assert changed(function, lambda: setattr(dropout, "rate", 0.1)) == [
        "closure.box.value.rate"
    ]


def test_a_function_in_a_lambda_layer_is_looked_into():
    cell = define("""
        import keras
        SCALE = 1
        layer = keras.layers.Lambda(lambda x: x * SCALE)
        def model_fn(x): return layer(x)
    """)
    assert changed(cell["model_fn"], lambda: cell.update(SCALE=2)) == [
        "globals.layer.function.globals.SCALE"
    ]


def test_a_users_layer_is_compared_by_what_the_user_wrote():
    class Scale(keras.layers.Layer):
        FACTOR = 1

        def __init__(self):
            super().__init__()
            self._factor = 2

        def call(self, x):
            return x * self._factor * self.FACTOR

    layer = Scale()
    function, _ = holding(layer)
    assert changed(function, lambda: setattr(layer, "_factor", 3)) == [
        "closure.box.value._factor"
    ]
    assert changed(function, lambda: setattr(Scale, "FACTOR", 3)) == [
        "closure.box.value.__class__.FACTOR"
    ]


def test_variables_and_modules_are_compared_by_identity():
    class Net(tf.Module):
        def __init__(self):
            super().__init__()
            self.v = tf.Variable(1.0)

    net, variable = Net(), tf.Variable(1.0)
    function, _ = holding([net, variable, keras.Variable(1.0)])

    def use():
        net.v.assign(2.0)
        variable.assign(2.0)

    assert changed(function, use) == []
    assert differ(tf.Variable(1.0), tf.Variable(1.0))


@pytest.mark.parametrize(
    "base",
    [
        tf.compat.v1.train.SessionRunHook,
        keras.callbacks.Callback,
        tf.compat.v1.train.CheckpointSaverListener,
    ],
)
def test_running_a_hook_made_outside_is_no_change(base):
    class Hook(base):
        def __init__(self):
            self.steps = 0

        def after_run(self, context, values):
            self.steps += 1

    hook = Hook()
    function, box = holding(hook)
    assert changed(function, lambda: hook.after_run(None, None)) == []
    assert changed(function, lambda: setattr(box, "value", Hook())) == [
        "closure.box.value"
    ]


def test_what_hooks_record_while_they_run_is_no_change():
    cell = define("""
        import tensorflow as tf
        losses, FACTOR = [], 1
        class Recorder(tf.compat.v1.train.SessionRunHook):
            def begin(self): self.factor = FACTOR
            def after_run(self, context, values): losses.append(values)
        def model_fn():
            class Other(tf.compat.v1.train.SessionRunHook):
                def after_run(self, context, values): losses.append(values)
            return [Recorder(), Other()]
    """)
    assert changed(cell["model_fn"], lambda: cell["losses"].append(1)) == []
    assert changed(cell["model_fn"], lambda: cell.update(FACTOR=2)) == [
        "globals.Recorder.begin.globals.FACTOR"
    ]
    method = "def after_run(self, context, values): print(values)"
    run(method, cell)
    assert changed(
        cell["model_fn"],
        lambda: setattr(cell["Recorder"], "after_run", cell["after_run"]),
    ) == ["globals.Recorder.after_run.code"]


def test_what_hooks_record_into_a_closure_is_no_change():
    losses = []

    def model_fn():
        class Recorder(tf.compat.v1.train.SessionRunHook):
            def after_run(self, context, values):
                losses.append(values)

        return Recorder()

    assert changed(model_fn, lambda: losses.append(1)) == []


# What model_fn writes itself.


def test_three_modes_are_built_once_each():
    calls, counter = [], 0

    def model_fn(mode):
        nonlocal counter
        counter += 1
        calls.append(mode)

    programs = Programs(model_fn)
    assert programs.run_all() == 3
    assert programs.run_all() == 3
    assert calls == ["train", "eval", "predict"]
    assert counter == 3


WRITES = {
    "a list": "calls.append(mode)",
    "a list that is replaced": "global calls; calls = calls + [mode]",
    "a packed dict": "counts[mode] = counts.get(mode, 0) + 1",
    "a mixed dict": "state[mode] = tuple(calls); state['last'] = mode",
    "keys that are objects": "memo[object()] = mode",
    "a set": "seen.add(mode)",
    "a global": "global total; total = total + 1",
    "a new global": "global fresh; fresh = globals().get('fresh', 0) + 1",
    "an attribute": "box.mode = mode; box.logits = object()",
    "a class attribute": "Net.built = Net.built + 1",
    "a function's attribute": "model_fn.calls = getattr(model_fn, 'c', 0) + 1",
    "an array": "array[0] += 1",
    "a nested object": "box.net = Net(); box.net.mode = mode",
    "a deque": "last.append(mode)",
    "two ways to one object": "box.calls = calls; calls.append(mode)",
    "an order": "ordered.move_to_end(min(ordered))",
    "a value put back": "state['lr'] = state.pop('lr')",
    "a file of its own": "import wave; wave.called = mode",
    "a helper's": "helper(mode)",
    "a memo": "remember(mode)",
    "an iterator": "next(numbers)",
}


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES.keys())
def test_what_model_fn_writes_is_no_reason_to_call_it_again(write):
    cell = define(
        f"""
        import collections, itertools, types
        import numpy as np
        calls, counts, seen, memo = [], {{}}, set(), {{}}
        state = {{"last": None, "lr": 0.1}}
        total, array, numbers = 0, np.zeros(3), itertools.count()
        box = types.SimpleNamespace(lr=0.1)
        last = collections.deque(maxlen=5)
        ordered = collections.OrderedDict(b=1, a=2, c=3)
        LR = 0.1
        class Net:
            built = 0
        def helper(mode):
            calls.append(mode)
            helper.last = mode
        def memoize(function):
            results = {{}}
            def wrapper(x):
                if x not in results: results[x] = function(x)
                return results[x]
            return wrapper
        @memoize
        def remember(x): return x
        def model_fn(mode):
            {write}
            return LR, box, state, calls
        """
    )
    programs = Programs(cell["model_fn"])
    assert programs.run_all() == 3
    assert programs.run_all() == 3, programs.reasons
    assert programs.run_all("predict train eval") == 3
    cell["LR"] = 0.2
    assert programs.run_all() == 6
    cell["box"].lr = 0.2
    assert programs.run_all() == 9
    cell["state"]["lr"] = 0.2
    assert programs.run_all() == 12, programs.reasons
    assert programs.run_all() == 12, programs.reasons


def test_what_the_user_changes_is_seen_by_each_program_once():
    cell = define("LR = 0.1\ncalls = []\ndef model_fn(mode): calls.append(LR)")
    programs = Programs(cell["model_fn"])
    programs.run_all()
    cell["LR"] = 0.2
    programs.run_all("train train")
    assert programs.reasons[3:] == [["globals.LR changed from 0.1 to 0.2"]]
    programs.run_all("eval train eval predict")
    assert programs.calls[3:] == ["train", "eval", "predict"]
    assert cell["calls"] == [0.1] * 3 + [0.2] * 3


def test_a_written_part_stays_out_when_the_user_replaces_what_holds_it():
    cell = define("calls = []\ndef model_fn(mode): calls.append(mode)")
    programs = Programs(cell["model_fn"])
    assert programs.run_all() == 3
    cell["calls"] = []
    assert programs.run_all() == 3


def test_what_lies_beside_a_written_part_is_still_compared():
    model = Model()

    def model_fn(mode):
        model.later = {"mode": mode}
        return model.units

    programs = Programs(model_fn)
    assert programs.run_all() == 3
    model.units = 5
    assert programs.run_all() == 6
    assert programs.reasons[3] == ["closure.model.units changed from 3 to 5"]
    model.later = {"mode": "changed by the user, and written by model_fn"}
    assert programs.run_all() == 6


def test_an_object_reached_through_a_written_part_is_compared_elsewhere():
    config = types.SimpleNamespace(lr=0.1, steps=1)
    box = types.SimpleNamespace(net=None)

    def model_fn(mode):
        box.net = types.SimpleNamespace(config=config, mode=mode)
        return config.lr

    programs = Programs(model_fn)
    assert programs.run_all() == 3
    assert programs.run_all() == 3
    config.lr = 0.2
    assert programs.run_all() == 6


def test_an_object_written_through_one_way_is_left_out_on_all_ways():
    calls = []
    first, second = types.SimpleNamespace(c=calls), {"calls": calls, "x": 0.5}

    def model_fn(mode):
        calls.append(mode)
        return first, second

    programs = Programs(model_fn)
    assert programs.run_all() == 3
    assert programs.run_all() == 3
    # To hold something else is another matter.
    second["calls"] = ["a", "new", "list"]
    assert programs.run_all() == 6


def test_a_global_that_helpers_and_model_fn_share_is_written_for_both():
    cell = define("""
        COUNT = 0
        def helper(): return COUNT
        def model_fn(mode):
            global COUNT
            COUNT += 1
            return helper()
    """)
    programs = Programs(cell["model_fn"])
    assert programs.run_all() == 3
    assert programs.run_all() == 3
    del cell["helper"]
    assert programs.watch.stale(programs.tokens["train"]) == [
        "globals.helper is gone"
    ]


@settings(max_examples=100, deadline=None)
@given(
    st.sets(st.tuples(st.sampled_from("abc"), st.sampled_from("xyz"))),
    st.tuples(st.sampled_from("abc"), st.sampled_from("xyz")),
    st.sampled_from(["dict", "object", "class"]),
)
def test_what_only_the_user_writes_is_always_seen(writes, edit, kind):
    make = {
        "dict": lambda: {"x": 0, "y": 0.5, "z": "text"},
        "object": lambda: types.SimpleNamespace(x=0, y=None),
        "class": lambda: type("Config", (), {"x": 0, "y": 1}),
    }[kind]
    state = {name: make() for name in "abc"}
    shared = [state["a"], state]

    def write(way, value):
        holder = state[way[0]]
        if kind == "dict":
            holder[way[1]] = value
        else:
            setattr(holder, way[1], value)

    def model_fn(mode):
        for way in writes:
            write(way, object())
        return shared

    programs = Programs(model_fn)
    assert programs.run_all() == 3
    assert programs.run_all() == 3
    write(edit, "by the user")
    assert programs.run_all() == (3 if edit in writes else 6)
    assert programs.run_all() == len(programs.calls)


def test_a_call_that_fails_leaves_no_trace():
    cell = define("""
        calls, FAIL = [], True
        def model_fn(mode):
            calls.append(mode)
            if FAIL: raise ValueError
    """)
    programs = Programs(cell["model_fn"])
    with pytest.raises(ValueError):  # noqa: PT011
        programs.run("train")
    cell["FAIL"] = False
    assert programs.run_all() == 3
    assert programs.run_all() == 3


def test_a_token_does_not_keep_replaced_data_alive():
    import gc
    import weakref

    class Data:
        pass

    box = types.SimpleNamespace(data=Data())
    watch = Watch(lambda: box)
    token = watch.built(watch.snapshot())
    gone = weakref.ref(box.data)
    box.data = None
    gc.collect()
    assert gone() is None
    assert watch.stale(token)


def test_the_objects_that_model_fn_reaches_are_known():
    hook = tf.compat.v1.train.StopAtStepHook(num_steps=3)
    log, model = [], Model()
    model.hooks = {"all": [hook], "log": log}
    objects = fingerprint(model.model_fn).objects
    assert all(id(thing) in objects for thing in (model, hook, log))
    assert id(Model()) not in objects


# Bytecode.


def test_names_that_code_reads():
    def function(xs):
        import json as j

        del xs.y
        first.second.third = 1
        value = alpha.beta.gamma()  # noqa: F821
        first.used  # noqa: B018
        return lambda: (value, j.dumps(delta), first)  # noqa: F821

    first = os
    reads = code_reads(function.__code__)
    assert reads.globals == {
        "alpha": {"beta": {"gamma": {"": {}}}},
        "delta": {"": {}},
    }
    assert reads.closure["first"] == {"second": {}, "used": {"": {}}, "": {}}
    assert reads.imports == {(0, "json"): {"dumps": {"": {}}}}
