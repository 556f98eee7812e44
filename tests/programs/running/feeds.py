"""What the exports of programs are fed."""

import numpy as np
import tensorflow as tf

ROWS = 3


def numbers(signature, inputs):
    """Returns batches of three rows of small numbers, for any signature.

    Args:
        signature: Its name.
        inputs: dict of name to (dtype as NumPy has it, shape with `None`).
    """
    return {
        name: _ramp(dtype, [ROWS if n is None else n for n in shape])
        for name, (dtype, shape) in inputs.items()
    }


def _ramp(dtype, shape):
    count = int(np.prod(shape))
    if np.issubdtype(dtype, np.integer):
        return (np.arange(count) % 5).reshape(shape).astype(dtype)
    return np.linspace(-1.0, 1.0, count).reshape(shape).astype(dtype)


def census(signature, inputs):
    """Returns examples for the census-like data."""
    rows = [
        {"age": 20.0, "education": b"Masters", "occupation": b"Sales"},
        {"age": 60.0, "education": b"11th", "occupation": b"Unheard-of"},
    ]
    for row in rows:
        row.update(
            workclass=b"Gov",
            gender=b"Female",
            education_num=7.0,
            capital_gain=10.0,
            hours_per_week=40.0,
        )
    return {name: [_example(row) for row in rows] for name in inputs}


def _example(features):
    """Returns a serialized tf.Example of bytes, floats and ints."""
    made = {}
    for name, value in features.items():
        values = value if isinstance(value, list) else [value]
        if isinstance(values[0], bytes):
            feature = tf.train.Feature(
                bytes_list=tf.train.BytesList(value=values)
            )
        elif isinstance(values[0], float):
            feature = tf.train.Feature(
                float_list=tf.train.FloatList(value=values)
            )
        else:
            feature = tf.train.Feature(
                int64_list=tf.train.Int64List(value=values)
            )
        made[name] = feature
    example = tf.train.Example(features=tf.train.Features(feature=made))
    return example.SerializeToString()


def shop(signature, inputs):
    """Returns examples of products, some without some of the features."""
    rows = [
        {
            "product_id": 3,
            "last_products": [1, 2, 70],
            "tags": [b"tag1", b"tag7"],
            "tag_weights": [0.5, 2.0],
            "city": b"beijing",
            "price": 15.0,
        },
        {"product_id": 49, "city": b"nowhere"},
    ]
    return {name: [_example(row) for row in rows] for name in inputs}


def sentences(signature, inputs):
    """Returns texts, as examples where the receiver may parse them."""
    texts = [b"A great film", b"so dull and slow it was", b"Unheard of"]
    examples = [_example({"text": text}) for text in texts]
    return {name: texts if name == "text" else examples for name in inputs}
