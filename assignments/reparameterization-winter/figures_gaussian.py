"""Figures of the Gaussian notebook: each function takes numbers or arrays and draws one figure.

Nothing in here is graded, and nothing solves an exercise. Without matplotlib the notebook works all the same; the
figures are then replaced by a line of text.
"""

import os

import numpy as np

PATH = "#1f6fb2"  # what goes through the reparameterized draw
SCORE = "#d9822b"  # what goes without it
TRUTH = "#30363d"
FAINT = "#8b949e"


def _new_figure(columns=1, width=6.0, height=3.4, **options):
    """Make a figure with one row of axes, or say that there is none.

    Returns:
        The pair (pyplot, list of axes), or (None, None) without matplotlib and while a submission is graded.
    """
    if os.environ.get("NBGRADER_EXECUTION") == "autograde":
        return None, None  # drawing would take longer than all the rest of the grading
    try:
        import matplotlib.pyplot as plt
    except ImportError:
        print("No figure: matplotlib is not installed here (pip install matplotlib). Nothing else needs it.")
        return None, None
    _, axes = plt.subplots(
        1, columns, figsize=(width * columns, height), layout="constrained", squeeze=False, **options
    )
    for axis in axes[0]:
        axis.spines[["top", "right"]].set_visible(False)
    return plt, list(axes[0])


def computational_graphs():
    """Draw the graph with a sampling node beside the reparameterized one, gradients dashed."""
    plt, axes = _new_figure(columns=2, width=5.2, height=2.9)
    if plt is None:
        return
    titles = ("A draw inside the graph", "The randomness moved outside")
    for axis, title, reparameterized in zip(axes, titles, (False, True), strict=True):
        color = PATH if reparameterized else SCORE
        axis.set(xlim=(-0.6, 5.4), ylim=(-1.75, 1.75), title=title)
        axis.axis("off")
        _node(axis, 0, 0.8, r"$\mu$")
        _node(axis, 0, -0.8, r"$\sigma$")
        _node(axis, 3.5, 0, "$z$")
        _node(axis, 5, 0, "$L$")
        label = r"$\mu+\sigma\varepsilon$" if reparameterized else "sample"
        axis.text(
            1.75, 0, label, ha="center", va="center", bbox={"boxstyle": "round,pad=0.45", "fc": "white", "ec": color}
        )
        _arrow(axis, (0.2, 0.75), (1.2, 0.28))
        _arrow(axis, (0.2, -0.75), (1.2, -0.28))
        _arrow(axis, (2.25, 0), (3.2, 0))
        _arrow(axis, (3.8, 0), (4.7, 0))
        _arrow(axis, (4.85, -0.32), (3.65, -0.32), color)
        if reparameterized:
            _node(axis, 1.75, 1.45, r"$\varepsilon$")
            _arrow(axis, (1.75, 1.15), (1.75, 0.42))
            _arrow(axis, (3.3, -0.32), (2.3, -0.32), color)
            _arrow(axis, (1.0, 0.62), (0.35, 1.0), color)
            _arrow(axis, (1.0, -0.62), (0.35, -1.0), color)
            axis.text(2.6, -1.45, "the gradient reaches both parameters", color=color, ha="center")
        else:
            axis.plot(2.85, -0.32, marker="x", color=color, markersize=11, markeredgewidth=3)
            axis.text(2.6, -1.45, "the gradient stops at the draw", color=color, ha="center")
    plt.show()


def _node(axis, x, y, text):
    axis.text(x, y, text, ha="center", va="center", fontsize=14)


def _arrow(axis, start, end, color=None):
    """Draw a solid arrow forward, or a dashed one in a color for a gradient."""
    style = {
        "arrowstyle": "->",
        "color": color or TRUTH,
        "linestyle": "--" if color else "-",
        "lw": 1.8 if color else 1.2,
    }
    axis.annotate("", xy=end, xytext=start, arrowprops=style)


def difference_quotients(steps, fresh, shared=None):
    """Draw the quotients (z after - z before) / step against the step.

    Args:
        steps: the steps h by which mu was moved, of shape (n,).
        fresh: quotients of two independent draws, of shape (n,).
        shared: quotients of two draws made from the same noise, of shape (n,), or None.
    """
    plt, axes = _new_figure(width=7.0)
    if plt is None:
        return
    axis = axes[0]
    axis.scatter(steps, fresh, s=12, color=SCORE, alpha=0.6, label="a fresh draw after the step")
    if shared is not None:
        axis.scatter(steps, shared, s=12, color=PATH, label="the same noise before and after")
    axis.set_xscale("log")
    axis.set_yscale("symlog", linthresh=3)
    ticks = [-1000, -100, -10, -1, 1, 10, 100, 1000]
    axis.set_yticks(ticks, [f"{tick:d}" for tick in ticks])
    axis.set_yticks([], minor=True)
    axis.set_ylim(-3000, 3000)
    axis.invert_xaxis()
    axis.set(xlabel="step $h$ of the mean (smaller to the right)", ylabel="change of $z$ divided by $h$")
    axis.legend(loc="upper left", frameon=False)
    plt.show()


def two_laws(direct, reparameterized, mu, sigma):
    """Draw histograms of direct and of reparameterized draws with the density that both should have."""
    plt, axes = _new_figure(columns=2, width=4.6, sharex=True, sharey=True)
    if plt is None:
        return
    grid = np.linspace(mu - 4 * sigma, mu + 4 * sigma, 300)
    density = np.exp(-0.5 * ((grid - mu) / sigma) ** 2) / (sigma * np.sqrt(2 * np.pi))
    samples = (direct, reparameterized)
    titles = ("drawn from the generator", "made from noise by reparameterize")
    for axis, sample, title, color in zip(axes, samples, titles, (SCORE, PATH), strict=True):
        sample = np.ravel(sample)
        axis.hist(sample, bins=60, range=(grid[0], grid[-1]), density=True, color=color, alpha=0.55)
        axis.plot(grid, density, color=TRUTH, lw=1.5)
        axis.set(title=title, xlabel="$z$")
        axis.text(0.03, 0.95, f"mean {sample.mean():.3f}\nstd {sample.std():.3f}", transform=axis.transAxes, va="top")
    axes[0].set_ylabel("density")
    plt.show()


def kl_field(mu, spread, divergence, d_mu, d_spread, prior=(0, 1), label=r"standard deviation $\sigma$"):
    """Draw the KL divergence as a map of contours, with arrows against its gradient.

    Args:
        mu: means, of shape (m,).
        spread: standard deviations, or what stands for them, of shape (s,).
        divergence: KL at each pair, of shape (s, m).
        d_mu: its derivative with respect to mu, of shape (s, m).
        d_spread: its derivative with respect to the spread, of shape (s, m).
        prior: where the prior lies in this plane.
        label: what the vertical axis shows.
    """
    plt, axes = _new_figure(width=6.6, height=4.2)
    if plt is None:
        return
    axis = axes[0]
    levels = [0.1, 0.25, 0.5, 1, 1.5, 2, 3]
    lines = axis.contour(mu, spread, divergence, levels=levels, colors=FAINT, linewidths=1.2)
    axis.clabel(lines, fontsize=8, fmt="%g")
    every = (slice(1, None, 4), slice(1, None, 4))
    right, up = -np.asarray(d_mu)[every], -np.asarray(d_spread)[every]
    length = np.hypot(right, up) + 1e-12
    shown = np.sqrt(2.5 * np.minimum(length, 2.5)) / length  # the root shows weak pulls beside strong ones
    axis.quiver(
        np.asarray(mu)[1::4],
        np.asarray(spread)[1::4],
        right * shown,
        up * shown,
        color=PATH,
        angles="xy",
        scale=32,
        width=0.0035,
    )
    axis.plot(*prior, marker="*", color=TRUTH, markersize=13)
    axis.annotate("prior", prior, xytext=(7, 7), textcoords="offset points")
    axis.set(xlabel=r"mean $\mu$", ylabel=label, title="Where the KL pulls, and how high it is")
    plt.show()


def descents(paths, targets, prior=(0, 1)):
    """Draw paths of gradient descent in the plane of mu and sigma.

    Args:
        paths: an array of shape (steps, 2) with columns mu and sigma, for each value of beta.
        targets: the minimum (mu, sigma) of the expected loss, for each value of beta.
        prior: the mean and the standard deviation of the prior.
    """
    plt, axes = _new_figure(width=6.6, height=4.0)
    if plt is None:
        return
    axis = axes[0]
    colors = plt.get_cmap("viridis")(np.linspace(0.1, 0.8, len(paths)))
    for color, (beta, path) in zip(colors, paths.items(), strict=True):
        path = np.asarray(path)
        axis.plot(path[:, 0], path[:, 1], color=color, lw=1.1, label=rf"$\beta$ = {beta:g}")
        axis.plot(*targets[beta], marker="o", markersize=9, markerfacecolor="none", markeredgecolor=color, mew=2)
        start = path[0]
    axis.plot(*start, marker="s", color=TRUTH)
    axis.annotate("start", start, xytext=(-9, 0), textcoords="offset points", ha="right", va="center")
    axis.plot(*prior, marker="*", color=TRUTH, markersize=13)
    axis.annotate("prior", prior, xytext=(8, 2), textcoords="offset points")
    axis.margins(0.12)  # room for the two words, wherever the points lie
    axis.set(
        xlabel=r"mean $\mu$", ylabel=r"standard deviation $\sigma$", title="Descent, and the exact minimum (circles)"
    )
    axis.legend(frameon=False)
    plt.show()


def estimates(pathwise, score, truth, spread=r"$\sigma$"):
    """Draw histograms of repeated estimates, with the gradient that both kinds are after.

    Args:
        pathwise: estimates of shape (repetitions, 2), columns for mu and for the spread.
        score: the same for the score function.
        truth: the pair of exact derivatives.
        spread: what the second derivative is taken with respect to.
    """
    plt, axes = _new_figure(columns=2, width=4.8)
    if plt is None:
        return
    for axis, column, name in zip(axes, (0, 1), (r"$\mu$", spread), strict=True):
        both = [np.asarray(pathwise)[:, column], np.asarray(score)[:, column]]
        low, high = min(map(np.min, both)), max(map(np.max, both))
        for values, color, label in zip(both, (PATH, SCORE), ("pathwise", "score function"), strict=True):
            axis.hist(values, bins=50, range=(low, high), density=True, color=color, alpha=0.6, label=label)
        axis.axvline(truth[column], color=TRUTH, lw=1.5, ls="--", label="exact")
        axis.set(title=f"derivative with respect to {name}", xlabel="estimate", yticks=[])
    axes[0].legend(frameon=False)
    plt.show()


def variances(x, pathwise, score, xlabel, spread=r"$\sigma$"):
    """Draw the variance of both estimators against something, on logarithmic axes.

    Args:
        x: positive numbers, of shape (n,).
        pathwise: variances of shape (n, 2), columns for mu and for the spread.
        score: the same for the score function.
        xlabel: what x is.
        spread: what the second derivative is taken with respect to.
    """
    plt, axes = _new_figure(columns=2, width=4.8, sharey=True)
    if plt is None:
        return
    for axis, column, name in zip(axes, (0, 1), (r"$\mu$", spread), strict=True):
        axis.loglog(x, np.asarray(score)[:, column], "s-", color=SCORE, label="score function")
        axis.loglog(x, np.asarray(pathwise)[:, column], "o-", color=PATH, label="pathwise")
        axis.set(title=f"derivative with respect to {name}", xlabel=xlabel)
        axis.grid(alpha=0.25)
    axes[0].set_ylabel("variance of the estimate")
    axes[0].legend(frameon=False)
    plt.show()
