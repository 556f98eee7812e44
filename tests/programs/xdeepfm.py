#coding: utf-8
"""xDeepFM: compressed interaction network, by conv1d over outer products.

Data in the style of Criteo: integer columns are binned by log, categories are
hashed, all in the dataset.
"""
import math
import os
import random
import shutil
import sys

import tensorflow as tf

tf.app.flags.DEFINE_string('train_file', 'criteo/train.txt', '')
tf.app.flags.DEFINE_string('test_file', 'criteo/test.txt', '')
tf.app.flags.DEFINE_string('model_dir', 'xdeepfm', '')
tf.app.flags.DEFINE_integer('hash_size', 40, 'ids of each column')
tf.app.flags.DEFINE_integer('dim', 3, 'size of an embedding')
tf.app.flags.DEFINE_list('cross_layer_sizes', ['6', '4'], 'feature maps of CIN')
tf.app.flags.DEFINE_list('layer_sizes', ['12', '6'], 'DNN')
tf.app.flags.DEFINE_float('embed_l2', 0.01, '')
tf.app.flags.DEFINE_float('layer_l2', 0.001, '')
tf.app.flags.DEFINE_float('dropout', 0.2, '')
tf.app.flags.DEFINE_integer('batch_size', 20, '')
tf.app.flags.DEFINE_boolean('eval_only', False, '')
FLAGS = tf.app.flags.FLAGS

INTS = ['I%d' % i for i in range(1, 4)]
CATS = ['C%d' % i for i in range(1, 5)]
FIELDS = INTS + CATS


def write_lines(path, count, seed):
    rng = random.Random(seed)
    if not os.path.isdir(os.path.dirname(path)):
        os.makedirs(os.path.dirname(path))
    with open(path, 'w') as f:
        for _ in range(count):
            ints = [rng.choice(['', str(int(math.exp(rng.uniform(0, 6))))]) for _ in INTS]
            cats = ['%08x' % rng.choice([7, 77, 777, 7777, 77777]) for _ in CATS]
            label = int((cats[0] == cats[1]) + rng.random() > 0.8)
            f.write('\t'.join([str(label)] + ints + cats) + '\n')


def decode(line):
    defaults = [[0.0]] + [[-1.0]] * len(INTS) + [['']] * len(CATS)
    columns = tf.decode_csv(line, defaults, field_delim='\t')
    ids = []
    for value in columns[1:1 + len(INTS)]:
        # As the winners of Criteo's contest: floor(log(v) ** 2) above 2.
        binned = tf.where(value > 2, tf.floor(tf.log(tf.maximum(value, 1.0)) ** 2), value)
        ids.append(tf.cast(binned, tf.int32) + 1)
    for value in columns[1 + len(INTS):]:
        ids.append(tf.cast(tf.string_to_hash_bucket_fast(value, FLAGS.hash_size), tf.int32))
    return tf.minimum(tf.stack(ids), FLAGS.hash_size - 1), columns[0]


def input_fn(path, epochs, shuffle):
    dataset = tf.data.TextLineDataset(path)
    if shuffle:
        dataset = dataset.shuffle(64, seed=11, reshuffle_each_iteration=True)
    dataset = dataset.repeat(epochs)
    dataset = dataset.apply(tf.data.experimental.map_and_batch(
        decode, FLAGS.batch_size, num_parallel_batches=2, drop_remainder=False))
    iterator = dataset.make_initializable_iterator()
    tf.add_to_collection(tf.GraphKeys.TABLE_INITIALIZERS, iterator.initializer)
    ids, labels = iterator.get_next()
    # One id space for all fields.
    offsets = tf.constant([i * FLAGS.hash_size for i in range(len(FIELDS))])
    return {'ids': ids + offsets}, labels


class XDeepFM(object):
    """Builds the graph; variables are made by hand."""

    def __init__(self, mode, params):
        self.params = params
        self.is_training = mode == tf.estimator.ModeKeys.TRAIN
        self.initializer = tf.truncated_normal_initializer(stddev=0.1)
        self.embed_params = []
        self.layer_params = []

    def variable(self, name, shape, kind, initializer=None):
        made = tf.get_variable(
            name=name, shape=shape, dtype=tf.float32, initializer=initializer or self.initializer)
        {'embed': self.embed_params, 'layer': self.layer_params}[kind].append(made)
        return made

    def cin(self, x0):
        """x0: [B, m, D]; returns the sum-pooled feature maps, [B, sum(H)]"""
        dim, field_num = FLAGS.dim, len(FIELDS)
        hidden, hidden_num = [x0], [field_num]
        final = []
        split0 = tf.split(x0, dim * [1], 2)
        sizes = [int(size) for size in FLAGS.cross_layer_sizes]
        for idx, layer_size in enumerate(sizes):
            split_k = tf.split(hidden[-1], dim * [1], 2)
            dot = tf.matmul(split0, split_k, transpose_b=True)       # [D, B, m, H]
            dot = tf.reshape(dot, [dim, -1, field_num * hidden_num[-1]])
            dot = tf.transpose(dot, perm=[1, 0, 2])                  # [B, D, m * H]
            filters = self.variable(
                'f_%d' % idx, [1, hidden_num[-1] * field_num, layer_size], 'layer')
            curr = tf.nn.conv1d(dot, filters=filters, stride=1, padding='VALID')
            b = self.variable('f_b%d' % idx, [layer_size], 'layer', tf.zeros_initializer())
            curr = tf.nn.relu(tf.nn.bias_add(curr, b))
            curr = tf.transpose(curr, perm=[0, 2, 1])                # [B, H, D]
            if idx != len(sizes) - 1:
                next_hidden, direct = tf.split(curr, 2 * [layer_size // 2], 1)
                hidden_num.append(layer_size // 2)
            else:
                next_hidden, direct = 0, curr
            final.append(direct)
            hidden.append(next_hidden)
        return tf.reduce_sum(tf.concat(final, axis=1), -1)

    def dnn(self, net):
        for idx, size in enumerate(FLAGS.layer_sizes):
            w = self.variable('w_nn_layer' + str(idx), [net.shape[1].value, int(size)], 'layer')
            b = self.variable('b_nn_layer' + str(idx), [int(size)], 'layer', tf.zeros_initializer())
            net = tf.nn.xw_plus_b(net, w, b)
            net = tf.nn.leaky_relu(net)
            if self.is_training:
                net = tf.nn.dropout(net, keep_prob=1.0 - FLAGS.dropout, seed=idx)
        return net

    def logits(self, ids):
        total = FLAGS.hash_size * len(FIELDS)
        with tf.variable_scope('linear_part'):
            w = self.variable('w_linear', [total, 1], 'embed')
            b = self.variable('b_linear', [1], 'layer', tf.zeros_initializer())
            linear = tf.reduce_sum(tf.squeeze(tf.nn.embedding_lookup(w, ids), 2), 1, keepdims=True) + b
        with tf.variable_scope('embedding'):
            table = self.variable('embedding', [total, FLAGS.dim], 'embed')
            x0 = tf.gather(table, ids)
        with tf.variable_scope('exfm_part', initializer=self.initializer):
            cin = self.cin(x0)
            w_out = self.variable('w_nn_output', [cin.shape[-1].value, 1], 'layer')
            cin = tf.matmul(cin, w_out)
        with tf.variable_scope('nn_part'):
            deep = self.dnn(tf.reshape(x0, [-1, len(FIELDS) * FLAGS.dim]))
            w_out = self.variable('w_nn_output', [deep.shape[-1].value, 1], 'layer')
            deep = tf.matmul(deep, w_out)
        return tf.reshape(linear + cin + deep, [-1])

    def regularization(self):
        embed = [FLAGS.embed_l2 * tf.nn.l2_loss(p) for p in self.embed_params]
        layer = [FLAGS.layer_l2 * tf.reduce_sum(tf.abs(p)) for p in self.layer_params]
        return tf.add_n(embed + layer)


def model_fn(features, labels, mode, params, config):
    model = XDeepFM(mode, params)
    logit = model.logits(features['ids'])
    pred = tf.sigmoid(logit)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={'pred': pred, 'logit': logit})
    data_loss = tf.losses.log_loss(labels, pred, epsilon=1e-6)
    loss = data_loss + model.regularization()
    logloss = tf.metrics.mean(data_loss)
    auc = tf.metrics.auc(labels, pred)
    if mode == tf.estimator.ModeKeys.EVAL:
        return tf.estimator.EstimatorSpec(mode, loss=loss, eval_metric_ops={'auc': auc, 'logloss': logloss})
    rate = tf.train.inverse_time_decay(0.02, tf.train.get_global_step(), 5, 0.5)
    # Sparse gradients of tables are handled lazily, by an optimizer of their own.
    adam = tf.train.AdamOptimizer(rate, beta1=0.9)
    adadelta = tf.train.AdadeltaOptimizer(learning_rate=1.0, rho=0.9)
    grads = tf.gradients(loss, model.layer_params + model.embed_params)
    count = len(model.layer_params)
    layer_grads = [tf.clip_by_norm(g, 1.0) for g in grads[:count]]
    train_layers = adam.apply_gradients(zip(layer_grads, model.layer_params))
    train_embed = adadelta.apply_gradients(
        zip(grads[count:], model.embed_params), global_step=tf.train.get_global_step())
    train_op = tf.group(train_layers, train_embed, auc[1], name='train')
    tf.summary.scalar('train_auc', auc[0])
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=train_op, eval_metric_ops={'auc': auc})


def main(_):
    if not FLAGS.eval_only:
        shutil.rmtree(FLAGS.model_dir, ignore_errors=True)
        write_lines(FLAGS.train_file, 120, seed=1)
        write_lines(FLAGS.test_file, 50, seed=2)
    config = tf.ConfigProto(allow_soft_placement=True)
    config.gpu_options.allow_growth = True
    run_config = tf.estimator.RunConfig(
        tf_random_seed=5, session_config=config, keep_checkpoint_max=1, save_checkpoints_secs=None,
        save_checkpoints_steps=100)
    estimator = tf.estimator.Estimator(model_fn, FLAGS.model_dir, run_config, params={})
    if not FLAGS.eval_only:
        estimator.train(lambda: input_fn(FLAGS.train_file, 2, True))
    print(estimator.evaluate(lambda: input_fn(FLAGS.test_file, 1, False)))
    for i, p in enumerate(estimator.predict(lambda: input_fn(FLAGS.test_file, 1, False))):
        sys.stdout.write('%d\t%.5f\n' % (i, p['pred']))
        if i == 4:
            break


if __name__ == '__main__':
    tf.app.run()
