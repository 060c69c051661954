"""The solver bends a pose as little as needed, and never beyond what joints can do."""

import numpy as np
import pytest

from programgen.figures.landmarks import landmark
from programgen.figures.postures import base_pose
from programgen.figures.skeleton import DOF_HI, DOF_INDEX, DOF_LO, frames_of
from programgen.figures.solving import Constraint, Problem, interpolate, solve
from tests.figures.poses import solved

STANDING = frames_of(base_pose("standing"))
FEET = tuple(
    Constraint(point=name, x=at[0], y=at[1], z=0.0)
    for name in ("heel_l", "ball_l", "heel_r", "ball_r")
    for at in [landmark(STANDING, name).tolist()]
)


def within_limits(pose):
    """Return whether every joint is within its limits."""
    return (pose.angles >= DOF_LO - 1e-6).all() and (pose.angles <= DOF_HI + 1e-6).all()


@pytest.mark.parametrize("at", [(0.35, 0.25, 1.2), (0.3, 0.3, 0.8), (0.1, 0.4, 1.7)])
def test_pins_are_met_within_limits(at):
    """A hand reaches its place, the palm faces down, the feet stay, no joint is overbent."""
    x, y, z = at
    reach = Constraint(point="palm_l", x=x, y=y, z=z)
    pose = solve(Problem(base_pose("standing"), constraints=(reach, *FEET)))

    assert reach.error(frames_of(pose)) < 0.005
    assert all(c.error(frames_of(pose)) < 0.005 for c in FEET)
    assert within_limits(pose)


def test_a_direction_is_met():
    """The palm faces down when it is told to."""
    aim = Constraint(aim="palm_l", to=(0, 0, -1))
    pose = solve(Problem(base_pose("standing"), constraints=(aim, *FEET)))

    assert aim.error(frames_of(pose)) < 3
    assert within_limits(pose)


def test_what_cannot_be_reached_stays_within_limits():
    """A place out of reach is missed; the joints do not give way."""
    far = Constraint(point="palm_l", x=2.0, y=0.0, z=2.0)
    pose = solve(Problem(base_pose("standing"), constraints=(far, *FEET)))

    assert far.error(frames_of(pose)) > 0.1
    assert within_limits(pose)


def test_written_angles_are_kept_stiffly():
    """An angle that the author wrote gives way less than the others."""
    start = base_pose("standing")
    reach = Constraint(point="palm_l", x=0.4, y=0.2, z=1.1)
    name = "elbow_l.flex"
    before = start.angles[DOF_INDEX[name]]
    free = solve(Problem(start, constraints=(reach, *FEET)))
    kept = solve(Problem(start, frozenset({name}), (reach, *FEET)))

    def moved(pose):
        return abs(pose.angles[DOF_INDEX[name]] - before)

    assert moved(kept) < moved(free)


def test_without_pins_a_pose_stays_as_it_is():
    """Nothing is solved when nothing has to hold."""
    start = base_pose("quadruped")

    assert (solve(Problem(start)).angles == start.angles).all()


def test_the_body_stays_above_the_floor():
    """A pelvis pinned low does not push the heels through the floor."""
    low = Constraint(point="pelvis", z=0.6)
    pose = solve(Problem(base_pose("standing"), constraints=(low, *FEET)))

    assert landmark(frames_of(pose), "heel_l")[2] > -0.01


def test_names_for_both_sides_mirror_y():
    """A pin with _lr and a y puts the left at +y and the right at -y."""
    (pose,) = solved(poses=[{"pins": [{"point": "heel_lr", "y": 0.2, "z": 0}]}])

    assert landmark(pose.frames, "heel_l")[1] == pytest.approx(0.2, abs=0.01)
    assert landmark(pose.frames, "heel_r")[1] == pytest.approx(-0.2, abs=0.01)


def test_interpolation_ends_at_both_poses():
    """The way from one pose to another begins and ends exactly there."""
    a, b = base_pose("standing"), base_pose("supine")
    for t, end in ((0.0, a), (1.0, b)):
        pose = interpolate(a, b, t)
        assert np.allclose(pose.orientation, end.orientation, atol=1e-6)
        assert np.allclose(pose.position, end.position)
        assert np.allclose(pose.angles, end.angles)


def test_interpolation_is_halfway_in_the_middle():
    """Angles are halfway, and the pelvis stays a rotation."""
    a, b = base_pose("standing"), base_pose("supine")
    middle = interpolate(a, b, 0.5)

    assert np.allclose(middle.angles, (a.angles + b.angles) / 2)
    assert np.allclose(middle.orientation @ middle.orientation.T, np.eye(3), atol=1e-9)
