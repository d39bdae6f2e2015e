"""What the built pages are made from, so that a command builds them again only where it must."""

import hashlib

import whole_folder as whole

FILES = ("_config.yml", "_toc.yml", "requirements.lock", "package-lock.json")
FOLDERS = ("book", "plmrec_lite")


def made_from(root):
    """Hash the files that the pages are built from."""
    found, files = hashlib.sha256(), [root / name for name in FILES]
    for folder in FOLDERS:
        files += sorted(p for p in (root / folder).rglob("*") if "__pycache__" not in p.parts)
    for path in files:
        if path.is_file():
            found.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return {"pages": found.hexdigest()}


def is_current(root):
    """Tell whether the pages in ``_build/html`` are made from what is here now."""
    return whole.read_stamp(root / "_build" / "html") == made_from(root)
