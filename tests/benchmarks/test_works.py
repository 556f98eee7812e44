"""Each work runs on ours, at a size at which nothing is measured."""

import gc
import importlib
import inspect
import os
import warnings

import pytest

from benchmarks import catalog

os.environ["STACK"] = "ours"
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    programs = importlib.import_module("benchmarks.works.programs")
    fused = importlib.import_module("benchmarks.works.fused")
    growing = importlib.import_module("benchmarks.works.growing")
    keras_fit = importlib.import_module("benchmarks.works.keras_fit")

_PROGRAMS = [name for name in catalog.WORKS if name != "import"]


@pytest.mark.parametrize("name", _PROGRAMS)
def test_work_gives_the_figures_of_its_rows(name):
    figures = getattr(programs, name)(**catalog.WORKS[name].tiny)
    gc.collect()

    wanted = {row.figure for row in catalog.ROWS if row.work == name}
    assert set(figures) == wanted - {"MB"}
    assert min(figures.values()) > 0


@pytest.mark.parametrize("module", [fused, keras_fit])
def test_small_network_is_trained_by_others(module):
    figures = module.mlp(**catalog.WORKS["mlp"].tiny)

    assert figures["steps/s"] > 0


@pytest.mark.parametrize("name", catalog.SERIES)
def test_series_has_a_function_that_takes_its_sizes(name):
    inspect.signature(getattr(growing, name)).bind(**catalog.SERIES[name].tiny)


# The others are what works above do, oftener.
@pytest.mark.parametrize("name", ["variables", "checkpoint"])
def test_point_of_a_curve_gives_the_figures_of_its_series(name):
    series = catalog.SERIES[name]
    figures = getattr(growing, name)(**series.tiny)

    assert set(figures) == set(series.figures) - {"MB"}


def test_fused_adam_is_the_one_of_tensorflow_1():
    """It stands for the same arithmetic, so it must do that."""
    tf = importlib.import_module("tensorflow")
    gradient = tf.constant([0.5, -2.0])
    ours, theirs = tf.Variable([1.0, 2.0]), tf.Variable([1.0, 2.0])
    by_hand = fused.Adam([ours])
    optimizer = tf.compat.v1.train.AdamOptimizer(0.001)
    for _ in range(3):
        by_hand.apply([gradient])
        optimizer.apply_gradients([(gradient, theirs)])

    assert ours.numpy() == pytest.approx(theirs.numpy(), rel=1e-6)
