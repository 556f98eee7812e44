"""What `tf.contrib.lookup` of TensorFlow 1.15 finds."""

import functools
import os

import numpy as np


def _write(path, name, *lines):
    filename = os.path.join(path, name)
    with open(filename, "w") as file:
        file.writelines(line + "\n" for line in lines)
    return filename


def _found(stack, make, keys):
    """Returns what a table finds for some keys, and its size.

    Args:
        stack: The implementation.
        make: Function that returns the table.
        keys: Array or list of keys.
    """
    tf = stack.tf
    with tf.Graph().as_default(), tf.Session() as session:
        table = make()
        found = table.lookup(tf.constant(keys))
        initializers = tf.get_collection(tf.GraphKeys.TABLE_INITIALIZERS)
        session.run(tf.tables_initializer())
        return {
            "found": session.run(found),
            "type": found.dtype.name,
            "size": session.run(table.size()),
            "initializers": len(initializers),
            "assets": len(tf.get_collection(tf.GraphKeys.ASSET_FILEPATHS)),
        }


def _raised(function):
    try:
        function()
    except ValueError:
        return "ValueError"
    except TypeError:
        return "TypeError"
    return None


def scenario_index_table_from_file(stack, path):
    """Words of a file, their ids, and buckets for others."""
    words = _write(path, "words", "a", "b", "c")
    numbers = _write(path, "numbers", "10", "20", "30")
    columns = _write(path, "columns", "a,5", "b,6")
    strong = stack.tf.contrib.lookup.StrongHashSpec([1, 2])
    text = ["a", "c", "z", "y", "x", ""]
    cases = {
        "default": (words, {}, text),
        "buckets": (words, {"num_oov_buckets": 3}, text),
        "strong": (words, {"num_oov_buckets": 3, "hasher_spec": strong}, text),
        "first lines": (words, {"vocab_size": 2, "num_oov_buckets": 1}, text),
        "other default": (words, {"default_value": 9}, text),
        "int32": (
            numbers,
            {"num_oov_buckets": 3, "key_dtype": stack.tf.int32},
            [10, 30, 7, 8],
        ),
        "int64": (
            numbers,
            {"key_dtype": stack.tf.int64},
            np.array([10, 30, 7, 8]),
        ),
        "columns": (
            columns,
            {
                "key_column_index": 0,
                "value_column_index": 1,
                "delimiter": ",",
            },
            text,
        ),
    }
    return {
        name: _found(
            stack,
            functools.partial(
                stack.tf.contrib.lookup.index_table_from_file, file, **more
            ),
            keys,
        )
        for name, (file, more, keys) in cases.items()
    }


def scenario_index_table_from_tensor(stack, path):
    """Words of a list, and numbers."""
    integers = {"dtype": stack.tf.int32}
    cases = {
        "default": (["x", "y"], {}, ["y", "q"]),
        "buckets": (["x", "y"], {"num_oov_buckets": 2}, ["y", "q", "r"]),
        "integers": ([5, 6], {"num_oov_buckets": 2, **integers}, [5, 6, 7]),
    }
    return {
        name: _found(
            stack,
            functools.partial(
                stack.tf.contrib.lookup.index_table_from_tensor, words, **more
            ),
            keys,
        )
        for name, (words, more, keys) in cases.items()
    }


def scenario_index_to_string(stack, path):
    """Words of ids."""
    words = _write(path, "words", "a", "b", "c")
    ids = np.array([0, 2, 9])
    return {
        "file": _found(
            stack,
            lambda: stack.tf.contrib.lookup.index_to_string_table_from_file(
                words
            ),
            ids,
        ),
        "two": _found(
            stack,
            lambda: stack.tf.contrib.lookup.index_to_string_table_from_file(
                words, vocab_size=2, default_value="?"
            ),
            ids,
        ),
        "tensor": _found(
            stack,
            lambda: stack.tf.contrib.lookup.index_to_string_table_from_tensor(
                ["q", "r"]
            ),
            ids,
        ),
    }


def scenario_buckets_alone(stack, path):
    """Tables that have nothing but buckets."""
    return {
        "words": _found(
            stack,
            lambda: stack.tf.contrib.lookup.IdTableWithHashBuckets(None, 5),
            ["q", "z", ""],
        ),
        "integers": _found(
            stack,
            lambda: stack.tf.contrib.lookup.IdTableWithHashBuckets(
                None, 5, key_dtype=stack.tf.int64
            ),
            np.array([1, 2, 300]),
        ),
    }


def scenario_sparse(stack, path):
    """Keys in a SparseTensor."""
    tf = stack.tf
    facts = {}
    for buckets in (0, 2):
        with tf.Graph().as_default(), tf.Session() as session:
            table = tf.contrib.lookup.index_table_from_tensor(
                ["x", "y"], buckets
            )
            keys = tf.SparseTensor([[0, 1], [1, 0]], ["y", "h"], [2, 2])
            session.run(tf.tables_initializer())
            found = session.run(table.lookup(keys))
            facts[buckets] = [found.indices, found.values, found.dense_shape]
    return facts


def scenario_tables(stack, path):
    """Tables by hand, mutable ones, and the deprecated functions."""
    tf = stack.tf
    lookup = tf.contrib.lookup
    with tf.Graph().as_default(), tf.Session() as session:
        table = lookup.HashTable(
            lookup.KeyValueTensorInitializer(["q", "r"], [1.5, 2.5]), -1.0
        )
        mutable = lookup.MutableHashTable(tf.string, tf.int64, -1)
        dense = lookup.MutableDenseHashTable(tf.int64, tf.float32, 0.0, -1, -2)
        index = lookup.string_to_index(tf.constant(["x", "z"]), ["x", "y"])
        words = lookup.index_to_string(
            tf.constant([1, 5], tf.int64), ["x", "y"]
        )
        session.run([table.init, tf.tables_initializer()])
        session.run(mutable.insert(["a"], np.array([7])))
        session.run(dense.insert(np.array([7]), [2.0]))
        fetches = {
            "table": table.lookup(tf.constant(["r", "s"])),
            "mutable": mutable.lookup(tf.constant(["a", "b"])),
            "dense": dense.lookup(tf.constant([7, 8], tf.int64)),
            "sizes": [table.size(), mutable.size(), dense.size()],
            "export": mutable.export(),
            "index": index,
            "words": words,
        }
        return {
            "values": session.run(fetches),
            "types": [table.key_dtype.name, table.value_dtype.name],
            "saved": len(tf.get_collection(tf.GraphKeys.SAVEABLE_OBJECTS)),
            "same": table.init is table.initializer,
        }


def scenario_errors(stack, path):
    """What is refused."""
    tf = stack.tf
    lookup = tf.contrib.lookup
    file, tensor = lookup.index_table_from_file, lookup.index_table_from_tensor
    with tf.Graph().as_default():
        words = lookup.HashTable(lookup.TextFileIdTableInitializer("a"), -1)
        return {
            "no file": _raised(lambda: file()),
            "empty": _raised(lambda: file("")),
            "buckets": _raised(lambda: file("a", -1)),
            "size": _raised(lambda: file("a", vocab_size=0)),
            "floats": _raised(lambda: file("a", key_dtype=tf.float32)),
            "int32": _raised(
                lambda: file("a", key_dtype=tf.int32).lookup(tf.constant([1]))
            ),
            "no mapping": _raised(lambda: tensor(None)),
            "no mapping of strings": _raised(
                lambda: lookup.index_to_string_table_from_tensor(None)
            ),
            "not text": _raised(lambda: tensor(tf.constant([5]))),
            "not integers": _raised(lambda: tensor(["a"], dtype=tf.int64)),
            "type of keys": _raised(
                lambda: tensor(["a"], 2).lookup(tf.constant([1]))
            ),
            "hasher": _raised(lambda: tensor(["a"], 2, hasher_spec=None)),
            "one key": _raised(lambda: lookup.StrongHashSpec([1])),
            "float key": _raised(lambda: lookup.StrongHashSpec([1, 2.0])),
            "nothing": _raised(lambda: lookup.IdTableWithHashBuckets(None, 0)),
            "types": _raised(
                lambda: lookup.IdTableWithHashBuckets(
                    words, 2, key_dtype=tf.int64
                )
            ),
        }
