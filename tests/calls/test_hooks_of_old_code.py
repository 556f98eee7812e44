"""What old programs do with hooks: subclasses of built-in ones, threads."""

import threading

import pytest
import tensorflow as tf

import keras_estimator as ke
from tests.model.line import dataset
from tests.model.line import model_fn


@pytest.fixture
def estimator(model_dir):
    return ke.Estimator(model_fn, model_dir, params={"lr": 0.1})


def _counting(base, *arguments, **options):
    class Counting(base):
        """A built-in hook that does more at each step."""

        count = 0

        def after_run(self, run_context, run_values):
            self.count += 1
            super().after_run(run_context, run_values)

    return Counting(*arguments, **options)


def test_subclasses_of_built_in_hooks_are_called_at_every_step(
    estimator, tmp_path
):
    hooks = [
        _counting(ke.StopAtStepHook, last_step=12),
        _counting(ke.LoggingTensorHook, ["global_step"], every_n_iter=5),
        _counting(ke.CheckpointSaverHook, str(tmp_path), save_steps=5),
        _counting(ke.StepCounterHook, 5),
    ]
    estimator.train(lambda: dataset(10).repeat(), hooks=hooks)
    assert [hook.count for hook in hooks] == [12] * 4
    assert tf.train.latest_checkpoint(tmp_path).endswith("-12")


class StartsThread(ke.SessionRunHook):
    """Starts a thread that runs until its coordinator stops."""

    def __init__(self, fails=False):
        self.fails = fails

    def after_create_session(self, session, coord):
        self.thread = threading.Thread(
            target=lambda: coord.wait_for_stop(20), daemon=True
        )
        self.thread.start()

    def after_run(self, run_context, run_values):
        if self.fails:
            raise ZeroDivisionError("of the hook")


def test_threads_of_hooks_end_with_the_call(estimator):
    hook = StartsThread()

    def is_over():
        hook.thread.join(1)
        return not hook.thread.is_alive()

    estimator.train(lambda: dataset(10), hooks=[hook])
    assert is_over()
    estimator.evaluate(lambda: dataset(10), hooks=[hook])
    assert is_over()
    predictions = estimator.predict(lambda: dataset(10), hooks=[hook])
    next(predictions)
    assert hook.thread.is_alive()
    predictions.close()
    assert is_over()
    estimator.model.fit(dataset(10), callbacks=[hook], verbose=0)
    assert is_over()


def test_threads_of_hooks_end_with_a_call_that_fails(estimator):
    hook = StartsThread(fails=True)
    with pytest.raises(ZeroDivisionError, match="of the hook"):
        estimator.train(lambda: dataset(10), hooks=[hook])
    hook.thread.join(1)
    assert not hook.thread.is_alive()
