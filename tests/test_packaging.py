"""The installed package holds everything that the checkout holds."""

import configparser
from pathlib import Path

from programgen.resources import folder

ROOT = Path(__file__).parents[1]


def test_every_package_is_listed():
    """An unlisted package works in a checkout and is missing in the wheel."""
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg")
    listed = set(config["options"]["packages"].split())
    found = {
        ".".join(path.parent.relative_to(ROOT).parts)
        for path in (ROOT / "programgen").rglob("__init__.py")
    }

    mapped = {f"programgen.{name}" for name in ("exercises", "ready", "templates")}

    assert listed == found | mapped


def test_every_data_file_has_a_shipped_suffix():
    """A file with another suffix would be left out of the wheel."""
    shipped = {
        ".yaml",
        ".json",
        ".jinja",
        ".html",
        ".css",
        ".js",
        ".ttf",
        ".txt",
        ".svg",
        ".py",
        ".md",
    }
    stray = [
        path
        for name in ("exercises", "templates")
        for path in (ROOT / name).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and path.suffix not in shipped
    ]

    assert stray == []


def test_the_resources_are_found():
    """Content and templates are there, installed or not."""
    assert (folder("exercises") / "settings.yaml").is_file()
    assert (folder("templates") / "css" / "tokens.css").is_file()


def test_no_committed_file_names_a_machine_path():
    """Paths and addresses of a workplace stay out."""
    words = ("/work" + "/shared", "/root" + "/", "/home" + "/runner")
    texts = {".py", ".yaml", ".md", ".cfg", ".toml", ".jinja", ".css", ".json", ".sh"}
    skip = {".venv", ".git", "node_modules", "build", ".mypy_cache", ".hypothesis"}
    named = [
        str(path)
        for path in ROOT.rglob("*")
        if path.suffix in texts
        and not skip & set(path.relative_to(ROOT).parts)
        and any(word in path.read_text(errors="ignore") for word in words)
    ]

    assert named == []
