"""Where configurations and what they name lie: a local disk, or any place that Beam has a
FileSystem for (s3://, gs://, hdfs://, ...). Beam is slow to import and imported for those alone."""

import glob
import posixpath
from collections.abc import Sequence
from pathlib import Path


def use_options(beam_args: Sequence[str]) -> None:
    """Makes Beam's options for file systems (--s3_endpoint_url, --hdfs_host, ...) those of this
    process, too: it reads the configuration, and holds the lock on the output."""
    from apache_beam.io.filesystems import FileSystems
    from apache_beam.options.pipeline_options import PipelineOptions

    FileSystems.set_options(PipelineOptions(list(beam_args)))


def is_remote(path: str) -> bool:
    return "://" in path


def read(path: str) -> bytes:
    """The content of a file. Raises OSError."""
    if not is_remote(path):
        return Path(path).read_bytes()
    from transforms.files import read_bytes

    try:
        return read_bytes(path)
    except OSError:
        raise
    except Exception as error:  # what a file system's library has, or that it is not installed
        raise OSError(0, f"{type(error).__name__}: {error}") from error


def beside(path: str, name: str) -> str:
    """The path of a file that a configuration file at `path` names; on a local disk absolute,
    since worker processes have other working directories."""
    if is_remote(name):
        return name
    if is_remote(path):
        return posixpath.normpath(posixpath.join(posixpath.dirname(path), name)).replace(
            ":/", "://", 1
        )
    return str(Path(path).absolute().parent / name)


def matching(pattern: str) -> list[str]:
    """The files that a glob names, in order."""
    if is_remote(pattern):
        from transforms.files import paths_below

        root, _, rest = pattern.partition("://")
        host, _, below = rest.partition("/")
        return paths_below(f"{root}://{host}", below)
    return sorted(glob.glob(pattern, recursive=True))  # noqa: PTH207 (absolute patterns too)
