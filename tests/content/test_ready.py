"""Content that was read beforehand is the same content, or is not used."""

import shutil
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programgen import service
from programgen.content.loading import load
from programgen.content.ready import packed, unpacked, values_of_shipped
from programgen.errors import ContentError
from programgen.resources import folder

SHIPPED = folder("exercises")
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=12,
)


@pytest.fixture(scope="module")
def values():
    """Return the shipped values as a run reads them."""
    return unpacked(packed(values_of_shipped()))


def test_the_catalogue_is_the_same_to_the_last_value(values):
    """Nothing is lost or changed on the way through JSON, not even the kind of a number."""
    read, documents = load(SHIPPED)
    ready, plain = load(SHIPPED, ready=values)

    assert ready == read
    assert repr(ready) == repr(read)
    # Documents of values that lay ready know no places.
    assert documents.keys() == plain.keys()
    assert not any(document.marks for document in plain.values())


@given(st.dictionaries(st.text(), VALUES, max_size=3))
def test_what_a_file_can_hold_comes_back_as_it_was(found):
    """Text, numbers, yes and no, nothing, lists and tables are all that a file can hold."""
    assert repr(unpacked(packed(found))) == repr(found)


def test_damaged_values_are_void(values):
    """One changed byte, a part that is missing, or nothing at all: the files are read as ever."""
    raw = packed(values)
    middle = len(raw) // 2
    changed = raw[:middle] + bytes([raw[middle] ^ 1]) + raw[middle + 1 :]

    for damaged in (b"", raw[:-1], changed, b"x" + raw, raw + b"\n"):
        assert unpacked(damaged) == {}


def test_values_of_another_program_are_void(values, monkeypatch):
    """When the code that reads files has changed, it may read them in another way."""
    raw = packed(values)
    monkeypatch.setattr("programgen.content.ready.reading.__file__", __file__)

    assert unpacked(raw) == {}


def test_a_changed_file_is_read_anew(values, tmp_path):
    """What lies ready is found by the bytes of the file, so it cannot be out of date."""
    root = tmp_path / "exercises"
    shutil.copytree(SHIPPED, root)
    file = root / "settings.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("value: 8\n", "value: 9\n", 1), encoding="utf-8")
    before, after = load(SHIPPED, ready=values)[0], load(root, ready=values)[0]

    assert text.count("value: 8\n") > 0
    assert after == load(root)[0]
    assert after.settings != before.settings
    assert after.fingerprint != before.fingerprint


def test_a_problem_has_its_place_although_the_file_lay_ready(tmp_path, monkeypatch):
    """Values that lie ready know no lines; a message must name one all the same."""
    root = tmp_path / "exercises"
    shutil.copytree(SHIPPED, root)
    file = root / "settings.yaml"
    file.write_text(file.read_text(encoding="utf-8") + "strange: 1\n", encoding="utf-8")
    raw = file.read_bytes()
    last = raw.count(b"\n")
    monkeypatch.setattr(service, "open_layers", lambda _: (root, "exercises"))
    monkeypatch.setattr(service, "ready_values", lambda: {sha256(raw).hexdigest(): {"strange": 1}})
    service.catalogue.cache_clear()
    with pytest.raises(ContentError) as caught:
        service.catalogue()

    assert [(p.line, p.column) for p in caught.value.problems] == [(last, 1)]
