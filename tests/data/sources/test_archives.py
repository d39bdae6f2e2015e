import io
import stat
import tarfile
import zipfile
from dataclasses import replace

import pytest

from plmrec_lite.data.sources.archives import ArchiveError, extract
from plmrec_lite.data.sources.records import File

WANTED = File("set/a.txt", "", 10)


def tarred(path, members, mode="w:gz"):
    """Write a tar file of (name, content) pairs or ready members."""
    with tarfile.open(path, mode) as archive:
        for name, content in members:
            if isinstance(content, tarfile.TarInfo):
                archive.addfile(content)
            else:
                member = tarfile.TarInfo(name)
                member.size = len(content)
                archive.addfile(member, io.BytesIO(content))
    return path


def zipped(path, members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return path


@pytest.fixture(params=[zipped, tarred], ids=["zip", "tar"])
def pack(request):
    return request.param


@pytest.fixture
def target(tmp_path):
    folder = tmp_path / "deep" / "target"
    folder.mkdir(parents=True)
    return folder


def test_only_the_wanted_members_are_written(pack, tmp_path, target):
    archive = pack(tmp_path / "set", [("set/a.txt", b"kept"), ("set/b.txt", b"left")])
    extract(archive, [replace(WANTED, size=4)], target)  # as long as it should be
    assert [path.name for path in target.iterdir()] == ["a.txt"]
    assert (target / "a.txt").read_bytes() == b"kept"


@pytest.mark.parametrize(
    "evil", ["../evil.txt", "set/../../evil.txt", "/evil.txt", "C:\\evil.txt", "..\\evil.txt"]
)
def test_a_member_that_would_leave_the_folder_is_refused(pack, evil, tmp_path, target):
    archive = pack(tmp_path / "set", [("set/a.txt", b"kept"), (evil, b"evil")])
    with pytest.raises(ArchiveError, match=r"refused: .*evil\.txt' would leave its folder"):
        extract(archive, [WANTED], target)
    assert not list(tmp_path.rglob("*.txt"))


def test_a_wanted_member_is_refused_too_when_its_path_leads_upwards(pack, tmp_path, target):
    archive = pack(tmp_path / "set", [("../evil.txt", b"evil")])
    with pytest.raises(ArchiveError, match="would leave its folder"):
        extract(archive, [File("../evil.txt", "", 10)], target)
    assert not list(tmp_path.rglob("*.txt"))


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE])
def test_links_and_devices_in_a_tar_are_refused(kind, tmp_path, target):
    link = tarfile.TarInfo("set/a.txt")
    link.type, link.linkname = kind, "/etc/hostname"
    archive = tarred(tmp_path / "set.tar.gz", [("set/a.txt", link)])
    with pytest.raises(ArchiveError, match=r"'set/a.txt' is a link or a device"):
        extract(archive, [WANTED], target)
    assert not list(target.iterdir())


def test_a_symbolic_link_in_a_zip_is_refused(tmp_path, target):
    link = zipfile.ZipInfo("set/a.txt")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    archive = zipped(tmp_path / "set.zip", [(link, b"/etc/hostname")])
    with pytest.raises(ArchiveError, match=r"'set/a.txt' is a link or a device"):
        extract(archive, [WANTED], target)
    assert not list(target.iterdir())


def test_a_bomb_stops_at_the_known_size(pack, tmp_path, target):
    archive = pack(tmp_path / "set", [("set/a.txt", bytes(30_000_000))])
    assert archive.stat().st_size < 100_000
    with pytest.raises(ArchiveError, match=r"longer than the 10 bytes"):
        extract(archive, [WANTED], target)
    assert sum(path.stat().st_size for path in target.iterdir()) <= 10


def test_a_missing_member_is_named(pack, tmp_path, target):
    archive = pack(tmp_path / "set", [("set/b.txt", b"left")])
    with pytest.raises(ArchiveError, match=r"set holds no 'set/a.txt'"):
        extract(archive, [WANTED], target)


@pytest.mark.parametrize("share", [0.0, 0.3, 0.6])
def test_a_damaged_archive_is_called_damaged(pack, share, tmp_path, target):
    whole = pack(tmp_path / "set", [("set/a.txt", b"0123456789"), ("set/b.txt", bytes(9999))])
    whole.write_bytes(whole.read_bytes()[: int(whole.stat().st_size * share)])
    with pytest.raises(ArchiveError, match="set is damaged"):
        extract(whole, [WANTED], target)
