"""What `tf.contrib.crf` of TensorFlow 1.15 computes."""

import numpy as np

_LENGTHS = [4, 2, 1, 0, 3]


def _problem(time=4, tags=3):
    random = np.random.RandomState(0)
    batch = len(_LENGTHS)
    return {
        "inputs": random.normal(size=(batch, time, tags)).astype(np.float32),
        "tags": random.randint(0, tags, (batch, time)).astype(np.int32),
        "lengths": np.minimum(_LENGTHS, time).astype(np.int32),
        "transitions": random.normal(size=(tags, tags)).astype(np.float32),
        "bitmap": random.uniform(size=(batch, time, tags)) < 0.7,
    }


def _numbers(stack, problem, is_static=True):
    """Returns all that the module computes of one problem."""
    tf = stack.tf
    crf = tf.contrib.crf
    with tf.Graph().as_default(), tf.Session() as session:
        fed = {}
        tensors = {}
        for name, value in problem.items():
            shape = value.shape if is_static else [None] * value.ndim
            if name == "inputs":
                shape = (*shape[:-1], value.shape[-1])
            if name == "transitions":
                shape = value.shape
            tensors[name] = tf.placeholder(value.dtype, shape)
            fed[tensors[name]] = value
        inputs, tags = tensors["inputs"], tensors["tags"]
        lengths, transitions = tensors["lengths"], tensors["transitions"]
        likelihood, _ = crf.crf_log_likelihood(
            inputs, tags, lengths, transitions
        )
        decoded, best = crf.crf_decode(inputs, transitions, lengths)
        fetches = {
            "likelihood": likelihood,
            "gradients": tf.gradients(
                # Transitions have none if there is but one step.
                [-likelihood, 0 * transitions],
                [inputs, transitions],
            ),
            "norm": crf.crf_log_norm(inputs, lengths, transitions),
            "unary": crf.crf_unary_score(tags, lengths, inputs),
            "binary": crf.crf_binary_score(tags, lengths, transitions),
            "sequence": crf.crf_sequence_score(
                inputs, tags, lengths, transitions
            ),
            "multitag": crf.crf_multitag_sequence_score(
                inputs, tensors["bitmap"], lengths, transitions
            ),
            "decoded": decoded,
            "best": best,
        }
        types = {
            name: [tensor.dtype.name, tensor.shape.as_list()]
            for name, tensor in fetches.items()
            if name != "gradients" and is_static
        }
        return {"values": session.run(fetches, fed), "types": types}


def scenario_numbers(stack, path):
    """Sequences of 4, 2, 1, no and 3 steps."""
    return _numbers(stack, _problem())


def scenario_unknown_shapes(stack, path):
    """Only the number of tags is known when the graph is built.

    Lengths are int64.
    """
    problem = _problem()
    problem["lengths"] = problem["lengths"].astype(np.int64)
    return _numbers(stack, problem, is_static=False)["values"]


def scenario_one_step(stack, path):
    """There is nothing but a first step."""
    values = _numbers(stack, _problem(time=1), is_static=False)["values"]
    # That of no step is 0, but for this case in 1.15.
    values.pop("multitag")
    return values


def scenario_variable(stack, path):
    """Without transitions there is a variable."""
    tf = stack.tf
    problem = _problem()
    with tf.Graph().as_default():
        with tf.variable_scope("crf"):
            _, transitions = tf.contrib.crf.crf_log_likelihood(
                *(
                    tf.constant(problem[n])
                    for n in ("inputs", "tags", "lengths")
                )
            )
        found = [
            [
                variable.name,
                variable.shape.as_list(),
                variable.dtype.base_dtype.name,
            ]
            for variable in tf.global_variables()
        ]
        return {"variables": found, "same": transitions.name == found[0][0]}


def scenario_viterbi(stack, path):
    """Decoding in NumPy."""
    problem = _problem()
    decode = stack.tf.contrib.crf.viterbi_decode
    found = [
        decode(problem["inputs"][0][:time], problem["transitions"])
        for time in (4, 1)
    ]
    return {
        "found": found,
        "type": type(found[0][0]).__name__,
    }


def scenario_cells(stack, path):
    """Single steps of the recursions."""
    tf = stack.tf
    problem = _problem()
    crf = tf.contrib.crf
    with tf.Graph().as_default(), tf.Session() as session:
        forward = crf.CrfForwardRnnCell(problem["transitions"])
        decode = crf.CrfDecodeForwardRnnCell(problem["transitions"])
        back = crf.CrfDecodeBackwardRnnCell(3)
        step, state = problem["inputs"][:, 0], problem["inputs"][:, 1]
        before, best = decode(tf.constant(step), tf.constant(state))
        return {
            "sizes": [
                [cell.state_size, cell.output_size]
                for cell in (forward, decode, back)
            ],
            "forward": session.run(
                forward(tf.constant(step), tf.constant(state))
            ),
            "decode": session.run([before, best]),
            "back": session.run(
                back(before, tf.constant([[0], [1], [2], [0], [1]]))
            ),
        }
