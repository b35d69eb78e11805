"""Keys that are destroyed when they have served: files outside the database, so that no backup of it holds them."""

import os
import secrets

from app.kit.settings import Settings

_BYTES = 32


class Vault:
    """A directory with a file for each key, readable by the owner only."""

    def __init__(self, settings: Settings) -> None:
        self._directory = settings.keys / "surveys"

    def key(self, name: str) -> bytes | None:
        """None where there is no such file, or one that was cut: a short key would be as good as none."""
        try:
            found = (self._directory / name).read_bytes()
        except FileNotFoundError:
            return None
        return found if len(found) == _BYTES else None

    def make(self, name: str) -> bytes | None:
        """As `key`, but made where it is missing; of two processes, the second gets the first's."""
        self._directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        path, fresh = self._directory / name, self._directory / f".{secrets.token_hex(8)}"
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(secrets.token_bytes(_BYTES))
            file.flush()
            os.fsync(file.fileno())
        try:
            path.hardlink_to(fresh)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
        self._sync()
        return self.key(name)

    def destroy(self, *names: str) -> None:
        for path in (self._directory / name for name in names):
            if path.exists():
                path.unlink(missing_ok=True)
                self._sync()

    def names(self, pattern: str) -> set[str]:
        return {path.name for path in self._directory.glob(pattern)}

    def _sync(self) -> None:
        """A name that is in the directory, or no longer, must stay so when the power fails."""
        directory = os.open(self._directory, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)
