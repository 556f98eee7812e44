"""Toy model_fns and input_fns with exact numbers, for scenarios.

The one weight `w` goes half of the way to the mean of the features at each
step. With features of 8: w = 0, 4, 6, 7, ... and losses 32, 8, 2, 0.5, ...
"""


def halving(stack, fields=None):
    """Returns a model_fn of (features, labels, mode).

    Args:
        stack: The implementation.
        fields: Function of (mode, w, loss) that returns more fields of the
            spec, or other values of those that are there.
    """
    tf = stack.tf

    def model_fn(features, labels, mode):
        w = tf.get_variable("w", [], initializer=tf.zeros_initializer())
        loss = 0.5 * tf.square(w - tf.reduce_mean(features))
        optimizer = tf.train.GradientDescentOptimizer(0.5)
        values = {
            "predictions": {"y": w * features},
            "loss": loss,
            "train_op": optimizer.minimize(loss, tf.train.get_global_step()),
        }
        if fields is not None:
            values.update(fields(mode, w, loss))
        return stack.estimator.EstimatorSpec(mode, **values)

    return model_fn


def batches(stack, *values):
    """Returns an input_fn: one batch, of one number, for each value."""

    def input_fn():
        rows = [[float(value)] for value in values]
        return stack.tf2.data.Dataset.from_tensor_slices(rows)

    return input_fn


def eights(stack, count=None):
    """Returns an input_fn: so many batches of one 8, without end by default."""

    def input_fn():
        return stack.tf2.data.Dataset.from_tensors([8.0]).repeat(count)

    return input_fn
