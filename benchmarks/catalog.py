"""What there is to time, and how fast it has to be: pure data."""

from typing import Any
from typing import NamedTuple

# Name of a stack -> what it is, for the heads of tables.
STACKS = {
    "ours": "keras_estimator",
    "real": "tf.estimator 2.15",
    "tf1": "tf.estimator 1.15",
    "fit": "keras.Model.fit",
    "fused": "fused loop by hand",
    "xla": "ours, jit_compile",
}
_BOTH = ("ours", "real", "tf1")


class Work(NamedTuple):
    """A program to run in a process of its own.

    Attributes:
        title: What is timed.
        stacks: On which it runs.
        tiny: Sizes at which it is only seen to work.
    """

    title: str
    stacks: tuple[str, ...]
    tiny: dict[str, int]


WORKS = {
    "mlp": Work(
        "training a 32-64-32-1 network with Adam, batches of 128, default "
        "hooks: steady steps/s of a long call",
        (*_BOTH, "fit", "fused", "xla"),
        {"short": 2, "long": 12},
    ),
    "hook": Work(
        "the same with a user's hook that fetches the loss at every step",
        _BOTH,
        {"short": 2, "long": 12},
    ),
    "cnn": Work(
        "the convolutional network of the old tutorial, batches of 100: mostly "
        "arithmetic",
        (*_BOTH, "fit", "xla"),
        {"short": 1, "long": 2},
    ),
    "ctr": Work(
        "26 ids with 100,000 embeddings of 16 numbers each, Adagrad, batches "
        "of 256 parsed from TFRecords",
        _BOTH,
        {"short": 1, "long": 3, "examples": 300, "ids": 3, "vocabulary": 50},
    ),
    "alternate": Work(
        "train(steps=20) and evaluate on 5 batches by turns: a cycle of 20, "
        "after a first one",
        _BOTH,
        {"cycles": 1, "steps": 2, "eval_batches": 1},
    ),
    "predict": Work(
        "predict on one example from a numpy_input_fn: the whole call",
        _BOTH,
        {"calls": 1},
    ),
    "predict_dataset": Work(
        "predict on one example from a Dataset: the whole call",
        _BOTH,
        {"calls": 1},
    ),
    "first": Work(
        "from making an Estimator to the end of its first step, in a new "
        "process",
        _BOTH,
        {},
    ),
    "numpy": Work(
        "an epoch of numpy_input_fn, shuffled, 1,000,000 rows of 32 numbers, "
        "batches of 128, through next to no model: the whole call",
        _BOTH,
        {"rows": 300},
    ),
    "import": Work(
        "importing keras_estimator and its compat.v1 once keras and tensorflow "
        "are: seconds of CPU, and memory",
        ("ours",),
        {},
    ),
}


class Row(NamedTuple):
    """A line of the table: one figure of ours against one other stack's.

    Attributes:
        work: Name of the work.
        figure: Name of the figure, which is its unit.
        against: Stack to compare with, or `None` for a limit.
        target: Least ratio, or the limit; `None` if none is set.
        ours: Stack that is compared.
    """

    work: str
    figure: str
    against: str | None
    target: float | None = None
    ours: str = "ours"


ROWS = [
    Row("mlp", "steps/s", "real", 2.0),
    Row("mlp", "steps/s", "fit", 3.0),
    Row("mlp", "steps/s", "fused", 0.95),
    Row("hook", "steps/s", "real", 1.0),
    Row("cnn", "steps/s", "real", 1.0),
    Row("cnn", "steps/s", "fit", 1.3),
    Row("ctr", "steps/s", "real", 1.1),
    Row("alternate", "s/cycle", "real", 20.0),
    Row("alternate", "s first cycle", "real"),
    Row("predict", "ms/call", "real", 30.0),
    Row("predict_dataset", "ms/call", "real", 30.0),
    Row("first", "s", "real", 1.0),
    Row("numpy", "rows/s", "real", 5.0),
    Row("import", "s", None, 0.3),
    Row("import", "MB", None, 20.0),
    *(
        Row(name, "MB", "real", 1.0)
        for name, work in WORKS.items()
        if "real" in work.stacks
    ),
    Row("mlp", "steps/s", "ours", ours="xla"),
    Row("cnn", "steps/s", "ours", ours="xla"),
    *(
        Row(name, figure, "tf1")
        for name, figure in {
            "mlp": "steps/s",
            "hook": "steps/s",
            "cnn": "steps/s",
            "ctr": "steps/s",
            "alternate": "s/cycle",
            "predict": "ms/call",
            "predict_dataset": "ms/call",
            "first": "s",
            "numpy": "rows/s",
        }.items()
    ),
]


class Series(NamedTuple):
    """A curve: a work at growing sizes.

    Attributes:
        title: What grows.
        figures: What is looked at, one picture each.
        sizes: The usual sizes.
        full: Those that `--full` adds: they take long.
        tiny: Other sizes of the work, at which it is only seen to run.
    """

    title: str
    figures: tuple[str, ...]
    sizes: tuple[int, ...]
    full: tuple[int, ...]
    tiny: dict[str, int]


SERIES = {
    "variables": Series(
        "variables",
        ("steps/s", "s first call", "MB"),
        (10, 100, 1000),
        (3000,),
        {"number": 2, "short": 1, "long": 2},
    ),
    "hooks": Series(
        "hooks that fetch at every step",
        ("steps/s",),
        (0, 1, 10, 50),
        (),
        {"number": 2, "short": 1, "long": 2},
    ),
    "steps": Series(
        "steps of one call",
        ("steps/s", "MB"),
        (1_000, 10_000, 50_000),
        (100_000, 1_000_000),
        {"number": 2},
    ),
    "cycles": Series(
        "calls of train and evaluate",
        ("s/cycle", "MB"),
        (1, 10, 50),
        (100, 1000),
        {"number": 1},
    ),
    "checkpoint": Series(
        "MiB of a checkpoint",
        ("s saved", "s stalled", "MB"),
        (16, 128, 512),
        (2048,),
        {"number": 16, "save_at": 3, "after": 2},
    ),
}
GROWTH_STACKS = ("ours", "real")


def more_is_better(figure: str) -> bool:
    """Whether a figure is a rate; the others are times and memory."""
    return figure.endswith("/s")


def sizes_as_text(sizes: dict[str, Any]) -> list[str]:
    """Returns the arguments that give a work its sizes."""
    return [f"{name}={number}" for name, number in sizes.items()]
