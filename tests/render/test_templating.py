"""Templates that lie ready print the same pages, or are not used."""

import pytest
from jinja2 import Environment

from programgen import service
from programgen.render import page, templating
from programgen.render.house import HouseStyle
from programgen.render.page import html
from programgen.render.templating import _environment, _Shipped, compiled, environment
from tests.render.test_pages import EXAMPLES, PICTURES, result_of

CONTENT = service.catalogue()


@pytest.fixture(scope="module")
def ready(tmp_path_factory):
    """Return a folder with every template as Python."""
    folder = tmp_path_factory.mktemp("ready")
    for name, text in compiled():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def env(ready):
    """Return an environment as a run has it, with a folder of its own for what lies ready."""
    return _environment(Environment, _Shipped(ready))


def refused(*_, **__):
    """Fail where a template would be compiled."""
    raise AssertionError("a template is compiled")


def test_the_pages_are_the_same_and_nothing_is_compiled(ready, monkeypatch):
    """A template is compiled once, by us, and not in each run."""
    results = [result_of(path, CONTENT) for path in EXAMPLES]
    plain = env(None)
    monkeypatch.setattr(page, "environment", lambda _: plain)
    before = [html(result, CONTENT, PICTURES) for result in results]
    quick = env(ready)
    monkeypatch.setattr(page, "environment", lambda _: quick)
    monkeypatch.setattr(Environment, "compile", refused)

    assert [html(result, CONTENT, PICTURES) for result in results] == before


def test_a_changed_template_is_compiled_anew(ready, monkeypatch):
    """What lies ready is found by the text of the template, so it cannot be out of date."""
    read = templating.read_template
    monkeypatch.setattr(templating, "read_template", lambda name: f"{read(name)}<!-- new -->")

    text = env(ready).get_template("parts/letterhead.html.jinja").render(clinic=None)

    assert text.endswith("<!-- new -->")


def test_a_template_of_another_compiler_is_compiled_anew(ready, monkeypatch):
    """When Jinja or our settings have changed, a template may mean something else."""
    monkeypatch.setattr(templating, "_compiler", lambda: "another")
    monkeypatch.setattr(Environment, "compile", refused)

    with pytest.raises(AssertionError, match="compiled"):
        env(ready).get_template("parts/letterhead.html.jinja")


def test_own_parts_stay_in_the_sandbox():
    """Only our own templates run freely; a clinic's reach nothing but the view."""
    own = HouseStyle(parts=(("parts/foot.html.jinja", "foot.html.jinja", "{{ 1 }}"),))

    assert environment(own).sandboxed
    assert not environment().sandboxed
