"""SessionRunHooks among the callbacks of an EstimatorModel."""

import keras
import numpy as np
import pytest
import tensorflow as tf

import keras_estimator as ke
from tests.model.line import FEATURES
from tests.model.line import Line
from tests.model.line import assert_trained_as
from tests.model.line import batches
from tests.model.line import dataset
from tests.model.line import make

_v1 = tf.compat.v1


class Recording(ke.SessionRunHook):
    """Writes down its calls, and the value of what it fetches."""

    def __init__(self, calls, fetches=None, name="hook", stop_after=None):
        self.calls, self.fetches, self.name = calls, fetches, name
        self.stop_after = stop_after

    def begin(self):
        self.graph = tf.compat.v1.get_default_graph()
        self.calls.append((self.name, "begin"))

    def after_create_session(self, session, coord):
        assert isinstance(session, _v1.Session)
        assert session.graph is self.graph
        self.calls.append((self.name, "session"))

    def before_run(self, run_context):
        self.calls.append((self.name, "before"))
        if self.fetches is not None:
            return ke.SessionRunArgs(self.fetches)
        return None

    def after_run(self, run_context, run_values):
        self.calls.append((self.name, "after", run_values.results))
        if self.stop_after is not None:
            self.stop_after -= 1
            if not self.stop_after:
                run_context.request_stop()

    def end(self, session):
        self.calls.append((self.name, "end"))


def _train_model_fn(features, labels, mode):
    """A TF1 model_fn with a hook of its own in each mode."""
    kernel = _v1.get_variable("w", [3, 1], initializer=tf.zeros_initializer())
    outputs = tf.matmul(features["x"], kernel, name="outputs")
    if mode == ke.ModeKeys.PREDICT:
        return ke.EstimatorSpec(
            mode,
            predictions=outputs,
            prediction_hooks=[Recording(OWN, name="predicts")],
        )
    loss = tf.reduce_mean((outputs - labels) ** 2)
    tf.identity(loss, name="seen")
    train_op = _v1.train.GradientDescentOptimizer(0.1).minimize(
        loss, _v1.train.get_global_step()
    )
    return ke.EstimatorSpec(
        mode,
        loss=loss,
        train_op=train_op,
        training_hooks=[Recording(OWN, "seen:0", name="trains")],
        training_chief_hooks=[Recording(OWN, name="chief")],
        evaluation_hooks=[Recording(OWN, name="evaluates")],
    )


OWN = []


@pytest.fixture(autouse=True)
def _nothing_recorded():
    OWN.clear()


def _names(calls):
    return [call[:2] for call in calls]


def _steps(name, number):
    return [(name, "before"), (name, "after")] * number


# fit -------------------------------------------------------------------------


def test_a_hook_sees_each_step_of_fit():
    model, line, calls = make(), Line(), []
    hook = Recording(calls, {"step": "global_step:0"})
    model.fit(dataset(), epochs=2, callbacks=[hook], verbose=0)
    assert _names(calls) == [
        ("hook", "begin"),
        ("hook", "session"),
        *_steps("hook", 6),
        ("hook", "end"),
    ]
    steps = [int(call[2]["step"]) for call in calls if call[1] == "after"]
    assert steps == [0, 1, 2, 3, 4, 5]
    for _ in range(2):
        line.epoch()
    assert_trained_as(model, line)
    assert model.global_step == 6


def test_the_end_of_data_of_unknown_size_is_seen_as_in_tf_estimator():
    calls = []
    data = dataset().filter(lambda *_: True)
    # Keras says so whenever it did not know the number of batches.
    with pytest.warns(UserWarning, match="ran out of data"):
        make().fit(data, callbacks=[Recording(calls)], verbose=0)
    assert _names(calls)[2:] == [
        *_steps("hook", 3),
        ("hook", "before"),
        ("hook", "end"),
    ]


def test_losses_and_metrics_of_fit_are_the_same_with_hooks():
    histories = [
        make().fit(dataset(), epochs=2, callbacks=callbacks, verbose=0).history
        for callbacks in ([], [Recording([])])
    ]
    assert list(histories[0]) == list(histories[1])
    for name, values in histories[0].items():
        np.testing.assert_allclose(values, histories[1][name], rtol=1e-6)


def test_the_function_of_keras_is_back_after_fit():
    model = make()
    model.fit(dataset(), verbose=0)
    plain = model.train_function
    model.fit(dataset(), callbacks=[Recording([])], verbose=0)
    assert model.train_function is plain


def test_hooks_of_the_spec_run_in_fit_evaluate_and_predict():
    model = ke.EstimatorModel(_train_model_fn)
    mine = []
    model.fit(dataset(10), callbacks=Recording(mine), verbose=0)
    steps = [call for call in OWN if call[1] == "after"]
    assert [call[0] for call in steps] == ["chief", "trains"] * 2
    losses = [call[2] for call in steps if call[0] == "trains"]
    np.testing.assert_allclose(
        losses[0], np.mean(next(batches(10))[1] ** 2), rtol=1e-5
    )
    assert _names(OWN)[:2] == [("chief", "begin"), ("trains", "begin")]
    assert _names(OWN)[-2:] == [("chief", "end"), ("trains", "end")]
    assert _names(mine)[2:6] == _steps("hook", 2)
    OWN.clear()
    model.evaluate(dataset(10), verbose=0)
    assert _names(OWN)[:6] == [
        ("evaluates", "begin"),
        ("evaluates", "session"),
        *_steps("evaluates", 2),
    ]
    OWN.clear()
    model.predict({"x": FEATURES[:4]}, batch_size=2, verbose=0)
    assert _names(OWN) == [
        ("predicts", "begin"),
        ("predicts", "session"),
        *_steps("predicts", 2),
        ("predicts", "end"),
    ]


def test_a_hook_stops_fit():
    calls = []
    hook = Recording(calls, stop_after=2)
    model = make()
    history = model.fit(dataset(), epochs=5, callbacks=[hook], verbose=0)
    assert model.global_step == 2
    assert history.epoch == [0]
    assert calls[-1] == ("hook", "end")


def test_built_in_hooks_run_in_fit(tmp_path, caplog):
    tf.get_logger().setLevel("INFO")
    caplog.set_level("INFO", "tensorflow")
    model = make()
    model.fit(
        dataset(),
        epochs=5,
        callbacks=[
            ke.StopAtStepHook(last_step=7),
            ke.LoggingTensorHook({"step": "global_step"}, every_n_iter=3),
            ke.StepCounterHook(2, output_dir=str(tmp_path)),
        ],
        verbose=0,
    )
    assert model.global_step == 7
    lines = [r.getMessage().split(" (")[0] for r in caplog.records]
    assert [x for x in lines if x.startswith("step")] == [
        "step = 0",
        "step = 3",
        "step = 6",
    ]
    (path,) = tmp_path.iterdir()
    rates = [
        event.step
        for event in _v1.train.summary_iterator(str(path))
        for value in event.summary.value
        if value.tag == "global_step/sec"
    ]
    assert rates == [3, 5, 7]


def test_fit_writes_checkpoints_and_summaries_by_hooks(tmp_path):
    model = ke.EstimatorModel(_train_model_fn)
    folder = str(tmp_path / "run")
    saver = ke.CheckpointSaverHook(folder, save_steps=2)
    loss = ke.SummarySaverHook(
        save_steps=2, output_dir=folder, scaffold=_v1.train.Scaffold()
    )
    model.fit(dataset(), callbacks=[saver, loss], verbose=0)
    assert tf.train.latest_checkpoint(folder) == f"{folder}/model.ckpt-3"
    np.testing.assert_array_equal(
        tf.train.load_variable(folder, "w"), model.get_weights()[1]
    )
    events = [
        (event.step, value.tag)
        for path in tf.io.gfile.glob(f"{folder}/*tfevents*")
        for event in _v1.train.summary_iterator(path)
        for value in event.summary.value
    ]
    assert events == [(1, "loss"), (3, "loss")]


def test_writers_of_model_fn_are_closed_when_fit_ends(tmp_path):
    folder = str(tmp_path / "own")

    def model_fn(features, labels, mode):
        step = _v1.train.get_global_step()
        loss = tf.reduce_mean(features["x"])
        with tf.summary.create_file_writer(folder).as_default(step=step):
            tf.summary.scalar("mine", loss)
        return ke.EstimatorSpec(
            mode, loss=loss, train_op=_v1.assign_add(step, 1)
        )

    hook = ke.SummarySaverHook(
        save_steps=1,
        output_dir=str(tmp_path / "all"),
        scaffold=_v1.train.Scaffold(),
    )
    ke.EstimatorModel(model_fn).fit(dataset(), callbacks=[hook], verbose=0)
    (path,) = tf.io.gfile.glob(f"{folder}/*")
    steps = [
        event.step
        for event in _v1.train.summary_iterator(path)
        for value in event.summary.value
        if value.tag == "mine"
    ]
    assert steps == [1, 2, 3]


def test_a_nan_loss_ends_fit_with_the_error_of_the_hook():
    def model_fn(features, labels, mode):
        loss = tf.reduce_mean(_v1.log(features["x"][:, 0] - 2))
        step = _v1.train.get_global_step()
        return ke.EstimatorSpec(
            mode,
            loss=loss,
            train_op=_v1.assign_add(step, 1),
            training_hooks=[ke.NanTensorHook(loss)],
        )

    model = ke.EstimatorModel(model_fn)
    with pytest.raises(ke.NanLossDuringTrainingError, match="NaN loss"):
        model.fit(dataset(), verbose=0)


def test_hooks_of_tensorflow_and_callbacks_of_keras_run_side_by_side():
    seen = []

    class Core(_v1.train.SessionRunHook):
        def before_run(self, run_context):
            return _v1.train.SessionRunArgs("global_step:0")

        def after_run(self, run_context, run_values):
            seen.append(("hook", int(run_values.results)))

    callback = keras.callbacks.LambdaCallback(
        on_train_batch_end=lambda batch, logs: seen.append(("batch", batch))
    )
    make().fit(dataset(10), callbacks=[Core(), callback], verbose=0)
    assert seen == [("hook", 0), ("batch", 0), ("hook", 1), ("batch", 1)]


def test_a_hook_may_have_the_methods_of_a_callback_too():
    class Both(Recording):
        def on_epoch_end(self, epoch, logs=None):
            self.calls.append((self.name, "epoch", sorted(logs)))

    calls = []
    make().fit(dataset(20), callbacks=[Both(calls)], verbose=0)
    assert _names(calls)[2:4] == _steps("hook", 1)
    assert ("hook", "epoch", ["a_mean", "loss", "mae"]) in calls


def test_hooks_in_a_callback_list_run():
    model, calls = make(), []
    callbacks = keras.callbacks.CallbackList(
        [Recording(calls)], add_history=True, model=model
    )
    model.fit(dataset(20), callbacks=callbacks, verbose=0)
    assert _names(calls)[2:4] == _steps("hook", 1)


def test_hooks_of_fit_do_not_run_in_its_validation():
    calls = []
    make().fit(
        dataset(20),
        validation_data=dataset(),
        callbacks=[Recording(calls)],
        verbose=0,
    )
    assert _names(calls)[2:4] == _steps("hook", 1)
    assert [call[1] for call in calls].count("after") == 1


def test_evaluation_hooks_of_the_spec_run_in_the_validation_of_fit():
    model = ke.EstimatorModel(_train_model_fn)
    model.fit(dataset(20), validation_data=dataset(10), epochs=2, verbose=0)
    validations = [call for call in OWN if call[0] == "evaluates"]
    ends = [i for i, call in enumerate(validations) if call[1] == "end"]
    assert len(ends) == 2
    assert sum(call[1] == "after" for call in validations) == 4


def test_a_hook_sees_each_step_of_one_execution():
    model, line, calls = make(), Line(), []
    model.compile(steps_per_execution=2)
    model.fit(dataset(), callbacks=[Recording(calls)], verbose=0)
    assert [call[1] for call in calls].count("after") == 3
    line.epoch()
    assert_trained_as(model, line)


def test_a_learning_rate_that_was_set_holds_where_hooks_add_to_the_graph():
    class Adds(ke.SessionRunHook):
        def begin(self):
            self.local = _v1.get_local_variable("mine", initializer=5.0)

        def before_run(self, run_context):
            return ke.SessionRunArgs(self.local)

        def after_run(self, run_context, run_values):
            assert run_values.results == 5.0

    model, line = make(lr=7.0), Line(lr=0.1)
    model.build(dataset().element_spec)
    model.optimizer.learning_rate = 0.1
    model.fit(dataset(), callbacks=[Adds()], verbose=0)
    line.epoch()
    assert_trained_as(model, line)


def test_a_hook_changes_a_variable_between_two_steps():
    class Reset(ke.SessionRunHook):
        def begin(self):
            (w,) = _v1.trainable_variables()
            self.reset = w.assign(tf.zeros_like(w))

        def after_run(self, run_context, run_values):
            run_context.session.run(self.reset)

    model = ke.EstimatorModel(_train_model_fn)
    model.fit(dataset(), callbacks=[Reset()], verbose=0)
    by_path = {v.path: v.numpy() for v in model.variables}
    np.testing.assert_array_equal(by_path["w"], np.zeros([3, 1]))


def test_a_hook_feeds_a_tensor_of_a_step():
    class Feed(ke.SessionRunHook):
        def before_run(self, run_context):
            zeros = np.zeros([20, 1], np.float32)
            return ke.SessionRunArgs("seen:0", feed_dict={"outputs:0": zeros})

        def after_run(self, run_context, run_values):
            self.loss = run_values.results

    model, hook = ke.EstimatorModel(_train_model_fn), Feed()
    for _ in range(2):
        model.fit(dataset(20), callbacks=[hook], verbose=0)
    (batch,) = batches(20)
    np.testing.assert_allclose(hook.loss, np.mean(batch[1] ** 2), rtol=1e-5)


def test_an_error_in_a_hook_ends_fit_without_end():
    class Fails(Recording):
        def after_run(self, run_context, run_values):
            raise ZeroDivisionError("of the hook")

    model, calls = make(), []
    with pytest.raises(ZeroDivisionError, match="of the hook"):
        model.fit(dataset(), callbacks=[Fails(calls)], verbose=0)
    assert _names(calls)[-1] == ("hook", "before")
    assert model.fit(dataset(), verbose=0).epoch == [0]


# evaluate and predict --------------------------------------------------------


def test_a_hook_sees_the_steps_of_evaluate():
    model, calls = make(), []
    plain = model.evaluate(dataset(), verbose=0, return_dict=True)
    hooked = model.evaluate(
        dataset(), callbacks=[Recording(calls)], verbose=0, return_dict=True
    )
    assert hooked == pytest.approx(plain, rel=1e-6)
    assert [call[1] for call in calls].count("after") == 3
    assert calls[-1] == ("hook", "end")


def test_a_hook_stops_evaluate():
    calls = []
    hook = Recording(calls, stop_after=1)
    loss = make().evaluate(dataset(), callbacks=[hook], verbose=0)[0]
    assert loss == pytest.approx(Line().loss(*next(batches())), rel=1e-5)


def test_a_hook_sees_the_steps_of_predict():
    model, calls = make(), []
    model.fit(dataset(), verbose=0)
    plain = model.predict(dataset(), verbose=0)
    hooked = model.predict(dataset(), callbacks=[Recording(calls)], verbose=0)
    np.testing.assert_allclose(hooked["y"], plain["y"])
    assert [call[1] for call in calls].count("after") == 3


def test_a_hook_stops_predict_between_batches_of_one_execution():
    model = make()
    model.compile(steps_per_execution=3)
    found = model.predict(
        dataset(), callbacks=[Recording([], stop_after=2)], verbose=0
    )
    assert found["y"].shape == (16, 1)
