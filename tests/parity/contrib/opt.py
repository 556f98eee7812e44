"""What the optimizers of `tf.contrib.opt` of TensorFlow 1.15 do."""

import os


def _trained(stack, minimize, steps=3, path=None):
    """Returns names and values of the variables of a small model.

    Args:
        stack: The implementation.
        minimize: Function of (tf.contrib.opt, loss, w, rows) that returns the
            training operation, or that and a saver.
        steps: How often it is run.
        path: Where the saver writes.
    """
    tf = stack.tf
    with tf.Graph().as_default():
        w = tf.get_variable("w", initializer=[3.0, 4.0], use_resource=True)
        rows = tf.get_variable(
            "rows",
            initializer=[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]],
            use_resource=True,
        )
        flag = tf.placeholder(tf.bool, [])
        ids = tf.where(flag, tf.constant([0, 1]), tf.constant([1, 1]))
        loss = tf.reduce_sum(w * w) + tf.reduce_sum(
            tf.square(tf.nn.embedding_lookup(rows, ids))
        )
        train = minimize(tf.contrib.opt, loss, w, rows)
        train, saver = train if isinstance(train, tuple) else (train, None)
        variables = tf.global_variables()
        facts = {"names": sorted(v.name for v in variables)}
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            for step in range(steps):
                session.run(train, {flag: step == 0})
            facts["values"] = {
                v.name: value
                for v, value in zip(variables, session.run(variables))
            }
            if saver is not None:
                prefix = saver.save(session, os.path.join(path, "model"))
                facts["saved"] = {
                    name: tf.train.load_variable(prefix, name)
                    for name, _ in tf.train.list_variables(prefix)
                }
    return facts


def _applied(tf, optimizer, loss, **arguments):
    """Returns the training operation, which waits for all gradients.

    The real ones shrink weights while gradients are computed from them.
    """
    pairs = optimizer.compute_gradients(loss)
    with tf.control_dependencies([gradient for gradient, _ in pairs]):
        pairs = [
            (
                tf.IndexedSlices(tf.identity(g.values), g.indices)
                if isinstance(g, tf.IndexedSlices)
                else tf.identity(g),
                v,
            )
            for g, v in pairs
        ]
        return optimizer.apply_gradients(pairs, **arguments)


def scenario_optimizers(stack, path):
    tf = stack.tf

    def extended(opt, loss, w, rows):
        made = opt.extend_with_decoupled_weight_decay(tf.train.AdagradOptimizer)
        return _applied(tf, made(weight_decay=0.1, learning_rate=0.1), loss)

    cases = {
        "AdamW": lambda opt, loss, w, rows: _applied(
            tf, opt.AdamWOptimizer(0.1, 0.01), loss
        ),
        "AdamW, some": lambda opt, loss, w, rows: _applied(
            tf, opt.AdamWOptimizer(0.1, 0.01), loss, decay_var_list=[w]
        ),
        "MomentumW": lambda opt, loss, w, rows: _applied(
            tf, opt.MomentumWOptimizer(0.1, 0.01, 0.9), loss
        ),
        "extended": extended,
        "LazyAdam": lambda opt, loss, w, rows: opt.LazyAdamOptimizer(
            0.01
        ).minimize(loss),
        "Nadam": lambda opt, loss, w, rows: opt.NadamOptimizer(0.01).minimize(
            loss
        ),
        "LARS": lambda opt, loss, w, rows: opt.LARSOptimizer(
            0.5, skip_list=["rows"]
        ).apply_gradients([(tf.gradients(loss, w)[0], w)]),
    }
    return {case: _trained(stack, made) for case, made in cases.items()}


def scenario_moving_average(stack, path):
    tf = stack.tf

    def minimize(opt, loss, w, rows):
        optimizer = opt.MovingAverageOptimizer(
            tf.train.GradientDescentOptimizer(0.1), average_decay=0.5
        )
        train = optimizer.minimize(loss)
        return train, optimizer.swapping_saver()

    return _trained(stack, minimize, path=path)


def scenario_clipped_gradients(stack, path):
    tf = stack.tf
    with tf.Graph().as_default(), tf.Session() as session:
        pairs = [(tf.constant([3.0, 0.0]), 1), (None, 2), (tf.constant(4.0), 3)]
        clipped, norm = tf.contrib.opt.clip_gradients_by_global_norm(pairs, 1.0)
        return {
            "pairs": [
                [None if g is None else session.run(g), v] for g, v in clipped
            ],
            "norm": session.run(norm),
        }
