"""Files on any Beam FileSystem: what is there, and writing so that a reader never sees half.

A file is written under `<root>/tmp/` and renamed into place, which is atomic on a local disk
and a server-side copy of a complete object elsewhere.
"""

import posixpath
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from apache_beam.io.filesystem import CompressionTypes
from apache_beam.io.filesystems import FileSystems


def paths_below(root: str, *patterns: str) -> list[str]:
    """The files that match a pattern below `root`, sorted; empty when nothing is there."""
    pattern = FileSystems.join(root, *patterns)
    return sorted(metadata.path for metadata in FileSystems.match([pattern])[0].metadata_list)


@contextmanager
def replacing(root: str, path: str) -> Iterator[IO[bytes]]:
    """A binary stream whose content becomes `path` when the block ends without an error."""
    temporary = FileSystems.join(root, "tmp", path.removeprefix(root).strip("/").replace("/", "!"))
    with FileSystems.create(temporary, compression_type=CompressionTypes.UNCOMPRESSED) as stream:
        yield stream
    make_directory(posixpath.dirname(path))
    FileSystems.rename([temporary], [path])


def read_bytes(path: str) -> bytes:
    """The whole content of a file."""
    with FileSystems.open(path, compression_type=CompressionTypes.UNCOMPRESSED) as stream:
        content: bytes = stream.read()
    return content


def make_directory(path: str) -> None:
    """Makes a directory and its parents where they are missing."""
    try:
        FileSystems.mkdirs(path)
    except OSError:  # Beam raises when it is there already
        if not FileSystems.exists(path):
            raise


def delete_below(root: str, *patterns: str) -> None:
    """Deletes the files that match; missing ones are no error, not even those that somebody
    else deletes or renames at the same time."""
    paths = paths_below(root, *patterns)
    try:
        if paths:
            FileSystems.delete(paths)
    except OSError:
        if any(FileSystems.exists(path) for path in paths):
            raise
