"""What `tf.contrib.layers` of TensorFlow 1.15 computes, and names.

A layer's variables get the values 0.1, 0.2, ... in the order in which they are
made, and all that is observed is recorded: names, collections, outputs,
gradients, and what updates leave behind.
"""

import numpy as np


def _values(*shape):
    """Returns floats between -1 and 1 that look irregular."""
    size = int(np.prod(shape))
    return np.sin(np.arange(1, size + 1) * 1.7).reshape(shape).astype("float32")


def _names(tf, key):
    return [
        variable.name
        for variable in tf.get_collection(getattr(tf.GraphKeys, key))
    ]


def _observed(stack, build, runs=1):
    """Returns facts of the tensors that `build(tf, layers)` returns.

    Args:
        stack: The implementation.
        build: Function of (tf, tf.contrib.layers) that returns a tensor.
        runs: How often it is run, with UPDATE_OPS.
    """
    tf = stack.tf
    with tf.Graph().as_default():
        tf.set_random_seed(1)
        outputs = build(tf, tf.contrib.layers)
        variables = tf.global_variables()
        fill = [
            variable.assign(
                np.reshape(
                    0.1 * (1 + np.arange(np.prod(variable.shape.as_list()))),
                    variable.shape.as_list(),
                )
            )
            for variable in variables
            if variable in tf.trainable_variables()
        ]
        trained = tf.trainable_variables()
        gradients = tf.gradients(tf.reduce_sum(outputs * outputs), trained)
        losses = tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES)
        updates = tf.get_collection(tf.GraphKeys.UPDATE_OPS)
        facts = {
            "name": outputs.op.name,
            "shape": str(outputs.shape),
            "variables": [[v.name, v.shape.as_list()] for v in variables],
            "trainable": _names(tf, "TRAINABLE_VARIABLES"),
            "model": _names(tf, "MODEL_VARIABLES"),
            "losses": [loss.op.name for loss in losses],
            "updates": len(updates),
        }
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            session.run(fill)
            for _ in range(runs):
                got = session.run([outputs, gradients, losses, updates])
            facts["outputs"] = got[0]
            facts["gradients"] = got[1]
            facts["loss values"] = got[2]
            facts["left"] = session.run(
                [v for v in variables if v not in trained]
            )
    return facts


def scenario_fully_connected(stack, path):
    x = _values(4, 3)
    return {
        "plain": _observed(stack, lambda tf, ly: ly.fully_connected(x, 2)),
        "linear": _observed(
            stack,
            lambda tf, ly: ly.linear(
                x,
                2,
                scope="logits",
                weights_regularizer=ly.l2_regularizer(0.1),
                biases_regularizer=ly.l1_regularizer(0.1),
            ),
        ),
        "rank 3, normalized": _observed(
            stack,
            lambda tf, ly: ly.fully_connected(
                _values(2, 2, 3),
                2,
                normalizer_fn=ly.batch_norm,
                normalizer_params={"scale": True, "decay": 0.9},
            ),
        ),
        "no biases": _observed(
            stack, lambda tf, ly: ly.relu6(x, 2, biases_initializer=None)
        ),
        "reuse": _observed(stack, _reused),
        "not trained": _observed(
            stack,
            lambda tf, ly: ly.linear(
                ly.linear(x, 2),
                2,
                trainable=False,
                weights_initializer=tf.constant_initializer(0.5),
            ),
        ),
        "stack": _observed(
            stack,
            lambda tf, ly: ly.stack(
                x, ly.fully_connected, [2, (3,)], scope="s"
            ),
        ),
        "repeat": _observed(
            stack, lambda tf, ly: ly.repeat(x, 2, ly.fully_connected, 3)
        ),
        "bias_add": _observed(stack, lambda tf, ly: ly.bias_add(x, tf.nn.relu)),
    }


def _reused(tf, layers):
    regularizer = layers.l2_regularizer(0.1)
    first, second = (
        layers.fully_connected(
            _values(4, 3),
            2,
            scope="shared",
            reuse=reuse,
            weights_regularizer=regularizer,
        )
        for reuse in (None, True)
    )
    return first + second


def scenario_convolutions(stack, path):
    image = _values(1, 4, 5, 2)
    return {
        "conv2d": _observed(
            stack,
            lambda tf, ly: ly.conv2d(
                image, 3, 3, weights_regularizer=ly.l2_regularizer(0.1)
            ),
        ),
        "strides, valid": _observed(
            stack,
            lambda tf, ly: ly.conv2d(
                image, 2, [3, 2], stride=[1, 2], padding="valid", scope="c"
            ),
        ),
        "dilated": _observed(
            stack,
            lambda tf, ly: ly.conv2d(
                image, 2, 2, rate=2, normalizer_fn=ly.layer_norm
            ),
        ),
        "conv1d": _observed(
            stack, lambda tf, ly: ly.conv1d(_values(1, 6, 2), 2, 3, stride=2)
        ),
        "convolution": _observed(
            stack, lambda tf, ly: ly.convolution(_values(1, 6, 2), 2, 3)
        ),
        "conv3d": _observed(
            stack,
            lambda tf, ly: ly.conv3d(
                _values(1, 3, 3, 3, 1), 2, 2, activation_fn=None
            ),
        ),
        "transpose": _observed(
            stack, lambda tf, ly: ly.conv2d_transpose(image, 2, 3, 2)
        ),
        "transpose valid": _observed(
            stack,
            lambda tf, ly: ly.conv2d_transpose(image, 2, [3, 2], 2, "VALID"),
        ),
        "conv3d_transpose": _observed(
            stack,
            lambda tf, ly: ly.conv3d_transpose(
                _values(1, 2, 2, 2, 1), 2, 2, 2, scope="up"
            ),
        ),
        "separable": _observed(
            stack,
            lambda tf, ly: ly.separable_conv2d(
                image, 3, 3, 2, weights_regularizer=ly.l2_regularizer(0.1)
            ),
        ),
        "depthwise": _observed(
            stack,
            lambda tf, ly: ly.separable_conv2d(
                image, None, 3, 2, stride=2, normalizer_fn=ly.batch_norm
            ),
        ),
        "in plane": _observed(
            stack, lambda tf, ly: ly.conv2d_in_plane(tf.constant(image), 3)
        ),
        "repeat": _observed(
            stack, lambda tf, ly: ly.repeat(image, 2, ly.conv2d, 2, 2)
        ),
        "max_pool2d": _observed(stack, lambda tf, ly: ly.max_pool2d(image, 2)),
        "avg_pool2d": _observed(
            stack, lambda tf, ly: ly.avg_pool2d(image, [3, 2], 1, "SAME")
        ),
    }


def scenario_batch_norm(stack, path):
    x, image = _values(4, 3), _values(2, 2, 2, 3)
    cases = {
        "plain": (x, {}),
        "evaluation": (x, {"is_training": False}),
        "image": (image, {"decay": 0.5, "scale": True}),
        "rank 3": (_values(4, 2, 3), {"decay": 0.5}),
        "not fused": (x, {"fused": False, "decay": 0.5}),
        "forced": (x, {"updates_collections": None, "decay": 0.5}),
        "forced, not fused": (
            x,
            {"updates_collections": None, "decay": 0.5, "fused": False},
        ),
        "no offset, not trained": (
            image,
            {"center": False, "scale": True, "trainable": False},
        ),
        "weights": (x, {"batch_weights": np.array([1.0, 2.0, 0.0, 1.0], "f")}),
        "no bias": (x, {"zero_debias_moving_mean": True, "decay": 0.5}),
        "epsilon": (x, {"epsilon": 0.5, "scope": "bn"}),
    }
    facts = {}
    for case, (inputs, arguments) in cases.items():

        def build(tf, layers, inputs=inputs, arguments=arguments):
            return layers.batch_norm(inputs, **arguments)

        facts[case] = _observed(stack, build, runs=2)
        if arguments.get("updates_collections", 1) is None or not (
            arguments.get("fused", True)
            and "batch_weights" not in arguments
            and len(inputs.shape) != 3
        ):
            del facts[case]["name"]
    for is_training in (True, False):
        for fused in (True, False):
            for forced in (True, False):
                case = "tensor %s, fused %s, forced %s" % (
                    is_training,
                    fused,
                    forced,
                )

                def build(
                    tf, layers, flag=is_training, fused=fused, forced=forced
                ):
                    return layers.batch_norm(
                        image,
                        0.5,
                        is_training=tf.placeholder_with_default(flag, []),
                        fused=fused,
                        updates_collections=None if forced else "update_ops",
                        scope="bn",
                    )

                facts[case] = _observed(stack, build, runs=2)
                # The operation that a condition ends with.
                del facts[case]["name"], facts[case]["updates"]
    return facts


def scenario_normalizations(stack, path):
    x, image = _values(2, 3, 4), _values(2, 2, 2, 4)
    return {
        "layer": _observed(stack, lambda tf, ly: ly.layer_norm(x)),
        "layer, last axis": _observed(
            stack,
            lambda tf, ly: ly.layer_norm(
                x, begin_norm_axis=-1, activation_fn=tf.nn.relu, scope="ln"
            ),
        ),
        "layer, all parameters": _observed(
            stack, lambda tf, ly: ly.layer_norm(x, begin_params_axis=1)
        ),
        "instance": _shapeless(
            _observed(stack, lambda tf, ly: ly.instance_norm(image))
        ),
        "group": _shapeless(
            _observed(
                stack,
                lambda tf, ly: ly.group_norm(tf.constant(image), groups=2),
            )
        ),
        "unit": _shapeless(
            _observed(stack, lambda tf, ly: ly.unit_norm(tf.constant(x), 1))
        ),
    }


def _shapeless(facts):
    """Returns facts without the name of the last operation."""
    del facts["name"]
    return facts


def scenario_without_variables(stack, path):
    x = _values(2, 3, 4)

    def seeded(tf, layers, **arguments):
        return layers.dropout(tf.constant(x), seed=3, **arguments)

    cases = {
        "flatten": lambda tf, ly: ly.flatten(x),
        "dropout": lambda tf, ly: seeded(tf, ly),
        "dropout, few": lambda tf, ly: seeded(tf, ly, keep_prob=0.9),
        "dropout, noise": lambda tf, ly: seeded(tf, ly, noise_shape=[2, 1, 4]),
        "evaluation": lambda tf, ly: seeded(tf, ly, is_training=False),
        "one hot": lambda tf, ly: ly.one_hot_encoding([0, 2], 3, 2.0, -1.0),
        "softmax": lambda tf, ly: ly.softmax(tf.constant(x)),
        "maxout": lambda tf, ly: ly.maxout(tf.constant(x), 2),
        "scaled": lambda tf, ly: ly.scale_gradient(tf.constant(x), 0.5),
    }
    facts = {}
    for case, build in cases.items():
        facts[case] = _observed(stack, build)
        del facts[case]["name"]
    return facts


def scenario_embeddings(stack, path):
    ids = [[1, 2, 0], [3, -1, -1]]

    def sparse(tf):
        return tf.SparseTensor([[0, 0], [0, 1], [2, 0]], [1, 2, 4], [3, 2])

    cases = {
        "sequence": lambda tf, ly: ly.embed_sequence(
            [[1, 2], [2, 0]], 5, 2, regularizer=ly.l2_regularizer(0.1)
        ),
        "unique": lambda tf, ly: ly.embed_sequence(
            [[1, 2], [2, 0]], 5, 2, unique=True, scope="e"
        ),
        "bag": lambda tf, ly: ly.bow_encoder(ids, 5, 2),
        "dense bag": lambda tf, ly: ly.bow_encoder(
            [[1, 2], [2, 0]], 5, 2, sparse_lookup=False
        ),
        "sparse bag": lambda tf, ly: ly.bow_encoder(sparse(tf), 5, 2),
    }
    facts = {}
    for case, build in cases.items():
        facts[case] = _shapeless(_observed_values(stack, build))
    return facts


def _observed_values(stack, build):
    """Returns `_observed` without gradients, which are sparse here."""
    tf = stack.tf
    with tf.Graph().as_default():
        outputs = build(tf, tf.contrib.layers)
        variables = tf.global_variables()
        values = [
            np.reshape(
                0.1 * (1 + np.arange(np.prod(v.shape.as_list()))),
                v.shape.as_list(),
            )
            for v in variables
        ]
        facts = {
            "name": outputs.op.name,
            "shape": str(outputs.shape),
            "variables": [[v.name, v.shape.as_list()] for v in variables],
            "model": _names(tf, "MODEL_VARIABLES"),
        }
        fill = [v.assign(value) for v, value in zip(variables, values)]
        with tf.Session() as session:
            session.run(fill)
            facts["outputs"] = session.run(outputs)
    return facts


def scenario_initializers(stack, path):
    """Initial values by seed, and how far they reach without one."""
    tf = stack.tf
    layers = tf.contrib.layers
    facts = {}
    cases = {
        "xavier": layers.xavier_initializer(seed=1),
        "xavier normal": layers.xavier_initializer(uniform=False, seed=1),
        "he": layers.variance_scaling_initializer(seed=1),
        "fan out": layers.variance_scaling_initializer(
            1.0, "FAN_OUT", uniform=True, seed=1
        ),
    }
    for case, initializer in cases.items():
        with tf.Graph().as_default(), tf.Session() as session:
            tf.set_random_seed(7)
            facts[case] = session.run(
                [initializer(shape) for shape in ([3, 2], [4], [2, 2, 3, 2])]
            )
    return facts


def scenario_regularizers(stack, path):
    tf = stack.tf
    layers = tf.contrib.layers
    w = _values(3, 2)
    facts = {}
    with tf.Graph().as_default(), tf.Session() as session:
        weights = tf.constant(w)
        total = layers.apply_regularization(
            layers.l2_regularizer(0.5), [weights, tf.constant(w)]
        )
        made = {
            "l1": layers.l1_regularizer(0.3)(weights),
            "l2": layers.l2_regularizer(0.3)(weights),
            "both": layers.l1_l2_regularizer(0.3, 0.2)(weights),
            "sum": layers.sum_regularizer(
                [layers.l1_regularizer(0.1), None, layers.l2_regularizer(0.1)]
            )(weights),
            "applied": total,
        }
        facts["names"] = {case: tensor.op.name for case, tensor in made.items()}
        facts["values"] = session.run(made)
        facts["losses"] = len(
            tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES)
        )
    facts["zero"] = layers.l2_regularizer(0.0)(None)
    facts["nothing to sum"] = layers.sum_regularizer([None])
    return facts


def scenario_collections(stack, path):
    """Which collections layers fill, and aliases of outputs."""
    tf = stack.tf
    layers = tf.contrib.layers
    with tf.Graph().as_default() as graph:
        x = tf.constant(_values(1, 4, 4, 2))
        net = layers.conv2d(
            x,
            2,
            3,
            outputs_collections="ends",
            variables_collections={"weights": ["kernels"]},
            normalizer_fn=layers.batch_norm,
            normalizer_params={"variables_collections": ["norms"]},
            scope="tower/first",
        )
        net = layers.max_pool2d(net, 2, outputs_collections=["ends", "pools"])
        net = layers.flatten(net, outputs_collections="ends")
        layers.fully_connected(
            net, 2, variables_collections=["kernels"], scope="fc"
        )
        return {
            key: sorted(
                [item.name, getattr(item, "aliases", None)]
                for item in graph.get_collection(key)
            )
            for key in ("ends", "pools", "kernels", "norms")
        }


def _optimized(stack, steps=3, **arguments):
    """Returns what `optimize_loss` of a small model does."""
    tf = stack.tf
    with tf.Graph().as_default():
        tf.set_random_seed(1)
        step = tf.train.get_or_create_global_step()
        # Others may be read while they are written.
        w = tf.get_variable("w", initializer=[3.0, 4.0], use_resource=True)
        rows = tf.get_variable(
            "rows", initializer=[[1.0, 2.0], [3.0, 4.0]], use_resource=True
        )
        moved = tf.get_variable("moved", initializer=0.0, trainable=False)
        tf.add_to_collection(tf.GraphKeys.UPDATE_OPS, moved.assign_add(1.0).op)
        loss = tf.reduce_sum(w * w) + tf.reduce_sum(
            tf.square(tf.nn.embedding_lookup(rows, [1, 1]))
        )
        values = {"learning_rate": 0.1, "optimizer": "SGD"}
        values.update(arguments)
        train = tf.contrib.layers.optimize_loss(loss, step, **values)
        variables = tf.global_variables()
        facts = {
            "names": [v.name for v in variables],
            "train": [train.op.name, str(train.shape)],
            "train ops": [
                op.name for op in tf.get_collection(tf.GraphKeys.TRAIN_OP)
            ],
            "losses": [],
        }
        summaries = tf.get_collection(tf.GraphKeys.SUMMARIES)
        facts["summaries"] = [summary.op.name for summary in summaries]
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            for _ in range(steps):
                facts["losses"].append(session.run(train))
            facts["values"] = session.run(variables)
    return facts


def scenario_optimize_loss(stack, path):
    tf = stack.tf
    names = tf.contrib.layers.OPTIMIZER_CLS_NAMES
    facts = {"names": sorted(names)}
    for name in sorted(names):
        facts[name] = _optimized(stack, optimizer=name)
    facts["class"] = _optimized(stack, optimizer=tf.train.AdamOptimizer)
    facts["function"] = _optimized(
        stack, optimizer=lambda rate: tf.train.MomentumOptimizer(rate, 0.5)
    )
    facts["instance"] = _optimized(
        stack,
        learning_rate=None,
        optimizer=tf.train.GradientDescentOptimizer(0.2),
    )
    facts["clipped"] = _optimized(stack, clip_gradients=0.5)
    facts["function of nothing"] = _optimized(
        stack,
        learning_rate=None,
        optimizer=lambda: tf.train.GradientDescentOptimizer(0.2),
    )
    facts["clipped by a function"] = _optimized(
        stack,
        clip_gradients=lambda pairs: [(g, v) for g, v in pairs[:1]],
        summaries=["gradient_norm"],
    )
    facts["everything"] = _optimized(
        stack,
        clip_gradients=1.0,
        gradient_multipliers={"w:0": 2.0},
        learning_rate_decay_fn=lambda rate, step: tf.train.exponential_decay(
            rate, step, 1, 0.5
        ),
        name="opt",
        summaries=tf.contrib.layers.OPTIMIZER_SUMMARIES,
    )
    facts["no step, no updates"] = _optimized(
        stack, increment_global_step=False, update_ops=[]
    )
    facts["no summaries"] = _optimized(stack, summaries=[])
    return facts


def scenario_adaptive_clipping(stack, path):
    tf = stack.tf
    if tf.__version__.startswith("1."):
        from tensorflow.contrib.slim import adaptive_clipping_fn
    else:
        adaptive_clipping_fn = tf.contrib.layers.adaptive_clipping_fn
    return {
        "plain": _optimized(stack, clip_gradients=adaptive_clipping_fn()),
        "static": _optimized(
            stack,
            clip_gradients=adaptive_clipping_fn(
                1.0, 0.5, static_max_norm=0.1, report_summary=True, name="a"
            ),
        ),
    }


def scenario_refused(stack, path):
    """Classes of errors."""
    tf = stack.tf
    layers = tf.contrib.layers
    x = np.zeros([2, 3], "float32")
    image = np.zeros([1, 4, 4, 2], "float32")

    def unknown(shape):
        return tf.placeholder(tf.float32, shape)

    cases = {
        "units": lambda: layers.fully_connected(x, "3"),
        "depth": lambda: layers.fully_connected(unknown([2, None]), 3),
        "format": lambda: layers.conv2d(image, 2, 3, data_format="NHCW"),
        "rank": lambda: layers.conv2d(x, 2, 3),
        "pool format": lambda: layers.max_pool2d(image, 2, data_format="x"),
        "bn format": lambda: layers.batch_norm(x, data_format="x"),
        "bn rank": lambda: layers.batch_norm(unknown(None)),
        "bn channels": lambda: layers.batch_norm(unknown([2, None])),
        "ln rank": lambda: layers.layer_norm(unknown(None)),
        "ln axis": lambda: layers.layer_norm(x, begin_norm_axis=2),
        "groups": lambda: layers.group_norm(tf.constant(image), groups=3),
        "unit": lambda: layers.unit_norm(tf.constant(x), 2),
        "sequence": lambda: layers.embed_sequence([[1]]),
        "l1 int": lambda: layers.l1_regularizer(1),
        "l2 negative": lambda: layers.l2_regularizer(-1.0),
        "l1_l2 int": lambda: layers.l1_l2_regularizer(1, 0.5),
        "no weights": lambda: layers.apply_regularization(
            layers.l2_regularizer(0.1)
        ),
        "stack": lambda: layers.stack(tf.constant(x), layers.linear, 3),
        "mode": lambda: layers.variance_scaling_initializer(mode="FAN"),
        "dtype": lambda: layers.xavier_initializer(dtype=tf.int32),
        "rate": lambda: _optimized(stack, learning_rate=1),
        "negative rate": lambda: _optimized(stack, learning_rate=-0.1),
        "optimizer name": lambda: _optimized(stack, optimizer="sgd"),
        "optimizer": lambda: _optimized(stack, optimizer=3),
        "no rate": lambda: _optimized(stack, learning_rate=None),
        "function": lambda: _optimized(stack, optimizer=lambda rate: 3),
        "clip": lambda: _optimized(stack, clip_gradients=1),
        "summary": lambda: _optimized(stack, summaries=["rate"]),
    }
    facts = {}
    for case, function in cases.items():
        with tf.Graph().as_default():
            try:
                function()
            except ValueError:
                facts[case] = "ValueError"
            except TypeError:
                facts[case] = "TypeError"
            else:
                facts[case] = None
    return facts
