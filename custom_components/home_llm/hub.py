"""The Hugging Face hub, through its own library.

Everything here blocks, and is called from threads. This module is only imported once the library is
installed: when somebody wants to download a model.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
import logging
from typing import Final

import httpx2
from huggingface_hub import (
    HfApi,
    constants,
    errors,
    get_hf_file_metadata,
    get_session,
    hf_hub_url,
    hf_raise_for_status,
)

from .errors import INVALID_AUTH, ModelError
from .hub_file import HubFile, Wanted, endpoint, is_model

_LOGGER = logging.getLogger(__name__)

_TIMEOUT: Final = 20.0
"""Seconds without a single byte after which a line counts as cut."""

_REFUSED: Final = (401, 403)
_WHOLE: Final = 200
_SERVER_ERROR: Final = 500


@dataclass(frozen=True, kw_only=True)
class Version:
    """A version of a file.

    Args:
        revision: the repository's commit that it is taken from.
        checksum: SHA-256 of what is stored as a large file; else its name in git.
        size: in bytes.

    """

    revision: str
    checksum: str
    size: int


def files(repository: str, token: str) -> list[HubFile]:
    """Return the models that a repository has as single GGUF files, the smallest first.

    Raises:
        ModelError: ``repository_not_found``, ``no_gguf_files``, ``invalid_auth``,
            ``cannot_connect`` or ``download_failed``.

    """
    with told_as_keys():
        info = HfApi(endpoint=endpoint(), token=token or False).model_info(
            repository, files_metadata=True, timeout=_TIMEOUT
        )
    found = [
        HubFile(repository=repository, name=file.rfilename, size=file.size or 0)
        for file in info.siblings or ()
        if is_model(file.rfilename)
    ]
    if not found:
        raise ModelError("no_gguf_files")
    return sorted(found, key=lambda file: (file.size, file.name))


def latest(wanted: Wanted) -> Version:
    """Return the version of a file that the hub has now.

    Raises:
        ModelError: ``repository_not_found``, ``invalid_auth``, ``cannot_connect`` or
            ``download_failed``.

    """
    hub = endpoint()
    with told_as_keys():
        url = hf_hub_url(wanted.repository, wanted.name, endpoint=hub)
        found = get_hf_file_metadata(
            url, token=wanted.token or False, timeout=_TIMEOUT, endpoint=hub
        )
    if not (found.commit_hash and found.etag and found.size):
        _LOGGER.warning("This hub does not tell enough about %s", wanted.name)
        raise ModelError("download_failed")
    return Version(revision=found.commit_hash, checksum=found.etag, size=found.size)


@contextmanager
def receiving(wanted: Wanted, revision: str, start: int) -> Iterator[tuple[int, Iterator[bytes]]]:
    """Receive a file from a byte on.

    By plain HTTP, also where the hub keeps it in its newer storage: that is enough for one file,
    can be given up at any moment, and go on later. The library's own ``hf_hub_download`` would
    start again from the beginning.

    Yields:
        From which byte it comes, since not every server can begin in the middle; and what comes.

    Raises:
        LineCutError: the line was cut, or the server failed for now.
        huggingface_hub.errors.HfHubHTTPError: the server refuses.

    """
    url = hf_hub_url(wanted.repository, wanted.name, revision=revision, endpoint=endpoint())
    headers = {"Accept-Encoding": "identity", "Range": f"bytes={start}-"}
    if wanted.token:
        headers["Authorization"] = f"Bearer {wanted.token}"
    try:
        with get_session().stream("GET", url, headers=headers, timeout=_TIMEOUT) as response:
            hf_raise_for_status(response)
            yield 0 if response.status_code == _WHOLE else start, response.iter_bytes()
    except httpx2.TransportError as err:
        raise LineCutError from err
    except errors.HfHubHTTPError as err:
        if err.response.status_code >= _SERVER_ERROR:
            raise LineCutError from err
        raise


class LineCutError(Exception):
    """A file was not received to its end; it is worth going on."""


@contextmanager
def told_as_keys() -> Iterator[None]:
    """Turn what the library raises into keys.

    Raises:
        ModelError: something was raised.

    """
    # It would tell the hub what else runs here.
    constants.HF_HUB_DISABLE_TELEMETRY = True
    try:
        yield
    except errors.GatedRepoError as err:
        raise _error(INVALID_AUTH, err) from err
    except (errors.RepositoryNotFoundError, errors.HFValidationError) as err:
        raise _error("repository_not_found", err) from err
    except errors.HfHubHTTPError as err:
        refused = err.response.status_code in _REFUSED
        raise _error(INVALID_AUTH if refused else "download_failed", err) from err
    except (httpx2.TransportError, errors.OfflineModeIsEnabled) as err:
        raise _error("cannot_connect", err) from err
    except (httpx2.HTTPError, ValueError, LookupError) as err:
        # No hub answers like this: something else did.
        raise _error("download_failed", err) from err


def _error(key: str, err: Exception) -> ModelError:
    _LOGGER.warning("A model cannot be downloaded: %r", err)
    return ModelError(key)
