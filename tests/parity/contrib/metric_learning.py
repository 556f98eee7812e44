"""Losses of embeddings in 1.15, and metrics over all batches there."""

import numpy as np

_LABELS = np.array([0, 1, 0, 2, 1, 0, 2, 3])


def _embeddings():
    random = np.random.RandomState(0)
    found = random.normal(size=(2, 8, 3)).astype(np.float32)
    found[0, 2] = found[0, 0]  # a distance of 0
    return found


def _loss(stack, function, arguments):
    """Returns a loss, and its gradients."""
    tf = stack.tf
    with tf.Graph().as_default(), tf.Session() as session:
        tensors = [tf.constant(each) for each in arguments]
        loss = function(tf.contrib.losses.metric_learning, *tensors)
        return session.run([loss, tf.gradients(loss, tensors)])


def _of_one(stack, name, labels=_LABELS, scale=1.0, **options):
    def build(part, x):
        return getattr(part, name)(stack.tf.constant(labels), x, **options)

    return _loss(stack, build, [_embeddings()[0] * np.float32(scale)])


def scenario_triplet_semihard_loss(stack, path):
    name = "triplet_semihard_loss"
    return {
        "default": _of_one(stack, name),
        "margin": _of_one(stack, name, margin=0.2),
        "near": _of_one(stack, name, scale=0.1),
        "one label": _of_one(stack, name, labels=np.zeros(8, np.int32)),
    }


def scenario_lifted_struct_loss(stack, path):
    name = "lifted_struct_loss"
    return {
        "default": _of_one(stack, name),
        "margin": _of_one(stack, name, margin=3.0),
        "far": _of_one(stack, name, scale=50.0),
    }


def scenario_contrastive_loss(stack, path):
    def build(part, x, y):
        return part.contrastive_loss(_LABELS % 2, x, y)

    def build_wide(part, x, y):
        return part.contrastive_loss(_LABELS % 2, x, y, margin=3.0)

    return {
        "default": _loss(stack, build, _embeddings()),
        "margin": _loss(stack, build_wide, _embeddings()),
    }


def scenario_npairs_loss(stack, path):
    tf = stack.tf

    def build(part, x, y):
        return part.npairs_loss(tf.constant(_LABELS), x, y)

    def build_heavy(part, x, y):
        return part.npairs_loss(tf.constant(_LABELS), x, y, 0.5, True)

    def build_multilabel(part, x, y):
        labels = [
            tf.SparseTensor([[int(label)], [4]], [1, 1], [5])
            for label in _LABELS
        ]
        return part.npairs_loss_multilabel(labels, x, y)

    return {
        "default": _loss(stack, build, _embeddings()),
        "heavy": _loss(stack, build_heavy, _embeddings()),
        "multilabel": _loss(stack, build_multilabel, _embeddings()),
    }


def _batches():
    random = np.random.RandomState(1)
    for size in (1, 4, 3):
        labels = random.uniform(size=[size, 1]) > 0.5
        scores = random.uniform(size=[size])
        weights = random.randint(0, 3, size=[size])
        yield labels, scores.astype(np.float32), weights.astype(np.float32)


def _metric(stack, function):
    """Returns what a metric is after each batch, and its variables."""
    tf = stack.tf
    with tf.Graph().as_default(), tf.Session() as session:
        fed = [
            tf.placeholder(tf.bool, [None, 1]),
            tf.placeholder(tf.float32, [None]),
            tf.placeholder(tf.float32, [None]),
        ]
        value, update = function(tf.contrib.metrics, *fed)
        session.run(tf.local_variables_initializer())
        values = []
        for batch in _batches():
            updated = session.run(update, dict(zip(fed, batch)))
            values.append([updated, session.run(value)])
        return {
            "values": values,
            "variables": sorted(
                v.name for v in tf.get_collection("metric_variables")
            ),
            "collected": [
                len(tf.get_collection(name)) for name in ("values", "updates")
            ],
        }


def scenario_covariance(stack, path):
    def covariance(m, y, x, w):
        y = stack.tf.cast(y, "float32") + (x * x)[:, None]
        return m.streaming_covariance(x, y)

    def weighted(m, y, x, w):
        y = stack.tf.cast(y, "float32")[:, 0] + x * x
        return m.streaming_covariance(x, y, w, ["values"], ["updates"], "mine")

    return {
        "default": _metric(stack, covariance),
        "weighted": _metric(stack, weighted),
    }


def scenario_correlation(stack, path):
    def correlation(m, y, x, w):
        y = stack.tf.cast(y, "float32") + (x * x)[:, None]
        return m.streaming_pearson_correlation(x, y)

    def weighted(m, y, x, w):
        y = stack.tf.cast(y, "float32")[:, 0] + x * x
        return m.streaming_pearson_correlation(x, y, w, ["values"])

    return {
        "default": _metric(stack, correlation),
        "weighted": _metric(stack, weighted),
    }


def scenario_rates(stack, path):
    found = {}
    for kind in ("positive", "negative"):
        name = "streaming_false_{}_rate".format(kind)

        def rate(m, y, x, w, name=name):
            return getattr(m, name)(x > 0.5, y[:, 0], w, ["values"])

        def rates(m, y, x, w, name=name):
            function = getattr(m, name + "_at_thresholds")
            return function(x, y[:, 0], [0.2, 0.5, 0.8])

        found[kind] = _metric(stack, rate)["values"]
        found[kind + " at thresholds"] = _metric(stack, rates)["values"]
    return found


def scenario_concatenation(stack, path):
    def run(m, y, x, w, **options):
        pairs = stack.tf.stack([x, w], 1)
        return m.streaming_concat(pairs, **options)

    def across(m, y, x, w):
        return m.streaming_concat(stack.tf.stack([x, w]), axis=-1, max_size=6)

    def few(m, y, x, w):
        return run(m, y, x, w, max_size=2, updates_collections=["updates"])

    found = {
        "default": _metric(stack, run),
        "across": _metric(stack, across),
        "few": _metric(stack, few),
    }
    return {name: facts["values"] for name, facts in found.items()}


def scenario_spatial_softmax(stack, path):
    tf = stack.tf
    features = _embeddings().reshape([2, 2, 4, 3])
    found = {}
    for name, options in (
        ("default", {}),
        ("cold", {"temperature": 0.5, "trainable": False, "name": "mine"}),
        (
            "first",
            {"data_format": "NCHW", "variables_collections": ["values"]},
        ),
    ):
        with tf.Graph().as_default(), tf.Session() as session:
            x = tf.constant(features)
            places = tf.contrib.layers.spatial_softmax(x, **options)
            session.run(tf.global_variables_initializer())
            found[name] = {
                "values": session.run([places, tf.gradients(places, x)]),
                "shape": places.shape.as_list()[1:],
                "variables": [v.name for v in tf.global_variables()],
                "trained": [v.name for v in tf.trainable_variables()],
                "collected": len(tf.get_collection("values")),
            }
    return found
