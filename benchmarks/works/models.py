"""The model functions of the works: TF1 programs."""

from benchmarks.works.stack import tf


def mlp(features, labels, mode):
    """Three small layers: what a step costs beside its arithmetic."""
    net = tf.layers.dense(features["x"], 64, activation=tf.nn.relu)
    net = tf.layers.dense(net, 32, activation=tf.nn.relu)
    y = tf.layers.dense(net, 1)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"y": y})
    # The name is what a hook asks for.
    loss = tf.identity(tf.losses.mean_squared_error(labels, y), "the_loss")
    return tf.estimator.EstimatorSpec(
        mode,
        loss=loss,
        train_op=_minimize(tf.train.AdamOptimizer(0.001), loss),
        eval_metric_ops={"error": tf.metrics.mean_absolute_error(labels, y)},
    )


def cnn(features, labels, mode):
    """The convolutional network of the old tutorial, as it was written."""
    net = tf.reshape(features["x"], [-1, 28, 28, 1])
    for filters in (32, 64):
        net = tf.layers.conv2d(
            net, filters, [5, 5], padding="same", activation=tf.nn.relu
        )
        net = tf.layers.max_pooling2d(net, pool_size=[2, 2], strides=2)
    net = tf.reshape(net, [-1, 7 * 7 * 64])
    net = tf.layers.dense(net, 1024, activation=tf.nn.relu)
    net = tf.layers.dropout(
        net, rate=0.4, training=mode == tf.estimator.ModeKeys.TRAIN
    )
    logits = tf.layers.dense(net, 10)
    predictions = {
        "classes": tf.argmax(logits, axis=1),
        "probabilities": tf.nn.softmax(logits, name="softmax_tensor"),
    }
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions=predictions)
    loss = tf.losses.sparse_softmax_cross_entropy(labels, logits)
    train_op = _minimize(tf.train.GradientDescentOptimizer(0.001), loss)
    accuracy = tf.metrics.accuracy(labels, predictions["classes"])
    return tf.estimator.EstimatorSpec(
        mode,
        loss=loss,
        train_op=train_op,
        eval_metric_ops={"accuracy": accuracy},
    )


def ctr(features, labels, mode, params):
    """A table of embeddings for each id, and a small network over them."""
    looked_up = []
    for name in sorted(features):
        table = tf.get_variable(
            "table_" + name,
            [params["vocabulary"], 16],
            initializer=tf.random_uniform_initializer(-0.05, 0.05),
        )
        looked_up.append(tf.nn.embedding_lookup(table, features[name]))
    net = tf.concat(looked_up, axis=1)
    net = tf.layers.dense(net, 64, activation=tf.nn.relu)
    logits = tf.squeeze(tf.layers.dense(net, 1), axis=1)
    clicked = tf.sigmoid(logits)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"ctr": clicked})
    loss = tf.losses.sigmoid_cross_entropy(labels, logits)
    return tf.estimator.EstimatorSpec(
        mode,
        loss=loss,
        train_op=_minimize(tf.train.AdagradOptimizer(0.05), loss),
        eval_metric_ops={"auc": tf.metrics.auc(labels, clicked)},
    )


def linear(features, labels, mode):
    """Next to no arithmetic: what is timed is the input."""
    y = tf.layers.dense(features["x"], 1)
    loss = tf.losses.mean_squared_error(labels, y)
    train_op = _minimize(tf.train.GradientDescentOptimizer(0.01), loss)
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=train_op)


def many_variables(features, labels, mode, params):
    """As many variables as asked for, with a gradient each."""
    x = tf.reduce_mean(features["x"])
    parts = [
        tf.reduce_mean(tf.square(tf.get_variable(f"v{i}", [16]) - x))
        for i in range(params["variables"])
    ]
    loss = tf.add_n(parts)
    train_op = _minimize(tf.train.GradientDescentOptimizer(0.01), loss)
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=train_op)


def heavy(features, labels, mode, params):
    """A small network, and variables of 16 MiB that only get saved."""
    for i in range(params["parts"]):
        tf.get_variable(
            f"weight{i}",
            [1 << 22],
            initializer=tf.zeros_initializer(),
            trainable=False,
        )
    return mlp(features, labels, mode)


def _minimize(optimizer, loss):
    return optimizer.minimize(loss, global_step=tf.train.get_global_step())
