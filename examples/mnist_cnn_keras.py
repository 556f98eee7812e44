"""The network of `mnist_cnn_tf1`, written with Keras 3.

    python -m examples.mnist_cnn_keras --steps 300

reaches a test accuracy of about 0.97 in a minute or two on two cores.
"""

import argparse
import time

import keras
import tensorflow as tf

import keras_estimator as ke
from examples import digits

tf.get_logger().setLevel("INFO")


def model_fn(features, labels, mode, params):
    training = mode == ke.ModeKeys.TRAIN
    network = [
        keras.layers.Reshape([28, 28, 1]),
        keras.layers.Conv2D(32, 5, padding="same", activation="relu"),
        keras.layers.MaxPooling2D(2),
        keras.layers.Conv2D(64, 5, padding="same", activation="relu"),
        keras.layers.MaxPooling2D(2),
        keras.layers.Flatten(),
        keras.layers.Dense(1024, activation="relu"),
        keras.layers.Dropout(0.4),
        keras.layers.Dense(10),
    ]
    logits = keras.Sequential(network)(features["x"], training=training)
    predictions = {
        "classes": keras.ops.argmax(logits, axis=-1),
        "probabilities": keras.ops.softmax(logits),
    }
    if mode == ke.ModeKeys.PREDICT:
        return ke.EstimatorSpec(mode, predictions=predictions)
    loss = keras.ops.mean(
        keras.losses.sparse_categorical_crossentropy(
            labels, logits, from_logits=True
        )
    )
    accuracy = keras.metrics.SparseCategoricalAccuracy()
    accuracy.update_state(labels, logits)
    return ke.EstimatorSpec(
        mode,
        predictions=predictions,
        loss=loss,
        train_op=keras.optimizers.SGD(params["learning_rate"]),
        eval_metric_ops={"accuracy": accuracy},
    )


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--model-dir", default=None)
    parser.add_argument("--learning-rate", type=float, default=0.001)
    args = parser.parse_args(argv)
    data = digits.load()

    def train_input_fn():
        images = {"x": data.train_images}
        dataset = tf.data.Dataset.from_tensor_slices(
            (images, data.train_labels)
        )
        return dataset.shuffle(len(data.train_labels)).repeat().batch(100)

    def test_input_fn():
        images = {"x": data.test_images}
        return tf.data.Dataset.from_tensor_slices(
            (images, data.test_labels)
        ).batch(100)

    estimator = ke.Estimator(
        model_fn,
        args.model_dir,
        params={"learning_rate": args.learning_rate},
    )
    started = time.time()
    estimator.train(train_input_fn, steps=args.steps)
    seconds = time.time() - started
    results = estimator.evaluate(test_input_fn)
    predictions = estimator.predict(test_input_fn)
    right = sum(
        prediction["classes"] == label
        for prediction, label in zip(predictions, data.test_labels, strict=True)
    )
    return {
        "test accuracy": float(results["accuracy"]),
        "predicted right": f"{right} of {len(data.test_labels)}",
        "steps/s": args.steps / seconds,
        "model_dir": estimator.model_dir,
    }


if __name__ == "__main__":
    print(main())
