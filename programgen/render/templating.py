"""Templates, and what Jinja makes of them: Python that may lie ready.

A template that lies ready is found by the hash of its text and of what compiles it, so one that
has been changed is compiled when it is used. What lies ready runs, so it lies in the package,
beside the rest of the program, and never in the folder of a user.
"""

from collections.abc import Callable, Iterator, MutableMapping
from functools import cache
from hashlib import sha256
from importlib.machinery import SourceFileLoader
from importlib.metadata import version
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from jinja2 import BaseLoader, Environment, StrictUndefined, Template

from programgen.render.house import PLAIN, HouseStyle
from programgen.resources import folder


def read_template(name: str) -> str:
    """Return a text of the templates folder."""
    found = folder("templates")
    for part in name.split("/"):
        found = found / part
    return found.read_text(encoding="utf-8")


class _Shipped(BaseLoader):
    """Loads the shipped templates, compiled or not."""

    def __init__(self, ready: Path | None) -> None:
        """Keep the folder with what lies ready."""
        self.ready = ready

    def get_source(
        self, environment: Environment, template: str
    ) -> tuple[str, str | None, Callable[[], bool] | None]:
        """Return the text of a template."""
        del environment
        return read_template(template), None, None

    def load(
        self,
        environment: Environment,
        name: str,
        globals: MutableMapping[str, Any] | None = None,  # noqa: A002 (the name is Jinja's)
    ) -> Template:
        """Return a template."""
        key = _key(name, read_template(name))
        file = self.ready / f"{key}.py" if self.ready else None
        if file is not None and file.is_file():
            code = SourceFileLoader(key, str(file)).get_code(key)
            if code is not None:
                return environment.template_class.from_code(environment, code, globals or {})
        return super().load(environment, name, globals)


@cache
def _compiler() -> str:
    """Return what decides how a template is compiled."""
    return version("jinja2") + Path(__file__).read_text(encoding="utf-8")


def _key(name: str, text: str) -> str:
    return "t" + sha256(f"{_compiler()}\0{name}\0{text}".encode()).hexdigest()[:24]


def _environment(kind: type[Environment], loader: BaseLoader) -> Environment:
    """Return an environment: everything is escaped, nothing is undefined."""
    return kind(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def environment(house: HouseStyle = PLAIN) -> Environment:
    """Return the template environment: everything is escaped, nothing is undefined.

    Parts of a clinic's own stand before the shipped ones and reach nothing but the view.
    """
    if not house.parts:
        return _shipped()
    from jinja2 import FunctionLoader
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    def source(name: str) -> str | None:
        own = house.own(name)
        # An own part may include the shipped ones and nothing beside them.
        outside = {"..", ""} & set(name.replace("\\", "/").split("/"))
        return own[0] if own else None if outside else read_template(name)

    return _environment(ImmutableSandboxedEnvironment, FunctionLoader(source))


@cache
def _shipped() -> Environment:
    ready = folder("ready") / "templates"
    return _environment(Environment, _Shipped(ready if isinstance(ready, Path) else None))


def compiled() -> Iterator[tuple[str, str]]:
    """Yield every shipped template as Python, with the name of its file."""
    plain = _environment(Environment, _Shipped(None))
    for name in _names(folder("templates"), ""):
        text = read_template(name)
        yield f"{_key(name, text)}.py", plain.compile(text, name, raw=True)


def _names(root: Traversable, path: str) -> Iterator[str]:
    for child in sorted(root.iterdir(), key=lambda c: c.name):
        if child.is_dir():
            yield from _names(child, f"{path}{child.name}/")
        elif child.name.endswith(".jinja"):
            yield f"{path}{child.name}"
