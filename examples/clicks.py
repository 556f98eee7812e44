"""Clicks on ads, of which some end in a purchase: made up, as TFRecords.

Each example is a `tf.train.Example`: who clicked (`user_id`), on what
(`item_id`, `category`, `price`), which `tags` the item has; and, to be
predicted, whether it was `converted`, and at which `cost`.
"""

import os

import numpy as np
import tensorflow as tf

USERS, ITEMS = 200, 50
CATEGORIES = ("books", "games", "music", "shoes")
TAGS = ("cheap", "new", "popular", "rare", "used")

FEATURES = {
    "user_id": tf.io.FixedLenFeature([], tf.int64),
    "item_id": tf.io.FixedLenFeature([], tf.int64),
    "category": tf.io.FixedLenFeature([], tf.string),
    "price": tf.io.FixedLenFeature([], tf.float32),
    "tags": tf.io.VarLenFeature(tf.string),
}
LABELS = {
    "converted": tf.io.FixedLenFeature([], tf.float32),
    "cost": tf.io.FixedLenFeature([], tf.float32),
}


def parse(serialized):
    """Returns features and labels of a batch of serialized examples."""
    examples = tf.io.parse_example(serialized, {**FEATURES, **LABELS})
    labels = {name: examples.pop(name) for name in LABELS}
    return examples, labels


def input_fn(path, training):
    """Returns a dataset of batches; without end, and shuffled, for training."""
    dataset = tf.data.TFRecordDataset(path)
    if training:
        dataset = dataset.shuffle(10000).repeat()
    return dataset.batch(100).map(parse)


def write(folder, train=8000, test=2000):
    """Writes `train.tfrecord` and `test.tfrecord`, if they are not there.

    Returns:
        Their paths.
    """
    os.makedirs(folder, exist_ok=True)
    random = np.random.default_rng(0)
    taste = random.normal(size=USERS)
    appeal = random.normal(size=ITEMS)
    paths = []
    for name, size in (("train", train), ("test", test)):
        path = os.path.join(folder, f"{name}.tfrecord")
        paths.append(path)
        if os.path.exists(path):
            continue
        with tf.io.TFRecordWriter(f"{path}.part") as writer:
            for _ in range(size):
                example = _example(random, taste, appeal)
                writer.write(example.SerializeToString())
        os.replace(f"{path}.part", path)
    return paths


def _example(random, taste, appeal):
    user, item = int(random.integers(USERS)), int(random.integers(ITEMS))
    category = CATEGORIES[item % len(CATEGORIES)]
    tags = [tag for tag in TAGS if random.random() < 0.3]
    price = float(random.lognormal(2.0, 0.5))
    logit = (
        1.2 * taste[user]
        + 1.2 * appeal[item]
        + 0.8 * ("cheap" in tags)
        - 0.1 * price
    )
    converted = float(random.random() < 1 / (1 + np.exp(-logit)))
    return example(
        user_id=[user],
        item_id=[item],
        category=[category.encode()],
        price=[price],
        tags=[tag.encode() for tag in tags],
        converted=[converted],
        cost=[0.1 * price],
    )


def example(**values):
    """Returns a `tf.train.Example` of lists of int, float or bytes."""
    kinds = {
        int: lambda v: tf.train.Feature(int64_list=tf.train.Int64List(value=v)),
        float: lambda v: tf.train.Feature(
            float_list=tf.train.FloatList(value=v)
        ),
        bytes: lambda v: tf.train.Feature(
            bytes_list=tf.train.BytesList(value=v)
        ),
    }
    features = {
        name: kinds[type(value[0])](value)
        for name, value in values.items()
        if value
    }
    return tf.train.Example(features=tf.train.Features(feature=features))
