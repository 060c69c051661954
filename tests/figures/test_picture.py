"""A picture is small, plain, repeatable text, and wrong pose files are answered with a hint."""

import re

import pytest

from programgen import illustrate
from programgen.core.palette import COLOUR, MONO, mono
from programgen.figures.looks import Look
from programgen.figures.pose_checks import check_drawing
from programgen.figures.posing import BODY_PROPS, PROPS
from tests.figures.poses import drawn, problems_of

BRIDGE = {
    "props": [{"kind": "mat"}],
    "poses": [
        {"start": "hook_lying", "pins": [{"point": "ball_lr", "z": 0}]},
        {
            "like": 1,
            "joints": {"hip_lr": {"flex": 5}},
            "pins": [{"point": "pelvis", "z": 0.3}],
            "keep": ["ball_lr", "heel_lr", "upper_back"],
            "work": ["glute_lr"],
        },
    ],
    "arrows": [{"trace": "pelvis"}],
}


@pytest.fixture(scope="module")
def bridge():
    """A picture with two frames, a mat, a tint and an arrow."""
    return drawn(BRIDGE)


def test_a_picture_is_repeatable(bridge):
    """The same data give the same bytes."""
    assert drawn(BRIDGE).svg == bridge.svg


def test_a_picture_is_small(bridge):
    """It passes the checks of size."""
    assert check_drawing(bridge) == []


def test_a_picture_is_plain(bridge):
    """It holds groups, paths and circles: no text, style, link or script."""
    assert re.fullmatch(
        r"<svg[^<>]*>(<g[^<>]*>|</g>|<path[^<>]*/>|<circle[^<>]*/>)+</svg>", bridge.svg
    )
    assert not re.search(r"\b(id|class|style|href|on\w+)=", bridge.svg)
    assert bridge.svg.count("<g") == bridge.svg.count("</g>")


def test_a_mirrored_picture_has_the_same_size(bridge):
    """Mirroring changes the direction and nothing else."""
    other = drawn({**BRIDGE, "mirror": True})

    assert other.size == pytest.approx(bridge.size, abs=0.2)
    assert other.svg != bridge.svg


def test_stacked_frames_share_their_origin():
    """In a column, what does not move stays in line: both mats begin at the same place."""
    data = {**BRIDGE, "layout": "column", "poses": [*BRIDGE["poses"]]}
    data["arrows"] = [{"line": "head_back", "by": [-0.6, 0.0]}]
    fill = COLOUR.fills["mat"]
    starts = re.findall(rf'fill="{fill}" d="M(-?\d+)', drawn(data).svg)

    assert len(starts) == 2
    assert starts[0] == starts[1]


def test_labels_count_towards_the_size(bridge):
    """What is written into the file is part of its size."""
    labelled = drawn(BRIDGE, labels={"data-licence": "CC BY 4.0"})

    assert labelled.svg.startswith('<svg data-licence="CC BY 4.0" xmlns=')
    assert labelled.kilobytes > bridge.kilobytes


@pytest.mark.parametrize("hair", ["short", "bun", "tail", "bob", "curly", "bald"])
def test_every_hair_is_drawn(hair):
    """Each style gives a picture of its own."""
    plain = {"poses": [{"start": "standing"}]}
    other = "short" if hair == "bald" else "bald"

    assert drawn(plain, Look(hair=hair)).svg != drawn(plain, Look(hair=other)).svg


def test_a_tail_lies_beside_the_head():
    """Lying on the back, no hair hangs through the floor."""
    flat = {"camera": {"azimuth": 0, "elevation": 0}, "poses": [{"start": "supine"}]}
    tail, bald = (drawn(flat, Look(hair=hair)).size[1] for hair in ("tail", "bald"))

    assert tail == pytest.approx(bald, abs=0.9)


@pytest.mark.parametrize("kind", sorted(set(PROPS) - BODY_PROPS))
def test_every_prop_can_be_named(kind):
    """Each thing stands beside a figure without further measures."""
    assert drawn({"props": [{"kind": kind}], "poses": [{"start": "standing"}]}).elements > 5


def test_every_role_has_a_colour_of_its_own():
    """Replacing colours turns a finished picture into black and white."""
    for palette in (COLOUR, MONO):
        assert len(set(palette.colours)) == len(palette.colours)
        assert all(re.fullmatch(r"#[0-9a-f]{6}", colour) for colour in palette.colours)


def test_mono_changes_every_role():
    """No colour is left in black-and-white print, and all greys are grey."""
    for colour, grey in zip(COLOUR.colours, MONO.colours, strict=True):
        assert mono(f'fill="{colour}"') == f'fill="{grey}"'
        assert colour != grey
        red, green, blue = (grey[i : i + 2] for i in (1, 3, 5))
        assert red == green == blue


def test_mono_leaves_no_colour(bridge):
    """A whole picture becomes grey; white stays white."""
    assert not set(re.findall(r"#[0-9a-f]{6}", mono(bridge.svg))) & set(COLOUR.colours)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("poses: [{work: [bely]}]", "1:17: 'bely' is not a muscle; did you mean 'belly'?"),
        ("poses: [{stretch: [calf]}]", "1:20: 'calf' is not a muscle; did you mean 'calf_r'?"),
        (
            "poses: [{pins: [{point: heal_l, z: 0}]}]",
            "1:18: 'heal_l' is not a point of the body; did you mean 'heel_l'?",
        ),
        (
            "poses: [{pins: [{aim: faces, to: [1, 0, 0]}]}]",
            "1:18: 'faces' is not a direction of the body; did you mean 'face'?",
        ),
        (
            "poses:\n  - joints:\n      kne_l: {flex: 3}",
            "3:7: 'kne_l.flex' is not a joint angle; did you mean 'knee_l.flex'?",
        ),
        (
            "props: [{kind: matt}]\nposes: [{}]",
            "1:10: 'matt' is not a prop; did you mean 'mat'?",
        ),
        (
            "props: [{kind: mat, lenght: 1}]\nposes: [{}]",
            "1:21: 'lenght' is not a measure of 'mat'; did you mean 'length'?",
        ),
        (
            "poses: [{}]\narrows: [{trace: nos}]",
            "2:11: 'nos' is not a point of the body; did you mean 'nose'?",
        ),
        (
            "props: [{kind: rope, through: [palm_l, noze]}]\nposes: [{}]",
            "1:22: 'noze' is not a point of the body; did you mean 'nose'?",
        ),
        (
            "props: [{kind: bike}]\nposes: [{pins: [{point: ball_l, on: bike.pedal}]}]",
            "2:33: 'bike.pedal' is not a place on a prop; did you mean 'bike.pedal_r'?",
        ),
    ],
)
def test_a_wrong_name_gets_its_place_and_a_hint(text, says, tmp_path):
    """The message gives file, line, column and the nearest right name."""
    (found,) = problems_of(text, tmp_path)

    assert found == f"try.figure.yaml:{says} [figure]"


def test_names_for_both_sides_are_muscles(tmp_path):
    """Work and stretch accept _lr."""
    assert problems_of("poses: [{work: [calf_low_lr], stretch: [foot_lr]}]", tmp_path) == []


def test_a_finished_picture_is_fresh(tmp_path):
    """A picture carries the fingerprint of its data; other data make it stale."""
    path = tmp_path / "try.figure.yaml"
    path.write_text("poses: [{}]", encoding="utf-8")
    source = illustrate.source_of(path)
    drawing = illustrate.draw(source)
    path.with_name("try.svg").write_text(drawing.svg, encoding="utf-8")

    assert illustrate.LICENCE in drawing.svg
    assert illustrate.is_fresh(source)

    path.write_text("poses: [{start: supine}]", encoding="utf-8")
    assert not illustrate.is_fresh(source)
