"""What `tf.contrib.seq2seq` of TensorFlow 1.15 computes."""

import itertools

import numpy as np

_OPTIONS = (
    "average_across_timesteps",
    "average_across_batch",
    "sum_over_timesteps",
    "sum_over_batch",
)


def _arguments():
    random = np.random.RandomState(0)
    logits = random.normal(size=(2, 3, 4)).astype(np.float32)
    targets = np.array([[0, 1, 2], [3, 0, 1]])
    weights = np.array([[1, 0.5, 0], [2, 0, 0]], np.float32)
    return logits, targets, weights


def _loss(stack, **options):
    tf = stack.tf
    with tf.Graph().as_default(), tf.Session() as session:
        arguments = [tf.constant(value) for value in _arguments()]
        try:
            loss = tf.contrib.seq2seq.sequence_loss(*arguments, **options)
        except ValueError:
            return "ValueError"
        return session.run([loss, tf.gradients(loss, arguments[0])[0]])


def scenario_sequence_loss(stack, path):
    """All ways to average and to sum."""
    facts = {"default": _loss(stack)}
    for chosen in itertools.product([False, True], repeat=4):
        options = dict(zip(_OPTIONS, chosen))
        label = "".join("-+"[is_on] for is_on in chosen)
        facts[label] = _loss(stack, **options)
    return facts


def scenario_other_loss(stack, path):
    """A loss that is no softmax cross-entropy."""

    def squared(labels, logits):
        target = stack.tf.one_hot(labels, 4)
        return stack.tf.reduce_sum(stack.tf.square(target - logits), -1)

    return _loss(stack, softmax_loss_function=squared)


def scenario_tensors(stack, path):
    """Small functions."""
    tf = stack.tf
    seq2seq = tf.contrib.seq2seq
    with tf.Graph().as_default(), tf.Session() as session:
        nest = (tf.constant([[1], [2]]), tf.constant([3, 4]))
        return session.run(
            {
                "hardmax": seq2seq.hardmax([[1.0, 3.0, 2.0], [5.0, 5.0, 1.0]]),
                "tiled": seq2seq.tile_batch(nest, 3),
            }
        )
