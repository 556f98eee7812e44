"""Graphs of exports: what Keras code does at each step happens there, too."""

import keras
import pytest
import tensorflow as tf

import keras_estimator as ke
from keras_estimator.engine import exporting
from keras_estimator.engine.build import BuildOptions
from keras_estimator.engine.exporting import build_export
from keras_estimator.errors import FeatureNotFoundError
from keras_estimator.errors import ModelFnError
from keras_estimator.errors import ReceiverError

_v1 = tf.compat.v1
PREDICT, EVAL, TRAIN = "infer", "eval", "train"


class Counter(keras.layers.Layer):
    """Counts its calls in a variable of its own."""

    def build(self, input_shape):
        self.count = self.add_weight(
            shape=(), initializer="zeros", trainable=False, name="count"
        )

    def call(self, x):
        self.count.assign_add(1.0)
        return x + self.count


class Sum(keras.layers.Layer):
    """Adds what it is given to a variable of its own."""

    def build(self, input_shape):
        self.total = self.add_weight(
            shape=(), initializer="zeros", trainable=False, name="total"
        )

    def call(self, x):
        self.total.assign_add(keras.ops.sum(x))
        return x


def raw():
    x = _v1.placeholder(tf.float32, [None], name="x")
    return ke.export.ServingInputReceiver({"x": x}, {"x": x})


def supervised():
    x = _v1.placeholder(tf.float32, [None], name="x")
    y = _v1.placeholder(tf.float32, [None], name="y")
    return ke.export.SupervisedInputReceiver({"x": x}, y, {"x": x, "y": y})


def build(model_fn, mode=PREDICT, receiver_fn=raw):
    options = BuildOptions(provider=exporting.PROVIDER)
    return build_export(model_fn, mode, receiver_fn, options)


class Loaded:
    """Runs a graph as who loads the SavedModel does."""

    def __init__(self, made):
        self.made = made
        self.session = _v1.Session(graph=made.program.graph)
        with made.program.graph.as_default():
            self.session.run(_v1.global_variables_initializer())
        self.session.run(made.main_op)

    def tensor(self, key, output):
        return self.made.signatures[key].outputs[output].name

    def run(self, key, output, **feeds):
        return self.session.run(
            self.tensor(key, output),
            {f"{name}:0": value for name, value in feeds.items()},
        )


def predicting(layers):
    """A model_fn of (features, mode) that returns what the layers make."""

    def model_fn(features, mode):
        return ke.EstimatorSpec(mode, predictions=layers(features["x"]))

    return model_fn


def test_an_update_of_keras_runs_when_an_output_is_fetched():
    def layers(x):
        return {"y": tf.identity(Counter(name="c")(x), "mine")}

    loaded = Loaded(build(predicting(layers)))
    assert loaded.tensor("serving_default", "y") == "mine:0"
    seen = [loaded.run("serving_default", "y", x=[0.0]) for _ in range(3)]
    assert [value.tolist() for value in seen] == [[1], [2], [3]]


def test_it_runs_when_another_output_is_fetched():
    def layers(x):
        return {"y": Counter(name="c")(x), "other": tf.negative(x, "other")}

    loaded = Loaded(build(predicting(layers)))
    for _ in range(2):
        assert loaded.run("serving_default", "other", x=[5.0]) == [-5]
    assert loaded.run("serving_default", "y", x=[0.0]) == [3]


def test_dropout_of_predictions_has_a_new_mask_each_time():
    def layers(x):
        return {"y": keras.layers.Dropout(0.5, seed=1)(x, training=True)}

    loaded = Loaded(build(predicting(layers)))
    ones = [1.0] * 64
    masks = [
        tuple(loaded.run("serving_default", "y", x=ones)) for _ in range(3)
    ]
    assert len(set(masks)) == 3


def test_an_output_that_an_update_waits_for_is_returned_after_it():
    def layers(x):
        y = tf.multiply(x, 2.0, name="doubled")
        Sum(name="s")(y)
        return {"y": y}

    loaded = Loaded(build(predicting(layers)))
    assert loaded.tensor("serving_default", "y") == "doubled_out:0"
    for _ in range(2):
        assert loaded.run("serving_default", "y", x=[3.0]) == [6]
    assert loaded.session.run("s/total/Read/ReadVariableOp:0") == 12


def test_a_model_without_updates_keeps_its_graph_as_it_is():
    def layers(x):
        return {"y": keras.layers.BatchNormalization()(x[:, None])}

    made = build(predicting(layers))
    output = made.program.graph.get_tensor_by_name(
        made.signatures["serving_default"].outputs["y"].name
    )
    assert made.program.updates.forced == ()
    assert output.op.control_inputs == []


def test_random_operations_stay_what_they_are():
    made = build(predicting(lambda x: {"y": tf.random.uniform([2])}))
    types = {op.type for op in made.program.graph.get_operations()}
    assert "RandomUniform" in types


def test_names_are_those_of_training():
    made = build(predicting(lambda x: keras.layers.Dense(2)(x[:, None])))
    names = [record.name for record in made.program.model_records]
    assert names == ["global_step", "dense/kernel", "dense/bias"]


def test_nothing_in_the_graph_is_unknown_to_older_versions():
    made = build(predicting(lambda x: keras.layers.Dense(2)(x[:, None])))
    handles = [
        node
        for node in made.program.graph.as_graph_def().node
        if node.op == "VarHandleOp"
    ]
    assert len(handles) == 3
    assert not any("debug_name" in node.attr for node in handles)


def test_summaries_of_tf2_are_not_exported():
    def model_fn(features, labels, mode):
        tf.summary.scalar("mean", tf.reduce_mean(features["x"]))
        loss = tf.reduce_mean(features["x"])
        return ke.EstimatorSpec(mode, loss=loss, predictions=features["x"])

    made = build(model_fn, EVAL, supervised)
    types = {op.type for op in made.program.graph.get_operations()}
    assert not {"SummaryWriter", "WriteSummary"} & types


def evaluating(features, labels, mode):
    y = Counter(name="c")(features["x"])
    loss = tf.reduce_mean(tf.square(y - labels))
    metric = keras.metrics.Mean(name="m")
    metric.update_state(labels)
    return ke.EstimatorSpec(
        mode,
        predictions={"y": y},
        loss=loss,
        train_op=keras.optimizers.SGD(0.0),
        eval_metric_ops={"m": metric, "mean": _v1.metrics.mean(labels)},
    )


def test_keras_metrics_are_exported_as_value_and_update():
    loaded = Loaded(build(evaluating, EVAL, supervised))
    feeds = {"x": [0.0], "y": [4.0]}
    assert sorted(loaded.made.signatures["eval"].outputs) == [
        "loss",
        "metrics/m/update_op",
        "metrics/m/value",
        "metrics/mean/update_op",
        "metrics/mean/value",
        "predictions/y",
    ]
    loaded.run("eval", "metrics/m/update_op", **feeds)
    loaded.run("eval", "metrics/m/update_op", **feeds | {"y": [6.0]})
    assert loaded.run("eval", "metrics/m/value", **feeds) == 5
    assert loaded.run("eval", "metrics/mean/value", **feeds) == 0


def test_reading_the_loss_updates_layers_and_no_metric():
    loaded = Loaded(build(evaluating, EVAL, supervised))
    feeds = {"x": [0.0], "y": [1.0]}
    losses = [loaded.run("eval", "loss", **feeds) for _ in range(3)]
    assert losses == [0, 1, 4]
    assert loaded.run("eval", "metrics/m/value", **feeds) == 0


def test_a_metric_that_is_never_updated_is_refused():
    def model_fn(features, labels, mode):
        return ke.EstimatorSpec(
            mode,
            loss=tf.reduce_mean(features["x"]),
            eval_metric_ops={"m": keras.metrics.Mean(name="my_mean")},
        )

    with pytest.raises(ModelFnError, match=r'update_state.*on the "my_mean"'):
        build(model_fn, EVAL, supervised)


def training(features, labels, mode):
    layer = keras.layers.Dense(1, name="d", kernel_initializer="ones")
    y = Counter(name="c")(layer(features["x"][:, None]))
    return ke.EstimatorSpec(
        mode,
        predictions={"y": y},
        loss=tf.reduce_mean(tf.square(y)),
        train_op=keras.optimizers.SGD(0.5),
    )


def test_a_keras_optimizer_is_exported_as_a_train_op():
    made = build(training, TRAIN, supervised)
    loaded = Loaded(made)
    feeds = {"x:0": [1.0], "y:0": [1.0]}
    for _ in range(2):
        loaded.session.run(made.train_op, feeds)
    read = loaded.session.run
    assert read("global_step/Read/ReadVariableOp:0") == 2
    assert read("c/count/Read/ReadVariableOp:0") == 2
    kernel = read("d/kernel/Read/ReadVariableOp:0")
    # Fetching the loss does not train.
    loaded.run("train", "loss", x=[1.0], y=[1.0])
    assert read("d/kernel/Read/ReadVariableOp:0") == kernel != 1


def test_what_is_no_receiver_is_refused():
    def pair():
        x = _v1.placeholder(tf.float32, [None], name="x")
        return {"x": x}, {"x": x}

    with pytest.raises(ReceiverError) as error:
        build(predicting(lambda x: x), receiver_fn=pair)
    message = str(error.value)
    assert "pair` (" in message
    assert "returned tuple: ({'x': <tf.Tensor" in message
    assert "`return export.ServingInputReceiver(features, " in message


@pytest.mark.parametrize("where", ["eager", "graph"])
def test_a_receiver_from_outside_is_refused(where):
    if where == "eager":
        x = tf.zeros([2])
    else:
        with tf.Graph().as_default():
            x = _v1.placeholder(tf.float32, [None], name="from_elsewhere")
    receiver = ke.export.ServingInputReceiver({"x": x}, {"x": x})
    with pytest.raises(ReceiverError) as error:
        build(predicting(lambda x: x), receiver_fn=lambda: receiver)
    name = "an eager tensor" if where == "eager" else "from_elsewhere:0"
    assert f"a receiver with {name} in its features" in str(error.value)
    assert "let it make its placeholders" in str(error.value)


def test_a_feature_that_is_not_received_is_named_with_those_that_are():
    def model_fn(features, mode):
        return ke.EstimatorSpec(mode, predictions=features["age"])

    with pytest.raises(FeatureNotFoundError) as error:
        build(model_fn)
    assert isinstance(error.value, KeyError)
    message = str(error.value)
    assert "model_fn looks for 'age'" in message
    assert "are ['x']. Let the function return that one" in message


def test_other_key_errors_of_model_fn_are_its_own():
    def model_fn(features, mode):
        return ke.EstimatorSpec(mode, predictions={}["x"])

    with pytest.raises(KeyError) as error:
        build(model_fn)
    assert type(error.value) is KeyError


def test_labels_that_no_receiver_provides_are_named():
    def model_fn(features, labels, mode):
        loss = tf.reduce_mean(features["x"] - labels)
        return ke.EstimatorSpec(mode, loss=loss)

    with pytest.raises(ModelFnError) as error:
        build(model_fn, EVAL, raw)
    message = str(error.value)
    assert "`labels` are None in model_fn" in message
    assert "let it return an `export.SupervisedInputReceiver`" in message


def test_labels_that_model_fn_does_not_take_are_named():
    with pytest.raises(ModelFnError) as error:
        build(predicting(lambda x: x), EVAL, supervised)
    assert (
        "model_fn does not take labels, but the input receiver function "
        "returns labels"
    ) in str(error.value)


# Placeholders that are not fed


def placeholder(name, dtype=tf.float32):
    return _v1.placeholder(dtype, [None], name=name)


def receiving(features, tensors, alternatives=None):
    return ke.export.ServingInputReceiver(features, tensors, alternatives)


def doubled(x):
    return {"y": 2 * x}


def test_a_receiver_that_does_not_feed_its_features_is_refused():
    def forgetful():
        return receiving({"x": placeholder("x")}, {"z": placeholder("z")})

    with pytest.raises(ReceiverError) as error:
        build(predicting(doubled), receiver_fn=forgetful)
    message = str(error.value)
    assert "forgetful` (" in message, "the function is named"
    assert "is fed ['z:0'], but the signatures" in message
    assert "['serving_default'] need the placeholders ['x:0'], too" in message
    assert "placeholder_with_default" in message


def test_a_placeholder_with_a_default_value_need_not_be_fed():
    def receiver_fn():
        x = placeholder("x")
        scale = _v1.placeholder_with_default(3.0, [], name="scale")
        return receiving({"x": scale * x}, {"x": x})

    loaded = Loaded(build(predicting(doubled), receiver_fn=receiver_fn))
    assert loaded.run("serving_default", "y", x=[1.0]) == [6]


def test_a_placeholder_that_no_output_needs_does_not_matter():
    def receiver_fn():
        x = placeholder("x")
        return receiving({"x": x, "unused": placeholder("unused")}, {"x": x})

    made = build(predicting(doubled), receiver_fn=receiver_fn)
    assert list(made.signatures) == ["serving_default"]


def test_what_an_update_needs_is_fed_too():
    def receiver_fn():
        x = placeholder("x")
        return receiving({"x": x, "other": placeholder("other")}, {"x": x})

    def model_fn(features, mode):
        Sum(name="s")(features["other"])
        return ke.EstimatorSpec(mode, predictions=2 * features["x"])

    with pytest.raises(
        ReceiverError, match=r"need the placeholders .'other:0'"
    ):
        build(model_fn, receiver_fn=receiver_fn)


def test_an_evaluation_without_its_labels_is_refused():
    def receiver_fn():
        x, y = placeholder("x"), placeholder("y")
        return ke.export.SupervisedInputReceiver({"x": x}, y, {"x": x})

    with pytest.raises(ReceiverError, match=r"\['eval'\] need .* \['y:0'\]"):
        build(evaluating, EVAL, receiver_fn)


def test_all_tensors_of_a_sparse_input_are_fed():
    def receiver_fn():
        x = _v1.sparse_placeholder(tf.float32, [None, 2], name="x")
        return receiving({"x": tf.sparse.reduce_sum(x, 1)}, {"x": x})

    made = build(predicting(doubled), receiver_fn=receiver_fn)
    assert list(made.signatures) == ["serving_default"]


def test_an_alternative_feeds_what_is_computed_from_a_placeholder():
    def receiver_fn():
        text = placeholder("text", tf.string)
        x = tf.strings.to_number(text)
        return receiving({"x": x}, text, {"numbers": x})

    loaded = Loaded(build(predicting(doubled), receiver_fn=receiver_fn))
    signature = loaded.made.signatures["numbers:serving_default"]
    (fed,) = [info.name.split(":")[0] for info in signature.inputs.values()]
    found = loaded.run("numbers:serving_default", "y", **{fed: [4.0]})
    assert found == [8]


def test_what_an_alternative_does_not_feed_is_left_out(warned):
    def receiver_fn():
        x, other = placeholder("x"), placeholder("other")
        features = {"x": x, "other": other}
        return receiving(features, features, {"only": x})

    def model_fn(features, mode):
        both = features["x"] + features["other"]
        outputs = {
            "serving_default": ke.export.PredictOutput({"y": both}),
            "one": ke.export.PredictOutput({"x": 2 * features["x"]}),
        }
        return ke.EstimatorSpec(mode, predictions=both, export_outputs=outputs)

    made = build(model_fn, receiver_fn=receiver_fn)
    assert sorted(made.signatures) == ["one", "only:one", "serving_default"]
    (line,) = warned
    assert (
        "'only:serving_default': It needs ['other:0'], too, which this "
        "alternative does not feed."
    ) in line
