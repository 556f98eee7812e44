# -*- coding: utf-8 -*-
"""Deep Interest Network: attention of the candidate over the user's history.

Sequences of different lengths come from tf.SequenceExample records and are
padded by batch.
"""
from __future__ import division
from __future__ import print_function

import os

import numpy as np
import tensorflow.compat.v1 as tf

flags = tf.app.flags
FLAGS = flags.FLAGS
flags.DEFINE_string('data_dir', 'din_data', 'where the records are')
flags.DEFINE_string('model_dir', './din_model', 'checkpoints')
flags.DEFINE_string('export_dir', './din_export', 'SavedModel')
flags.DEFINE_integer('item_count', 60, 'number of items')
flags.DEFINE_integer('cate_count', 7, 'number of categories')
flags.DEFINE_integer('hidden_units', 8, 'size of embeddings')
flags.DEFINE_integer('batch_size', 16, '')
flags.DEFINE_integer('train_steps', 14, '')
flags.DEFINE_float('learning_rate', 0.1, '')
flags.DEFINE_bool('use_dice', True, 'Dice instead of PReLU')
flags.DEFINE_enum('mode', 'train', ['train', 'predict'], '')

PADDING = 0


def prelu(_x, scope=''):
    """parametric ReLU activation"""
    with tf.variable_scope(name_or_scope=scope, default_name="prelu"):
        _alpha = tf.get_variable("prelu", shape=_x.get_shape()[-1],
                                 dtype=_x.dtype, initializer=tf.constant_initializer(0.1))
        return tf.maximum(0.0, _x) + _alpha * tf.minimum(0.0, _x)


def dice(_x, axis=-1, epsilon=1e-9, name='', training=True):
    with tf.variable_scope(name, reuse=tf.AUTO_REUSE):
        alphas = tf.get_variable('alpha' + name, _x.get_shape()[-1],
                                 initializer=tf.constant_initializer(0.0),
                                 dtype=tf.float32)
        x_normed = tf.layers.batch_normalization(
            _x, center=False, scale=False, epsilon=epsilon, training=training,
            name='bn')
    x_p = tf.sigmoid(x_normed)
    return alphas * (1.0 - x_p) * _x + x_p * _x


def dense(x, units, name, activation=None, reuse=None):
    return tf.layers.dense(
        x, units, activation=activation, name=name, reuse=reuse,
        kernel_initializer=tf.variance_scaling_initializer(),
        bias_initializer=tf.zeros_initializer())


def attention(queries, keys, keys_length):
    '''
    queries:     [B, H]
    keys:        [B, T, H]
    keys_length: [B]
    '''
    queries_hidden_units = queries.get_shape().as_list()[-1]
    queries = tf.tile(queries, [1, tf.shape(keys)[1]])
    queries = tf.reshape(queries, [-1, tf.shape(keys)[1], queries_hidden_units])
    din_all = tf.concat([queries, keys, queries - keys, queries * keys], axis=-1)
    d_layer_1_all = dense(din_all, 8, activation=tf.nn.sigmoid, name='f1_att', reuse=tf.AUTO_REUSE)
    d_layer_2_all = dense(d_layer_1_all, 4, activation=tf.nn.sigmoid, name='f2_att', reuse=tf.AUTO_REUSE)
    d_layer_3_all = dense(d_layer_2_all, 1, name='f3_att', reuse=tf.AUTO_REUSE)
    outputs = tf.reshape(d_layer_3_all, [-1, 1, tf.shape(keys)[1]])
    # Mask
    key_masks = tf.sequence_mask(keys_length, tf.shape(keys)[1])   # [B, T]
    key_masks = tf.expand_dims(key_masks, 1)                       # [B, 1, T]
    paddings = tf.ones_like(outputs) * (-2 ** 32 + 1)
    outputs = tf.where(key_masks, outputs, paddings)               # [B, 1, T]

    # Scale
    outputs = outputs / (keys.get_shape().as_list()[-1] ** 0.5)

    # Activation
    outputs = tf.nn.softmax(outputs)                               # [B, 1, T]
    tf.add_to_collection('attention_scores', outputs)

    # Weighted sum
    return tf.squeeze(tf.matmul(outputs, keys), axis=1)            # [B, H]


class Model(object):

    def __init__(self, cate_list):
        self.cate_list = cate_list

    def embed(self, items):
        """item embedding and category embedding, side by side"""
        with tf.variable_scope('embedding', reuse=tf.AUTO_REUSE):
            item_emb_w = tf.get_variable(
                "item_emb_w", [FLAGS.item_count, FLAGS.hidden_units // 2],
                initializer=tf.random_uniform_initializer(-0.5, 0.5))
            cate_emb_w = tf.get_variable(
                "cate_emb_w", [FLAGS.cate_count, FLAGS.hidden_units // 2],
                initializer=tf.random_uniform_initializer(-0.5, 0.5))
        cate_list = tf.convert_to_tensor(self.cate_list, dtype=tf.int64)
        return tf.concat([
            tf.nn.embedding_lookup(item_emb_w, items),
            tf.nn.embedding_lookup(cate_emb_w, tf.gather(cate_list, items)),
        ], axis=-1)

    def logits(self, candidate, hist, length, training, reuse):
        """f(candidate | history), [B]"""
        with tf.variable_scope('din', reuse=reuse):
            item_b = tf.get_variable("item_b", [FLAGS.item_count],
                                     initializer=tf.constant_initializer(0.0))
            i_emb = self.embed(candidate)
            h_emb = self.embed(hist)
            hist_i = attention(i_emb, h_emb, length)
            hist_i = tf.layers.batch_normalization(
                hist_i, training=training, name='hist_bn')
            hist_i = dense(hist_i, FLAGS.hidden_units, name='hist_fc')

            net = tf.concat([hist_i, i_emb, hist_i * i_emb], axis=-1)
            net = tf.layers.batch_normalization(net, training=training, name='b1')
            net = dense(net, 16, name='f1')
            if FLAGS.use_dice:
                net = dice(net, name='dice_1', training=training)
            else:
                net = prelu(net, 'prelu_1')
            net = dense(net, 8, name='f2')
            net = prelu(net, 'prelu_2')
            net = dense(net, 1, name='f3')
            return tf.gather(item_b, candidate) + tf.reshape(net, [-1])

    def model_fn(self, features, labels, mode):
        training = mode == tf.estimator.ModeKeys.TRAIN
        hist, length = features['hist'], features['length']
        logits_i = self.logits(features['candidate'], hist, length, training, None)

        if mode == tf.estimator.ModeKeys.PREDICT:
            scores = tf.get_collection('attention_scores')[0]
            return tf.estimator.EstimatorSpec(mode, predictions={
                'score': tf.sigmoid(logits_i),
                'attention': tf.squeeze(scores, axis=1),
                'candidate': features['candidate'],
            })

        loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(
            logits=logits_i, labels=labels))
        if mode == tf.estimator.ModeKeys.EVAL:
            # How often the candidate beats an item that was drawn for it.
            logits_j = self.logits(features['negative'], hist, length, False, True)
            positive = tf.equal(labels, 1.0)
            p_auc = tf.metrics.mean(
                tf.cast(logits_i - logits_j > 0, tf.float32), weights=tf.to_float(positive))
            return tf.estimator.EstimatorSpec(mode, loss=loss, eval_metric_ops={
                'p_auc': p_auc,
                'auc': tf.metrics.auc(labels, tf.sigmoid(logits_i), num_thresholds=500),
                'log_loss': tf.metrics.mean(loss),
            })

        global_step = tf.train.get_global_step()
        lr = tf.train.piecewise_constant(
            global_step, [6, 10], [FLAGS.learning_rate, FLAGS.learning_rate / 2, FLAGS.learning_rate / 10])
        tf.summary.scalar('lr', lr)
        opt = tf.train.GradientDescentOptimizer(learning_rate=lr)
        trainable_params = tf.trainable_variables()
        gradients = tf.gradients(loss, trainable_params)
        clip_gradients, norm = tf.clip_by_global_norm(gradients, 5)
        tf.summary.scalar('gradient_norm', norm)
        with tf.control_dependencies(tf.get_collection(tf.GraphKeys.UPDATE_OPS)):
            train_op = opt.apply_gradients(
                zip(clip_gradients, trainable_params), global_step=global_step)
        hook = tf.train.LoggingTensorHook(
            {'loss': loss, 'lr': lr, 'norm': norm}, every_n_iter=5)
        return tf.estimator.EstimatorSpec(
            mode, loss=loss, train_op=train_op, training_hooks=[hook])


def write_records(path, cate_list, count, seed):
    rng = np.random.RandomState(seed)
    with tf.python_io.TFRecordWriter(path) as writer:
        for _ in range(count):
            hist = rng.randint(1, FLAGS.item_count, rng.randint(1, 9))
            candidate, negative = rng.randint(1, FLAGS.item_count, 2)
            liked = np.isin(cate_list[candidate], cate_list[hist])
            example = tf.train.SequenceExample(
                context=tf.train.Features(feature={
                    'candidate': tf.train.Feature(int64_list=tf.train.Int64List(value=[candidate])),
                    'negative': tf.train.Feature(int64_list=tf.train.Int64List(value=[negative])),
                    'label': tf.train.Feature(float_list=tf.train.FloatList(value=[float(liked)])),
                }),
                feature_lists=tf.train.FeatureLists(feature_list={
                    'hist': tf.train.FeatureList(feature=[
                        tf.train.Feature(int64_list=tf.train.Int64List(value=[i])) for i in hist]),
                }))
            writer.write(example.SerializeToString())


def parse(record):
    context, sequence = tf.parse_single_sequence_example(
        record,
        context_features={
            'candidate': tf.FixedLenFeature([], tf.int64),
            'negative': tf.FixedLenFeature([], tf.int64),
            'label': tf.FixedLenFeature([], tf.float32),
        },
        sequence_features={'hist': tf.FixedLenSequenceFeature([], tf.int64)})
    label = context.pop('label')
    features = dict(context)
    features['hist'] = sequence['hist']
    features['length'] = tf.shape(sequence['hist'])[0]
    return features, label


def get_input_fn(path, is_training):
    def input_fn():
        dataset = tf.data.TFRecordDataset([path])
        if is_training:
            dataset = dataset.apply(tf.data.experimental.shuffle_and_repeat(100, seed=3))
        dataset = dataset.map(parse)
        shapes = ({'candidate': [], 'negative': [], 'hist': [None], 'length': []}, [])
        dataset = dataset.padded_batch(FLAGS.batch_size, padded_shapes=shapes)
        return dataset.prefetch(1)
    return input_fn


def main(_):
    cate_list = np.random.RandomState(0).randint(0, FLAGS.cate_count, FLAGS.item_count)
    train_path = os.path.join(FLAGS.data_dir, 'train.tfrecord')
    test_path = os.path.join(FLAGS.data_dir, 'test.tfrecord')
    if not tf.gfile.Exists(FLAGS.data_dir):
        tf.gfile.MakeDirs(FLAGS.data_dir)
        write_records(train_path, cate_list, 200, seed=1)
        write_records(test_path, cate_list, 40, seed=2)

    config = tf.estimator.RunConfig(
        model_dir=FLAGS.model_dir, tf_random_seed=1234,
        save_checkpoints_steps=7, keep_checkpoint_max=2, save_summary_steps=5)
    model = Model(cate_list)
    estimator = tf.estimator.Estimator(model_fn=model.model_fn, config=config)

    if FLAGS.mode == 'train':
        train_spec = tf.estimator.TrainSpec(get_input_fn(train_path, True), max_steps=FLAGS.train_steps)
        eval_spec = tf.estimator.EvalSpec(
            get_input_fn(test_path, False), steps=None, start_delay_secs=0, throttle_secs=0)
        tf.estimator.train_and_evaluate(estimator, train_spec, eval_spec)
    else:
        for result in estimator.predict(
                get_input_fn(test_path, False), yield_single_examples=False):
            print(result['candidate'], result['score'])
            print(result['attention'].sum(axis=1))


if __name__ == '__main__':
    tf.logging.set_verbosity(tf.logging.INFO)
    tf.app.run()
