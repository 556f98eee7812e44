"""What `tf.contrib.rnn` of TensorFlow 1.15 computes, with given weights."""

import numpy as np

_TIME, _BATCH, _DEPTH = 4, 3, 2
_LENGTHS = [4, 2, 0]


def _inputs():
    random = np.random.RandomState(0)
    return random.normal(size=(_TIME, _BATCH, _DEPTH)).astype(np.float32)


def _results(stack, build, inputs, static=True):
    """Returns names of variables, outputs and gradients of a network.

    Args:
        stack: The implementation.
        build: Function of the inputs that returns a nest of tensors.
        inputs: Array [time, batch, depth], or integers.
        static: Whether the graph knows time and batch.
    """
    tf = stack.tf
    with tf.Graph().as_default(), tf.Session() as session:
        shape = inputs.shape if static else [None, None, inputs.shape[2]]
        fed = tf.placeholder(inputs.dtype, shape)
        outputs = tf.nest.flatten(build(fed))
        variables = sorted(tf.trainable_variables(), key=lambda v: v.name)
        loss = tf.add_n([tf.reduce_sum(tf.square(out)) for out in outputs])
        sums = [
            # What does not depend on a variable is 0.
            tf.reduce_sum(tf.abs(tf.convert_to_tensor(gradient)))
            for gradient in tf.gradients(
                [loss, *(0 * variable for variable in variables)], variables
            )
        ]
        session.run(tf.global_variables_initializer())
        for i, variable in enumerate(variables):
            random = np.random.RandomState(i)
            value = random.uniform(-0.5, 0.5, variable.shape.as_list())
            variable.load(value.astype(np.float32), session)
        found = session.run([outputs, sums], {fed: inputs})
        return {
            "variables": [
                [v.name, [int(n) for n in v.shape]] for v in variables
            ],
            "outputs": found[0],
            "gradients": found[1],
        }


def _static(stack, cell):
    return lambda inputs: stack.tf.nn.static_rnn(
        cell(), stack.tf.unstack(inputs), dtype=stack.tf.float32
    )


def _cells(stack, cells):
    """Returns results of cells over two steps."""
    return {
        name: _results(stack, _static(stack, cell), _inputs()[:2])
        for name, cell in cells.items()
    }


def scenario_block_cells(stack, path):
    """Cells that were one operation."""
    rnn = stack.tf.contrib.rnn
    return _cells(
        stack,
        {
            "lstm": lambda: rnn.LSTMBlockCell(3),
            "clip": lambda: rnn.LSTMBlockCell(
                3, forget_bias=0.5, cell_clip=0.2, use_peephole=True
            ),
            "gru": lambda: rnn.GRUBlockCell(3),
            "gru v2": lambda: rnn.GRUBlockCellV2(cell_size=3),
        },
    )


def scenario_cells(stack, path):
    """LSTMs with normalization or coupled gates, and the UGRNN."""
    rnn = stack.tf.contrib.rnn
    return _cells(
        stack,
        {
            "norm": lambda: rnn.LayerNormBasicLSTMCell(3),
            "no norm": lambda: rnn.LayerNormBasicLSTMCell(3, layer_norm=False),
            "coupled": lambda: rnn.CoupledInputForgetGateLSTMCell(3),
            "all of it": lambda: rnn.CoupledInputForgetGateLSTMCell(
                3,
                use_peepholes=True,
                num_proj=2,
                proj_clip=0.3,
                num_unit_shards=2,
                num_proj_shards=2,
                layer_norm=True,
                state_is_tuple=False,
            ),
            "ugrnn": lambda: rnn.UGRNNCell(3),
        },
    )


def scenario_wrappers(stack, path):
    """Cells around cells."""
    rnn = stack.tf.contrib.rnn
    return _cells(
        stack,
        {
            "input": lambda: rnn.InputProjectionWrapper(
                rnn.BasicRNNCell(2), 3, activation=stack.tf.nn.relu
            ),
            "output": lambda: rnn.OutputProjectionWrapper(
                rnn.BasicRNNCell(2), 3
            ),
            "highway": lambda: rnn.HighwayWrapper(rnn.BasicRNNCell(2)),
            "two gates": lambda: rnn.HighwayWrapper(
                rnn.BasicRNNCell(2), couple_carry_transform_gates=False
            ),
            "attention": lambda: rnn.AttentionCellWrapper(
                rnn.BasicLSTMCell(2), 2
            ),
            "one tensor": lambda: rnn.AttentionCellWrapper(
                rnn.GRUCell(2), 3, 2, 4, 3, state_is_tuple=False
            ),
        },
    )


def scenario_embedding(stack, path):
    """A cell that gets ids."""
    rnn = stack.tf.contrib.rnn
    ids = np.array([[[1], [0], [3]], [[2], [3], [3]]], np.int32)
    return _results(
        stack,
        _static(stack, lambda: rnn.EmbeddingWrapper(rnn.BasicRNNCell(3), 4, 2)),
        ids,
    )


def _fused(stack, lengths=True, **arguments):
    tf = stack.tf

    def build(inputs):
        forward = tf.contrib.rnn.LSTMBlockFusedCell(3, **arguments)
        backward = tf.contrib.rnn.TimeReversedFusedRNN(
            tf.contrib.rnn.LSTMBlockFusedCell(3, **arguments)
        )
        more = {"sequence_length": tf.constant(_LENGTHS)} if lengths else {}
        return [
            forward(inputs, dtype=tf.float32, **more),
            backward(inputs, dtype=tf.float32, **more),
        ]

    return build


def scenario_fused(stack, path):
    """All time steps at once, in both directions."""
    return {
        "lengths": _results(stack, _fused(stack), _inputs()),
        "dynamic": _results(stack, _fused(stack), _inputs(), static=False),
        "no lengths": _results(stack, _fused(stack, False), _inputs()),
        "peephole": _results(
            stack,
            _fused(stack, use_peephole=True, cell_clip=0.2, forget_bias=0.5),
            _inputs(),
        ),
    }


def scenario_fused_state(stack, path):
    """A state to begin with, and a scope that is used again."""
    tf = stack.tf

    def build(inputs):
        state = (tf.fill([_BATCH, 3], 0.1), tf.fill([_BATCH, 3], 0.2))
        with tf.variable_scope("tower"):
            cell = tf.contrib.rnn.LSTMBlockFusedCell(3, name="lstm")
            first = cell(inputs, state)
            again = cell(inputs, sequence_length=_LENGTHS, initial_state=state)
        with tf.variable_scope("tower", reuse=True):
            shared = tf.contrib.rnn.LSTMBlockFusedCell(3, name="lstm")
            return [first, again, shared(inputs, state)]

    return _results(stack, build, _inputs())


def scenario_adaptors(stack, path):
    """Ordinary cells over all time steps at once."""
    tf = stack.tf
    rnn = tf.contrib.rnn

    def build(use_dynamic_rnn, is_list, lengths):
        def call(inputs):
            adaptor = rnn.FusedRNNCellAdaptor(
                rnn.BasicLSTMCell(3), use_dynamic_rnn
            )
            return rnn.TimeReversedFusedRNN(adaptor)(
                tf.unstack(inputs) if is_list else inputs,
                dtype=tf.float32,
                sequence_length=lengths,
                scope="up",
            )

        return call

    return {
        "static": _results(stack, build(False, False, None), _inputs()),
        "dynamic": _results(stack, build(True, False, _LENGTHS), _inputs()),
        "lists": _results(stack, build(True, True, None), _inputs()),
    }


def scenario_stacks(stack, path):
    """Layers of both directions."""
    tf = stack.tf
    rnn = tf.contrib.rnn

    def cells():
        return [rnn.BasicRNNCell(2), rnn.BasicLSTMCell(1)]

    return {
        "dynamic": _results(
            stack,
            lambda inputs: rnn.stack_bidirectional_dynamic_rnn(
                cells(),
                cells(),
                inputs,
                sequence_length=_LENGTHS,
                dtype=tf.float32,
                time_major=True,
            ),
            _inputs(),
        ),
        "static": _results(
            stack,
            lambda inputs: rnn.stack_bidirectional_rnn(
                cells(),
                cells(),
                tf.unstack(inputs)[:2],
                dtype=tf.float32,
                scope="up",
            ),
            _inputs(),
        ),
    }
