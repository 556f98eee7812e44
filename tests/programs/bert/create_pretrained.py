"""Makes what one would download: a vocabulary, a config and a checkpoint.

As well as a corpus of sentence pairs that agree or not.
"""

from __future__ import absolute_import
from __future__ import division
from __future__ import print_function

import os
import zlib

import modeling
import numpy as np
import tensorflow as tf

WORDS = ("cat dog bird fish runs sleeps eats flies red blue old young "
         "the a is not").split()


def write_corpus(data_dir):
    tf.gfile.MakeDirs(data_dir)
    rng = np.random.RandomState(5)
    for name, rows in [("train", 24), ("dev", 13), ("test", 7)]:
        with tf.gfile.Open(os.path.join(data_dir, name + ".tsv"), "w") as f:
            for i in range(rows):
                first = " ".join(rng.choice(WORDS, rng.randint(3, 7)))
                agree = rng.rand() < 0.5
                second = (first if agree else
                          "Not " + " ".join(rng.choice(WORDS, 3)))
                f.write("%d\t%s.\t%s!\t%d\n" % (i, first, second, agree))


def write_pretrained(bert_dir):
    tf.gfile.MakeDirs(bert_dir)
    tokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", ".", "!", "##s", "##ie"]
    tokens += [w for w in WORDS if w not in ("runs", "eats")] + ["run", "eat"]
    with tf.gfile.Open(os.path.join(bert_dir, "vocab.txt"), "w") as f:
        f.write("\n".join(tokens) + "\n")
    config = modeling.BertConfig(
        vocab_size=len(tokens),
        hidden_size=8,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=12,
        max_position_embeddings=20,
        type_vocab_size=2)
    with tf.gfile.Open(os.path.join(bert_dir, "bert_config.json"), "w") as f:
        f.write(config.to_json_string())

    with tf.Graph().as_default():
        ids = tf.placeholder(tf.int32, [2, 16])
        modeling.BertModel(config, True, ids)
        # What pre-training had besides, and fine-tuning does not read.
        tf.get_variable("cls/predictions/output_bias", [len(tokens)],
                        initializer=tf.zeros_initializer())
        tf.train.get_or_create_global_step()
        saver = tf.train.Saver()
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            for v in tf.trainable_variables():
                # The same numbers whatever else the graph has.
                seed = zlib.crc32(v.op.name.encode()) % (2**31)
                value = np.random.RandomState(seed).randn(
                    *v.shape.as_list()) * 0.2
                if v.op.name.endswith("gamma"):
                    value += 1.0
                session.run(tf.assign(v, value.astype(np.float32)))
            return saver.save(
                session, os.path.join(bert_dir, "bert_model.ckpt"),
                write_meta_graph=False)
