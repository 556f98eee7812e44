"""Sentence classification with convolutions over words (Kim, 2014).

Words become ids by a table made from a vocabulary file, in model_fn, so that
an export takes the text itself, as tf.Example or as strings.
"""

from __future__ import absolute_import
from __future__ import division
from __future__ import print_function

import collections
import json
import os
import sys

import numpy as np
import tensorflow.compat.v1 as tf

tf.disable_v2_behavior()

flags = tf.app.flags
flags.DEFINE_string("data_dir", "/tmp/reviews", "Texts and vocabularies")
flags.DEFINE_string("job_dir", "/tmp/text_cnn", "Checkpoints and exports")
flags.DEFINE_integer("embedding_size", 6, "Size of embeddings")
flags.DEFINE_string("filter_sizes", "2,3", "Widths of the convolutions")
flags.DEFINE_integer("num_filters", 4, "Filters of each width")
flags.DEFINE_float("dropout", 0.3, "Probability to drop")
flags.DEFINE_float("learning_rate", 0.05, "For Adagrad")
flags.DEFINE_integer("batch_size", 8, "Batch size")
flags.DEFINE_integer("max_steps", 12, "Steps to train")
FLAGS = flags.FLAGS

PAD_WORD = "#=KS=#"
MAX_LENGTH = 9
TARGETS = ["bad", "fair", "good"]


# ******************************************************************************
# Data
# ******************************************************************************
def make_texts(data_dir):
    tf.gfile.MakeDirs(data_dir)
    rng = np.random.RandomState(77)
    tone = {
        "bad": ["awful", "slow", "dull", "broken"],
        "fair": ["fine", "plain", "usual", "average"],
        "good": ["great", "lovely", "sharp", "superb"],
    }
    filler = ["the", "film", "was", "a", "and", "very", "it", "so"]
    counter = collections.Counter()
    for name, rows in [("train", 40), ("valid", 20)]:
        path = os.path.join(data_dir, name + ".tsv")
        with tf.gfile.GFile(path, "w") as f:
            for _ in range(rows):
                label = TARGETS[rng.randint(3)]
                words = list(rng.choice(filler, rng.randint(2, 8)))
                for _ in range(2):
                    words.insert(
                        rng.randint(len(words)), rng.choice(tone[label]))
                if name == "train":
                    counter.update(words)
                f.write("%s\t%s\n" % (label, " ".join(words).capitalize()))
    with tf.gfile.GFile(os.path.join(data_dir, "vocab.txt"), "w") as f:
        f.write(PAD_WORD + "\n")
        # "usual" and "superb" are left to the buckets.
        for word, _ in sorted(counter.items(), key=lambda x: (-x[1], x[0])):
            if word not in ("usual", "superb"):
                f.write(word + "\n")


def parse_line(line):
    label, text = tf.decode_csv(line, [[""], [""]], field_delim="\t")
    return {"text": text}, label


def input_fn(name, mode=tf.estimator.ModeKeys.EVAL):
    path = os.path.join(FLAGS.data_dir, name + ".tsv")
    dataset = tf.data.TextLineDataset(path)
    dataset = dataset.map(parse_line, num_parallel_calls=2)
    if mode == tf.estimator.ModeKeys.TRAIN:
        dataset = dataset.apply(
            tf.data.experimental.shuffle_and_repeat(16, seed=4))
    dataset = dataset.batch(FLAGS.batch_size).prefetch(1)
    return dataset.make_one_shot_iterator().get_next()


# ******************************************************************************
# Model
# ******************************************************************************
def read_vocab_size():
    with tf.gfile.Open(os.path.join(FLAGS.data_dir, "vocab.txt")) as f:
        return len(f.readlines())


def word_ids(text):
    """[batch] string -> [batch, MAX_LENGTH] int64, 0 for padding."""
    table = tf.lookup.StaticVocabularyTable(
        tf.lookup.TextFileInitializer(
            os.path.join(FLAGS.data_dir, "vocab.txt"),
            tf.string, tf.lookup.TextFileIndex.WHOLE_LINE,
            tf.int64, tf.lookup.TextFileIndex.LINE_NUMBER),
        num_oov_buckets=2)
    words = tf.string_split(tf.strings.lower(text))
    dense_words = tf.sparse_tensor_to_dense(words, default_value=PAD_WORD)
    ids = table.lookup(dense_words)
    # Pad every sentence, then cut to the length.
    padding = tf.constant([[0, 0], [0, MAX_LENGTH]])
    padded = tf.pad(ids, padding)
    return tf.slice(padded, [0, 0], [-1, MAX_LENGTH])


def model_fn(features, labels, mode, params, config):
    tf.logging.info("model_dir is %s", config.model_dir)
    text = features["text"]
    if text.shape.ndims == 2:
        text = tf.squeeze(text, [1])
    ids = word_ids(text)

    vocab_size = read_vocab_size() + 2
    with tf.variable_scope(
        "cnn", regularizer=tf.keras.regularizers.l2(0.001)):
        embeddings = tf.get_variable(
            "embeddings", [vocab_size, params["embedding_size"]],
            initializer=tf.random_uniform_initializer(-0.5, 0.5, seed=1),
            regularizer=None)
        words = tf.nn.embedding_lookup(embeddings, ids)
        mask = tf.cast(tf.not_equal(ids, 0), tf.float32)
        words *= tf.expand_dims(mask, -1)
        pooled = []
        for i, size in enumerate(params["filter_sizes"]):
            conv = tf.layers.conv1d(
                words, params["num_filters"], size, padding="valid",
                activation=tf.nn.relu, name="conv_%d" % size,
                kernel_initializer=tf.initializers.he_normal(seed=2 + i))
            pooled.append(tf.reduce_max(conv, axis=1))
        net = tf.concat(pooled, axis=-1)
        net = tf.layers.dropout(
            net, params["dropout"], seed=31,
            training=mode == tf.estimator.ModeKeys.TRAIN)
        logits = tf.layers.dense(
            net, len(TARGETS), name="logits",
            kernel_initializer=tf.initializers.glorot_normal(seed=9),
            kernel_regularizer=tf.keras.regularizers.l2(0.01))

    probabilities = tf.nn.softmax(logits)
    index_to_label = tf.lookup.StaticHashTable(
        tf.lookup.KeyValueTensorInitializer(
            tf.constant(list(range(len(TARGETS))), tf.int64),
            tf.constant(TARGETS)), "?")
    best = tf.argmax(probabilities, axis=1)
    predictions = {
        "class": index_to_label.lookup(best),
        "class_id": best,
        "probabilities": probabilities,
    }
    if mode == tf.estimator.ModeKeys.PREDICT:
        classes = tf.tile(
            tf.expand_dims(tf.constant(TARGETS), 0), [tf.shape(logits)[0], 1])
        return tf.estimator.EstimatorSpec(
            mode=mode,
            predictions=predictions,
            export_outputs={
                "serving_default": tf.estimator.export.ClassificationOutput(
                    scores=probabilities, classes=classes),
                "predictions": tf.estimator.export.PredictOutput(predictions),
            })

    label_table = tf.lookup.StaticHashTable(
        tf.lookup.KeyValueTensorInitializer(TARGETS, [0, 1, 2]), -1)
    targets = label_table.lookup(labels)
    cross_entropy = tf.reduce_mean(
        tf.nn.sparse_softmax_cross_entropy_with_logits(
            labels=targets, logits=logits))
    regularization = tf.losses.get_regularization_loss()
    loss = cross_entropy + regularization
    tf.summary.scalar("regularization", regularization)

    if mode == tf.estimator.ModeKeys.EVAL:
        return tf.estimator.EstimatorSpec(
            mode=mode,
            loss=loss,
            eval_metric_ops={
                "accuracy": tf.metrics.accuracy(targets, best),
                "per_class": tf.metrics.mean_per_class_accuracy(
                    tf.cast(targets, tf.int64), best, len(TARGETS)),
                "recall_bad": tf.metrics.recall(
                    tf.equal(targets, 0), tf.equal(best, 0)),
                "regularization": tf.metrics.mean(regularization),
            })

    learning_rate = tf.train.inverse_time_decay(
        params["learning_rate"], tf.train.get_global_step(), 5, 0.5)
    optimizer = tf.train.AdagradOptimizer(learning_rate)
    gradients, variables = zip(*optimizer.compute_gradients(loss))
    gradients, norm = tf.clip_by_global_norm(gradients, 1.0)
    tf.summary.scalar("gradient_norm", norm)
    train_op = optimizer.apply_gradients(
        zip(gradients, variables), global_step=tf.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=train_op)


# ******************************************************************************
# Serving
# ******************************************************************************
def example_serving_input_fn():
    """Receives serialized tf.Example protos."""
    feature_spec = {"text": tf.FixedLenFeature([1], tf.string)}
    serialized = tf.placeholder(tf.string, [None], name="input_example_tensor")
    receiver_tensors = {"examples": serialized}
    features = tf.parse_example(serialized, feature_spec)
    return tf.estimator.export.ServingInputReceiver(features, receiver_tensors)


def main(argv):
    tf.logging.set_verbosity(tf.logging.INFO)
    if len(argv) > 1:
        tf.logging.fatal("Unknown arguments: %s", argv[1:])
        sys.exit(1)
    if not tf.gfile.IsDirectory(FLAGS.data_dir):
        make_texts(FLAGS.data_dir)
    params = {
        "embedding_size": FLAGS.embedding_size,
        "filter_sizes": [int(s) for s in FLAGS.filter_sizes.split(",")],
        "num_filters": FLAGS.num_filters,
        "dropout": FLAGS.dropout,
        "learning_rate": FLAGS.learning_rate,
    }
    run_config = tf.estimator.RunConfig()
    run_config = run_config.replace(
        model_dir=FLAGS.job_dir, save_checkpoints_steps=5, tf_random_seed=1,
        log_step_count_steps=5)
    estimator = tf.estimator.Estimator(
        model_fn=model_fn, config=run_config, params=params)
    exporter = tf.estimator.LatestExporter(
        "latest", example_serving_input_fn, exports_to_keep=1)
    train_spec = tf.estimator.TrainSpec(
        lambda: input_fn("train", tf.estimator.ModeKeys.TRAIN),
        max_steps=FLAGS.max_steps)
    eval_spec = tf.estimator.EvalSpec(
        lambda: input_fn("valid"), steps=None, exporters=exporter,
        start_delay_secs=0, throttle_secs=0)
    tf.estimator.train_and_evaluate(estimator, train_spec, eval_spec)

    predictions = estimator.predict(lambda: input_fn("valid"))
    rows = [{"class": p["class"].decode(),
             "probabilities": [round(float(x), 4) for x in p["probabilities"]]}
            for p in predictions]
    with tf.gfile.Open(os.path.join(FLAGS.job_dir, "rows.json"), "w") as f:
        json.dump(rows, f)

    def serving_input_fn():
        text = tf.placeholder(tf.string, [None], name="text")
        return tf.estimator.export.ServingInputReceiver(
            {"text": text}, {"text": text})

    estimator.export_savedmodel(
        os.path.join(FLAGS.job_dir, "strings"), serving_input_fn,
        assets_extra={"vocab/words.txt":
                      os.path.join(FLAGS.data_dir, "vocab.txt")})


if __name__ == "__main__":
    tf.app.run(main=main)
