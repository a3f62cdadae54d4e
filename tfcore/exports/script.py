"""The few lines of Python that come with each file: ``predict.py``, and ``labels.txt``.

No word of a person's stands in the code: class names come from ``labels.txt`` when it runs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from tfcore.formats import Format

_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")

_SCRIPT = '''"""What this network sees in pictures: python predict.py photo.jpg another.png

Needs: pip install {packages}
"""

import sys
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps
{imports}
SIZE = {size}
FOLDER = Path(__file__).resolve().parent
LABELS = (FOLDER / "labels.txt").read_text(encoding="utf-8").split("\\n")[:-1]
{load}


def read(path):
    """The middle square of a photo, RGB from 0 to 255, float32 (SIZE, SIZE, 3)."""
    photo = ImageOps.exif_transpose(Image.open(path))
    if photo.has_transparency_data:
        photo = photo.convert("RGBA")
        photo = Image.alpha_composite(Image.new("RGBA", photo.size, "white"), photo)
    photo = photo.convert("RGB")
    side = min(photo.size)
    left, top = (photo.width - side) // 2, (photo.height - side) // 2
    square = photo.crop((left, top, left + side, top + side))
    return np.asarray(square.resize((SIZE, SIZE), Image.Resampling.BICUBIC), np.float32)


def probabilities(images):
    """One row for each of `images`, float32 (n, SIZE, SIZE, 3): how likely each class is."""
    {answer}


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")
    for path in sys.argv[1:]:
        row = probabilities(read(path)[np.newaxis])[0]
        for index in np.argsort(-row)[:5]:
            print(f"{{row[index]:.4f}}\\t{{LABELS[index]}}\\t{{path}}")
'''

_LITERT = (
    "from ai_edge_litert.interpreter import Interpreter\n",
    'RUN = Interpreter(str(FOLDER / "{file}")).get_signature_runner()',
    # One at a time: what was rounded to integers was so for single pictures.
    'return np.concatenate([RUN(image=image[np.newaxis])["probabilities"] for image in images])',
)
_PARTS = {
    "keras": (
        "import keras\n",
        'MODEL = keras.saving.load_model(FOLDER / "{file}")',
        "return np.asarray(MODEL(images, training=False))",
    ),
    "saved-model": (
        "import tensorflow as tf\n",
        'MODEL = tf.saved_model.load(str(FOLDER / "{file}"))',
        'return MODEL.serve(tf.constant(images))["probabilities"].numpy()',
    ),
    "litert": _LITERT,
    "litert-int8": _LITERT,
    "onnx": (
        "import onnxruntime\n",
        'SESSION = onnxruntime.InferenceSession(FOLDER / "{file}")',
        'return SESSION.run(["probabilities"], {{"image": images}})[0]',
    ),
}
"""Imports, what is loaded once, and how it answers."""


def predict_py(form: Format, size: int) -> str:
    """A program that asks the model of a format about pictures.

    Args:
        form: The format.
        size: Height and width of what the network sees, in pixels.
    """
    imports, load, answer = (part.format(file=form.file) for part in _PARTS[form.name])
    packages = " ".join((*form.runs_on, "numpy", "pillow"))
    return _SCRIPT.format(packages=packages, imports=imports, size=size, load=load, answer=answer)


def labels_txt(classes: Sequence[str]) -> str:
    r"""The names of the classes, one a line, in the order of the outputs.

    What would break a line or turn the direction of a text is written as its number: ``\u000a``.
    """
    return "".join(f"{one_line(name)}\n" for name in classes)


def one_line(text: str) -> str:
    r"""A name without anything that is not seen; every other character of every script stays.

    Example:
        >>> one_line("two" + chr(10) + "lines")
        'two\\u000alines'
    """
    return _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
