"""The same networks as `keras.Model.fit` trains them, without any wrapper."""

import keras
import tensorflow as tf

from benchmarks.works import data
from benchmarks.works.timing import steps_per_second


def mlp(short=500, long=10500):
    model = keras.Sequential(
        [
            keras.layers.Dense(64, activation="relu"),
            keras.layers.Dense(32, activation="relu"),
            keras.layers.Dense(1),
        ]
    )
    model.compile(keras.optimizers.Adam(0.001), "mse")
    return _steady(model, data.rows(data.MLP_BATCH), short, long)


def cnn(short=5, long=85):
    layers = [keras.layers.Reshape([28, 28, 1])]
    for filters in (32, 64):
        layers.append(
            keras.layers.Conv2D(filters, 5, padding="same", activation="relu")
        )
        layers.append(keras.layers.MaxPooling2D(2, 2))
    layers += [
        keras.layers.Flatten(),
        keras.layers.Dense(1024, activation="relu"),
        keras.layers.Dropout(0.4),
        keras.layers.Dense(10),
    ]
    model = keras.Sequential(layers)
    model.compile(
        keras.optimizers.SGD(0.001),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    return _steady(model, data.images(data.CNN_BATCH), short, long)


def _steady(model, batch, short, long):
    dataset = tf.data.Dataset.from_tensors(batch).repeat()
    rate = steps_per_second(
        # A dataset is never shuffled by `fit`: saying so avoids a warning.
        lambda steps: model.fit(
            dataset, steps_per_epoch=steps, verbose=0, shuffle=False
        ),
        short,
        long,
    )
    return {"steps/s": rate}
