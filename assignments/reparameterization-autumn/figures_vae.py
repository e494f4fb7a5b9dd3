"""Figures of the vae notebook: functions that take arrays and draw them.

Nothing here is graded. Without matplotlib each function prints one line instead of a figure.
"""

import os

import numpy as np

INK, ACCENT, MUTED = "#1f3b57", "#c8553d", "#8a8f98"


def _pyplot():
    """Give matplotlib's pyplot, or None where nothing can or need be drawn."""
    if os.environ.get("NBGRADER_EXECUTION") == "autograde":
        return None  # nobody looks at pictures while a submission is graded
    try:
        import matplotlib.pyplot as plt
    except ImportError:
        print("No figure here: install matplotlib to see it. Nothing that is graded needs it.")
        return None
    return plt


def _tile(rows, gap=2):
    """Join images of shape (rows, columns, 64) to one picture, with white gaps between them."""
    rows = np.asarray(rows, dtype=float)
    cells = np.pad(rows.reshape(*rows.shape[:2], 8, 8), [(0, 0), (0, 0), (gap, 0), (gap, 0)])
    return cells.transpose(0, 2, 1, 3).reshape(rows.shape[0] * (8 + gap), -1)


def _show_picture(plt, picture, inches_per_pixel, title=""):
    """Draw one picture, black ink on white paper, and return its axes."""
    height, width = picture.shape
    figure, axis = plt.subplots(figsize=(width * inches_per_pixel, height * inches_per_pixel + 0.4))
    axis.imshow(picture, cmap="gray_r", vmin=0, vmax=1)
    axis.set_axis_off()
    axis.set_title(title, fontsize=11, color=INK)
    figure.tight_layout(pad=0.3)
    return axis


def vae_digits(images, labels=(), columns=12, title=""):
    """Show digits in a grid.

    Args:
        images: shape (n, 64) with n a multiple of ``columns``, from 0 (paper) to 1 (ink).
        labels: what to write beside them, at most one for each image.
        columns: how many stand in one row.
        title: the figure's title.
    """
    plt = _pyplot()
    if plt is None:
        return
    gap = 5 if len(labels) else 3
    axis = _show_picture(plt, _tile(np.asarray(images).reshape(-1, columns, 64), gap), 0.065, title)
    for place, label in enumerate(labels):
        row, column = divmod(place, columns)
        x, y = column * (8 + gap) + gap / 2, row * (8 + gap) + gap + 1
        axis.text(x, y, str(label), fontsize=8, color=ACCENT, ha="center", va="center")
    plt.show()


def vae_curves(epochs, training, held_out, title="Negative ELBO during training"):
    """Show the two learning curves.

    Args:
        epochs: numbers of the epochs, shape (n,).
        training: mean loss on the training images in nats per image, shape (n,).
        held_out: the same on images that were held out, shape (n,).
        title: the figure's title.
    """
    plt = _pyplot()
    if plt is None:
        return
    figure, axis = plt.subplots(figsize=(7, 3.2))
    axis.plot(epochs, training, color=INK, label="training images")
    axis.plot(epochs, held_out, color=ACCENT, label="held-out images")
    lowest, highest = np.min([training, held_out]), np.max([np.median(training), np.median(held_out)])
    if np.isfinite(lowest) and np.isfinite(highest):
        axis.set_ylim(lowest - 0.5, highest + max(3.0, 1.5 * (highest - lowest)))
    axis.set(xlabel="epoch", ylabel="nats per image")
    axis.set_title(title, fontsize=11, color=INK)
    axis.grid(alpha=0.3)
    axis.legend(frameon=False)
    axis.spines[["top", "right"]].set_visible(False)
    figure.tight_layout()
    plt.show()


def vae_reconstructions(originals, means, draws):
    """Show images above what the decoder makes of their codes.

    Args:
        originals: shape (n, 64).
        means: what the decoder makes of the mean of the code, shape (n, 64).
        draws: what it makes of one draw of the code, shape (n, 64).
    """
    plt = _pyplot()
    if plt is None:
        return
    axis = _show_picture(plt, _tile([originals, means, draws], gap=3), 0.065)
    for row, name in enumerate(["original", "from the mean", "from a draw"]):
        axis.text(0, row * 11 + 7, name, ha="right", va="center", fontsize=9, color=INK)
    axis.figure.tight_layout(pad=0.3)
    plt.show()


def vae_latent_map(means, labels, title="Where the encoder puts the digits"):
    """Show the mean codes of a two-dimensional latent space, colored by digit.

    Args:
        means: shape (n, 2).
        labels: digits from 0 to 9, shape (n,).
        title: the figure's title.
    """
    plt = _pyplot()
    if plt is None:
        return
    colors = plt.get_cmap("tab10")(np.arange(10))
    figure, axis = plt.subplots(figsize=(5.4, 5))
    axis.scatter(means[:, 0], means[:, 1], c=colors[np.asarray(labels)], s=7, alpha=0.55, linewidths=0)
    for digit in range(10):
        if np.any(labels == digit):
            center = np.median(means[labels == digit], axis=0)
            box = {"facecolor": "white", "edgecolor": colors[digit], "boxstyle": "circle,pad=0.2", "alpha": 0.9}
            axis.text(*center, str(digit), fontsize=11, weight="bold", ha="center", va="center", bbox=box)
    axis.set(xlabel="$z_1$", ylabel="$z_2$", aspect="equal")
    axis.set_title(title, fontsize=11, color=INK)
    axis.spines[["top", "right"]].set_visible(False)
    figure.tight_layout()
    plt.show()


def vae_atlas(images, title="What the decoder makes of each place"):
    """Show the decoder's images over a regular grid of codes, joined to one picture.

    Args:
        images: shape (n, n, 64); the first index runs downwards.
        title: the figure's title.
    """
    plt = _pyplot()
    if plt is None:
        return
    _show_picture(plt, _tile(images), 0.037, title)
    plt.show()


def vae_gradients(names, plain, trick):
    """Show how much gradient reaches each part of the model, without and with the trick.

    Args:
        names: what the parts are called.
        plain: norms of the gradients when the latent is drawn plainly; None where none arrives.
        trick: the same with the noise drawn outside.
    """
    plt = _pyplot()
    if plt is None:
        return
    figure, axes = plt.subplots(1, 2, figsize=(8, 0.45 * len(names) + 1.1), sharey=True, sharex=True)
    parts = [("a plain draw", plain, ACCENT), ("noise drawn outside", trick, INK)]
    for axis, (title, norms, color) in zip(axes, parts, strict=True):
        axis.barh(names, [norm or 0 for norm in norms], color=color, height=0.55)
        for place, norm in enumerate(norms):
            if norm is None:
                axis.text(0, place, "  no gradient", va="center", fontsize=9, color=ACCENT)
        axis.set_title(title, fontsize=11, color=INK)
        axis.set_xlabel("norm of the gradient")
        axis.spines[["top", "right"]].set_visible(False)
    axes[0].invert_yaxis()
    figure.tight_layout()
    plt.show()
