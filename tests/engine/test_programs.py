"""Programs: built once, used again while they are true."""

import logging

import keras
import numpy as np
import pytest
import tensorflow as tf

import keras_estimator as ke
from keras_estimator.engine import programs as programs_module
from keras_estimator.engine.element import Element
from keras_estimator.engine.programs import Programs

v1 = tf.compat.v1
X = tf.TensorSpec([None])
RATE = 0.5
WIDTHS = [1, 2]


def weight_fn(calls, rate=lambda: 1.0, hooks=list):
    """A model_fn: w goes down by its rate at each step."""

    def model_fn(features, labels, mode, params):
        calls.append(mode)
        w = v1.get_variable("w", [], initializer=v1.zeros_initializer())
        loss = tf.reduce_sum(features) * 0.0 + w
        step = v1.train.get_global_step()
        with tf.control_dependencies([w.assign_sub(rate())]):
            train_op = step.assign_add(1)
        return ke.EstimatorSpec(
            mode,
            predictions=features + w,
            loss=loss,
            train_op=train_op,
            training_hooks=hooks(),
            evaluation_hooks=hooks(),
        )

    return model_fn


def ones(count=20, batch=2):
    return lambda: tf.data.Dataset.from_tensors(
        np.ones(batch, np.float32)
    ).repeat(count)


@pytest.fixture
def config():
    return ke.RunConfig(
        save_summary_steps=None, log_step_count_steps=None, tf_random_seed=1
    )


@pytest.fixture
def made(model_dir, config):
    """An Estimator and the list of its calls of model_fn."""

    def made_(reuse=True, params=None, **kwargs):
        calls = []
        estimator = ke.Estimator(
            weight_fn(calls, **kwargs),
            model_dir,
            config,
            params,
            reuse_programs=reuse,
        )
        return estimator, calls

    return made_


@pytest.fixture
def rebuilt(caplog):
    """The reasons that were logged for building again."""
    caplog.set_level(logging.INFO, logger="tensorflow")

    def reasons():
        found = [
            record.getMessage()
            for record in caplog.records
            if record.getMessage().startswith("Building the program")
        ]
        caplog.clear()
        return found

    return reasons


def programs_of(model_fn, params=None, config=None, reuse=True):
    return Programs(model_fn, params, config, reuse=reuse)


# Once per mode and signature -------------------------------------------------


def test_model_fn_is_called_once_per_mode(made, rebuilt):
    estimator, calls = made()
    for _ in range(2):
        estimator.train(ones(), steps=1)
        estimator.evaluate(ones(), steps=1)
        next(estimator.predict(ones()))
        estimator.evaluate(ones(), steps=1, name="other")
    estimator.train(ones(), max_steps=5)
    assert calls == ["train", "eval", "infer"]
    assert rebuilt() == []
    assert estimator.get_variable_value("w") == -5


def test_the_signature_is_that_of_the_dataset(made):
    estimator, calls = made()
    estimator.train(ones(batch=2), steps=1)
    estimator.train(ones(batch=2), steps=1)
    assert len(calls) == 1
    estimator.train(ones(batch=3), steps=1)
    assert len(calls) == 2, "another static shape"
    estimator.train(ones(batch=2), steps=1)
    assert len(calls) == 2

    def partial():
        return tf.data.Dataset.from_tensor_slices(np.ones(5, np.float32))

    estimator.train(lambda: partial().batch(2))
    estimator.train(lambda: partial().batch(3))
    assert len(calls) == 3, "batches of unknown size, full or not"


def test_programs_are_kept_by_mode_and_signature():
    calls = []
    programs = programs_of(weight_fn(calls))
    train = programs.get("train", Element(X))
    assert programs.get("train", Element(X)) is train
    assert programs.get("infer", Element(X)) is not train
    assert programs.get("train", Element(tf.TensorSpec([2]))) is not train
    assert calls == ["train", "infer", "train"]


def test_the_latest_program_of_a_mode_is_found():
    programs = programs_of(weight_fn([]))
    assert programs.latest("train") is None
    first = programs.get("train", Element(X))
    second = programs.get("train", Element(tf.TensorSpec([2])))
    assert programs.latest("train") is second
    programs.get("train", Element(X))
    assert programs.latest("train") is first, "used last"
    assert programs.latest("eval") is None


def test_ever_new_signatures_do_not_fill_the_memory(monkeypatch):
    monkeypatch.setattr(programs_module, "_MOST_KEPT", 3)
    calls = []
    programs = programs_of(weight_fn(calls))

    def get(size):
        return programs.get("infer", Element(tf.TensorSpec([size])))

    for size in (1, 2, 3):
        get(size)
    get(1)
    assert len(calls) == 3
    get(4)  # in the place of 2, which was used least recently
    get(3)
    get(1)
    assert len(calls) == 4
    get(2)
    assert len(calls) == 5


# What makes a program out of date --------------------------------------------


@pytest.fixture
def stale(rebuilt):
    """Asserts that a change calls model_fn again, with the reason logged."""

    def stale_(model_fn, change, reason):
        programs = programs_of(model_fn)
        first = programs.get("infer", Element(X))
        assert programs.get("infer", Element(X)) is first
        change()
        second = programs.get("infer", Element(X))
        assert second is not first
        assert programs.get("infer", Element(X)) is second
        (logged,) = rebuilt()
        assert logged.startswith("Building the program of mode 'infer' again:")
        assert reason in logged

    return stale_


def spec(mode, value):
    return ke.EstimatorSpec(mode, predictions=value)


def test_a_global_that_changes_builds_again(stale, monkeypatch):
    def model_fn(features, mode):
        return spec(mode, features * RATE)

    def change():
        monkeypatch.setitem(globals(), "RATE", 0.25)

    stale(model_fn, change, "globals.RATE changed from 0.5 to 0.25")


def test_a_global_list_that_changes_builds_again(stale, monkeypatch):
    def model_fn(features, mode):
        return spec(mode, features * float(sum(WIDTHS)))

    monkeypatch.setitem(globals(), "WIDTHS", [1, 2])
    stale(model_fn, lambda: WIDTHS.append(3), "WIDTHS")


def test_a_closure_that_changes_builds_again(stale):
    settings = {"rate": 1.0}
    scale = 2.0

    def model_fn(features, mode):
        return spec(mode, features * settings["rate"] * scale)

    def change():
        nonlocal scale
        scale = 3.0

    stale(model_fn, change, "closure.scale changed from 2.0 to 3.0")
    stale(model_fn, lambda: settings.update(rate=5.0), "settings")


def test_an_attribute_of_its_object_that_changes_builds_again(stale):
    class Net:
        rate = 1.0

        def model_fn(self, features, mode):
            return spec(mode, features * self.rate)

    net = Net()
    stale(net.model_fn, lambda: setattr(net, "rate", 2.0), "rate")


def helper(features):
    return features * 2.0


def test_a_helper_that_is_another_function_builds_again(stale, monkeypatch):
    def model_fn(features, mode):
        return spec(mode, helper(features))

    def change():
        monkeypatch.setitem(
            globals(), "helper", lambda features: features * 3.0
        )

    stale(model_fn, change, "helper")


def test_a_global_that_a_helper_reads_builds_again(stale, monkeypatch):
    def scaled(features):
        return features * RATE

    def model_fn(features, mode):
        return spec(mode, scaled(features))

    stale(model_fn, lambda: monkeypatch.setitem(globals(), "RATE", 7.0), "RATE")


def test_a_flag_that_changes_builds_again(stale):
    from absl import flags

    values = flags.FlagValues()
    flags.DEFINE_float("rate", 1.0, "", flag_values=values)
    values.mark_as_parsed()

    def model_fn(features, mode):
        return spec(mode, features * values.rate)

    stale(model_fn, lambda: setattr(values, "rate", 2.0), "rate")


def test_a_vocabulary_file_that_changes_builds_again(stale, tmp_path):
    words = tmp_path / "words.txt"
    words.write_text("a\nb\n")

    def model_fn(features, labels, mode):
        table = tf.lookup.StaticVocabularyTable(
            tf.lookup.TextFileInitializer(
                str(words),
                tf.string,
                tf.lookup.TextFileIndex.WHOLE_LINE,
                tf.int64,
                tf.lookup.TextFileIndex.LINE_NUMBER,
            ),
            1,
        )
        value = tf.cast(table.lookup(tf.constant(["b"])), tf.float32)
        return ke.EstimatorSpec(mode, predictions=features + value)

    def change():
        words.write_text("c\nb\na\n")

    stale(model_fn, change, f"a file has changed: {words}")


def test_a_layer_outside_that_is_frozen_builds_again(stale):
    settings = keras.layers.Dense(1)

    def model_fn(features, mode):
        factor = 2.0 if settings.trainable else 1.0
        return spec(mode, features * factor)

    stale(model_fn, lambda: setattr(settings, "trainable", False), "trainable")


def test_what_model_fn_itself_writes_does_not_build_again(rebuilt):
    calls = []
    programs = programs_of(weight_fn(calls))
    first = programs.get("infer", Element(X))
    assert calls == ["infer"]
    assert programs.get("infer", Element(X)) is first
    assert rebuilt() == []


def test_settings_of_keras_build_another_program():
    programs = programs_of(weight_fn([]))
    first = programs.get("infer", Element(X))
    keras.config.set_floatx("float64")
    try:
        assert programs.get("infer", Element(X)) is not first
    finally:
        keras.config.set_floatx("float32")
    assert programs.get("infer", Element(X)) is first


def test_seeds_that_the_input_used_matter_only_with_a_seed(config):
    def get(config, *used):
        programs = programs_of(weight_fn([]), config=config)
        return [programs.get("infer", Element(X), n) for n in used]

    one, two, again = get(config, 1, 2, 1)
    assert one is again is not two
    one, two = get(ke.RunConfig(), 1, 2)
    assert one is two


def test_params_are_copied_for_each_call_and_are_no_reason():
    seen = []

    def model_fn(features, mode, params):
        seen.append(params)
        params["rate"] += 1
        return spec(mode, features)

    params = {"rate": 1}
    programs = programs_of(model_fn, params)
    programs.get("infer", Element(X))
    programs.get("infer", Element(X))
    programs.get("eval" if False else "infer", Element(tf.TensorSpec([2])))
    assert params == {"rate": 1}
    assert [p["rate"] for p in seen] == [2, 2]


def test_without_reuse_model_fn_is_called_each_time(made, rebuilt):
    estimator, calls = made(reuse=False)
    for _ in range(2):
        estimator.train(ones(), steps=1)
        estimator.evaluate(ones(), steps=1)
        next(estimator.predict(ones()))
    assert calls == ["train", "eval", "infer"] * 2
    assert rebuilt() == [
        f"Building the program of mode {mode!r} again: reuse_programs=False."
        for mode in ("train", "eval", "infer")
    ]


def test_a_rate_that_changes_between_two_calls_takes_effect(made, rebuilt):
    settings = {"rate": 1.0}
    estimator, calls = made(rate=lambda: settings["rate"])
    estimator.train(ones(), steps=3)
    settings["rate"] = 10.0
    estimator.train(ones(), steps=2)
    assert estimator.get_variable_value("w") == -23
    assert calls == ["train", "train"]
    (reason,) = rebuilt()
    assert "changed from 1.0 to 10.0" in reason
    next(estimator.predict(ones()))
    assert calls == ["train", "train", "infer"]


# Hooks of the spec -----------------------------------------------------------


def test_hooks_of_the_spec_start_anew_at_each_call(made):
    estimator, calls = made(hooks=lambda: [ke.StopAtStepHook(num_steps=3)])
    for expected in (3, 6, 9):
        estimator.train(ones())
        assert estimator.get_variable_value("global_step") == expected
    assert calls == ["train"]


class Counting(ke.SessionRunHook):
    def __init__(self):
        self.begins = 0
        self.steps = []

    def begin(self):
        self.begins += 1

    def after_run(self, run_context, run_values):
        self.steps.append(len(self.steps))


def test_state_of_users_hooks_in_the_spec_starts_anew(made):
    seen = []

    class InSpec(Counting):
        def end(self, session):
            seen.append((self.begins, list(self.steps)))

    estimator, calls = made(hooks=lambda: [InSpec()])
    for _ in range(2):
        estimator.train(ones(), steps=2)
    assert seen == [(1, [0, 1]), (1, [0, 1])]
    assert calls == ["train"]


def test_hooks_that_the_user_passes_keep_their_state(made):
    estimator, calls = made()
    hook = Counting()
    for _ in range(2):
        estimator.train(ones(), steps=2, hooks=[hook])
    assert hook.begins == 2
    assert hook.steps == [0, 1, 2, 3]
    assert calls == ["train"]


def test_hooks_that_the_user_made_and_model_fn_returns_keep_their_state(made):
    hook = Counting()
    estimator, calls = made(hooks=lambda: [hook])
    for _ in range(2):
        estimator.train(ones(), steps=2)
    assert hook.steps == [0, 1, 2, 3]
    assert calls == ["train"]


class Adding(ke.SessionRunHook):
    """Adds an operation, under a name of its own, as TF1 hooks do."""

    def begin(self):
        w = v1.trainable_variables()[0]
        self.tenfold = tf.multiply(w, 10.0, name="tenfold")

    def end(self, session):
        self.value = session.run("tenfold:0")


def test_a_graph_that_hooks_have_added_to_is_built_anew(made, rebuilt):
    estimator, calls = made()
    hook = Adding()
    estimator.train(ones(), steps=1, hooks=[hook])
    assert hook.tenfold.name == "tenfold:0"
    assert hook.value == -10
    estimator.train(ones(), steps=1, hooks=[hook])
    assert hook.tenfold.name == "tenfold:0", "the name is free again"
    assert hook.value == -20
    assert calls == ["train", "train"]
    (reason,) = rebuilt()
    assert "hooks have added operations to its graph" in reason
    estimator.train(ones(), steps=1)
    estimator.train(ones(), steps=1)
    assert calls == ["train"] * 3


# Calls within calls ----------------------------------------------------------


def test_an_evaluation_within_an_evaluation_has_metrics_of_its_own(
    model_dir, config
):
    calls = []

    def model_fn(features, labels, mode):
        calls.append(mode)
        loss = tf.reduce_sum(features)
        mean = v1.metrics.mean(features)
        return ke.EstimatorSpec(mode, loss=loss, eval_metric_ops={"mean": mean})

    def numbers(start):
        return lambda: tf.data.Dataset.from_tensor_slices(
            np.arange(start, start + 4, dtype=np.float32)
        )

    inner = []

    class Nested(ke.SessionRunHook):
        def after_run(self, run_context, run_values):
            inner.append(estimator.evaluate(numbers(10), name="inner")["mean"])

    estimator = ke.Estimator(model_fn, model_dir, config)
    outer = estimator.evaluate(numbers(0), hooks=[Nested()])
    assert outer["mean"] == 1.5
    assert inner == [11.5] * 4
    assert calls == ["eval"]


def test_an_evaluation_within_training_changes_nothing_of_it(made):
    estimator, calls = made()
    seen = []

    class Evaluating(ke.CheckpointSaverListener):
        def after_save(self, session, global_step_value):
            result = estimator.evaluate(ones(2))
            seen.append((int(result["global_step"]), float(result["loss"])))

    estimator.train(ones(), steps=3, saving_listeners=[Evaluating()])
    assert seen == [(0, 0), (3, -3)]
    assert estimator.get_variable_value("w") == -3
    assert calls == ["train", "eval"]
