"""Wide & deep for census-like data, as a custom Estimator.

The linear part is trained by Ftrl, the network by Adagrad, each with the
variables of its own scope.
"""
from __future__ import absolute_import
from __future__ import division
from __future__ import print_function

import argparse
import os
import random
import sys

import tensorflow as tf

_CSV_COLUMNS = [
    'age', 'workclass', 'education', 'education_num', 'occupation',
    'capital_gain', 'hours_per_week', 'gender', 'income_bracket'
]

_CSV_COLUMN_DEFAULTS = [[0], [''], [''], [0], [''], [0.0], [0], ['?'], ['']]

_WORKCLASS = ['Private', 'Self-emp', 'Gov', '?']
_EDUCATION = ['Bachelors', 'HS-grad', 'Masters', 'Some-college', '11th']
_OCCUPATION = ['Tech-support', 'Craft-repair', 'Sales', 'Exec-managerial',
               'Prof-specialty', 'Handlers-cleaners']

parser = argparse.ArgumentParser()

parser.add_argument(
    '--model_dir', type=str, default='census_model',
    help='Base directory for the model.')

parser.add_argument(
    '--train_epochs', type=int, default=2, help='Number of training epochs.')

parser.add_argument(
    '--epochs_per_eval', type=int, default=1,
    help='The number of training epochs to run between evaluations.')

parser.add_argument(
    '--batch_size', type=int, default=16, help='Number of examples per batch.')

parser.add_argument(
    '--train_data', type=str, default='census/adult.data',
    help='Path to the training data.')

parser.add_argument(
    '--test_data', type=str, default='census/adult.test',
    help='Path to the test data.')

_NUM_EXAMPLES = {
    'train': 96,
    'validation': 40,
}


def write_data(path, num_examples, seed):
  """Writes lines as those of the census data set; some fields are empty."""
  rng = random.Random(seed)
  if not tf.gfile.Exists(os.path.dirname(path)):
    tf.gfile.MakeDirs(os.path.dirname(path))
  with tf.gfile.GFile(path, 'w') as f:
    for _ in range(num_examples):
      age = rng.randint(17, 80)
      education = rng.randrange(len(_EDUCATION))
      hours = rng.randint(10, 60)
      rich = age + 10 * education + hours + rng.gauss(0, 15) > 105
      fields = [
          age, rng.choice(_WORKCLASS), _EDUCATION[education], education + 5,
          rng.choice(_OCCUPATION + ['Unheard-of']),
          rng.choice(['', '0', '2174.5']), hours,
          rng.choice(['Male', 'Female']), '>50K' if rich else '<=50K'
      ]
      f.write(','.join(str(field) for field in fields) + '\n')


def build_model_columns():
  """Builds a set of wide and deep feature columns."""
  # Continuous columns
  age = tf.feature_column.numeric_column('age')
  education_num = tf.feature_column.numeric_column('education_num')
  capital_gain = tf.feature_column.numeric_column(
      'capital_gain', normalizer_fn=lambda x: tf.log(x + 1.0))
  hours_per_week = tf.feature_column.numeric_column('hours_per_week')

  education = tf.feature_column.categorical_column_with_vocabulary_list(
      'education', _EDUCATION)
  gender = tf.feature_column.categorical_column_with_vocabulary_list(
      'gender', ['Male', 'Female'], default_value=0)
  workclass = tf.feature_column.categorical_column_with_vocabulary_list(
      'workclass', _WORKCLASS, num_oov_buckets=1)

  # To show an example of hashing:
  occupation = tf.feature_column.categorical_column_with_hash_bucket(
      'occupation', hash_bucket_size=50)

  # Transformations.
  age_buckets = tf.feature_column.bucketized_column(
      age, boundaries=[18, 25, 30, 35, 40, 45, 50, 55, 60, 65])

  # Wide columns and deep columns.
  base_columns = [education, workclass, occupation, age_buckets, gender]

  crossed_columns = [
      tf.feature_column.crossed_column(
          ['education', 'occupation'], hash_bucket_size=100),
      tf.feature_column.crossed_column(
          [age_buckets, 'education', 'occupation'], hash_bucket_size=100),
  ]

  wide_columns = base_columns + crossed_columns

  deep_columns = [
      age,
      education_num,
      capital_gain,
      hours_per_week,
      tf.feature_column.indicator_column(workclass),
      tf.feature_column.indicator_column(education),
      # To show an example of embedding
      tf.feature_column.embedding_column(occupation, dimension=4),
      tf.feature_column.embedding_column(
          tf.feature_column.crossed_column(['workclass', 'gender'], 20),
          dimension=2, combiner='sqrtn'),
  ]

  return wide_columns, deep_columns


def wide_deep_fn(features, labels, mode, params):
  """The model_fn of a wide & deep model."""
  with tf.variable_scope('linear', values=tuple(features.values())):
    wide_logits = tf.feature_column.linear_model(
        features, params['wide_columns'], units=1, sparse_combiner='sum')

  with tf.variable_scope('dnn'):
    net = tf.feature_column.input_layer(features, params['deep_columns'])
    for i, units in enumerate(params['hidden_units']):
      with tf.variable_scope('hiddenlayer_%d' % i) as scope:
        net = tf.layers.dense(
            net, units=units, activation=tf.nn.relu,
            kernel_initializer=tf.glorot_uniform_initializer(), name=scope)
        tf.summary.scalar('fraction_of_zero_values', tf.nn.zero_fraction(net))
        tf.summary.histogram('activation', net)
    deep_logits = tf.layers.dense(
        net, units=1, kernel_initializer=tf.glorot_uniform_initializer(),
        name='logits')

  logits = wide_logits + deep_logits
  probabilities = tf.nn.sigmoid(logits, name='probabilities')
  classes = tf.cast(tf.greater(probabilities, 0.5), tf.int64)
  two_class = tf.concat([1. - probabilities, probabilities], axis=1)

  if mode == tf.estimator.ModeKeys.PREDICT:
    predictions = {
        'logits': logits,
        'probabilities': two_class,
        'class_ids': classes,
        'classes': tf.as_string(classes),
    }
    class_names = tf.tile(
        tf.constant([['<=50K', '>50K']]), [tf.shape(logits)[0], 1])
    export_outputs = {
        tf.saved_model.signature_constants.DEFAULT_SERVING_SIGNATURE_DEF_KEY:
            tf.estimator.export.ClassificationOutput(two_class, class_names),
        'predict': tf.estimator.export.PredictOutput(predictions),
        'regression': tf.estimator.export.RegressionOutput(probabilities),
    }
    return tf.estimator.EstimatorSpec(
        mode, predictions=predictions, export_outputs=export_outputs)

  labels = tf.reshape(tf.cast(labels, tf.float32), [-1, 1])
  loss = tf.losses.sigmoid_cross_entropy(
      labels, logits, reduction=tf.losses.Reduction.SUM)

  if mode == tf.estimator.ModeKeys.EVAL:
    label_mean = tf.metrics.mean(labels)
    eval_metric_ops = {
        'accuracy': tf.metrics.accuracy(labels, classes),
        'auc': tf.metrics.auc(labels, probabilities),
        'auc_precision_recall': tf.metrics.auc(
            labels, probabilities, curve='PR'),
        'precision': tf.metrics.precision(labels, classes),
        'recall': tf.metrics.recall(labels, classes),
        'label/mean': label_mean,
        'prediction/mean': tf.metrics.mean(probabilities),
    }
    return tf.estimator.EstimatorSpec(
        mode, loss=loss, eval_metric_ops=eval_metric_ops)

  global_step = tf.train.get_global_step()
  train_ops = [
      tf.train.FtrlOptimizer(
          learning_rate=0.05, l1_regularization_strength=0.01,
          l2_regularization_strength=0.01).minimize(
              loss,
              var_list=tf.get_collection(
                  tf.GraphKeys.TRAINABLE_VARIABLES, scope='linear')),
      tf.train.AdagradOptimizer(learning_rate=0.02).minimize(
          loss,
          var_list=tf.get_collection(
              tf.GraphKeys.TRAINABLE_VARIABLES, scope='dnn')),
  ]
  train_op = tf.group(*train_ops)
  with tf.control_dependencies([train_op]):
    train_op = tf.assign_add(global_step, 1).op
  return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=train_op)


def input_fn(data_file, num_epochs, shuffle, batch_size):
  """Generate an input function for the Estimator."""
  assert tf.gfile.Exists(data_file), (
      '%s not found. Please make sure the data has been written.' % data_file)

  def parse_csv(value):
    print('Parsing', data_file)
    columns = tf.decode_csv(value, record_defaults=_CSV_COLUMN_DEFAULTS)
    features = dict(zip(_CSV_COLUMNS, columns))
    labels = features.pop('income_bracket')
    return features, tf.equal(labels, '>50K')

  # Extract lines from input files using the Dataset API.
  dataset = tf.data.TextLineDataset(data_file)

  if shuffle:
    dataset = dataset.shuffle(buffer_size=_NUM_EXAMPLES['train'], seed=7)

  dataset = dataset.map(parse_csv, num_parallel_calls=5)

  # We call repeat after shuffling, rather than before, to prevent separate
  # epochs from blending together.
  dataset = dataset.repeat(num_epochs)
  dataset = dataset.batch(batch_size)
  return dataset


def main(unused_argv):
  write_data(FLAGS.train_data, _NUM_EXAMPLES['train'], seed=1)
  write_data(FLAGS.test_data, _NUM_EXAMPLES['validation'], seed=2)

  wide_columns, deep_columns = build_model_columns()
  run_config = tf.estimator.RunConfig(
      tf_random_seed=1234, save_summary_steps=5).replace(
          session_config=tf.ConfigProto(device_count={'GPU': 0}))
  model = tf.estimator.Estimator(
      model_fn=wide_deep_fn, model_dir=FLAGS.model_dir, config=run_config,
      params={
          'wide_columns': wide_columns,
          'deep_columns': deep_columns,
          'hidden_units': [12, 6],
      })

  # Train and evaluate the model every `FLAGS.epochs_per_eval` epochs.
  for n in range(FLAGS.train_epochs // FLAGS.epochs_per_eval):
    model.train(input_fn=lambda: input_fn(
        FLAGS.train_data, FLAGS.epochs_per_eval, True, FLAGS.batch_size))

    results = model.evaluate(input_fn=lambda: input_fn(
        FLAGS.test_data, 1, False, FLAGS.batch_size))

    # Display evaluation metrics
    print('Results at epoch', (n + 1) * FLAGS.epochs_per_eval)
    print('-' * 60)

    for key in sorted(results):
      print('%s: %s' % (key, results[key]))

  for prediction in model.predict(
      lambda: input_fn(FLAGS.test_data, 1, False, 5), predict_keys=[
          'class_ids', 'probabilities']):
    print(prediction['class_ids'], prediction['probabilities'])

  feature_spec = tf.feature_column.make_parse_example_spec(
      set(wide_columns + deep_columns) - set(wide_columns[-2:]))
  model.export_savedmodel(
      FLAGS.model_dir + '_export',
      tf.estimator.export.build_parsing_serving_input_receiver_fn(
          feature_spec))


if __name__ == '__main__':
  tf.logging.set_verbosity(tf.logging.INFO)
  FLAGS, unparsed = parser.parse_known_args()
  tf.app.run(main=main, argv=[sys.argv[0]] + unparsed)
