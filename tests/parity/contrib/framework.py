"""What `tf.contrib.framework` and `tf.contrib.slim` of 1.15 do."""

import os

import numpy as np


def _outcome(function):
    """Returns what a function returns, or the class of what it raises."""
    try:
        return function()
    except ValueError:
        return "ValueError"
    except TypeError:
        return "TypeError"


def scenario_arg_scope(stack, path):
    framework = stack.tf.contrib.framework

    @framework.add_arg_scope
    def first(a, b=1, c=2):
        """First."""
        return [a, b, c]

    @framework.add_arg_scope
    def second(a, b=1, c=2):
        return [a, b, c]

    def plain(a):
        return a

    facts = {
        "name": [first.__name__, first.__doc__],
        "has": [framework.has_arg_scope(f) for f in (first, plain)],
        "arguments": list(framework.arg_scoped_arguments(first)),
    }
    with framework.arg_scope([first], b=10) as outer:
        facts["outer"] = [first(0), second(0), first(0, b=5), first(0, c=6)]
        with framework.arg_scope([first, second], c=20) as inner:
            facts["inner"] = [first(0), second(0)]
        facts["left"] = [first(0), second(0)]
    facts["closed"] = first(0)
    with framework.arg_scope(inner):
        facts["again"] = [first(0), second(0)]
        with framework.arg_scope(outer):
            facts["instead"] = [first(0), second(0)]

    def enter(*args, **kwargs):
        with framework.arg_scope(*args, **kwargs):
            pass

    with framework.arg_scope([first], b=10):
        # A positional argument counts as given twice.
        facts["positional"] = _outcome(lambda: first(0, 3))
    with framework.arg_scope([first], unknown=1):
        facts["unknown"] = _outcome(lambda: first(0))
    facts["not decorated"] = _outcome(lambda: enter([plain], b=1))
    facts["no list"] = _outcome(lambda: enter(first, b=1))
    facts["scope and arguments"] = _outcome(lambda: enter(outer, b=1))
    return facts


def scenario_variables(stack, path):
    tf = stack.tf
    framework = tf.contrib.framework

    def names(variables):
        return [variable.name for variable in variables]

    with tf.Graph().as_default():
        with tf.variable_scope("a"):
            framework.variable("plain", [2], trainable=False)
            framework.model_variable(
                "weights",
                [2],
                initializer=tf.ones_initializer(),
                regularizer=tf.contrib.layers.l2_regularizer(0.1),
                collections=["mine"],
            )
            framework.local_variable(1.0, name="local")
        with tf.variable_scope("b") as scope:
            framework.global_variable(2, name="count")
            with framework.arg_scope(
                [framework.model_variable],
                initializer=tf.zeros_initializer(),
                trainable=False,
            ):
                framework.model_variable("weights", [3])
        tf.get_variable(
            "sliced", [4, 1], partitioner=tf.fixed_size_partitioner(2)
        )
        framework.get_or_create_global_step()
        variables = framework.get_variables()
        return {
            "all": names(variables),
            "scope": names(framework.get_variables("a")),
            "object": names(framework.get_variables(scope)),
            "suffix": names(framework.get_variables(suffix="weights")),
            "both": names(framework.get_variables("b", "weights")),
            "model": names(framework.get_model_variables()),
            "local": names(framework.get_local_variables()),
            "trainable": names(framework.get_trainable_variables("b")),
            "by name": names(framework.get_variables_by_name("weights")),
            "by suffix": names(framework.get_variables_by_suffix("count")),
            "unique": framework.get_unique_variable("a/weights").name,
            "not unique": _outcome(lambda: framework.get_unique_variable("a")),
            "none": _outcome(lambda: framework.get_unique_variable("z")),
            "full names": [
                framework.get_variable_full_name(v) for v in variables
            ],
            "restored": names(
                framework.get_variables_to_restore(["a", "b"], ["b/count"])
            ),
            "not restored": names(
                framework.get_variables_to_restore(exclude=["a", "sliced"])
            ),
            "no list": _outcome(
                lambda: framework.get_variables_to_restore(include="a")
            ),
            "filtered": names(
                framework.filter_variables(variables, ["weights"], ["^b"])
            ),
            "matched": names(
                framework.filter_variables(
                    variables, ["weights", "a"], reg_search=False
                )
            ),
            "mine": names(tf.get_collection("mine")),
            "losses": len(
                tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES)
            ),
        }


def _checkpoint(tf, path):
    with tf.Graph().as_default(), tf.Session() as session:
        tf.get_variable("a", initializer=[1.0, 2.0])
        tf.get_variable("old/b", initializer=[[3.0], [4.0]])
        session.run(tf.global_variables_initializer())
        return tf.train.Saver().save(session, os.path.join(path, "model"))


def scenario_assignments(stack, path):
    tf = stack.tf
    framework = tf.contrib.framework
    prefix = _checkpoint(tf, path)
    facts = {
        "listed": framework.list_variables(prefix),
        "loaded": framework.load_variable(prefix, "old/b"),
    }
    with tf.Graph().as_default(), tf.Session() as session:
        a = tf.get_variable("a", initializer=[0.0, 0.0])
        b = tf.get_variable("b", initializer=[[0.0], [0.0]])
        c = tf.get_variable("c", initializer=[0.5])

        def after(run):
            session.run(tf.global_variables_initializer())
            run()
            return session.run([a, b, c])

        def assigned(*arguments):
            operation, feed = framework.assign_from_checkpoint(*arguments)
            return after(lambda: session.run(operation, feed))

        facts["by map"] = assigned(prefix, {"a": a, "old/b": b})
        facts["by list"] = assigned(prefix, [a])
        facts["missing left out"] = assigned(prefix, [a, c], True)
        facts["missing"] = _outcome(lambda: assigned(prefix, [a, c]))
        facts["other size"] = _outcome(lambda: assigned(prefix, {"a": c}))
        facts["by function"] = after(
            lambda: framework.assign_from_checkpoint_fn(
                prefix, {"a": a, "old/b": b}
            )(session)
        )
        facts["by function, missing"] = after(
            lambda: framework.assign_from_checkpoint_fn(prefix, [a, c], True)(
                session
            )
        )
        facts["nothing left"] = framework.assign_from_checkpoint_fn(
            prefix, [c], True
        )
        facts["nothing given"] = _outcome(
            lambda: framework.assign_from_checkpoint_fn(prefix, [])
        )
        facts["values"] = after(
            lambda: framework.assign_from_values_fn(
                {"a": np.array([7.0, 8.0]), "c": np.array([9.0])}
            )(session)
        )
    return facts


def scenario_slim_network(stack, path):
    """A network as slim's own are written, and its end points."""
    tf = stack.tf
    slim = tf.contrib.slim
    images = np.sin(np.arange(2 * 8 * 8 * 2)).reshape(2, 8, 8, 2)
    with tf.Graph().as_default():
        inputs = tf.constant(images.astype("float32"))
        layer = [slim.conv2d, slim.fully_connected]
        given = {
            "weights_initializer": tf.constant_initializer(0.1),
            "weights_regularizer": slim.l2_regularizer(0.01),
            "normalizer_fn": slim.batch_norm,
            "normalizer_params": {"is_training": True, "decay": 0.9},
        }
        ends = {"outputs_collections": "net/ends"}
        # Not one `with` of several lines, which is a tuple in Python 3.7.
        with slim.arg_scope(layer, **given), tf.variable_scope("net"):
            with slim.arg_scope([slim.max_pool2d] + layer, **ends):
                net = slim.repeat(
                    inputs, 2, slim.conv2d, 3, [3, 3], scope="conv1"
                )
                net = slim.max_pool2d(net, [2, 2], scope="pool1")
                net = slim.stack(
                    net, slim.conv2d, [(4, [1, 1]), (3, [3, 3])], scope="conv2"
                )
                net = slim.flatten(net)
                net = slim.dropout(net, 0.5, is_training=False, scope="dropout")
                logits = slim.fully_connected(
                    net,
                    2,
                    activation_fn=None,
                    normalizer_fn=None,
                    scope="logits",
                )
        loss = slim.losses.softmax_cross_entropy(
            logits, slim.one_hot_encoding([0, 1], 2)
        )
        total = slim.losses.get_total_loss()
        ends = slim.utils.convert_collection_to_dict("net/ends")
        train = slim.learning.create_train_op(
            total, tf.train.GradientDescentOptimizer(0.1)
        )
        facts = {
            "variables": [v.name for v in slim.get_variables()],
            "model": [v.name for v in slim.get_model_variables("net/conv1")],
            "ends": {name: str(t.shape) for name, t in ends.items()},
            "order": list(ends),
            "updates": len(tf.get_collection(tf.GraphKeys.UPDATE_OPS)),
        }
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            facts["before"] = session.run([logits, loss, total])
            session.run(train)
            facts["after"] = session.run(
                slim.get_variables("net/logits")
                + slim.get_variables("net/conv1", "moving_mean")
            )
    return facts


def scenario_losses(stack, path):
    tf = stack.tf
    losses = tf.contrib.losses
    p = np.array([[0.2, 0.7], [0.6, 0.1], [0.9, 0.4]], "float32")
    y = np.array([[0.0, 1.0], [1.0, 0.0], [0.0, 1.0]], "float32")
    w = np.array([1.0, 0.0, 2.0], "float32")
    cases = {
        "absolute": lambda p, y: losses.absolute_difference(p, y),
        "absolute, weights": lambda p, y: losses.absolute_difference(p, y, w),
        "squared": lambda p, y: losses.mean_squared_error(p, y, 2.0),
        "squared, weights": lambda p, y: losses.mean_squared_error(p, y, w),
        "pairwise": lambda p, y: losses.mean_pairwise_squared_error(p, y),
        "log": lambda p, y: losses.log_loss(p, y),
        "cosine": lambda p, y: losses.cosine_distance(p, y, 1),
        "sigmoid": lambda p, y: losses.sigmoid_cross_entropy(p, y),
        "sigmoid, smooth": lambda p, y: losses.sigmoid_cross_entropy(
            p, y, label_smoothing=0.1
        ),
        "softmax": lambda p, y: losses.softmax_cross_entropy(p, y),
        "softmax, weights": lambda p, y: losses.softmax_cross_entropy(p, y, w),
        "sparse": lambda p, y: losses.sparse_softmax_cross_entropy(
            p, tf.constant([1, 0, 1])
        ),
        "weighted": lambda p, y: losses.compute_weighted_loss(p, w),
        "hinge": lambda p, y: losses.hinge_loss(p, y),
    }
    facts = {}
    for case, made in cases.items():
        with tf.Graph().as_default(), tf.Session() as session:
            loss = made(tf.constant(p), tf.constant(y))
            facts[case] = [
                session.run(loss),
                len(losses.get_losses()),
                session.run(losses.get_total_loss())
                if losses.get_losses()
                else None,
            ]
    return facts


def _streamed(stack, metric, batches):
    """Returns the values of a metric, before and after each batch.

    Args:
        stack: The implementation.
        metric: Function of (tf.contrib.metrics, predictions, labels).
        batches: Pairs of predictions and labels.
    """
    tf = stack.tf
    with tf.Graph().as_default(), tf.Session() as session:
        first = [np.asarray(value) for value in batches[0]]
        predictions, labels = (
            tf.placeholder(value.dtype, value.shape) for value in first
        )
        value, update = metric(tf.contrib.metrics, predictions, labels)
        session.run(tf.local_variables_initializer())
        seen = []
        for batch in batches:
            feed = dict(zip([predictions, labels], batch))
            seen.append([session.run(update, feed), session.run(value)])
        return seen


def scenario_metrics(stack, path):
    f = np.float32
    scores = [
        ([f(0.1), f(0.8), f(0.4)], [False, True, True]),
        ([f(0.9), f(0.3), f(0.2)], [True, False, True]),
    ]
    classes = [([0, 1, 2], [0, 2, 2]), ([1, 1, 0], [1, 0, 0])]
    values = [([f(1), f(2)], [f(2), f(2)]), ([f(3), f(5)], [f(4), f(1)])]
    ranked = [
        ([[f(0.1), f(0.6), f(0.3)], [f(0.5), f(0.2), f(0.3)]], [[2], [1]])
    ]
    cases = {
        "accuracy": (lambda m, p, y: m.streaming_accuracy(p, y), classes),
        "auc": (lambda m, p, y: m.streaming_auc(p, y), scores),
        "auc pr": (
            lambda m, p, y: m.streaming_auc(
                p, y, num_thresholds=20, curve="PR", name="area"
            ),
            scores,
        ),
        "mean": (lambda m, p, y: m.streaming_mean(p), values),
        "precision": (
            lambda m, p, y: m.streaming_precision(p > 0.35, y),
            scores,
        ),
        "recall": (lambda m, p, y: m.streaming_recall(p > 0.35, y), scores),
        "absolute": (
            lambda m, p, y: m.streaming_mean_absolute_error(p, y),
            values,
        ),
        "squared": (
            lambda m, p, y: m.streaming_mean_squared_error(p, y),
            values,
        ),
        "root": (
            lambda m, p, y: m.streaming_root_mean_squared_error(
                p, y, weights=[1.0, 0.5]
            ),
            values,
        ),
        "relative": (
            lambda m, p, y: m.streaming_mean_relative_error(p, y, y),
            values,
        ),
        "iou": (lambda m, p, y: m.streaming_mean_iou(p, y, 3), classes),
        "below": (
            lambda m, p, y: m.streaming_percentage_less(p, 2.5),
            values,
        ),
        "thresholds": (
            lambda m, p, y: m.streaming_precision_at_thresholds(
                p, y, [0.25, 0.5]
            ),
            scores,
        ),
        "sensitivity": (
            lambda m, p, y: m.streaming_sensitivity_at_specificity(p, y, 0.5),
            scores,
        ),
        "sparse recall": (
            lambda m, p, y: m.streaming_sparse_recall_at_k(
                p, tf_int64(stack, y), 2
            ),
            ranked,
        ),
        "recall at k": (
            lambda m, p, y: m.streaming_recall_at_k(p, y[:, 0], 2),
            ranked,
        ),
        "count": (lambda m, p, y: m.count(p), values),
        "f1": (lambda m, p, y: m.f1_score(y, p), scores),
        "kappa": (lambda m, p, y: m.cohen_kappa(y, p, 3), classes),
    }
    facts = {
        case: _streamed(stack, metric, batches)
        for case, (metric, batches) in cases.items()
    }
    tf = stack.tf
    metrics = tf.contrib.metrics
    with tf.Graph().as_default(), tf.Session() as session:
        facts["not streaming"] = session.run(
            [
                metrics.accuracy(
                    tf.constant([0, 1, 2, 2]), tf.constant([0, 1, 1, 2])
                ),
                metrics.accuracy(
                    tf.constant([0, 1, 1]),
                    tf.constant([0, 0, 1]),
                    weights=tf.constant([1.0, 2.0, 1.0]),
                ),
            ]
        )
    return facts


def tf_int64(stack, labels):
    return stack.tf.cast(labels, stack.tf.int64)


def scenario_tensors(stack, path):
    tf = stack.tf
    framework = tf.contrib.framework
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.constant([[3.0, 1.0], [2.0, 5.0]])
        some = tf.placeholder_with_default(x, [None, 2])
        unknown = tf.placeholder(tf.float32)
        checked = framework.with_shape([2, 2], some)
        return {
            "sum": session.run(framework.reduce_sum_n([x, x])),
            "sort": session.run(framework.sort(x)),
            "shape": [str(checked.shape), session.run(checked)],
            "same": framework.with_shape([2, 2], x) is x,
            "wrong": _outcome(lambda: framework.with_shape([3, 2], x)),
            "scalar": _outcome(lambda: framework.assert_scalar(x)),
            "integer": _outcome(lambda: framework.assert_scalar_int(1.0)),
            "tensor": [framework.is_tensor(each) for each in (x, 1.0, unknown)],
            "flat": framework.nest.flatten({"b": 1, "a": [2, (3,)]}),
            "constant": [
                framework.smart_constant_value(each)
                for each in (True, tf.constant(False), 1)
            ],
        }
