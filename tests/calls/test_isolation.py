"""No call sees or changes the variables of another that is running."""

import concurrent.futures
import itertools
import threading

import keras
import numpy as np
import pytest
import tensorflow as tf

import keras_estimator as ke

_v1 = tf.compat.v1


def _model_fn(features, labels, mode):
    """`w` is the number of training steps; predictions are w."""
    w = _v1.get_variable("w", [], initializer=_v1.zeros_initializer())
    x = features["x"]
    predictions = w + 0.0 * x
    if mode == ke.ModeKeys.PREDICT:
        return ke.EstimatorSpec(mode, predictions=predictions)
    step = _v1.train.get_global_step()
    with tf.control_dependencies([w.assign_add(1.0)]):
        train_op = step.assign_add(1)
    return ke.EstimatorSpec(
        mode,
        loss=tf.reduce_mean(predictions),
        train_op=train_op,
        eval_metric_ops={"w": _v1.metrics.mean(predictions)},
    )


def _input_fn(batches=100):
    data = tf.data.Dataset.from_tensor_slices({"x": np.zeros(2, np.float32)})
    return data.batch(2).repeat(batches)


@pytest.fixture
def estimator(model_dir):
    config = ke.RunConfig(save_checkpoints_steps=2)
    return ke.Estimator(_model_fn, model_dir, config)


class _Each(ke.CheckpointSaverListener):
    """Calls a function after each checkpoint."""

    def __init__(self, function):
        super().__init__()
        self._function = function

    def after_save(self, session, global_step_value):
        self._function(int(global_step_value))


def test_a_prediction_that_is_open_keeps_its_weights(estimator):
    estimator.train(_input_fn, steps=2)
    opened = estimator.predict(_input_fn)
    assert next(opened) == 2.0
    estimator.train(_input_fn, steps=3)
    assert [next(opened) for _ in range(5)] == [2.0] * 5
    assert next(estimator.predict(_input_fn)) == 5.0
    assert estimator.get_variable_value("w") == 5.0


def test_several_open_predictions(estimator):
    opened = []
    for _ in range(3):
        estimator.train(_input_fn, steps=2)
        opened.append(estimator.predict(_input_fn))
        next(opened[-1])
    estimator.train(_input_fn, steps=2)
    seen = [[next(p) for _ in range(3)] for p in opened]
    assert seen == [[2.0] * 3, [4.0] * 3, [6.0] * 3]


def test_evaluating_an_old_checkpoint(estimator):
    estimator.train(_input_fn, steps=6)
    old = estimator.evaluate(
        _input_fn, 3, checkpoint_path=f"{estimator.model_dir}/model.ckpt-2"
    )
    assert (old["w"], old["global_step"]) == (2.0, 2)
    assert estimator.evaluate(_input_fn, 3)["w"] == 6.0
    estimator.train(_input_fn, steps=2)
    assert estimator.get_variable_value("w") == 8.0


def test_predicting_from_two_checkpoints_in_turns(estimator):
    estimator.train(_input_fn, steps=6)
    both = [
        estimator.predict(
            _input_fn, checkpoint_path=f"{estimator.model_dir}/model.ckpt-{s}"
        )
        for s in (2, 4)
    ]
    seen = [next(p) for _ in range(3) for p in both]
    assert seen == [2.0, 4.0] * 3


def test_evaluate_in_a_listener_does_not_touch_training(estimator):
    found = []

    def look(step):
        results = estimator.evaluate(_input_fn, 2)
        found.append((step, float(results["w"]), int(results["global_step"])))

    estimator.train(_input_fn, steps=6, saving_listeners=[_Each(look)])
    assert found == [(s, float(s), s) for s in (0, 2, 4, 6)]
    assert estimator.get_variable_value("w") == 6.0


def test_predict_in_a_listener_that_stays_open(estimator):
    opened = {}

    def look(step):
        opened[step] = estimator.predict(_input_fn)
        next(opened[step])

    estimator.train(_input_fn, steps=6, saving_listeners=[_Each(look)])
    seen = {step: next(p) for step, p in opened.items()}
    assert seen == {0: 0.0, 2: 2.0, 4: 4.0, 6: 6.0}


def test_evaluate_in_a_hook_of_an_evaluation(estimator):
    estimator.train(_input_fn, steps=2)
    inner = []

    class Hook(ke.SessionRunHook):
        def after_run(self, run_context, run_values):
            if not inner:
                inner.append(estimator.evaluate(_input_fn, 1))

    outer = estimator.evaluate(_input_fn, 4, hooks=[Hook()])
    assert inner[0]["w"] == outer["w"] == 2.0


def test_an_evaluation_does_not_change_what_it_reads(model_dir):
    """A program of EVAL mode that writes to variables has its own."""

    def model_fn(features, mode):
        w = _v1.get_variable("w", [], initializer=_v1.zeros_initializer())
        update = w.assign_add(100.0)
        with tf.control_dependencies([update]):
            value = tf.identity(w)
        train_op = _v1.train.get_global_step().assign_add(1)
        return ke.EstimatorSpec(
            mode,
            loss=tf.reduce_mean(features["x"]),
            train_op=train_op,
            eval_metric_ops={"w": (value, update)},
        )

    estimator = ke.Estimator(model_fn, model_dir)
    estimator.train(_input_fn, steps=1)
    before = estimator.get_variable_value("w")
    estimator.evaluate(_input_fn, 3)
    estimator.train(_input_fn, steps=1)
    assert estimator.get_variable_value("w") == before


def test_another_process_writes_a_newer_checkpoint(estimator, model_dir):
    """Each call begins with the newest checkpoint, whoever wrote it."""
    estimator.train(_input_fn, steps=2)
    assert estimator.evaluate(_input_fn, 1)["w"] == 2.0
    other = ke.Estimator(_model_fn, model_dir)
    other.train(_input_fn, steps=3)
    assert estimator.evaluate(_input_fn, 1)["w"] == 5.0
    assert next(estimator.predict(_input_fn)) == 5.0
    estimator.train(_input_fn, steps=1)
    assert estimator.get_variable_value("w") == 6.0


def test_predict_is_fed_one_batch_at_a_time(estimator):
    """The "FastPredict" idiom: an open generator, fed by hand."""
    estimator.train(_input_fn, steps=2)
    asked = []

    def requests():
        for i in itertools.count():
            asked.append(i)
            yield {"x": np.full(2, i, np.float32)}

    def input_fn():
        return tf.data.Dataset.from_generator(
            requests, {"x": tf.float32}, {"x": [2]}
        )

    answers = estimator.predict(input_fn, yield_single_examples=False)
    assert not asked
    for i in range(4):
        next(answers)
        assert asked == list(range(i + 1))
    answers.close()


def test_predict_in_other_threads(estimator):
    estimator.train(_input_fn, steps=4)
    seen = []

    def work():
        seen.append(list(estimator.predict(lambda: _input_fn(20))))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [[4.0] * 40] * 4


def _in_threads(*functions):
    """Runs functions at the same time; returns what they return."""
    with concurrent.futures.ThreadPoolExecutor(len(functions)) as pool:
        return [f.result() for f in [pool.submit(f) for f in functions]]


def test_evaluate_in_another_thread_while_training_goes_on(model_dir):
    """It sees the values of the checkpoint, whatever training does."""
    config = ke.RunConfig(save_checkpoints_secs=3600)
    estimator = ke.Estimator(_model_fn, model_dir, config)
    estimator.train(_input_fn, steps=4)
    seen, done = [], threading.Event()

    class Evaluate(ke.SessionRunHook):
        """Begins in the middle of training, which goes on meanwhile."""

        def __init__(self):
            self.thread = None

        def after_run(self, run_context, run_values):
            if self.thread is None:
                self.thread = threading.Thread(target=self.evaluate)
                self.thread.start()
            if done.is_set():
                run_context.request_stop()

        def evaluate(self):
            for _ in range(3):
                seen.append(estimator.evaluate(_input_fn, 3))
            done.set()

    hook = Evaluate()
    estimator.train(lambda: _input_fn(-1), hooks=[hook], steps=10**6)
    hook.thread.join()
    assert [found["w"] for found in seen] == [4.0] * 3
    assert [found["global_step"] for found in seen] == [4] * 3
    assert estimator.get_variable_value("w") > 4


def test_evaluations_of_several_checkpoints_at_the_same_time(estimator):
    for _ in range(3):
        estimator.train(_input_fn, steps=2)

    def evaluation(step):
        path = f"{estimator.model_dir}/model.ckpt-{step}"
        return lambda: estimator.evaluate(
            _input_fn, 5, checkpoint_path=path, name=str(step)
        )

    steps = [2, 4, 6] * 2
    found = _in_threads(*map(evaluation, steps))
    assert [one["w"] for one in found] == steps
    assert [one["global_step"] for one in found] == steps


def test_keras_metrics_of_evaluations_at_the_same_time(model_dir):
    """They are objects of the one program, with values for each call."""

    def model_fn(features, mode):
        mean = keras.metrics.Mean(name="mean")
        mean.update_state(features["x"])
        return ke.EstimatorSpec(
            mode,
            loss=tf.reduce_mean(features["x"]),
            train_op=_v1.train.get_global_step().assign_add(1),
            eval_metric_ops={"mean": mean},
        )

    estimator = ke.Estimator(model_fn, model_dir)

    def evaluation(value):
        def input_fn():
            rows = np.full([40, 2], value, np.float32)
            return tf.data.Dataset.from_tensor_slices({"x": rows})

        return lambda: estimator.evaluate(input_fn, name=str(value))

    found = _in_threads(*map(evaluation, range(6)))
    assert [one["mean"] for one in found] == list(range(6))


def test_open_predictions_are_fed_from_several_threads(estimator):
    """A server's way: a generator for each thread, kept open."""
    estimator.train(_input_fn, steps=3)

    def serve():
        answers = estimator.predict(lambda: _input_fn(30))
        return [next(answers) for _ in range(30)]

    found = _in_threads(*[serve] * 4)
    assert found == [[3.0] * 30] * 4
