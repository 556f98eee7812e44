"""Recurrent networks of `tf.nn` in an Estimator, step by step."""

import numpy as np

_TIME, _BATCH, _DEPTH = 5, 4, 3
_STEPS = 3


def _train(stack, path, network, lengths=True):
    """Returns names of variables, losses of each step and an evaluation.

    Args:
        stack: The implementation.
        path: The model_dir.
        network: Function of inputs [batch, time, depth] and lengths that
            returns a nest of tensors.
        lengths: Whether sequences have different lengths.
    """
    tf = stack.tf
    losses = []

    class Record(tf.train.SessionRunHook):
        def before_run(self, run_context):
            return tf.train.SessionRunArgs("loss:0")

        def after_run(self, run_context, run_values):
            losses.append(run_values.results)

    def model_fn(features, labels, mode):
        # Without it, what 2.15 begins with is another thing each time.
        initializer = tf.random_uniform_initializer(-0.5, 0.5)
        with tf.variable_scope("net", initializer=initializer):
            outputs = network(features["x"], features["lengths"])
        loss = tf.add_n(
            [
                tf.reduce_mean(tf.square(out - 0.3))
                for out in tf.nest.flatten(outputs)
            ]
        )
        loss = tf.identity(loss, name="loss")
        optimizer = tf.train.AdamOptimizer(0.05)
        return tf.estimator.EstimatorSpec(
            mode,
            loss=loss,
            train_op=optimizer.minimize(loss, tf.train.get_global_step()),
        )

    def input_fn():
        random = np.random.RandomState(0)
        x = random.normal(size=(_BATCH, _TIME, _DEPTH)).astype(np.float32)
        steps = [5, 3, 1, 0] if lengths else [_TIME] * _BATCH
        features = {"x": x, "lengths": np.array(steps, np.int32)}
        return tf.data.Dataset.from_tensors(features).repeat()

    estimator = tf.estimator.Estimator(
        model_fn, path, tf.estimator.RunConfig(tf_random_seed=3)
    )
    estimator.train(input_fn, [Record()], steps=_STEPS)
    return {
        "losses": losses,
        "variables": [
            [name, list(estimator.get_variable_value(name).shape)]
            for name in sorted(estimator.get_variable_names())
        ],
    }


def scenario_dynamic_rnn(stack, path):
    """Cells upon cells, with dropout and lengths."""
    cells = stack.tf.nn.rnn_cell

    def network(x, lengths):
        cell = cells.MultiRNNCell(
            [
                cells.BasicLSTMCell(3),
                cells.DropoutWrapper(
                    cells.ResidualWrapper(cells.GRUCell(3)),
                    output_keep_prob=0.8,
                    state_keep_prob=0.9,
                    # Other masks 2.15 gives to another step each time.
                    variational_recurrent=True,
                    dtype=stack.tf.float32,
                ),
            ]
        )
        return stack.tf.nn.dynamic_rnn(cell, x, lengths, dtype=stack.tf.float32)

    return _train(stack, path, network)


def scenario_bidirectional(stack, path):
    """Both directions, upon a written out network, in a scope."""
    tf = stack.tf

    def network(x, lengths):
        cells = tf.nn.rnn_cell
        with tf.variable_scope("encoder"):
            (forward, backward), last = tf.nn.bidirectional_dynamic_rnn(
                cells.LSTMCell(2),
                cells.LSTMCell(3, use_peepholes=True, num_proj=2),
                tf.transpose(x, [1, 0, 2]),
                sequence_length=lengths,
                initial_state_fw=cells.LSTMStateTuple(
                    tf.ones([_BATCH, 2]), tf.zeros([_BATCH, 2])
                ),
                dtype=tf.float32,
                time_major=True,
                swap_memory=True,
            )
        steps = tf.unstack(tf.concat([forward, backward], 2))
        outputs, state = tf.nn.static_rnn(
            cells.BasicRNNCell(3), steps, dtype=tf.float32, scope="top"
        )
        return [last, state]

    return _train(stack, path, network)


def scenario_raw_rnn(stack, path):
    """A loop by hand, with a cell of the program's own."""
    tf = stack.tf

    class Cell(tf.nn.rnn_cell.RNNCell):
        @property
        def state_size(self):
            return 2

        @property
        def output_size(self):
            return 2

        def __call__(self, inputs, state, scope=None):
            with tf.variable_scope(scope or type(self).__name__):
                width = inputs.shape.as_list()[1]
                w = tf.get_variable("w", [width + 2, 2])
                new = tf.tanh(tf.matmul(tf.concat([inputs, state], 1), w))
                return new, new

    class Called(Cell):
        __call__ = tf.nn.rnn_cell.RNNCell.__call__

        def call(self, inputs, state):
            w = tf.get_variable("w", [inputs.shape.as_list()[1], 2])
            new = tf.sigmoid(tf.matmul(inputs, w) + state)
            return new, new

    def network(x, lengths):
        cell = Cell()
        steps = tf.TensorArray(tf.float32, _TIME).unstack(
            tf.transpose(x, [1, 0, 2])
        )

        def loop(time, output, state, loop_state):
            if output is None:
                state = cell.zero_state(_BATCH, tf.float32)
            finished = tf.greater_equal(time, lengths)
            inputs = tf.cond(
                tf.reduce_all(finished),
                lambda: tf.zeros([_BATCH, _DEPTH]),
                lambda: steps.read(time),
            )
            return finished, inputs, state, output, None

        outputs, state, _ = tf.nn.raw_rnn(cell, loop)
        top, _ = tf.nn.dynamic_rnn(Called(), x, dtype=tf.float32)
        return [outputs.stack()[0], state, top]

    return _train(stack, path, network)
