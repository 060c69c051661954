"""Builders of the figure tests: poses, small pictures, and pose files."""

from programgen import illustrate
from programgen.core.figure import Figure
from programgen.figures.camera import Camera
from programgen.figures.looks import Look
from programgen.figures.picture import draw
from programgen.figures.posing import Posed, solve_figure
from programgen.figures.skeleton import frames_of

COARSE = 0.008
"""Metres of a pixel: quick, and fine enough for facts that do not depend on looks."""


def posed(pose, constraints=(), props=(), support="floor"):
    """Return a pose as the checks take it."""
    return Posed(pose, frames_of(pose), tuple(constraints), tuple(props), Camera(), support)


def solved(**data):
    """Return the solved poses of a figure written as data."""
    return solve_figure(Figure.model_validate(data))


def drawn(data, look=None, **options):
    """Draw a figure written as data, coarsely."""
    figure = Figure.model_validate(data)
    return draw(figure, solve_figure(figure), look or Look(), pixel=COARSE, **options)


def problems_of(text, folder):
    """Return what drawing a pose file finds, as the user reads it."""
    path = folder / "try.figure.yaml"
    path.write_text(text, encoding="utf-8")
    drawn = illustrate.draw(illustrate.source_of(path))
    return [str(problem).removeprefix(f"{folder}/") for problem in drawn.problems]
