"""Write digits.npz, the data of the vae notebook, from the copy of the digits that scikit-learn bundles.

The images come from E. Alpaydin and C. Kaynak, "Optical Recognition of Handwritten Digits", UCI Machine
Learning Repository, 1998, https://doi.org/10.24432/C50P49 (CC BY 4.0): 43 people wrote them, and each scan
of 32x32 was reduced to 8x8 counts from 0 to 16. scikit-learn bundles the 1797 images of the test set;
students get them as a file, so that only whoever rebuilds it needs scikit-learn.

    python tools/make_digits.py source/reparameterization/digits.npz
"""

import argparse
from pathlib import Path

import numpy as np


def load_digits() -> tuple[np.ndarray, np.ndarray]:
    """Read the bundled digits.

    Returns:
        Images of shape (1797, 64) with counts from 0 to 16, and labels of shape (1797,), both uint8.

    Raises:
        ValueError: the bundled data are not what the notebook was written for.
    """
    from sklearn import datasets

    bundled = datasets.load_digits()
    images, labels = bundled.data, bundled.target
    if images.shape != (1797, 64) or images.min() != 0 or images.max() != 16 or set(labels) != set(range(10)):
        raise ValueError("these are not the 1797 images of 64 counts up to 16 that the notebook expects")
    return images.astype(np.uint8), labels.astype(np.uint8)


def main() -> None:
    """Write the file that the command line names."""
    parser = argparse.ArgumentParser(description="Write the digits of the vae notebook.")
    parser.add_argument("path", type=Path, help="where to write digits.npz")
    images, labels = load_digits()
    np.savez_compressed(parser.parse_args().path, images=images, labels=labels)


if __name__ == "__main__":
    main()
