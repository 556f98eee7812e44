import copy
import re

import keras
import pytest
import tensorflow as tf

from keras_estimator.errors import ArgumentTypeError
from keras_estimator.errors import SpecError
from keras_estimator.export import PredictOutput
from keras_estimator.minimize import minimize
from keras_estimator.spec import EstimatorSpec
from keras_estimator.spec import ModeKeys

v1 = tf.compat.v1

EAGER = tf.constant(1.0)


@pytest.fixture(autouse=True)
def graph():
    """Specs are made while a graph is being built."""
    with tf.Graph().as_default() as graph:
        yield graph


@pytest.fixture
def loss():
    return tf.constant(1.0, name="my_loss")


@pytest.fixture
def optimizer():
    return keras.optimizers.SGD(0.1)


def raises(error, *words):
    """Expects an error whose text has all the words, in this order."""
    return pytest.raises(error, match=".*".join(map(re.escape, words)))


def train_spec(loss, train_op):
    return EstimatorSpec(ModeKeys.TRAIN, loss=loss, train_op=train_op)


# What a mode needs


@pytest.mark.parametrize("mode", [ModeKeys.TRAIN, ModeKeys.EVAL])
def test_training_and_evaluation_need_a_loss(mode):
    with raises(SpecError, "Missing loss.", f'mode "{mode}"', "`loss`"):
        EstimatorSpec(mode, train_op=tf.no_op())


def test_training_needs_a_train_op(loss):
    with raises(SpecError, "Missing train_op.", 'mode "train"', "optimizer"):
        EstimatorSpec(ModeKeys.TRAIN, loss=loss)


def test_prediction_needs_predictions():
    with raises(SpecError, "Missing predictions.", 'mode "infer"'):
        EstimatorSpec(ModeKeys.PREDICT)


def test_a_mode_may_be_given_more_than_it_needs(loss):
    op = tf.no_op()
    spec = EstimatorSpec(
        ModeKeys.PREDICT,
        predictions={"y": loss},
        loss=loss,
        train_op=op,
        eval_metric_ops={"m": (loss, op)},
    )
    assert spec.loss is loss
    assert spec.train_op is op


def test_a_spec_is_a_tuple_of_eleven_fields(loss):
    mode, predictions, spec_loss, *others = EstimatorSpec("eval", loss=loss)
    assert (mode, predictions, spec_loss) == ("eval", {}, loss)
    assert len(others) == 8


# loss


def test_a_python_loss_is_refused_with_its_type():
    with raises(
        ArgumentTypeError,
        "loss must be Tensor, given: 1.0 (float)",
        'mode "eval"',
    ):
        EstimatorSpec("eval", loss=1.0)


def test_a_keras_variable_is_no_loss():
    with raises(ArgumentTypeError, "loss must be Tensor", "Variable"):
        EstimatorSpec("eval", loss=keras.Variable(1.0))


def test_a_loss_of_several_elements_is_refused_with_its_shape():
    with raises(SpecError, "Loss must be scalar", "[2, 3]", "tf.reduce_mean"):
        EstimatorSpec("eval", loss=tf.ones([2, 3]))


# train_op


def test_a_keras_optimizer_is_a_train_op(loss, optimizer):
    assert train_spec(loss, optimizer).train_op is optimizer


def test_a_minimize_is_a_train_op(loss, optimizer):
    step = minimize(optimizer, loss)
    assert train_spec(loss, step).train_op is step


@pytest.mark.parametrize("sequence", [list, tuple])
def test_optimizers_and_minimizes_may_be_listed(loss, optimizer, sequence):
    steps = [minimize(optimizer, loss), optimizer]
    assert train_spec(loss, sequence(steps)).train_op == tuple(steps)


def test_an_empty_list_trains_nothing(loss):
    with raises(SpecError, "Missing train_op.", "train_op=[]", "at least one"):
        train_spec(loss, [])


def test_a_list_does_not_mix_optimizers_and_operations(loss, optimizer):
    with raises(
        ArgumentTypeError,
        "train_op must be Operation or Tensor",
        "train_op[1]=",
        "(Operation)",
        "tf.group",
    ):
        train_spec(loss, [optimizer, tf.no_op()])


def test_a_tf1_optimizer_is_no_train_op(loss):
    with raises(
        ArgumentTypeError,
        "train_op must be Operation or Tensor, given: ",
        "(GradientDescentOptimizer)",
    ):
        train_spec(loss, v1.train.GradientDescentOptimizer(0.1))


def test_the_result_of_an_assign_stands_for_the_assign(loss):
    variable = v1.get_variable("v", [], use_resource=True)
    spec = train_spec(loss, variable.assign_add(1.0))
    assert spec.train_op.type == "AssignAddVariableOp"


def test_the_loss_of_a_minimize_must_be_of_this_graph(loss, optimizer):
    with tf.Graph().as_default():
        step = minimize(optimizer, tf.constant(1.0, name="other"))
    with raises(SpecError, 'train_op with "other:0" must be from the default'):
        train_spec(loss, [step])


# predictions


def test_predictions_are_copied(loss):
    predictions = {"y": loss}
    spec = EstimatorSpec(ModeKeys.PREDICT, predictions=predictions)
    assert spec.predictions == predictions
    assert spec.predictions is not predictions


def test_a_sparse_prediction_is_refused_by_its_key(loss):
    sparse = tf.SparseTensor([[0]], [1.0], [1])
    with raises(
        ArgumentTypeError, "predictions[y] must be Tensor", "(SparseTensor)"
    ):
        EstimatorSpec(ModeKeys.PREDICT, predictions={"y": sparse})


# tensors of other graphs


def test_an_eager_tensor_is_refused_while_a_graph_is_built(loss):
    with raises(
        SpecError,
        'prediction values with "y: an eager tensor" must be from the default '
        "graph. Possible causes of this error include",
        "created outside of `model_fn`",
    ):
        EstimatorSpec("eval", loss=loss, predictions={"y": EAGER})


# eval_metric_ops


def test_a_keras_metric_is_kept(loss):
    metric = keras.metrics.Mean()
    spec = EstimatorSpec("eval", loss=loss, eval_metric_ops={"m": metric})
    assert spec.eval_metric_ops == {"m": metric}


def test_a_tf_keras_metric_becomes_value_and_update(graph, loss):
    tf_keras = pytest.importorskip("tf_keras")
    metric = tf_keras.metrics.Mean()
    metric.update_state([1.0, 3.0])
    metrics = {"m": metric}
    spec = EstimatorSpec("eval", loss=loss, eval_metric_ops=metrics)
    value, update = spec.eval_metric_ops["m"]
    assert metrics == {"m": metric}
    with v1.Session() as session:
        session.run(v1.local_variables_initializer())
        session.run(update)
        assert session.run(value) == 2.0


@pytest.mark.parametrize("key", ["local_variables", "metric_variables"])
def test_the_variables_of_a_tf_keras_metric_are_collected_once(
    graph, loss, key
):
    tf_keras = pytest.importorskip("tf_keras")
    metric = tf_keras.metrics.Mean()
    metric.update_state(1.0)
    for _ in range(2):
        EstimatorSpec("eval", loss=loss, eval_metric_ops={"m": metric})
    names = [variable.name for variable in graph.get_collection(key)]
    assert names == ["total:0", "count:0"]


def test_a_tf_keras_metric_without_update_is_refused_by_name(loss):
    tf_keras = pytest.importorskip("tf_keras")
    metric = tf_keras.metrics.Mean(name="mine")
    with raises(
        SpecError, 'Please call update_state(...) on the "mine" metric'
    ):
        EstimatorSpec("eval", loss=loss, eval_metric_ops={"m": metric})


def test_a_metric_given_as_a_list_is_refused(loss):
    with raises(
        ArgumentTypeError,
        "Values of eval_metric_ops must be (metric_value, update_op) tuples",
        "(list) for key: m",
        "keras.metrics.Metric",
    ):
        EstimatorSpec("eval", loss=loss, eval_metric_ops={"m": [loss, loss]})


def test_a_metric_of_python_numbers_is_refused(loss):
    with raises(
        ArgumentTypeError, "tuples of tensors", "given: 0.5 (float)", "key: m"
    ):
        EstimatorSpec("eval", loss=loss, eval_metric_ops={"m": (0.5, loss)})


def test_metrics_must_be_a_dict(loss):
    with raises(ArgumentTypeError, "eval_metric_ops must be a dict", "(list)"):
        EstimatorSpec("eval", loss=loss, eval_metric_ops=[(loss, loss)])


# export_outputs


def test_the_users_export_outputs_are_not_changed(loss):
    outputs = {"scale": PredictOutput(loss)}
    spec = EstimatorSpec("infer", predictions=loss, export_outputs=outputs)
    assert list(outputs) == ["scale"]
    assert list(spec.export_outputs) == ["scale", "serving_default"]


def test_export_outputs_are_checked_for_prediction_only(loss):
    spec = EstimatorSpec("eval", loss=loss, export_outputs={"y": loss})
    assert spec.export_outputs == {"y": loss}
    with raises(ArgumentTypeError, "must be ExportOutput objects", "['y']"):
        EstimatorSpec("infer", predictions=loss, export_outputs={"y": loss})


# hooks and scaffold


@pytest.mark.parametrize(
    "name",
    [
        "training_chief_hooks",
        "training_hooks",
        "evaluation_hooks",
        "prediction_hooks",
    ],
)
def test_hooks_are_session_run_hooks_or_keras_callbacks(loss, name):
    hooks = [v1.train.SessionRunHook(), keras.callbacks.Callback()]
    spec = EstimatorSpec("eval", loss=loss, **{name: iter(hooks)})
    assert getattr(spec, name) == tuple(hooks)
    with raises(
        ArgumentTypeError,
        f"All hooks must be SessionRunHook instances, given: {name}[1]=7 (int)",
    ):
        EstimatorSpec("eval", loss=loss, **{name: [hooks[0], 7]})


def test_a_hook_outside_of_a_list_is_refused(loss):
    with raises(ArgumentTypeError, "`training_hooks` must be a list", "Hook)"):
        EstimatorSpec(
            "eval", loss=loss, training_hooks=v1.train.SessionRunHook()
        )


def test_a_scaffold_is_made_if_none_is_given(loss):
    scaffold = EstimatorSpec("eval", loss=loss).scaffold
    assert isinstance(scaffold, v1.train.Scaffold)


def test_a_scaffold_must_be_one(loss):
    with raises(
        ArgumentTypeError,
        "scaffold must be tf.train.Scaffold. Given: 'saver' (str)",
    ):
        EstimatorSpec("eval", loss=loss, scaffold="saver")


# _replace


def test_replace_checks_again(loss):
    spec = EstimatorSpec("eval", loss=loss)
    with raises(ArgumentTypeError, "loss must be Tensor, given: 2 (int)"):
        spec._replace(loss=2)


def test_replace_keeps_what_is_not_named(loss, optimizer):
    metric = keras.metrics.Mean()
    spec = EstimatorSpec(
        "train",
        predictions={"y": loss},
        loss=loss,
        train_op=[optimizer],
        eval_metric_ops={"m": metric},
        export_outputs={"y": PredictOutput(loss)},
    )
    op = tf.no_op()
    assert spec._replace(train_op=op) == (*spec[:3], op, *spec[4:])


def test_replace_does_not_change_the_mode(loss):
    spec = EstimatorSpec("eval", loss=loss)
    assert spec._replace(mode="eval").mode == "eval"
    with raises(
        SpecError, "mode of EstimatorSpec cannot be changed.", "'train'", "eval"
    ):
        spec._replace(mode="train")


def test_replace_names_the_nearest_field(loss):
    spec = EstimatorSpec("eval", loss=loss)
    with raises(SpecError, "no field `trainop`. Did you mean `train_op`?"):
        spec._replace(trainop=tf.no_op())


def test_a_spec_can_be_copied(loss):
    spec = EstimatorSpec("eval", loss=loss)
    assert copy.copy(spec) == spec
