"""What becomes slower or larger as something grows; on ours as on the real one.

Each function is a point of a curve: it takes the number that grows.
"""

import os
import statistics
import tempfile
import threading
import time

from benchmarks.works import models
from benchmarks.works.programs import EveryStep
from benchmarks.works.programs import small_batches
from benchmarks.works.stack import estimator
from benchmarks.works.stack import tf
from benchmarks.works.timing import seconds
from benchmarks.works.timing import steps_per_second


class _Clock(tf.train.SessionRunHook):
    """Notes when each step was done."""

    def __init__(self):
        self.times = []

    def before_run(self, run_context):
        return tf.train.SessionRunArgs("global_step:0")

    def after_run(self, run_context, run_values):
        self.times.append(time.perf_counter())


def variables(number, short=5, long=205):
    """Steps/s, and seconds of the first call, with so many variables."""
    with tempfile.TemporaryDirectory() as folder:
        params = {"variables": number}
        one = estimator(models.many_variables, folder, params)
        input_fn = small_batches()
        build = seconds(one.train, input_fn, steps=1)
        rate = steps_per_second(
            lambda steps: one.train(input_fn, steps=steps), short, long
        )
    return {"steps/s": rate, "s first call": build}


def hooks(number, short=50, long=1050):
    """Steps/s with so many hooks that fetch at every step."""
    with tempfile.TemporaryDirectory() as folder:
        one = estimator(models.mlp, folder)
        input_fn = small_batches()
        many = [EveryStep() for _ in range(number)]
        rate = steps_per_second(
            lambda steps: one.train(input_fn, hooks=many, steps=steps),
            short,
            long,
        )
    return {"steps/s": rate}


def steps(number):
    """One call of so many steps: its memory should not depend on them."""
    with tempfile.TemporaryDirectory() as folder:
        one = estimator(models.mlp, folder)
        input_fn = small_batches()
        one.train(input_fn, steps=1)
        took = seconds(one.train, input_fn, steps=number)
    return {"steps/s": number / took}


def cycles(number):
    """So many calls of train and evaluate by turns, memory as above."""
    train_input, eval_input = small_batches(), small_batches(5)
    with tempfile.TemporaryDirectory() as folder:
        one = estimator(models.mlp, folder)
        start = time.perf_counter()
        for _ in range(number):
            one.train(train_input, steps=20)
            one.evaluate(eval_input)
        took = time.perf_counter() - start
    return {"s/cycle": took / number}


def checkpoint(number, save_at=200, after=150):
    """A checkpoint of so many MiB, written in the middle of a training.

    "s saved" is the time from the step before it until its index is in place;
    "s stalled" is what the longest step around it took beyond the usual.
    """
    clock = _Clock()
    with tempfile.TemporaryDirectory() as folder:
        one = estimator(
            models.heavy,
            folder,
            {"parts": max(1, number // 16)},
            save_checkpoints_steps=save_at,
            keep_checkpoint_max=2,
        )
        path = os.path.join(folder, f"model.ckpt-{save_at}.index")
        with _Watch(path) as seen:
            one.train(small_batches(), hooks=[clock], steps=save_at + after)
    gaps = [
        later - earlier
        for earlier, later in zip(clock.times, clock.times[1:])  # noqa: B905
    ]
    stalled = max(gaps[save_at - 2 :]) - statistics.median(gaps)
    # The saver may come before the clock: what starts the time is the step
    # before, which one step more or less does not change.
    saved = seen["time"] - clock.times[save_at - 2]
    return {"s stalled": stalled, "s saved": saved}


class _Watch:
    """Notes when a file appears: a saving in the background tells nobody."""

    def __init__(self, path):
        self._path = path
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look)
        self._seen = {}

    def _look(self):
        while not self._stop.wait(0.002):
            if os.path.exists(self._path):
                self._seen["time"] = time.perf_counter()
                return

    def __enter__(self):
        self._thread.start()
        return self._seen

    def __exit__(self, *_):
        # What is written in the background is there when training is over.
        time.sleep(0.01)
        self._stop.set()
        self._thread.join()
