"""TF2's summaries in model_fn, from the call to the event file."""

import glob
import logging
import os
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf

import keras_estimator as ke
from keras_estimator.engine import summary_ops

v1 = tf.compat.v1


def input_fn():
    """Batches 1., 2., 3., ... without end."""
    return tf.data.Dataset.range(1, 1000).map(lambda i: tf.cast(i, tf.float32))


def estimator_of(make, path, model_dir=None, **settings):
    """An Estimator whose loss is the feature; `make` makes summaries.

    Args:
        make: Function of (loss, mode); may return fields of the spec.
        path: Where its model_dir is.
        model_dir: The model_dir, if another.
        **settings: For RunConfig.
    """

    def model_fn(features, labels, mode):
        w = v1.get_variable("w", [], initializer=v1.zeros_initializer())
        loss = features + 0.0 * w
        fields = make(loss, mode) or {}
        step = v1.train.get_global_step()
        with tf.control_dependencies([loss]):
            train_op = tf.group(w.assign_add(1.0), step.assign_add(1))
        return ke.EstimatorSpec(
            mode,
            **{
                "loss": loss,
                "predictions": loss,
                "train_op": train_op,
                **fields,
            },
        )

    settings = {
        "save_summary_steps": 3,
        "log_step_count_steps": None,
    } | settings
    return ke.Estimator(
        model_fn, model_dir or str(path / "model"), ke.RunConfig(**settings)
    )


def values(directory):
    """[(step, tag, array, plugin)] of all summaries in a folder."""
    found = []
    for name in sorted(glob.glob(os.path.join(directory, "*.tfevents.*"))):
        for event in v1.train.summary_iterator(name):
            for value in event.summary.value:
                array = (
                    tf.make_ndarray(value.tensor)
                    if value.HasField("tensor")
                    else np.array(value.simple_value)
                )
                plugin = value.metadata.plugin_data.plugin_name
                found.append((event.step, value.tag, array, plugin))
    return found


def scalars(directory, *tags):
    """[(step, value)] of those tags, in order."""
    return [
        (step, float(array))
        for step, tag, array, _ in values(directory)
        if tag in tags
    ]


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """The model_dir and another folder, after many kinds of summaries."""
    path = tmp_path_factory.mktemp("summaries")

    def make(loss, mode):
        step = v1.train.get_global_step()
        tf.summary.scalar("plain", loss)
        tf.summary.scalar("given", loss, step=step)
        tf.summary.scalar("times_ten", loss, step=step * 10)
        tf.summary.scalar("fixed", loss, step=77)
        with tf.name_scope("scope"):
            tf.summary.scalar("plain", loss)
        v1.summary.scalar("of_tf1", loss)
        with tf.summary.record_if(False):
            tf.summary.scalar("never", loss)
        with tf.summary.record_if(lambda: tf.equal(step % 2, 0)):
            tf.summary.scalar("even", loss)
            tf.summary.scalar("even_given", loss, step=step)
            tf.summary.scalar("even_plus", loss, step=step + 50)

        @tf.function
        def inside(x):
            tf.summary.scalar("in_function", x)
            return x * 1.0

        loss = inside(loss)
        writer = tf.summary.create_file_writer(str(path / "own"))
        with writer.as_default():
            tf.summary.scalar("default_step", loss)
            tf.summary.scalar("fixed", loss, step=77)
            with tf.summary.record_if(tf.equal(step % 2, 0)):
                tf.summary.scalar("even", loss)
        return {"loss": loss}

    one = estimator_of(make, path)
    one.train(input_fn, steps=8)
    one.train(input_fn, steps=2)
    one.evaluate(input_fn, steps=2)
    next(one.predict(input_fn, yield_single_examples=False))
    return one.model_dir, str(path / "own")


SUMMARY_STEPS = [(1, 1.0), (4, 4.0), (7, 7.0), (9, 1.0)]


def test_default_writer_and_step_are_those_of_tf1_summaries(run):
    model_dir, _ = run
    assert scalars(model_dir, "of_tf1") == SUMMARY_STEPS
    assert scalars(model_dir, "plain") == SUMMARY_STEPS
    assert scalars(model_dir, "scope/plain") == SUMMARY_STEPS


def test_all_are_in_one_event_file(run):
    assert len(glob.glob(f"{run[0]}/*.tfevents.*")) == 1


def test_the_global_step_as_step_is_the_default(run):
    assert scalars(run[0], "given") == SUMMARY_STEPS


def test_other_steps_are_what_the_graph_computes(run):
    steps = [step for step, _ in scalars(run[0], "times_ten")]
    # Computed from the step before: 0, 3, 6; the second call begins at 8.
    assert steps == [0, 30, 60, 80]
    assert [step for step, _ in scalars(run[0], "fixed")] == [77] * 4


def test_record_if_is_heeded(run):
    # It sees the step before.
    even = [(1, 1.0), (7, 7.0), (9, 1.0)]
    assert scalars(run[0], "never") == []
    assert scalars(run[0], "even") == even
    assert scalars(run[0], "even_given") == even
    assert [s for s, _ in scalars(run[0], "even_plus")] == [50, 56, 58]


def test_summaries_inside_of_a_function_only_count_on_summary_steps(run):
    assert scalars(run[0], "in_function") == SUMMARY_STEPS


def test_evaluate_and_predict_write_none(run):
    tags = {tag for _, tag, _, _ in values(os.path.join(run[0], "eval"))}
    assert tags == {"loss", "checkpoint_path"}
    assert os.listdir(run[0]).count("eval") == 1


def test_a_writer_of_model_fn_writes_to_its_own_folder(run):
    _, own = run
    assert scalars(own, "default_step") == SUMMARY_STEPS
    assert [step for step, _ in scalars(own, "fixed")] == [77] * 4
    assert scalars(own, "even") == [(1, 1.0), (7, 7.0), (9, 1.0)]


def test_a_writer_of_model_fn_has_a_file_for_each_call_that_writes(run):
    # Two calls of train; evaluate and predict have written nothing.
    assert len(glob.glob(f"{run[1]}/*.tfevents.*")) == 2


def test_kinds_of_summaries_have_their_plugins_and_values(tmp_path):
    def make(loss, mode):
        tf.summary.histogram("h", tf.stack([loss, loss + 1.0]), buckets=2)
        tf.summary.image("i", tf.zeros([2, 4, 5, 3]), max_outputs=1)
        tf.summary.audio("a", tf.zeros([1, 8, 1]), 8000)
        tf.summary.text("t", tf.strings.as_string(loss, precision=1))
        tf.summary.write("w", tf.fill([2], tf.cast(loss, tf.bfloat16)))
        raw = v1.Summary(value=[v1.Summary.Value(tag="raw", simple_value=3.0)])
        tf.summary.experimental.write_raw_pb(raw.SerializeToString())

    one = estimator_of(make, tmp_path)
    one.train(input_fn, steps=1)
    found = {
        tag: (step, plugin, array)
        for step, tag, array, plugin in values(one.model_dir)
    }
    assert {tag: row[0] for tag, row in found.items()} == dict.fromkeys(
        ["loss", "h", "i", "a", "t", "w", "raw"], 1
    )
    plugins = {tag: found[tag][1] for tag in "hiatw"}
    assert plugins == {
        "h": "histograms",
        "i": "images",
        "a": "audio",
        "t": "text",
        "w": "",
    }
    assert found["h"][2].tolist() == [[1.0, 1.5, 1.0], [1.5, 2.0, 1.0]]
    assert found["i"][2][:2].tolist() == [b"5", b"4"]
    assert found["t"][2].item() == b"1.0"
    assert found["w"][2].astype(np.float32).tolist() == [1.0, 1.0]
    assert found["raw"][2] == 3.0


def test_images_and_sounds_do_not_fill_the_log(tmp_path, caplog):
    logger = tf.get_logger()
    propagates, logger.propagate = logger.propagate, True

    def make(loss, mode):
        tf.summary.image("i", tf.zeros([2, 4, 5, 3]))

    estimator_of(make, tmp_path).train(input_fn, steps=1)
    logger.propagate = propagates
    assert "never used" not in caplog.text
    assert not logger.filters


def test_checks_of_the_user_that_nothing_uses_are_still_told():
    checks = summary_ops._UnusedChecks()
    record = logging.makeLogRecord(
        {"msg": "Object was never used: mine/Assert"}
    )
    assert checks.filter(record)


@pytest.mark.parametrize("steps", [None, 0])
def test_nothing_is_written_without_summary_steps(tmp_path, steps):
    def make(loss, mode):
        tf.summary.scalar("plain", loss)

    one = estimator_of(make, tmp_path, save_summary_steps=steps)
    one.train(input_fn, steps=2)
    assert values(one.model_dir) == []


def test_summaries_cost_nothing_on_other_steps(tmp_path):
    """What a step without summaries runs has none of their operations."""

    def make(loss, mode):
        tf.summary.scalar("plain", loss)
        with tf.summary.record_if(loss > 0.0):
            tf.summary.histogram("conditional", loss)

    one = estimator_of(make, tmp_path)
    one.train(input_fn, steps=2)
    program = one.model.runtime.programs.latest("train")
    step = program.index.ancestors([*program.step, *program.updates.forced])
    assert not {
        name
        for name in step
        if program.index.nodes[name].op in ("PyFunc", "If")
    }


def test_a_train_op_that_groups_them_writes_at_summary_steps(tmp_path):
    def model_fn(features, labels, mode):
        tf.summary.scalar("plain", features)
        step = v1.train.get_global_step()
        train_op = tf.group(
            step.assign_add(1), v1.summary.all_v2_summary_ops(), features
        )
        return ke.EstimatorSpec(mode, loss=features, train_op=train_op)

    config = ke.RunConfig(save_summary_steps=3)
    one = ke.Estimator(model_fn, str(tmp_path / "model"), config)
    one.train(input_fn, steps=5)
    assert scalars(one.model_dir, "plain") == [(1, 1.0), (4, 4.0)]


def test_a_step_that_counts_by_two_is_followed(tmp_path):
    def model_fn(features, labels, mode):
        tf.summary.scalar("plain", features)
        with tf.summary.create_file_writer(str(tmp_path / "own")).as_default():
            tf.summary.scalar("own", features)
        step = v1.train.get_global_step()
        with tf.control_dependencies([features]):
            train_op = step.assign_add(2)
        return ke.EstimatorSpec(mode, loss=features, train_op=train_op)

    config = ke.RunConfig(save_summary_steps=4)
    one = ke.Estimator(model_fn, str(tmp_path / "model"), config)
    one.train(input_fn, steps=6)
    same = scalars(one.model_dir, "loss")
    # As in tf.estimator: it waits for a next step of 6 or more.
    assert [step for step, _ in same] == [2, 8]
    assert scalars(one.model_dir, "plain") == same
    assert scalars(str(tmp_path / "own"), "own") == same


def test_a_summary_named_loss_replaces_the_one_by_default(tmp_path):
    def make(loss, mode):
        with tf.summary.record_if(loss > 0.0):
            tf.summary.scalar("loss", loss * 2.0)

    one = estimator_of(make, tmp_path)
    one.train(input_fn, steps=1)
    assert scalars(one.model_dir, "loss") == [(1, 2.0)]


def test_a_hook_of_an_evaluation_writes_them_for_each_batch(tmp_path):
    def make(loss, mode):
        tf.summary.scalar("seen", loss)
        tf.summary.scalar("at", loss, step=tf.cast(loss, tf.int64))
        hook = ke.SummarySaverHook(
            save_steps=1,
            output_dir=str(tmp_path / "model" / "eval"),
            summary_op=v1.summary.all_v2_summary_ops(),
        )
        return {"evaluation_hooks": [hook]}

    one = estimator_of(make, tmp_path)
    one.train(input_fn, steps=1)
    one.evaluate(input_fn, steps=3)
    assert scalars(one.eval_dir(), "seen") == [(1, 1.0), (1, 2.0), (1, 3.0)]
    assert scalars(one.eval_dir(), "at") == [(1, 1.0), (2, 2.0), (3, 3.0)]
    assert len(os.listdir(one.eval_dir())) == 1


class Watched(keras.layers.Dense):
    """Writes what it sees, as a layer does outside of an Estimator."""

    def call(self, inputs):
        outputs = super().call(inputs)
        tf.summary.scalar("mean", keras.ops.mean(outputs))
        with tf.summary.record_if(keras.ops.mean(inputs) > 0.0):
            tf.summary.histogram("kernel", self.kernel)
        return outputs


def keras_model_fn(features, labels, mode):
    outputs = Watched(1, kernel_initializer="ones", name="watched")(
        features[None, None]
    )
    loss = keras.ops.mean(keras.ops.square(outputs))
    tf.summary.image("image", keras.ops.ones([1, 2, 2, 3]))
    return ke.EstimatorSpec(
        mode,
        predictions=outputs,
        loss=loss,
        train_op=keras.optimizers.SGD(0.1),
    )


@pytest.mark.parametrize("jit_compile", [False, True])
def test_a_model_fn_of_keras_alone(tmp_path, jit_compile):
    config = ke.RunConfig(save_summary_steps=2, log_step_count_steps=None)
    one = ke.Estimator(
        keras_model_fn,
        str(tmp_path / "model"),
        config,
        jit_compile=jit_compile,
    )
    one.train(input_fn, steps=4)
    found = values(one.model_dir)
    # The scope `watched` was taken when the layer made its weights.
    assert [row[:2] for row in found] == [
        (step, tag)
        for step in (1, 3)
        for tag in ("loss", "image", "watched_1/kernel", "watched_1/mean")
    ]
    assert float(found[3][2]) == 1.0
    # No histogram, and no branch around it, is part of other steps.
    program = one.model.runtime.programs.latest("train")
    forced = {program.index.nodes[name].op for name in program.updates.forced}
    assert "If" not in forced


def test_what_is_default_outside_of_model_fn_is_not_used(tmp_path):
    """An eager writer cannot be used in a graph; it is there again after."""

    def make(loss, mode):
        tf.summary.scalar("plain", loss)

    one = estimator_of(make, tmp_path)
    with tf.summary.create_file_writer(str(tmp_path / "eager")).as_default(5):
        one.train(input_fn, steps=1)
        next(one.predict(input_fn, yield_single_examples=False))
        tf.summary.scalar("outside", 1.0)
        assert tf.summary.experimental.get_step() == 5
    assert scalars(one.model_dir, "plain") == [(1, 1.0)]
    assert scalars(str(tmp_path / "eager"), "outside") == [(5, 1.0)]
    assert scalars(str(tmp_path / "eager"), "plain") == []


def test_predict_has_no_operations_of_summaries(tmp_path):
    def make(loss, mode):
        tf.summary.scalar("plain", loss)
        tf.summary.flush()

    one = estimator_of(make, tmp_path)
    next(one.predict(input_fn, yield_single_examples=False))
    graph = one.model.runtime.programs.latest("infer").graph
    assert not {
        operation.type
        for operation in graph.get_operations()
        if "Summary" in operation.type
    }


def test_a_file_is_closed_when_a_call_fails(tmp_path):
    def make(loss, mode):
        with tf.summary.create_file_writer(str(tmp_path / "own")).as_default():
            tf.summary.scalar("own", loss)

    class Fail(ke.SessionRunHook):
        def after_run(self, run_context, run_values):
            raise ZeroDivisionError

    one = estimator_of(make, tmp_path)
    with pytest.raises(ZeroDivisionError):
        one.train(input_fn, steps=3, hooks=[Fail()])
    assert scalars(str(tmp_path / "own"), "own") == [(1, 1.0)]


def test_without_tensorboard_the_error_names_the_extra(tmp_path, monkeypatch):
    def make(loss, mode):
        tf.summary.scalar("plain", loss)

    one = estimator_of(make, tmp_path)
    monkeypatch.setitem(sys.modules, "tensorboard.summary.v2", None)
    with pytest.raises(
        ke.errors.MissingPackageError,
        match=r"tf.summary.scalar.*keras-estimator\[tensorboard\]",
    ):
        one.train(input_fn, steps=1)


def test_a_recording_gives_one_summary_for_each_step():
    recording = summary_ops.Recording()
    for step, tag in ((None, "b"), (3, "x"), (None, "a"), (7, "c")):
        value = v1.Summary.Value(tag=tag, simple_value=1.0)
        recording.add(step, v1.Summary(value=[value]))
    found = recording.summaries(global_step=7)
    assert {
        step: [value.tag for value in summary.value]
        for step, summary in found.items()
    } == {7: ["a", "b", "c"], 3: ["x"]}


def test_a_log_forgets_recordings_that_nobody_holds():
    log = summary_ops.SummaryLog()
    first, second = log.record(), log.record()
    summary = v1.Summary(value=[v1.Summary.Value(tag="a", simple_value=1.0)])
    log._take(np.int64(1), summary.SerializeToString())
    assert first.summaries(0) == second.summaries(0) == {1: summary}
    del first
    assert len(log._recordings) == 1
