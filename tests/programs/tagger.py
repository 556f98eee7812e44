"""Named entities with a bidirectional LSTM and a CRF, on words and letters.

Two models: `lstm_crf` reads words (with GloVe vectors that stay as they are),
`chars_lstm_lstm_crf` letters, too.
"""

import functools
import json
import logging
import os
import sys

import numpy as np
import tensorflow as tf
from tensorflow.contrib import crf
from tensorflow.contrib.rnn import LSTMBlockFusedCell
from tensorflow.contrib.rnn import TimeReversedFusedRNN

tf.app.flags.DEFINE_string("data_dir", "/tmp/ner", "Where the corpus is")
tf.app.flags.DEFINE_string("results_dir", "/tmp/ner_results", "For results")
tf.app.flags.DEFINE_string("model", "lstm_crf", "Which of the two models")

FLAGS = tf.app.flags.FLAGS

# Logging
tf.logging.set_verbosity(logging.INFO)


# ------------------------------------------------------------------------------
# Corpus
# ------------------------------------------------------------------------------
def write_corpus(data_dir):
    tf.gfile.MakeDirs(data_dir)
    rng = np.random.RandomState(10)
    names = ["Ada", "Alan", "Grace", "Linus"]
    places = ["Paris", "Oslo", "Rome"]
    others = "went to saw in the of and met left".split()
    words, chars = {}, {}
    for name, lines in [("train", 24), ("testa", 10)]:
        with open(os.path.join(data_dir, name + ".words.txt"), "w") as fw, \
                open(os.path.join(data_dir, name + ".tags.txt"), "w") as ft:
            for _ in range(lines):
                sentence, tags = [], []
                for _ in range(rng.randint(2, 5)):
                    kind = rng.randint(3)
                    if kind == 0:
                        sentence.append(str(rng.choice(names)))
                        tags.append("B-PER")
                        if rng.rand() < 0.4:
                            sentence.append(str(rng.choice(names)))
                            tags.append("I-PER")
                    elif kind == 1:
                        sentence.append(str(rng.choice(places)))
                        tags.append("B-LOC")
                    else:
                        sentence.append(str(rng.choice(others)))
                        tags.append("O")
                fw.write(" ".join(sentence) + "\n")
                ft.write(" ".join(tags) + "\n")
                if name == "train":
                    for word in sentence:
                        words[word] = words.get(word, 0) + 1
                        for c in word:
                            chars[c] = chars.get(c, 0) + 1
    vocabulary = sorted(w for w, n in words.items() if n > 1)
    for name, entries in [
            ("words", vocabulary),
            ("chars", sorted(chars)),
            ("tags", ["O", "B-PER", "I-PER", "B-LOC"])]:
        with open(os.path.join(data_dir, "vocab.%s.txt" % name), "w") as f:
            f.write("\n".join(entries) + "\n")
    glove = rng.uniform(-1, 1, [len(vocabulary), 5]).astype(np.float32)
    np.savez_compressed(
        os.path.join(data_dir, "glove.npz"), embeddings=glove)


# ------------------------------------------------------------------------------
# Input
# ------------------------------------------------------------------------------
def parse_fn(line_words, line_tags):
    # Encode in Bytes for TF
    words = [w.encode() for w in line_words.strip().split()]
    tags = [t.encode() for t in line_tags.strip().split()]
    assert len(words) == len(tags), "Words and tags lengths don't match"

    # Chars
    chars = [[c.encode() for c in w] for w in line_words.strip().split()]
    lengths = [len(c) for c in chars]
    max_len = max(lengths)
    chars = [c + [b"<pad>"] * (max_len - l) for c, l in zip(chars, lengths)]
    return ((words, len(words)), (chars, lengths)), tags


def generator_fn(words, tags):
    with open(words, "r") as f_words, open(tags, "r") as f_tags:
        for line_words, line_tags in zip(f_words, f_tags):
            yield parse_fn(line_words, line_tags)


def input_fn(words, tags, params=None, shuffle_and_repeat=False):
    params = params if params is not None else {}
    shapes = ((([None], ()),               # (words, nwords)
               ([None, None], [None])),    # (chars, nchars)
              [None])                      # tags
    types = (((tf.string, tf.int32),
              (tf.string, tf.int32)),
             tf.string)
    defaults = ((("<pad>", 0),
                 ("<pad>", 0)),
                "O")
    dataset = tf.data.Dataset.from_generator(
        functools.partial(generator_fn, words, tags),
        output_shapes=shapes, output_types=types)

    if shuffle_and_repeat:
        dataset = dataset.repeat(params["epochs"])
        dataset = dataset.shuffle(params["buffer"], seed=3)

    return (dataset
            .padded_batch(params.get("batch_size", 20), shapes, defaults)
            .prefetch(1))


# ------------------------------------------------------------------------------
# Metrics
# ------------------------------------------------------------------------------
def streaming_f1(labels, predictions, num_classes, pos_indices, weights=None):
    """Micro-averaged precision, recall and F1 over a confusion matrix."""
    with tf.variable_scope("f1"):
        total = tf.get_variable(
            "confusion", [num_classes, num_classes], tf.float64,
            initializer=tf.zeros_initializer(), trainable=False,
            collections=[tf.GraphKeys.LOCAL_VARIABLES,
                         tf.GraphKeys.METRIC_VARIABLES])
    batch = tf.confusion_matrix(
        tf.reshape(labels, [-1]), tf.reshape(predictions, [-1]), num_classes,
        dtype=tf.float64,
        weights=tf.reshape(tf.cast(weights, tf.float64), [-1]))
    update = tf.assign_add(total, batch)

    def scores(matrix):
        rows = tf.gather(tf.eye(num_classes, dtype=tf.float64), pos_indices)
        mask = tf.reduce_sum(rows, axis=0)
        hits = tf.reduce_sum(tf.matrix_diag_part(matrix) * mask)
        predicted = tf.reduce_sum(tf.reduce_sum(matrix, axis=0) * mask)
        actual = tf.reduce_sum(tf.reduce_sum(matrix, axis=1) * mask)
        precision = tf.div_no_nan(hits, predicted)
        recall = tf.div_no_nan(hits, actual)
        f1 = tf.div_no_nan(2.0 * precision * recall, precision + recall)
        return precision, recall, f1

    values, updates = scores(total), scores(update)
    return [(tf.cast(v, tf.float32), u) for v, u in zip(values, updates)]


# ------------------------------------------------------------------------------
# Models
# ------------------------------------------------------------------------------
def word_embeddings(words, params):
    vocab_words = tf.contrib.lookup.index_table_from_file(
        params["words"], num_oov_buckets=params["num_oov_buckets"])
    word_ids = vocab_words.lookup(words)
    glove = np.load(params["glove"])["embeddings"]  # np.array
    variable = np.vstack([glove, [[0.] * params["dim"]]])  # For unknown words
    variable = tf.Variable(variable, dtype=tf.float32, trainable=False)
    return tf.nn.embedding_lookup(variable, word_ids)


def fused_bi_lstm(inputs, nwords, size):
    t = tf.transpose(inputs, perm=[1, 0, 2])
    lstm_cell_fw = LSTMBlockFusedCell(size)
    lstm_cell_bw = LSTMBlockFusedCell(size)
    lstm_cell_bw = TimeReversedFusedRNN(lstm_cell_bw)
    output_fw, _ = lstm_cell_fw(t, dtype=tf.float32, sequence_length=nwords)
    output_bw, _ = lstm_cell_bw(t, dtype=tf.float32, sequence_length=nwords)
    output = tf.concat([output_fw, output_bw], axis=-1)
    return tf.transpose(output, perm=[1, 0, 2])


def char_embeddings(chars, nchars, params, training):
    vocab_chars = tf.contrib.lookup.index_table_from_file(
        params["chars"], num_oov_buckets=1)
    with tf.gfile.Open(params["chars"]) as f:
        num_chars = sum(1 for _ in f) + 1
    char_ids = vocab_chars.lookup(chars)
    variable = tf.get_variable(
        "chars_embeddings", [num_chars, params["dim_chars"]], tf.float32)
    embeddings = tf.nn.embedding_lookup(variable, char_ids)
    embeddings = tf.layers.dropout(
        embeddings, rate=params["dropout"], training=training, seed=1)

    # Char LSTM
    dim_words = tf.shape(embeddings)[1]
    dim_chars = tf.shape(embeddings)[2]
    flat = tf.reshape(embeddings, [-1, dim_chars, params["dim_chars"]])
    size = params["char_lstm_size"]
    cell = tf.nn.rnn_cell.LSTMCell(size, use_peepholes=True, name="char_lstm")
    _, state = tf.nn.dynamic_rnn(
        cell, flat, dtype=tf.float32,
        sequence_length=tf.reshape(nchars, [-1]))
    return tf.reshape(state.h, [-1, dim_words, size])


def bi_lstm(inputs, nwords, params, training):
    def cells(direction):
        lstm = tf.contrib.rnn.BasicLSTMCell(
            params["lstm_size"], forget_bias=0.5, name="lstm_%s" % direction)
        gru = tf.contrib.rnn.GRUCell(
            params["lstm_size"], name="gru_%s" % direction)
        lstm = tf.contrib.rnn.DropoutWrapper(
            lstm, output_keep_prob=params["keep_prob"] if training else 1.0)
        return tf.nn.rnn_cell.MultiRNNCell([lstm, gru])

    outputs, _ = tf.nn.bidirectional_dynamic_rnn(
        cells("fw"), cells("bw"), inputs, sequence_length=nwords,
        dtype=tf.float32)
    return tf.concat(outputs, axis=-1)


def model_fn(features, labels, mode, params):
    # For serving features are a bit different
    if isinstance(features, dict):
        features = ((features["words"], features["nwords"]),
                    (features["chars"], features["nchars"]))
    training = mode == tf.estimator.ModeKeys.TRAIN
    initializer = tf.random_uniform_initializer(-0.3, 0.3, seed=19)
    with tf.variable_scope("", initializer=initializer):
        return tag(features, labels, mode, params, training)


def tag(features, labels, mode, params, training):
    # Read vocabs and inputs
    (words, nwords), (chars, nchars) = features
    with tf.gfile.Open(params["tags"]) as f:
        indices = [idx for idx, t in enumerate(f) if t.strip() != "O"]
        num_tags = len(indices) + 1

    embeddings = word_embeddings(words, params)
    if params["use_chars"]:
        letters = char_embeddings(chars, nchars, params, training)
        embeddings = tf.concat([embeddings, letters], axis=-1)
    embeddings = tf.layers.dropout(
        embeddings, rate=params["dropout"], training=training, seed=2)
    if params["use_chars"]:
        output = bi_lstm(embeddings, nwords, params, training)
    else:
        output = fused_bi_lstm(embeddings, nwords, params["lstm_size"])
    output = tf.layers.dropout(
        output, rate=params["dropout"], training=training, seed=3)

    # CRF
    logits = tf.layers.dense(
        output, num_tags,
        kernel_initializer=tf.glorot_uniform_initializer(seed=4))
    crf_params = tf.get_variable("crf", [num_tags, num_tags], dtype=tf.float32)
    pred_ids, best_score = crf.crf_decode(logits, crf_params, nwords)

    if mode == tf.estimator.ModeKeys.PREDICT:
        # Predictions
        reverse_vocab_tags = (
            tf.contrib.lookup.index_to_string_table_from_file(params["tags"]))
        pred_strings = reverse_vocab_tags.lookup(tf.to_int64(pred_ids))
        predictions = {
            "pred_ids": pred_ids,
            "tags": pred_strings,
            "score": best_score,
        }
        return tf.estimator.EstimatorSpec(mode, predictions=predictions)

    # Loss
    vocab_tags = tf.contrib.lookup.index_table_from_file(params["tags"])
    tags = vocab_tags.lookup(labels)
    log_likelihood, _ = crf.crf_log_likelihood(
        logits, tags, nwords, crf_params)
    loss = tf.reduce_mean(-log_likelihood)

    # Metrics
    weights = tf.sequence_mask(nwords)
    precision, recall, f1 = streaming_f1(
        tags, pred_ids, num_tags, indices, weights)
    metrics = {
        "acc": tf.metrics.accuracy(tags, pred_ids, weights),
        "precision": precision,
        "recall": recall,
        "f1": f1,
    }
    for metric_name, op in metrics.items():
        tf.summary.scalar(metric_name, op[1])

    if mode == tf.estimator.ModeKeys.EVAL:
        return tf.estimator.EstimatorSpec(
            mode, loss=loss, eval_metric_ops=metrics)
    train_op = tf.train.AdamOptimizer(0.02).minimize(
        loss, global_step=tf.train.get_or_create_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=train_op)


# ------------------------------------------------------------------------------
# Running
# ------------------------------------------------------------------------------
def main(_):
    datadir = FLAGS.data_dir
    if not os.path.exists(datadir):
        write_corpus(datadir)
    results = os.path.join(FLAGS.results_dir, FLAGS.model)
    tf.gfile.MakeDirs(results)
    handler = logging.FileHandler(os.path.join(results, "main.log"))
    logging.getLogger("tensorflow").addHandler(handler)

    # Params
    params = {
        "dim": 5,
        "dropout": 0.25,
        "keep_prob": 1.0,
        "num_oov_buckets": 1,
        "epochs": 10,
        "batch_size": 8,
        "buffer": 24,
        "lstm_size": 6,
        "dim_chars": 4,
        "char_lstm_size": 3,
        "use_chars": FLAGS.model == "chars_lstm_lstm_crf",
        "words": os.path.join(datadir, "vocab.words.txt"),
        "chars": os.path.join(datadir, "vocab.chars.txt"),
        "tags": os.path.join(datadir, "vocab.tags.txt"),
        "glove": os.path.join(datadir, "glove.npz"),
    }
    with open(os.path.join(results, "params.json"), "w") as f:
        json.dump(params, f, indent=4, sort_keys=True)

    def fwords(name):
        return os.path.join(datadir, "{}.words.txt".format(name))

    def ftags(name):
        return os.path.join(datadir, "{}.tags.txt".format(name))

    # Estimator, train and evaluate
    train_inpf = functools.partial(
        input_fn, fwords("train"), ftags("train"), params,
        shuffle_and_repeat=True)
    eval_inpf = functools.partial(
        input_fn, fwords("testa"), ftags("testa"))

    cfg = tf.estimator.RunConfig(save_checkpoints_steps=120)
    estimator = tf.estimator.Estimator(
        model_fn, os.path.join(results, "model"), cfg, params)
    tf.gfile.MakeDirs(estimator.eval_dir())
    hook = tf.estimator.experimental.stop_if_no_increase_hook(
        estimator, "f1", 500, min_steps=8000, run_every_secs=120)
    train_spec = tf.estimator.TrainSpec(
        input_fn=train_inpf, max_steps=6, hooks=[hook])
    eval_spec = tf.estimator.EvalSpec(
        input_fn=eval_inpf, start_delay_secs=0, throttle_secs=0)
    tf.estimator.train_and_evaluate(estimator, train_spec, eval_spec)

    # Write predictions to file
    def write_predictions(name):
        tf.gfile.MakeDirs(os.path.join(results, "score"))
        path = os.path.join(results, "score", "{}.preds.txt".format(name))
        with open(path, "wb") as f:
            test_inpf = functools.partial(input_fn, fwords(name), ftags(name))
            golds_gen = generator_fn(fwords(name), ftags(name))
            preds_gen = estimator.predict(test_inpf)
            for golds, preds in zip(golds_gen, preds_gen):
                ((words, _), (_, _)), tags = golds
                for word, tag, tag_pred in zip(words, tags, preds["tags"]):
                    f.write(b" ".join([word, tag, tag_pred]) + b"\n")
                f.write(b"\n")

    write_predictions("testa")


if __name__ == "__main__":
    sys.exit(tf.app.run(main))
