"""Every error this product raises on purpose.

A message is one sentence for the person at the screen, safe to show; `hint` says what to do next.
Anything that is not a `BauhiniaError` is a defect of ours.

BauhiniaError                      500
├── InputError (ValueError)        400   what the user gave cannot be used
│   ├── NotFound                   404
│   ├── Conflict                   409   somebody else changed it meanwhile
│   ├── DocumentError              422   the file cannot be read
│   │   ├── UnsupportedFormat      415
│   │   ├── MislabelledDocument    415
│   │   ├── DocumentTooLarge       413
│   │   ├── EncryptedDocument      422   protected in a way that cannot be opened here
│   │   │   └── PasswordNeeded     422   its password opens it
│   │   │       └── WrongPassword  422   the password that was given does not
│   │   ├── BrokenDocument         422
│   │   └── EmptyDocument          422
│   ├── SameLanguage               400   a translation into the language that a document is in
│   └── TooLong                    413   a request longer than the model can read
├── NotSignedIn                    401   nobody has, or what was given proves nobody
├── ProviderError                  502   the provider that people sign in with failed
├── Refused                        403   a stage of the gateway said no; carries the stage
│   ├── NotPermitted               403   the officer's roles do not let them; carries why
│   └── OverQuota                  429   a quota is used up; says when the next period begins
├── ModelError                     502   the backend failed
│   ├── ModelUnavailable           503   no backend or no weights; the hint says how to get them
│   ├── ModelBusy                  429   asked to wait
│   ├── ModelTimeout               504
│   └── MalformedAnswer            502   the backend's answer could not be understood
├── WeightsError                   503   weights cannot be had
│   ├── WrongDigest                502   bytes that are not the file the catalogue names
│   └── ReleaseRefused             503   a model made here that may not be served; carries why
├── MissingPart                    503   a program, a font or a package that the work needs is not here
├── StoreError                     503   the database cannot be used
│   └── DataFolderInUse            409   another server holds this data folder
└── Cancelled                      499   the person stopped the work
"""

from __future__ import annotations


class BauhiniaError(Exception):
    """Base of the tree: `str(error)` is safe to show; `hint` says what to do next."""

    status = 500
    retry_after: int | None = None
    """Seconds after which it may go; None where nobody knows."""

    def __init__(self, message: str, *, hint: str = "", retry_after: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        if retry_after is not None:
            self.retry_after = retry_after

    @property
    def code(self) -> str:
        """The error's stable name, as the API sends it."""
        return type(self).__name__


class InputError(BauhiniaError, ValueError):
    """What the user gave cannot be used."""

    status = 400


class NotFound(InputError):
    """No such thing, or none that this officer may see."""

    status = 404


class Conflict(InputError):
    """Somebody else changed it meanwhile."""

    status = 409


class DocumentError(InputError):
    """The file cannot be read."""

    status = 422


class UnsupportedFormat(DocumentError):
    """A format that this build does not read."""

    status = 415


class MislabelledDocument(DocumentError):
    """The bytes are not what the name says."""

    status = 415


class DocumentTooLarge(DocumentError):
    """Over a limit of size, pages, nesting or time."""

    status = 413


class EncryptedDocument(DocumentError):
    """Protected in a way that cannot be opened here."""


class PasswordNeeded(EncryptedDocument):
    """The file's password opens it; it is asked for."""


class WrongPassword(PasswordNeeded):
    """The password that was given does not open the file."""


class BrokenDocument(DocumentError):
    """The bytes are damaged."""


class EmptyDocument(DocumentError):
    """No text in it."""


class SameLanguage(InputError):
    """A translation into the language that the document is in already."""


class TooLong(InputError):
    """A request longer than the model can read."""

    status = 413


class NotSignedIn(BauhiniaError):
    """Nobody has signed in, or what was given proves nobody."""

    status = 401

    def __init__(self, message: str, *, hint: str = "", why: str = "") -> None:
        super().__init__(message, hint=hint)
        self.why = why
        """A stable word for the reason, where it may be told."""


class ProviderError(BauhiniaError):
    """The provider that people sign in with failed, or does not answer."""

    status = 502


class Refused(BauhiniaError):
    """A stage of the gateway said no."""

    status = 403

    def __init__(self, message: str, *, stage: str, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.stage = stage


class NotPermitted(Refused):
    """The officer's roles do not let them do it; `why` is a stable word of `people/permissions.py`."""

    def __init__(self, message: str, *, why: str, hint: str = "") -> None:
        super().__init__(message, stage="admit", hint=hint)
        self.why = why


class OverQuota(Refused):
    """A quota is used up."""

    status = 429

    def __init__(self, message: str, *, stage: str, hint: str = "", retry_after: int) -> None:
        super().__init__(message, stage=stage, hint=hint)
        self.retry_after = retry_after


class ModelError(BauhiniaError):
    """The backend failed."""

    status = 502


class ModelUnavailable(ModelError):
    """No backend, or no weights; the hint says how to get them."""

    status = 503


class ModelBusy(ModelError):
    """The backend asked us to wait."""

    status = 429


class ModelTimeout(ModelError):
    """The backend took longer than the limit."""

    status = 504


class MalformedAnswer(ModelError):
    """The backend's answer could not be understood."""


class WeightsError(BauhiniaError):
    """Weights cannot be had; the hint says where they were sought and what to do."""

    status = 503


class WrongDigest(WeightsError):
    """Bytes that are not the file the catalogue names."""

    status = 502


class ReleaseRefused(WeightsError):
    """A release may not be served; `why` is a stable word of `models/releases.py`."""

    def __init__(self, message: str, *, why: str, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.why = why


class MissingPart(BauhiniaError):
    """A part of the installation that the work needs is not there: a program, a font, a package."""

    status = 503


class StoreError(BauhiniaError):
    """The database cannot be used."""

    status = 503


class DataFolderInUse(StoreError):
    """Another server holds this data folder."""

    status = 409


class Cancelled(BauhiniaError):
    """The person stopped the work."""

    status = 499
