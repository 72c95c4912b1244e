"""The front end of the index: identities, tokens, uploads and faults; pypiserver does everything else."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import threading
from http import HTTPStatus
from pathlib import Path
from typing import Any, Callable, Dict, Iterable, NamedTuple
from urllib.parse import parse_qs

import multipart
import pypiserver
from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    canonicalize_name,
    parse_sdist_filename,
    parse_wheel_filename,
)
from packaging.version import InvalidVersion, Version

from . import attestations
from .identity import AUDIENCE, MESSAGES, Identities, NoTokenError

Environ = Dict[str, Any]
Start = Callable[..., Any]

# twine tries a file five times; this many refusals are more than it retries.
BUSY = 6
# The largest upload: a file of 100 MiB and the form fields.
LARGEST = 110 << 20


class Answer(NamedTuple):
    """An answer to a request."""

    status: HTTPStatus
    document: object


class RefusedError(Exception):
    """The request is refused, with a reason."""

    def __init__(self, status: HTTPStatus, why: str) -> None:
        """Refuse with this status, for this reason."""
        super().__init__(why)
        self.status = status


def done(document: object = None) -> Answer:
    """Answer with a document."""
    return Answer(HTTPStatus.OK, document or {})


class Front:
    """One index in one directory, as a WSGI application."""

    def __init__(self, folder: Path, fault: str | None) -> None:
        """Serve the directory, and inject this fault until it is lifted."""
        self.folder = folder
        self.identities = Identities()
        self._fault = fault
        self._busy = BUSY
        self._taken = 0
        self._lock = threading.Lock()
        self._files = pypiserver.app(
            roots=[str(folder)],
            hash_algo="sha256",
            disable_fallback=True,
            authenticate=[],
            password_file=".",  # noqa: S106 - pypiserver's value for "no password file"
        )
        self._routes: dict[tuple[str, str], Callable[[Environ], Answer]] = {
            ("GET", "/ci/identity"): self._identity,
            ("GET", "/_/oidc/audience"): lambda _: self._audience(),
            ("POST", "/_/oidc/mint-token"): self._mint,
            ("POST", "/_/oidc/burn-token"): self._burn,
            ("POST", "/legacy/"): self._upload,
            ("POST", "/rehearsal/lift"): lambda _: self._lift(),
        }

    def __call__(self, environ: Environ, start_response: Start) -> Iterable[bytes]:
        """Answer one request."""
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        route = self._routes.get((method, path))
        if route is None and method in {"GET", "HEAD"}:
            return self._served(environ, start_response)
        try:
            # pypiserver accepts files by its own POST without authentication.
            answer = (route or _none)(environ)
        except RefusedError as refused:
            answer = Answer(refused.status, {"message": str(refused)})
        except OSError as error:
            why = f"The index cannot store the file: {error.strerror}."
            answer = Answer(HTTPStatus.INSUFFICIENT_STORAGE, {"message": why})
        body = json.dumps(answer.document).encode()
        headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
        start_response(f"{answer.status.value} {answer.status.phrase}", headers)
        return [body]

    def _lift(self) -> Answer:
        self._fault = None
        return done()

    def _served(self, environ: Environ, start_response: Start) -> Iterable[bytes]:
        body: Iterable[bytes] = self._files(environ, start_response)
        if self._fault == "wrong-bytes" and environ["PATH_INFO"].endswith(".whl"):
            return _changed(body)
        return body

    # --- the CI identity service, and the token exchange --------------------------------------

    def _identity(self, environ: Environ) -> Answer:
        if environ.get("HTTP_AUTHORIZATION") != f"bearer {self.identities.request_token}":
            return Answer(HTTPStatus.UNAUTHORIZED, {"message": "Authentication required."})
        audience = parse_qs(environ.get("QUERY_STRING", "")).get("audience", [""])[0]
        return done({"value": self.identities.identity(audience)})

    def _audience(self) -> Answer:
        if self._fault == "not-enabled":
            return Answer(HTTPStatus.FORBIDDEN, {"message": MESSAGES["not-enabled"]})
        return done({"audience": AUDIENCE})

    def _mint(self, environ: Environ) -> Answer:
        try:
            token = self.identities.mint(_document(environ).get("token"), self._fault)
        except NoTokenError as none:
            errors = [{"code": none.code, "description": str(none)}]
            return Answer(HTTPStatus.UNPROCESSABLE_ENTITY, {"message": "Token request failed", "errors": errors})
        return done({"success": True, "token": token.text, "expires": token.expires})

    def _burn(self, environ: Environ) -> Answer:
        self.identities.burn(_document(environ).get("token"))
        return done()

    # --- the upload API -----------------------------------------------------------------------

    def _upload(self, environ: Environ) -> Answer:
        form, content = _form(environ)
        self._faulty()
        user, _, password = _basic(environ).partition(":")
        if user != "__token__" or not self.identities.is_good(password):
            raise RefusedError(HTTPStatus.FORBIDDEN, "Invalid or non-existent authentication information.")
        _check(form, *content)
        return self._keep(*content)

    def _keep(self, name: str, data: bytes) -> Answer:
        place = self.folder / name
        with self._lock:
            if place.exists():
                if place.read_bytes() == data:
                    return done()
                raise RefusedError(
                    HTTPStatus.BAD_REQUEST,
                    f"File already exists ({name!r}). See https://pypi.org/help/#file-name-reuse",
                )
            half = self.folder / f".{name}.part"
            half.write_bytes(data)
            half.replace(place)
            self._taken += 1
        return done()

    def _faulty(self) -> None:
        with self._lock:
            # Late enough that a file is there, early enough that one is missing.
            if self._fault == "token-expired" and self._taken > 0:
                self.identities.expire_all()
                self._fault = None
            if self._fault == "503" and self._taken > 0 and self._busy > 0:
                self._busy -= 1
                raise RefusedError(HTTPStatus.SERVICE_UNAVAILABLE, "The index is read-only for a while.")


def _none(environ: Environ) -> Answer:
    raise RefusedError(HTTPStatus.METHOD_NOT_ALLOWED, f"{environ['REQUEST_METHOD']} is not allowed for this address.")


def _changed(body: Iterable[bytes]) -> Iterable[bytes]:
    """Change the first byte of the body."""
    is_first = True
    for chunk in body:
        yield bytes([chunk[0] ^ 1]) + chunk[1:] if is_first and chunk else chunk
        is_first = is_first and not chunk


def _check(form: dict[str, str], name: str, data: bytes) -> None:
    """Check an upload as an index does."""
    if form.get(":action") != "file_upload" or form.get("protocol_version") != "1":
        raise RefusedError(HTTPStatus.BAD_REQUEST, "Unknown protocol version or action.")
    try:
        project, version = _parsed(name)
    except (InvalidWheelFilename, InvalidSdistFilename, InvalidVersion):
        raise RefusedError(HTTPStatus.BAD_REQUEST, f"Invalid filename: {name!r}.") from None
    told = form.get("name", ""), form.get("version", "")
    if (project, version) != (canonicalize_name(told[0]), _version(told[1])):
        raise RefusedError(HTTPStatus.BAD_REQUEST, f"Filename {name!r} is not one of {' '.join(told)}.")
    sha256 = hashlib.sha256(data).hexdigest()
    if form.get("sha256_digest") != sha256:
        raise RefusedError(HTTPStatus.BAD_REQUEST, "The digest supplied does not match a digest calculated.")
    if "attestations" in form:
        try:
            attestations.check(form["attestations"], name, sha256)
        except attestations.WrongError as wrong:
            why = f"Invalid attestations supplied during upload: {wrong}"
            raise RefusedError(HTTPStatus.BAD_REQUEST, why) from None


def _version(text: str) -> Version:
    try:
        return Version(text)
    except InvalidVersion:
        raise RefusedError(HTTPStatus.BAD_REQUEST, f"{text!r} is an invalid value for Version.") from None


def _parsed(name: str) -> tuple[str, Version]:
    if Path(name).name != name:
        raise InvalidSdistFilename(name)
    if name.endswith(".whl"):
        project, version, *_ = parse_wheel_filename(name)
        return project, version
    return parse_sdist_filename(name)


def _basic(environ: Environ) -> str:
    scheme, _, value = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(value, validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _document(environ: Environ) -> dict[str, Any]:
    length = int(environ.get("CONTENT_LENGTH") or 0)
    try:
        document = json.loads(environ["wsgi.input"].read(min(length, 1 << 16)))
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}


def _form(environ: Environ) -> tuple[dict[str, str], tuple[str, bytes]]:
    """Read the fields of an upload, and its file."""
    if int(environ.get("CONTENT_LENGTH") or 0) > LARGEST:
        raise RefusedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "File too large.")
    try:
        fields, files = multipart.parse_form_data(environ, strict=True, partsize_limit=LARGEST, part_limit=1000)
        content = files["content"]
    except (multipart.MultipartError, KeyError):
        raise RefusedError(HTTPStatus.BAD_REQUEST, "Upload payload does not have a file.") from None
    return {name: fields[name] for name in fields}, (content.filename, content.file.read())
