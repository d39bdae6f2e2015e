"""A plugin for the pytest that runs nbval: progress bars on stderr differ from run to run."""


def pytest_collection_modifyitems(items):
    """Leave stderr out of every comparison; ``has_clean_outputs`` looks at the stored one."""
    for notebook in {item.parent for item in items}:
        notebook.skip_compare = (*notebook.skip_compare, "stderr")
