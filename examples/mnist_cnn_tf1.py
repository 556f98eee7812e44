"""A TF1 Estimator program on current TensorFlow: one line has changed.

The network is the one of TensorFlow's old tutorial on custom estimators, with
its model_fn as it was written for TF 1.x.

    python -m examples.mnist_cnn_tf1 --steps 300

reaches a test accuracy of about 0.97 in a minute or two on two cores.
"""

import argparse
import time

import keras_estimator.compat.v1 as tf  # was: import tensorflow as tf
from examples import digits

tf.logging.set_verbosity(tf.logging.INFO)


def cnn_model_fn(features, labels, mode):
    """Model function for CNN."""
    # Input Layer
    input_layer = tf.reshape(features["x"], [-1, 28, 28, 1])

    # Convolutional Layer #1
    conv1 = tf.layers.conv2d(
        inputs=input_layer,
        filters=32,
        kernel_size=[5, 5],
        padding="same",
        activation=tf.nn.relu,
    )

    # Pooling Layer #1
    pool1 = tf.layers.max_pooling2d(inputs=conv1, pool_size=[2, 2], strides=2)

    # Convolutional Layer #2 and Pooling Layer #2
    conv2 = tf.layers.conv2d(
        inputs=pool1,
        filters=64,
        kernel_size=[5, 5],
        padding="same",
        activation=tf.nn.relu,
    )
    pool2 = tf.layers.max_pooling2d(inputs=conv2, pool_size=[2, 2], strides=2)

    # Dense Layer
    pool2_flat = tf.reshape(pool2, [-1, 7 * 7 * 64])
    dense = tf.layers.dense(
        inputs=pool2_flat, units=1024, activation=tf.nn.relu
    )
    dropout = tf.layers.dropout(
        inputs=dense, rate=0.4, training=mode == tf.estimator.ModeKeys.TRAIN
    )

    # Logits Layer
    logits = tf.layers.dense(inputs=dropout, units=10)

    predictions = {
        # Generate predictions (for PREDICT and EVAL mode)
        "classes": tf.argmax(input=logits, axis=1),
        # Add `softmax_tensor` to the graph. It is used for PREDICT and by the
        # `logging_hook`.
        "probabilities": tf.nn.softmax(logits, name="softmax_tensor"),
    }
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode=mode, predictions=predictions)

    # Calculate Loss (for both TRAIN and EVAL modes)
    loss = tf.losses.sparse_softmax_cross_entropy(labels=labels, logits=logits)

    # Configure the Training Op (for TRAIN mode)
    if mode == tf.estimator.ModeKeys.TRAIN:
        optimizer = tf.train.GradientDescentOptimizer(learning_rate=0.001)
        train_op = optimizer.minimize(
            loss=loss, global_step=tf.train.get_global_step()
        )
        return tf.estimator.EstimatorSpec(
            mode=mode, loss=loss, train_op=train_op
        )

    # Add evaluation metrics (for EVAL mode)
    eval_metric_ops = {
        "accuracy": tf.metrics.accuracy(
            labels=labels, predictions=predictions["classes"]
        )
    }
    return tf.estimator.EstimatorSpec(
        mode=mode, loss=loss, eval_metric_ops=eval_metric_ops
    )


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--model-dir", default=None)
    args = parser.parse_args(argv)
    data = digits.load()

    classifier = tf.estimator.Estimator(
        model_fn=cnn_model_fn, model_dir=args.model_dir
    )
    train_input_fn = tf.estimator.inputs.numpy_input_fn(
        x={"x": data.train_images},
        y=data.train_labels,
        batch_size=100,
        num_epochs=None,
        shuffle=True,
    )
    eval_input_fn = tf.estimator.inputs.numpy_input_fn(
        x={"x": data.test_images},
        y=data.test_labels,
        num_epochs=1,
        shuffle=False,
    )
    # What the network takes the first ten images of a batch for.
    logging_hook = tf.train.LoggingTensorHook(
        tensors={"probabilities": "softmax_tensor"},
        every_n_iter=100,
        formatter=lambda values: (
            f"most likely: {values['probabilities'].argmax(1)[:10]}"
        ),
    )

    started = time.time()
    classifier.train(
        input_fn=train_input_fn, steps=args.steps, hooks=[logging_hook]
    )
    seconds = time.time() - started
    results = classifier.evaluate(input_fn=eval_input_fn)
    predictions = classifier.predict(eval_input_fn)
    right = sum(
        prediction["classes"] == label
        for prediction, label in zip(predictions, data.test_labels, strict=True)
    )
    return {
        "test accuracy": float(results["accuracy"]),
        "predicted right": f"{right} of {len(data.test_labels)}",
        "steps/s": args.steps / seconds,
        "model_dir": classifier.model_dir,
    }


if __name__ == "__main__":
    print(main())
