"""What programs put into a model_fn beside layers: optimizers, loops, scopes.

Losses of each step, and the values of the variables.
"""

import numpy as np

X = np.linspace(-1, 1, 24).reshape(12, 2).astype(np.float32)
Y = (X[:, :1] - 2 * X[:, 1:]).astype(np.float32)


def ones(tf, name="w", value=1.0, shape=(2, 1)):
    initializer = tf.constant_initializer(value)
    return tf.get_variable(name, shape, initializer=initializer)


def descend(tf, loss):
    optimizer = tf.train.GradientDescentOptimizer(0.1)
    return optimizer.minimize(loss, tf.train.get_global_step())


def trained(stack, path, predict, train=descend, steps=4):
    """Losses of some steps of a regression, and its variables."""
    tf = stack.tf
    losses = []

    def input_fn():
        data = tf.data.Dataset.from_tensor_slices(({"x": X}, Y))
        return data.batch(4).repeat()

    def model_fn(features, labels, mode):
        loss = tf.losses.mean_squared_error(labels, predict(features["x"]))
        loss += tf.losses.get_regularization_loss()

        class Losses(tf.train.SessionRunHook):
            def before_run(self, run_context):
                return tf.train.SessionRunArgs(loss)

            def after_run(self, run_context, run_values):
                losses.append(run_values.results)

        return tf.estimator.EstimatorSpec(
            mode,
            loss=loss,
            train_op=train(tf, loss),
            training_hooks=[Losses()],
        )

    config = stack.estimator.RunConfig(
        tf_random_seed=3, save_summary_steps=None, log_step_count_steps=None
    )
    estimator = tf.estimator.Estimator(model_fn, path, config)
    estimator.train(input_fn, steps=steps)
    names = estimator.get_variable_names()
    return [losses, {n: estimator.get_variable_value(n) for n in names}]


def decoupled(tf):
    """An optimizer that overrides `apply_gradients`, as BERT's does."""

    class DecoupledDecay(tf.train.Optimizer):
        def __init__(self, learning_rate):
            super().__init__(False, "DecoupledDecay")
            self.learning_rate = learning_rate

        def apply_gradients(self, pairs, global_step=None, name=None):
            assignments = []
            for gradient, parameter in pairs:
                m = tf.get_variable(
                    f"{parameter.op.name}/adam_m",
                    parameter.shape.as_list(),
                    trainable=False,
                    initializer=tf.zeros_initializer(),
                )
                average = 0.9 * m + 0.1 * gradient
                update = average + 0.01 * parameter
                moved = parameter - self.learning_rate * update
                assignments += [parameter.assign(moved), m.assign(average)]
            return tf.group(*assignments, name=name)

    return DecoupledDecay


def scenario_optimizer_of_the_programs_own(stack, path):
    def train(tf, loss):
        step = tf.train.get_or_create_global_step()
        rate = tf.train.polynomial_decay(0.1, step, 10, 0.0)
        is_warmup = tf.cast(step < 2, tf.float32)
        warmup = 0.1 * tf.cast(step, tf.float32) / 2.0
        rate = (1.0 - is_warmup) * rate + is_warmup * warmup
        variables = tf.trainable_variables()
        gradients, _ = tf.clip_by_global_norm(tf.gradients(loss, variables), 1)
        train_op = decoupled(tf)(rate).apply_gradients(
            list(zip(gradients, variables, strict=True)), step
        )
        return tf.group(train_op, [step.assign(step + 1)])

    return trained(stack, path, lambda x: x @ ones(stack.tf), train)


def scenario_two_optimizers_and_partitions(stack, path):
    tf = stack.tf

    def predict(x):
        with tf.variable_scope("wide"):
            wide = x @ ones(tf)
        parts = tf.fixed_size_partitioner(3)
        with tf.variable_scope("deep", partitioner=parts):
            table = tf.get_variable(
                "table",
                [10, 1],
                initializer=tf.random_normal_initializer(),
                regularizer=lambda v: 0.1 * tf.nn.l2_loss(v),
            )
        rows = tf.cast(tf.abs(x[:, 0]) * 9, tf.int64)
        return wide + tf.nn.embedding_lookup(table, rows, "div")

    def train(tf, loss):
        train_ops = [
            tf.train.FtrlOptimizer(0.1).minimize(
                loss, var_list=tf.trainable_variables("wide")
            ),
            tf.train.AdagradOptimizer(0.1).minimize(
                loss, var_list=tf.trainable_variables("deep")
            ),
        ]
        with tf.control_dependencies([tf.group(*train_ops)]):
            return tf.assign_add(tf.train.get_global_step(), 1).op

    return trained(stack, path, predict, train)


def scenario_control_flow(stack, path):
    tf = stack.tf

    def predict(x):
        w = ones(tf)
        step = tf.train.get_global_step()
        h = x @ w
        branch = tf.cond(tf.equal(step % 2, 0), lambda: h * 2, lambda: h * 3)
        case = tf.case(
            [(step < 1, lambda: h), (step < 2, lambda: 2 * h)],
            default=lambda: 0.5 * h,
        )
        _, loop = tf.while_loop(
            lambda i, v: i < 3, lambda i, v: (i + 1, v * w[0, 0]), [0, h]
        )
        mapped = tf.map_fn(lambda row: row * w[1, 0], x)
        scanned = tf.scan(
            lambda total, row: total + row * w[0, 0],
            x,
            initializer=tf.zeros([2]),
        )
        halved = tf.py_func(lambda a: a * np.float32(0.5), [x], tf.float32)
        halved.set_shape(x.shape)
        ends = tf.reduce_sum(mapped + scanned, 1, keepdims=True)
        return 0.1 * (branch + case + loop + ends + halved @ w)

    return trained(stack, path, predict)


def scenario_scopes_and_getters(stack, path):
    tf = stack.tf
    names = []

    def frozen(getter, name, *args, **kwargs):
        return tf.stop_gradient(getter(name, *args, **kwargs))

    def predict(x):
        def regularizer(v):
            return 0.05 * tf.nn.l2_loss(v)

        total = 0
        for reuse in (None, True):
            with tf.variable_scope(
                "net",
                reuse=reuse,
                regularizer=regularizer,
                initializer=tf.constant_initializer(0.3),
            ):
                total += x @ tf.get_variable("w", [2, 1])
        for _ in range(2):
            with tf.variable_scope("auto", reuse=tf.AUTO_REUSE):
                total += x @ ones(tf)
            with tf.variable_scope(None, default_name="block"):
                total += x @ ones(tf, value=0.2)
        with tf.variable_scope("frozen", custom_getter=frozen):
            total += x @ ones(tf)
        with tf.name_scope("scope"):
            total += x @ tf.Variable(tf.ones([2, 1]), name="v")
        names.append([v.name for v in tf.global_variables()])
        names.append(len(tf.losses.get_regularization_losses()))
        return total

    return [trained(stack, path, predict), names]


def scenario_learning_rates(stack, path):
    tf = stack.tf
    with tf.Graph().as_default(), tf.Session() as session:
        step = tf.train.get_or_create_global_step()
        train = tf.train
        rates = {
            "exponential": train.exponential_decay(1.0, step, 3, 0.5),
            "stairs": train.exponential_decay(1.0, step, 3, 0.5, True),
            "natural": train.natural_exp_decay(1.0, step, 3, 0.5),
            "inverse": train.inverse_time_decay(1.0, step, 3, 0.5),
            "polynomial": train.polynomial_decay(1.0, step, 5, 0.1, 2.0),
            "cycle": train.polynomial_decay(1.0, step, 5, 0.1, cycle=True),
            "piecewise": train.piecewise_constant(
                step, [2, 5], [1.0, 0.5, 0.1]
            ),
            "cosine": train.cosine_decay(1.0, step, 5),
            "restarts": train.cosine_decay_restarts(1.0, step, 3),
            "linear cosine": train.linear_cosine_decay(1.0, step, 5),
        }
        found = []
        for i in range(8):
            session.run(tf.assign(step, i))
            found.append(session.run(rates))
        return found
