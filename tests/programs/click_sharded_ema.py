"""Click prediction with sharded embeddings and averaged weights.

What a parameter-server job looked like, on one machine: embedding tables are
partitioned, the learning rate decays, evaluation uses the moving averages of
the weights, and a hook watches training by the names of tensors.
"""

import collections
import os
import time

import numpy as np
import tensorflow as tf
from tensorflow.python.saved_model import signature_constants

tf.flags.DEFINE_string('job_dir', 'click_job', 'Where everything goes.')
tf.flags.DEFINE_integer('steps', 16, 'Global step to stop at.')
tf.flags.DEFINE_integer('num_shards', 3, 'Partitions of each table.')
tf.flags.DEFINE_integer('batch_size', 24, 'Examples per batch.')
tf.flags.DEFINE_float('ema_decay', 0.8, 'Decay of the averages.')
tf.flags.DEFINE_multi_string('field', ['user', 'ad', 'site'], 'Fields of ids.')
FLAGS = tf.flags.FLAGS

VOCABULARY = {'user': 41, 'ad': 20, 'site': 11}

HParams = collections.namedtuple('HParams', [
    'learning_rate', 'decay_steps', 'decay_rate', 'l2', 'units', 'max_norm'])


class RateHook(tf.train.SessionRunHook):
  """Collects the learning rate and the norm of gradients, fetched by name."""

  def __init__(self, every_n_steps, output):
    self._timer = tf.train.SecondOrStepTimer(every_steps=every_n_steps)
    self._output = output
    self._lines = []

  def begin(self):
    self._global_step_tensor = tf.train.get_global_step()
    if self._global_step_tensor is None:
      raise RuntimeError('Global step should be created to use RateHook.')
    self._start = time.time()

  def before_run(self, run_context):
    graph = run_context.session.graph
    return tf.train.SessionRunArgs({
        'rate': 'optimize/learning_rate:0',
        'norm': graph.get_tensor_by_name('optimize/gradient_norm:0'),
        'batch': 'batch_size:0',
    })

  def after_run(self, run_context, run_values):
    results = run_values.results
    step = run_context.session.run(self._global_step_tensor)
    if self._timer.should_trigger_for_step(step):
      self._timer.update_last_triggered_step(step)
      self._lines.append('%d %.6f %.5f %d' % (
          step, results['rate'], results['norm'], results['batch']))

  def end(self, session):
    step = session.run(self._global_step_tensor)
    self._lines.append('ended %d' % step)
    with tf.gfile.GFile(self._output, 'w') as f:
      f.write('\n'.join(self._lines))
    tf.logging.info('training took %.1f s', time.time() - self._start)


def sparse_features(seed, count):
  """Yields (ids by field, weights of ads, click)."""
  rng = np.random.RandomState(seed)
  for _ in range(count):
    ids = {field: rng.randint(0, VOCABULARY[field], rng.randint(1, 4))
           for field in sorted(VOCABULARY)}
    click = float(np.sum(ids['ad'] % 2) + rng.normal() > 1)
    yield ids, click


def make_input_fn(seed, count, num_epochs):
  """Sparse tensors, built from padded batches: id 0 ... n - 1, -1 is none."""

  def generator():
    for ids, click in sparse_features(seed, count):
      row = [np.pad(ids[field], (0, 3 - len(ids[field])), 'constant',
                    constant_values=-1) for field in sorted(ids)]
      yield np.stack(row).astype(np.int32), np.float32(click)

  def to_sparse(rows, click):
    features = {}
    for i, field in enumerate(sorted(VOCABULARY)):
      dense = tf.cast(rows[:, i], tf.int64)
      where = tf.where(tf.greater_equal(dense, 0))
      features[field] = tf.SparseTensor(
          where, tf.gather_nd(dense, where), tf.shape(dense, out_type=tf.int64))
    return features, tf.expand_dims(click, 1)

  def input_fn():
    dataset = tf.data.Dataset.from_generator(
        generator, (tf.int32, tf.float32), ([3, 3], []))
    dataset = dataset.repeat(num_epochs).batch(FLAGS.batch_size)
    return dataset.map(to_sparse)

  return input_fn


def embed(features, hparams):
  """Means of the embeddings of each field; tables are sharded by rows."""
  parts, tables = [], {}
  with tf.variable_scope(
      'embeddings', regularizer=lambda w: hparams.l2 * tf.nn.l2_loss(w),
      partitioner=tf.fixed_size_partitioner(FLAGS.num_shards)):
    for field in FLAGS.field:
      table = tf.get_variable(
          field, [VOCABULARY[field], 4],
          initializer=tf.random_normal_initializer(stddev=0.1))
      tables['embeddings/' + field] = table
      parts.append(tf.nn.embedding_lookup_sparse(
          table, features[field], None, partition_strategy='div',
          combiner='mean', max_norm=hparams.max_norm))
    bias = tf.get_variable(
        'site_bias', [VOCABULARY['site'], 1], initializer=tf.zeros_initializer(),
        partitioner=tf.min_max_variable_partitioner(max_partitions=2, min_slice_size=8))
    tables['embeddings/site_bias'] = bias
    wide = tf.nn.safe_embedding_lookup_sparse(
        bias, features['site'], combiner='sum', partition_strategy='div')
  return tf.concat(parts, axis=1), wide, tables


def model_fn(features, labels, mode, params):
  hparams = params['hparams']
  net, wide, tables = embed(features, hparams)
  for i, units in enumerate(hparams.units):
    with tf.variable_scope('hidden%d' % i):
      weights = tf.get_variable(
          'weights', [net.shape[-1].value, units],
          initializer=tf.truncated_normal_initializer(stddev=0.3))
      biases = tf.get_variable('biases', [units], initializer=tf.constant_initializer(0.1))
      net = tf.nn.elu(tf.nn.xw_plus_b(net, weights, biases))
  with tf.variable_scope('out'):
    weights = tf.get_variable(
        'weights', [net.shape[-1].value, 1],
        initializer=tf.truncated_normal_initializer(stddev=0.3))
    logits = tf.matmul(net, weights) + wide
  probability = tf.nn.sigmoid(logits, name='probability')
  tf.identity(tf.shape(logits)[0], name='batch_size')

  ema = tf.train.ExponentialMovingAverage(
      FLAGS.ema_decay, num_updates=tf.train.get_global_step())
  averaged = [v for v in tf.trainable_variables() if not v.op.name.startswith('embeddings/')]
  if mode != tf.estimator.ModeKeys.TRAIN:
    # The averages stand in for the weights of the network.
    to_restore = {ema.average_name(v): v for v in averaged}
    to_restore['global_step'] = tf.train.get_global_step()
    to_restore.update(tables)
    scaffold = tf.train.Scaffold(saver=tf.train.Saver(to_restore))
  if mode == tf.estimator.ModeKeys.PREDICT:
    return tf.estimator.EstimatorSpec(
        mode, predictions={'probability': probability}, scaffold=scaffold,
        export_outputs={
            signature_constants.DEFAULT_SERVING_SIGNATURE_DEF_KEY:
                tf.estimator.export.PredictOutput({'p': probability})})

  cross_entropy = tf.losses.sigmoid_cross_entropy(labels, logits, label_smoothing=0.01)
  loss = tf.losses.get_total_loss()
  if mode == tf.estimator.ModeKeys.EVAL:
    hits = tf.equal(labels, tf.round(probability))
    return tf.estimator.EstimatorSpec(
        mode, loss=loss, scaffold=scaffold,
        eval_metric_ops={
            'accuracy': tf.metrics.mean(tf.to_float(hits)),
            'cross_entropy': tf.metrics.mean(cross_entropy),
            'calibration': tf.metrics.mean_relative_error(
                tf.reduce_mean(probability), tf.reduce_mean(labels), tf.reduce_mean(labels)),
            'auc': tf.metrics.auc(labels, probability, num_thresholds=50),
        })

  with tf.name_scope('optimize'):
    global_step = tf.train.get_or_create_global_step()
    learning_rate = tf.train.exponential_decay(
        hparams.learning_rate, global_step, hparams.decay_steps,
        hparams.decay_rate, staircase=True)
    learning_rate = tf.identity(learning_rate, name='learning_rate')
    optimizer = tf.train.RMSPropOptimizer(learning_rate, decay=0.9, momentum=0.5)
    grads_and_vars = optimizer.compute_gradients(loss)
    grads, variables = zip(*grads_and_vars)
    grads, norm = tf.clip_by_global_norm(grads, 0.5)
    tf.identity(norm, name='gradient_norm')
    apply_op = optimizer.apply_gradients(zip(grads, variables), global_step=global_step)
    with tf.control_dependencies([apply_op]):
      train_op = ema.apply(averaged)
  for var in tf.trainable_variables():
    tf.summary.histogram(var.op.name, var)

  saver = tf.train.Saver(
      sharded=True, max_to_keep=2, save_relative_paths=True)
  tf.add_to_collection(tf.GraphKeys.SAVERS, saver)
  return tf.estimator.EstimatorSpec(
      mode, loss=loss, train_op=train_op,
      scaffold=tf.train.Scaffold(saver=saver),
      training_chief_hooks=[RateHook(4, os.path.join(params['job_dir'], 'rates.txt'))])


def serving_input_receiver_fn():
  """Ids come as sparse tensors in three parts, under names of their own."""
  receivers, features = {}, {}
  for field in FLAGS.field:
    ids = tf.placeholder(tf.int64, [None, None], name=field)
    receivers[field] = ids
    where = tf.where(ids > 0)
    features[field] = tf.SparseTensor(
        where, tf.gather_nd(ids, where), tf.shape(ids, out_type=tf.int64))
  return tf.estimator.export.ServingInputReceiver(features, receivers)


def main(argv):
  assert len(argv) == 1, argv
  tf.gfile.MakeDirs(FLAGS.job_dir)
  hparams = HParams(
      learning_rate=0.05, decay_steps=4, decay_rate=0.7, l2=1e-3,
      units=[8, 4], max_norm=0.4)
  config = tf.estimator.RunConfig(
      model_dir=os.path.join(FLAGS.job_dir, 'model'), tf_random_seed=77,
      save_checkpoints_steps=8, save_summary_steps=8, log_step_count_steps=8)
  estimator = tf.estimator.Estimator(
      model_fn, config=config, params={'hparams': hparams, 'job_dir': FLAGS.job_dir})
  train_input_fn = make_input_fn(0, 100, None)
  while True:
    estimator.train(train_input_fn, steps=8)
    metrics = estimator.evaluate(make_input_fn(1, 60, 1), name='test')
    tf.logging.info('%s', metrics)
    if metrics['global_step'] >= FLAGS.steps:
      break
  estimator.export_savedmodel(
      os.path.join(FLAGS.job_dir, 'export'), serving_input_receiver_fn)
  names = [n for n in estimator.get_variable_names() if 'ExponentialMovingAverage' in n]
  print('\n'.join(names))


if __name__ == '__main__':
  tf.logging.set_verbosity(tf.logging.INFO)
  tf.app.run()
