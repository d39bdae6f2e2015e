"""Buttons that lead to the repository: shown when _config.yml has its address, absent until then.

Jupyter Book passes the address on as a theme option; without one its launch buttons fail.
"""

BUTTONS = ("use_repository_button", "use_edit_page_button", "use_issues_button")


def _show_buttons(app, config):
    """Switch every button that leads out of the book on or off by the address."""
    options = config.html_theme_options
    address = bool(options.get("repository_url"))
    options.update(dict.fromkeys(BUTTONS, address))
    if not address:
        options["launch_buttons"] = {}


def setup(app):
    """Decide on the buttons once the settings are read.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        The build in progress.
    """
    app.connect("config-inited", _show_buttons)
