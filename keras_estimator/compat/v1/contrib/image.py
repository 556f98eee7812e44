"""`tf.contrib.image`: rotations, translations and other transforms.

A transform is eight numbers `a0 a1 a2 b0 b1 b2 c0 c1`: the pixel (x, y) of the
result is that at ((a0 x + a1 y + a2) / k, (b0 x + b1 y + b2) / k) of the image,
with k = c0 x + c1 y + 1. What lies outside of the image is 0.
"""

from typing import Any

import tensorflow as tf

from keras_estimator.compat._missing import missing
from keras_estimator.errors import ConfigError


def rotate(
    images: Any,
    angles: Any,
    interpolation: str = "NEAREST",
    name: str | None = None,
) -> Any:
    """Rotates images about their centers.

    Args:
        images: [batch, height, width, channels], [height, width, channels] or
            [height, width], of any number type.
        angles: float32 [batch] or []; radians, counterclockwise.
        interpolation: `"NEAREST"` or `"BILINEAR"`.
        name: Scope of the operations.

    Returns:
        Tensor of the shape and dtype of `images`.

    Example:
    >>> rotate(tf.reshape(tf.range(4.0), [2, 2]), 3.14159).numpy().tolist()
    [[3.0, 2.0], [1.0, 0.0]]
    """
    with tf.name_scope(name or "rotate"):
        images = tf.convert_to_tensor(images, name="images")
        shape = tf.shape(_as_batch(images))
        height = tf.cast(shape[1], tf.float32)
        width = tf.cast(shape[2], tf.float32)
        transforms = angles_to_projective_transforms(angles, height, width)
        return transform(images, transforms, interpolation)


def translate(
    images: Any,
    translations: Any,
    interpolation: str = "NEAREST",
    name: str | None = None,
) -> Any:
    """Moves images.

    Args:
        images: As in `rotate`.
        translations: float32 [batch, 2] or [2]: pixels to the right and down.
        interpolation: `"NEAREST"` or `"BILINEAR"`.
        name: Scope of the operations.

    Returns:
        Tensor of the shape and dtype of `images`.
    """
    with tf.name_scope(name or "translate"):
        return transform(
            images,
            translations_to_projective_transforms(translations),
            interpolation,
        )


def transform(
    images: Any,
    transforms: Any,
    interpolation: str = "NEAREST",
    output_shape: Any = None,
    name: str | None = None,
) -> Any:
    """Applies projective transforms to images.

    Args:
        images: As in `rotate`.
        transforms: float32 [batch, 8] or [8].
        interpolation: `"NEAREST"` or `"BILINEAR"`.
        output_shape: int32 [2]: height and width of the result; by default
            those of `images`.
        name: Scope of the operations.

    Returns:
        Tensor of the rank and dtype of `images`.

    Raises:
        ConfigError: If `interpolation` or a rank is none of these.
    """
    if interpolation not in ("NEAREST", "BILINEAR"):
        raise ConfigError(
            '`interpolation` must be "NEAREST" or "BILINEAR"; got '
            f"{interpolation!r}."
        )
    with tf.name_scope(name or "transform"):
        images = tf.convert_to_tensor(images, name="images")
        batch = _as_batch(images)
        transforms = _rows(transforms, 8, "transforms")
        if output_shape is None:
            output_shape = tf.shape(batch)[1:3]
        moved = tf.raw_ops.ImageProjectiveTransformV2(
            images=batch,
            transforms=transforms,
            output_shape=output_shape,
            interpolation=interpolation,
        )
        return _as_rank(moved, images.shape.rank)


def angles_to_projective_transforms(
    angles: Any, image_height: Any, image_width: Any, name: str | None = None
) -> Any:
    """Returns the transforms that rotate.

    Args:
        angles: float32 [batch] or []; radians, counterclockwise.
        image_height: float32 []: height of the images.
        image_width: float32 []: width of the images.
        name: Scope of the operations.

    Returns:
        float32 [batch, 8].
    """
    with tf.name_scope(name or "angles_to_projective_transforms"):
        angles = tf.reshape(tf.convert_to_tensor(angles, tf.float32), [-1])
        cos, sin, zeros = tf.cos(angles), tf.sin(angles), tf.zeros_like(angles)
        right, down = image_width - 1.0, image_height - 1.0
        x = (right - (cos * right - sin * down)) / 2.0
        y = (down - (sin * right + cos * down)) / 2.0
        return tf.stack([cos, -sin, x, sin, cos, y, zeros, zeros], axis=1)


def translations_to_projective_transforms(
    translations: Any, name: str | None = None
) -> Any:
    """Returns the transforms that move.

    Args:
        translations: float32 [batch, 2] or [2]: pixels to the right and down.
        name: Scope of the operations.

    Returns:
        float32 [batch, 8].
    """
    with tf.name_scope(name or "translations_to_projective_transforms"):
        x, y = tf.unstack(_rows(translations, 2, "translations"), axis=1)
        ones, zeros = tf.ones_like(x), tf.zeros_like(x)
        return tf.stack(
            [ones, zeros, -x, zeros, ones, -y, zeros, zeros], axis=1
        )


def flat_transforms_to_matrices(transforms: Any) -> Any:
    """Returns float32 [batch, 3, 3] of transforms, [batch, 8] or [8]."""
    flat = _rows(transforms, 8, "transforms")
    with_one = tf.concat([flat, tf.ones_like(flat[:, :1])], axis=1)
    return tf.reshape(with_one, [-1, 3, 3])


def matrices_to_flat_transforms(transform_matrices: Any) -> Any:
    """Returns the transforms, float32 [batch, 8], of [batch, 3, 3]."""
    flat = tf.reshape(tf.convert_to_tensor(transform_matrices), [-1, 9])
    return (flat / flat[:, 8:])[:, :8]


def compose_transforms(*transforms: Any) -> Any:
    """Returns the transforms that do several, the first one last.

    Args:
        *transforms: float32 [batch, 8] or [8] each.
    """
    matrices = [flat_transforms_to_matrices(each) for each in transforms]
    composed = matrices[0]
    for matrix in matrices[1:]:
        composed = tf.matmul(composed, matrix)
    return matrices_to_flat_transforms(composed)


def _rows(values: Any, width: int, argument: str) -> Any:
    """Returns float32 [batch, width] of that or of [width]."""
    found = tf.convert_to_tensor(values, tf.float32, name=argument)
    if found.shape.rank not in (1, 2):
        raise ConfigError(
            f"`{argument}` must have the shape [{width}] or [batch, {width}]; "
            f"got {found.shape}."
        )
    return tf.reshape(found, [-1, width])


def _as_batch(images: Any) -> Any:
    """Returns images as [batch, height, width, channels]."""
    rank = images.shape.rank
    if rank == 2:
        return images[None, :, :, None]
    if rank == 3:
        return images[None]
    if rank == 4:
        return images
    raise ConfigError(
        "`images` must have 2, 3 or 4 dimensions, which are known before they "
        f"are run; got the shape {images.shape}."
    )


def _as_rank(batch: Any, rank: int) -> Any:
    if rank == 2:
        return batch[0, :, :, 0]
    return batch[0] if rank == 3 else batch


__getattr__ = missing(__name__)

__all__ = [
    "angles_to_projective_transforms",
    "compose_transforms",
    "flat_transforms_to_matrices",
    "matrices_to_flat_transforms",
    "rotate",
    "transform",
    "translate",
    "translations_to_projective_transforms",
]
