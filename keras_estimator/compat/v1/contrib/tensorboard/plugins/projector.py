"""`tf.contrib.tensorboard.plugins.projector`: tensorboard's own."""

from keras_estimator.compat._missing import missing

try:
    from tensorboard.plugins import projector as _projector
except ImportError as error:
    raise ImportError(
        "`tf.contrib.tensorboard.plugins.projector` is kept by the package "
        "tensorboard, which is not installed. Run: "
        'pip install "keras-estimator[tensorboard]"'
    ) from error

EmbeddingInfo = _projector.EmbeddingInfo
ProjectorConfig = _projector.ProjectorConfig
SpriteMetadata = _projector.SpriteMetadata
projector_config_pb2 = _projector.projector_config_pb2
visualize_embeddings = _projector.visualize_embeddings

__getattr__ = missing(__name__)

__all__ = [
    "EmbeddingInfo",
    "ProjectorConfig",
    "SpriteMetadata",
    "projector_config_pb2",
    "visualize_embeddings",
]
