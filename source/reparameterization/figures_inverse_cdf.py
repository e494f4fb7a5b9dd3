"""Pictures for the notebook on inverse CDFs and implicit gradients.

Every function takes numbers and arrays that the notebook has computed, and draws them. None of them is
needed to solve a problem: without matplotlib they say so in one line and go on.
"""

import os

import numpy as np

BLUE, ORANGE, GREEN, GRAY, PURPLE, RED = "#1f5fa8", "#d9730d", "#2f7d4f", "#8a8f98", "#7a4fa3", "#b3324a"


def _pyplot():
    """Give matplotlib's pyplot, or None where nothing can or need be drawn."""
    if os.environ.get("NBGRADER_EXECUTION") == "autograde":
        return None  # nobody looks at pictures while a submission is graded
    try:
        import matplotlib.pyplot as plt
    except ImportError:
        print("No picture: matplotlib is not installed here. Everything else works without it.")
        return None
    return plt


def _tidy(axes, xlabel, ylabel, title=None):
    axes.set(xlabel=xlabel, ylabel=ylabel)
    if title:
        axes.set_title(title, fontsize=11, loc="left")
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)


def inverse_cdf_recipe(grid, cdf, u, z):
    """Draw how levels u become draws z: across to the curve, then down.

    Args:
        grid: increasing values of z for the curve, shape (n,).
        cdf: F at those, shape (n,).
        u: levels, shape (k,).
        z: their draws, shape (k,).
    """
    plt = _pyplot()
    if plt is None:
        return
    _, axes = plt.subplots(figsize=(7, 4))
    axes.plot(grid, cdf, color=BLUE, linewidth=2, zorder=3)
    for level, draw in zip(u, z, strict=True):
        axes.plot([0, draw, draw], [level, level, 0], color=ORANGE, linewidth=0.9, alpha=0.8)
    axes.plot(np.zeros_like(u), u, "o", color=GRAY, markersize=5, clip_on=False, zorder=4, label="levels $u$")
    axes.plot(z, np.zeros_like(z), "o", color=ORANGE, markersize=5, clip_on=False, zorder=4, label="draws $z$")
    axes.set(xlim=(0, grid[-1]), ylim=(0, 1))
    axes.legend(frameon=False, loc="center right")
    _tidy(axes, "$z$", "$F(z)$", "Evenly spaced levels land where the CDF is steep")
    plt.show()


def inverse_cdf_quantiles(u, curves):
    """Draw quantile functions side by side.

    Args:
        u: increasing levels, shape (n,).
        curves: the quantiles of each law by its name, each of shape (n,).
    """
    plt = _pyplot()
    if plt is None:
        return
    _, (left, right) = plt.subplots(1, 2, figsize=(9.5, 3.8), width_ratios=(1.2, 1))
    styles = ((BLUE, "-"), (ORANGE, "--"), (GREEN, "-."), (PURPLE, ":"), (RED, (0, (5, 1, 1, 1))))
    for (name, z), (color, style) in zip(curves.items(), styles, strict=False):
        left.plot(u, z, color=color, linestyle=style, linewidth=2, label=name)
        tail = u > 0.5
        right.semilogx(1 - u[tail], np.asarray(z)[tail], color=color, linestyle=style, linewidth=2)
    left.axvline(0.5, color=GRAY, linewidth=0.8, zorder=0)
    left.set_ylim(-6, 6)
    right.set_ylim(0, 15)
    left.legend(frameon=False)
    right.invert_xaxis()
    _tidy(left, "$u$", "$q(u)$", "Quantiles, with location 0 and scale 1")
    _tidy(right, "$1 - u$ (the end is to the right)", "$q(u)$", "The upper tail")
    plt.tight_layout()
    plt.show()


def inverse_cdf_fixed_u(grid, before, after, u, z_before, z_after, labels):
    """Draw how draws move when a parameter moves while their levels stay.

    Args:
        grid: values of z for the curves, shape (n,).
        before: F for the first parameter, shape (n,).
        after: F for the second parameter, shape (n,).
        u: levels, shape (k,).
        z_before: draws for the first parameter, shape (k,).
        z_after: draws for the second parameter, shape (k,).
        labels: what the two curves are called.
    """
    plt = _pyplot()
    if plt is None:
        return
    _, axes = plt.subplots(figsize=(7, 4))
    axes.plot(grid, before, color=BLUE, linewidth=2, label=labels[0])
    axes.plot(grid, after, color=GREEN, linewidth=2, label=labels[1])
    for level, start, end in zip(u, z_before, z_after, strict=True):
        axes.plot([0, start], [level, level], color=GRAY, linewidth=0.8, linestyle=":")
        arrow = {"arrowstyle": "-|>", "color": ORANGE, "linewidth": 2, "shrinkA": 0, "shrinkB": 0}
        axes.annotate("", xy=(end, level), xytext=(start, level), arrowprops=arrow)
    axes.set(xlim=(0, grid[-1]), ylim=(0, 1))
    axes.legend(frameon=False, loc="lower right")
    _tidy(axes, "$z$", "$F(z)$", "The level stays, the draw moves")
    plt.show()


def inverse_cdf_training(path, optimum, name):
    """Draw a parameter on its way through training.

    Args:
        path: the parameter after each step, shape (n,).
        optimum: where the expected loss is least.
        name: what the parameter is called.
    """
    plt = _pyplot()
    if plt is None:
        return
    _, axes = plt.subplots(figsize=(7, 3))
    axes.plot(path, color=BLUE, linewidth=1.5)
    axes.axhline(optimum, color=GRAY, linewidth=1, label="least expected loss")
    axes.legend(frameon=False, loc="lower right")
    _tidy(axes, "step", name, "Gradient descent through the draws")
    plt.show()


def inverse_cdf_against_beta(u, pairs):
    """Draw the quantiles of Kumaraswamy and Beta laws with the same shapes.

    Args:
        u: increasing levels, shape (n,).
        pairs: for each "a = ..., b = ..." the quantiles (Kumaraswamy, Beta), each of shape (n,).
    """
    plt = _pyplot()
    if plt is None:
        return
    _, panels = plt.subplots(1, len(pairs), figsize=(3.4 * len(pairs), 3.5), sharey=True, squeeze=False)
    for axes, (name, (stand_in, beta)) in zip(panels[0], pairs.items(), strict=True):
        axes.fill_between(u, stand_in, beta, color=ORANGE, alpha=0.2, linewidth=0)
        axes.plot(u, beta, color=BLUE, linewidth=2, label="Beta")
        axes.plot(u, stand_in, color=ORANGE, linewidth=2, linestyle="--", label="Kumaraswamy")
        gap = np.max(np.abs(np.asarray(stand_in) - beta))
        _tidy(axes, "$u$", "", f"{name}: gap up to {gap:.3f}")
    panels[0, 0].set_ylabel("$z$")
    panels[0, 0].legend(frameon=False)
    plt.tight_layout()
    plt.show()


def inverse_cdf_implicit(grid, before, after, u, z_before, z_after):
    """Draw the triangle behind the implicit gradient: F falls by dF, and z runs dz to make up for it.

    Args:
        grid: values of z for the curves, shape (n,).
        before: F for the parameter, shape (n,).
        after: F for the parameter, moved a little, shape (n,).
        u: the level, a float.
        z_before: its draw for the parameter.
        z_after: its draw for the moved parameter.
    """
    plt = _pyplot()
    if plt is None:
        return
    fallen = float(np.interp(z_before, grid, after))
    _, axes = plt.subplots(figsize=(7, 4.2))
    axes.plot(grid, before, color=BLUE, linewidth=2, label=r"$F(z; \varphi)$")
    axes.plot(grid, after, color=GREEN, linewidth=2, label=r"$F(z; \varphi + d\varphi)$")
    axes.axhline(u, color=GRAY, linewidth=0.8, linestyle=":")
    axes.text(grid[0], u, " $u$", color=GRAY, va="bottom")
    arrow = {"arrowstyle": "-|>", "color": ORANGE, "linewidth": 2, "shrinkA": 0, "shrinkB": 0}
    axes.annotate("", xy=(z_before, fallen), xytext=(z_before, u), arrowprops=arrow)
    axes.annotate("", xy=(z_after, u), xytext=(z_before, u), arrowprops=arrow)
    dz, fall = z_after - z_before, u - fallen
    texts = (
        (z_before + 0.06 * dz, u - 0.4 * fall, "$dF$", "left"),
        (z_before + 0.75 * dz, u + 0.05 * fall, "$dz$", "center"),
        (z_before + 0.58 * dz, fallen + 0.15 * fall, "slope $f$", "left"),
    )
    for x, y, text, side in texts:
        axes.text(x, y, text, color=ORANGE, ha=side, va="bottom", fontsize=12)
    axes.plot([z_before, z_after], [fallen, u], color=ORANGE, linewidth=1.2, linestyle="--")
    axes.set_xlim(grid[0], grid[-1])
    axes.legend(frameon=False, loc="lower right")
    _tidy(axes, "$z$", "$F$", "F falls at the old z; z moves until F is u again")
    plt.show()


def inverse_cdf_step_size(steps, errors):
    """Draw the error of a central difference over its step.

    Args:
        steps: step sizes h, shape (n,).
        errors: absolute errors, shape (n,).
    """
    plt = _pyplot()
    if plt is None:
        return
    _, axes = plt.subplots(figsize=(7, 3.4))
    axes.loglog(steps, np.maximum(errors, 1e-17), "o-", color=BLUE, markersize=3.5, linewidth=1)
    axes.text(steps[-1], 5e-9, "the curve bends:\nerror like $h^2$ ", color=ORANGE, ha="right", va="top", fontsize=9)
    axes.text(steps[0], 3e-7, "rounding:\nerror like $10^{-16}/h$", color=ORANGE, ha="left", va="top", fontsize=9)
    _tidy(axes, "step $h$", "error", "Neither too large nor too small")
    plt.show()


def inverse_cdf_estimators(pathwise, score, truth):
    """Draw how two unbiased gradient estimators scatter, on the same axis.

    Args:
        pathwise: estimates, shape (n,).
        score: estimates, shape (n,).
        truth: the exact gradient.
    """
    plt = _pyplot()
    if plt is None:
        return
    bins = np.linspace(min(np.min(pathwise), np.min(score)), max(np.max(pathwise), np.max(score)), 60)
    _, panels = plt.subplots(2, 1, figsize=(7, 4.2), sharex=True)
    names = ("pathwise: differentiate the draw", "score function: differentiate the log-density")
    for axes, values, color, name in zip(panels, (pathwise, score), (BLUE, ORANGE), names, strict=True):
        axes.hist(values, bins=bins, color=color, alpha=0.75)
        axes.axvline(truth, color="black", linewidth=1)
        axes.set_yticks([])
        _tidy(axes, "", "", f"{name} (standard deviation {np.std(values):.2g})")
        axes.spines["left"].set_visible(False)
    panels[1].set_xlabel("estimates; the black line is the exact gradient")
    plt.tight_layout()
    plt.show()
