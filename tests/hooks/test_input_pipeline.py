"""CheckpointInputPipelineHook: training continues with the very next batch."""

import os
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

import keras_estimator as ke
import keras_estimator.compat.v1 as tf1
from keras_estimator.engine import element as elements
from keras_estimator.inputs.input_fn import call_input_fn
from tests import processes

v1 = tf.compat.v1
_GOLDEN = Path(__file__).parents[1] / "golden" / "tf2.15" / "input_pipeline"


def model_fn(features, labels, mode):
    """Notes in `seen`, by step, what it was given."""
    seen = v1.get_variable(
        "seen", [40], tf.int64, v1.zeros_initializer(), trainable=False
    )
    step = v1.train.get_global_step()
    place = tf.range(1, tf.size(features, out_type=tf.int64) + 1)
    # Other batches, and other orders in a batch, have other values.
    value = 1 + tf.reduce_sum(place * tf.reshape(features, [-1]))
    noted = v1.scatter_update(seen, step, value)
    with tf.control_dependencies([noted]):
        train_op = step.assign_add(1)
    return ke.EstimatorSpec(
        mode,
        loss=tf.cast(value, tf.float32),
        train_op=train_op,
        predictions=features,
    )


def make(model_dir, **config):
    config = {"save_checkpoints_steps": 3, **config}
    config = ke.RunConfig(
        tf_random_seed=5,
        save_summary_steps=None,
        log_step_count_steps=None,
        **config,
    )
    return ke.Estimator(model_fn, model_dir, config)


def train(estimator, input_fn, steps=None, hooks=(), policy=None, **kwargs):
    hook = ke.CheckpointInputPipelineHook(estimator, policy)
    estimator.train(input_fn, hooks=[hook, *hooks], steps=steps, **kwargs)
    return seen_by(estimator)


def seen_by(estimator):
    step = estimator.get_variable_value("global_step")
    return estimator.get_variable_value("seen")[:step].tolist()


class RaiseAfter(ke.SessionRunHook):
    def __init__(self, steps):
        self.left = steps

    def after_run(self, run_context, run_values):
        self.left -= 1
        if not self.left:
            raise ZeroDivisionError


def count_up():
    return tf.data.Dataset.range(1000)


def shuffled():
    return tf.data.Dataset.range(7).shuffle(4).repeat().batch(2).prefetch(2)


def files(model_dir, beginning="input"):
    return sorted(n for n in os.listdir(model_dir) if n.startswith(beginning))


def steps_of(model_dir, beginning):
    indices = [n for n in files(model_dir, beginning) if n.endswith(".index")]
    return sorted(int(re.search(r"-(\d+)\.", name)[1]) for name in indices)


@pytest.fixture
def one(model_dir):
    return make(model_dir)


@pytest.fixture
def warnings(caplog):
    """What is logged at WARNING."""
    tf.get_logger().setLevel("WARNING")
    caplog.set_level("WARNING", "tensorflow")
    return lambda: [record.getMessage() for record in caplog.records]


# It continues -----------------------------------------------------------------


def _words():
    table = tf.lookup.StaticHashTable(
        tf.lookup.KeyValueTensorInitializer(
            ["a", "b"], tf.range(2, dtype="int64")
        ),
        default_value=-1,
    )
    words = tf.data.Dataset.from_tensor_slices(["b", "a", "x"]).repeat()
    return words.shuffle(3).map(table.lookup)


def _interleaved():
    def ten(i):
        return tf.data.Dataset.range(10 * i, 10 * i + 10)

    files = tf.data.Dataset.range(9).shuffle(9)
    return files.interleave(ten, 3, 2, num_parallel_calls=2).batch(2)


def _mixed():
    parts = [count_up(), tf.data.Dataset.range(500, 900)]
    return tf.data.Dataset.sample_from_datasets(parts, seed=1)


def _stateless_random():
    def jitter(i):
        return i + tf.random.stateless_uniform([], [1, i], 0, 9, tf.int64)

    return count_up().map(jitter)


_PIPELINES = {
    "shuffle": shuffled,
    "interleave": _interleaved,
    "mixed": _mixed,
    "table": _words,
    "stateless random": _stateless_random,
    "window": lambda: count_up().window(3, 2).flat_map(lambda w: w.batch(3)),
    "arrays": ke.inputs.numpy_input_fn(
        np.arange(11), batch_size=3, num_epochs=None, shuffle=True
    ),
    "get_next": lambda: (
        v1.data.make_one_shot_iterator(shuffled()).get_next() + 7
    ),
}


def read_by_hand(input_fn, steps):
    """What an input_fn provides, in the way in which it is noted."""
    batches = call_input_fn(input_fn, {}, seed=5, with_labels=True).batches()
    found = []
    for _ in range(steps):
        (features,) = elements.components(next(batches))
        rows = features.numpy().reshape(-1)
        found.append(1 + int(np.sum(np.arange(1, len(rows) + 1) * rows)))
    return found


@pytest.mark.parametrize("input_fn", _PIPELINES.values(), ids=_PIPELINES)
def test_calls_read_on_where_the_one_before_stopped(one, input_fn, model_dir):
    train(one, input_fn, 4)
    # Another object: nothing but the files is known to it.
    seen = train(make(model_dir), input_fn, 7)
    assert seen == read_by_hand(input_fn, 11)


def test_steps_after_the_last_checkpoint_are_done_again(one, model_dir):
    with pytest.raises(ZeroDivisionError):
        train(one, count_up, hooks=[RaiseAfter(5)])
    assert steps_of(model_dir, "model") == [0, 3]
    assert train(one, count_up, 4) == [1, 2, 3, 4, 5, 6, 7]


_KILLED = """
import os, sys
sys.path.insert(0, {folder!r})
import test_input_pipeline as mine
import keras_estimator as ke

class Kill(ke.SessionRunHook):
    steps = 0
    def after_run(self, run_context, run_values):
        self.steps += 1
        if self.steps == 8:
            os._exit(7)

mine.train(mine.make({model_dir!r}), mine.shuffled, 20, [Kill()])
"""


def test_a_process_that_was_killed_is_continued_by_another(one, model_dir):
    program = _KILLED.format(
        folder=os.path.dirname(__file__), model_dir=model_dir
    )
    killed = processes.run(program)
    assert killed.returncode == 7
    assert steps_of(model_dir, "input") == [0, 3, 6]
    assert train(one, shuffled, 6) == read_by_hand(shuffled, 12)


def test_an_older_checkpoint_has_the_input_of_its_step(one, model_dir):
    train(one, count_up, 9)
    state = Path(model_dir, "checkpoint")
    lines = state.read_text().splitlines()
    assert lines[0] == 'model_checkpoint_path: "model.ckpt-9"'
    lines[0] = 'model_checkpoint_path: "model.ckpt-3"'
    state.write_text("\n".join(lines))
    assert train(one, count_up, 2) == [1, 2, 3, 4, 5]


def test_old_programs_find_the_hook_where_it_was():
    assert (
        tf1.data.experimental.CheckpointInputPipelineHook
        is ke.CheckpointInputPipelineHook
    )
    assert tf1.data.Dataset is v1.data.Dataset
    assert tf1.data.experimental.AUTOTUNE is v1.data.experimental.AUTOTUNE


def test_the_input_of_the_real_one_is_continued(one, model_dir):
    """Its files were written at step 4 of this dataset."""

    def input_fn():
        return tf.data.Dataset.range(20).shuffle(5, seed=1).batch(2)

    before = train(one, input_fn, 4)
    for name in files(model_dir, "input.ckpt-4"):
        os.remove(os.path.join(model_dir, name))
    for path in _GOLDEN.iterdir():
        shutil.copy(path, model_dir)
    batches = [[12, 9], [14, 10]]
    expected = [1 + batch[0] + 2 * batch[1] for batch in batches]
    assert train(one, input_fn, 2) == before + expected


# What it writes ---------------------------------------------------------------


def _ours(model_dir):
    return {"hooks": [ke.CheckpointSaverHook(model_dir, save_steps=4)]}


class _OfTensorFlow(v1.train.CheckpointSaverHook):
    def begin(self):
        self._saver = v1.train.Saver()
        super().begin()


def _of_tensorflow(model_dir):
    return {"hooks": [_OfTensorFlow(model_dir, save_steps=4)]}


@pytest.mark.parametrize("saver", [_ours, _of_tensorflow])
def test_checkpoints_of_other_hooks_are_followed(one, saver, model_dir):
    assert train(one, count_up, 6, **saver(model_dir))
    assert steps_of(model_dir, "model") == [0, 4, 6]
    assert steps_of(model_dir, "input") == [0, 4, 6]
    seen = train(one, count_up, 3, **saver(model_dir))
    assert seen == list(range(1, 10))


def test_a_hook_that_saves_is_left_as_it_was(one, model_dir):
    saver = ke.CheckpointSaverHook(model_dir, save_steps=4)
    train(one, count_up, 2, hooks=[saver])
    with pytest.raises(ZeroDivisionError):
        train(one, count_up, 2, hooks=[saver, RaiseAfter(1)])
    assert saver._listeners == []


def test_the_inputs_checkpoints_go_with_those_of_the_model(model_dir):
    one = make(model_dir, keep_checkpoint_max=2)
    train(one, count_up, 10)
    assert steps_of(model_dir, "model") == [9, 10]
    assert files(model_dir) == [
        "input.ckpt-10.data-00000-of-00001",
        "input.ckpt-10.index",
        "input.ckpt-9.data-00000-of-00001",
        "input.ckpt-9.index",
    ]
    assert Path(model_dir, "checkpoint_input").read_text().splitlines() == [
        'model_checkpoint_path: "input.ckpt-10"',
        'all_model_checkpoint_paths: "input.ckpt-9"',
        'all_model_checkpoint_paths: "input.ckpt-10"',
    ]


def test_there_is_no_checkpoint_of_the_model_without_one_of_the_input(
    one,
    model_dir,
):
    class Look(ke.CheckpointSaverListener):
        def before_save(self, session, global_step_value):
            self.look()

        def after_save(self, session, global_step_value):
            self.look()

        def look(self):
            models = steps_of(model_dir, "model")
            assert set(models) <= set(steps_of(model_dir, "input"))

    train(one, count_up, 4, saving_listeners=[Look()])
    assert steps_of(model_dir, "input") == [0, 3, 4]


def test_what_fails_leaves_no_half_checkpoint(one, model_dir, monkeypatch):
    def fail(**kwargs):
        raise tf.errors.ResourceExhaustedError(None, None, "No space left")

    train(one, count_up, 3)
    before = files(model_dir)
    monkeypatch.setattr(tf.raw_ops, "SaveV2", fail)
    with pytest.raises(ke.errors.DiskFullError, match=r"input\.ckpt-3"):
        train(one, count_up, 3)
    assert files(model_dir) == before
    monkeypatch.undo()
    assert train(one, count_up, 1) == [1, 2, 3, 4]


def test_it_is_not_called_between_checkpoints(one):
    hook = ke.CheckpointInputPipelineHook(one)
    assert hook.steps_until_due(0) is None


# What it warns of -------------------------------------------------------------


def test_without_a_checkpoint_of_that_step_it_starts_anew(
    one, model_dir, warnings
):
    one.train(count_up, steps=4)
    assert train(one, count_up, 2) == [1, 2, 3, 4, 1, 2]
    (warning,) = warnings()
    assert warning == (
        f"Training goes on from {model_dir}/model.ckpt-4, but its input starts "
        f"from the beginning: there is no {model_dir}/input.ckpt-4. That "
        "checkpoint was written without a CheckpointInputPipelineHook."
    )


def test_it_says_which_steps_there_are(one, warnings):
    train(one, count_up, 3)
    one.train(count_up, steps=2)
    train(one, count_up, 1)
    (warning,) = warnings()
    assert "There is one of the input at steps [0, 3]." in warning


def test_what_another_run_left_is_not_taken(one, model_dir):
    train(one, count_up, 4)
    for name in [*files(model_dir, "model"), "checkpoint"]:
        os.remove(os.path.join(model_dir, name))
    assert train(one, count_up, 2) == [1, 2]
    assert steps_of(model_dir, "input") == [0, 2]


def test_an_input_that_has_ended_stays_so(one, model_dir, warnings):
    def input_fn():
        return tf.data.Dataset.range(5)

    assert train(one, input_fn) == [1, 2, 3, 4, 5]
    assert warnings() == []
    assert train(one, input_fn, 3) == [1, 2, 3, 4, 5]
    said = next(line for line in warnings() if "nothing left" in line)
    assert f"at {model_dir}/input.ckpt-5 the input had ended" in said
    assert "delete the files of that checkpoint" in said


def test_checkpoints_elsewhere_are_warned_of(
    one, model_dir, tmp_path, warnings
):
    saver = ke.CheckpointSaverHook(str(tmp_path / "other"), save_steps=2)
    hook = ke.CheckpointInputPipelineHook(one)
    one.train(count_up, hooks=[hook, saver], steps=4)
    (warning,) = warnings()
    assert "step 0 was written, but not to" in warning
    assert files(model_dir) == []
    assert files(model_dir, "checkpoint") == []


# What cannot be saved ---------------------------------------------------------


def in_python():
    return count_up().map(
        lambda x: tf.numpy_function(np.negative, [x], "int64")
    )


def random():
    return count_up().map(
        lambda x: x + tf.random.uniform([], 0, 1, tf.int64, 3)
    )


def generated():
    return tf.data.Dataset.from_generator(
        lambda: iter(range(9)), output_signature=tf.TensorSpec([], tf.int64)
    )


@pytest.mark.parametrize(
    ("input_fn", "operation"),
    [(in_python, "PyFunc"), (random, "RandomUniformInt")],
)
def test_state_outside_of_the_dataset_is_an_error(
    one, input_fn, operation, model_dir
):
    with pytest.raises(
        ke.errors.InputNotSavableError, match=f"operation {operation} keeps it"
    ) as caught:
        train(one, input_fn, 4)
    assert isinstance(caught.value, tf.errors.FailedPreconditionError)
    assert 'external_state_policy="warn"' in str(caught.value)
    assert files(model_dir, "model.ckpt") == []


def test_state_outside_of_the_dataset_is_warned_of_once(one, warnings):
    train(one, random, 7, policy="warn")
    (warning,) = warnings()
    assert "not saved: the operation RandomUniformInt keeps it" in warning
    assert train(one, random, 1, policy="warn")[-1] == 8


def test_state_outside_of_the_dataset_may_be_ignored(one, warnings):
    policy = tf.data.experimental.ExternalStatePolicy.IGNORE
    train(one, random, 4, policy=policy)
    assert train(one, random, 1, policy="ignore")[-1] == 5
    assert warnings() == []


@pytest.mark.parametrize("policy", ["fail", "warn", "ignore"])
def test_a_generator_is_an_error_at_once(one, policy, model_dir):
    with pytest.raises(ke.errors.InputNotSavableError, match="from_generator"):
        train(one, lambda: generated().batch(2), policy=policy)
    assert files(model_dir, "model.ckpt") == []


# What is refused --------------------------------------------------------------


def test_another_input_is_an_error(one, model_dir):
    train(one, count_up, 3)
    with pytest.raises(ke.errors.InputChangedError) as caught:
        train(one, lambda: count_up().batch(2), 3)
    assert isinstance(caught.value, tf.errors.NotFoundError)
    text = str(caught.value)
    assert f"cannot go on from `{model_dir}/input.ckpt-3`" in text
    assert "same transformations in the same order" in text
    assert "BatchV2" in text
    assert seen_by(one) == [1, 2, 3]


def test_a_file_that_is_damaged_is_an_error(one, model_dir):
    train(one, count_up, 3)
    Path(model_dir, "input.ckpt-3.index").write_bytes(b"nothing")
    with pytest.raises(ke.errors.CheckpointPathError, match=r"input\.ckpt-3"):
        train(one, count_up, 3)


def _evaluate(one, hook):
    one.evaluate(count_up, 1, hooks=[hook])


def _predict(one, hook):
    next(one.predict(count_up, hooks=[hook]))


def _fit(one, hook):
    one.model.fit(count_up().map(lambda x: (x, x)), callbacks=[hook])


@pytest.mark.parametrize("call", [_evaluate, _predict, _fit])
def test_it_is_for_train_alone(one, call):
    with pytest.raises(
        ke.errors.UnsupportedError, match="is for `Estimator.train`"
    ):
        call(one, ke.CheckpointInputPipelineHook(one))


def test_it_is_for_its_estimator_alone(tmp_path):
    one, other = make(str(tmp_path / "one")), make(str(tmp_path / "other"))
    hook = ke.CheckpointInputPipelineHook(one)
    with pytest.raises(
        ke.errors.ConfigError, match=r"one'; the one that is training .*other'"
    ):
        other.train(count_up, hooks=[hook], steps=1)


def test_it_needs_checkpoints(model_dir):
    one = make(model_dir, save_checkpoints_steps=None)
    with pytest.raises(ke.errors.ConfigError, match="this call writes none"):
        train(one, count_up, 1)


def test_arguments_that_make_no_sense(one):
    with pytest.raises(ke.errors.ArgumentTypeError, match="estimator='model'"):
        ke.CheckpointInputPipelineHook("model")
    with pytest.raises(ke.errors.ConfigError, match="'Warn'"):
        ke.CheckpointInputPipelineHook(one, "Warn")
