"""Passwords: what they must be, how they are kept (argon2id, RFC 9106's second choice), and new ones drawn."""

import secrets
import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

from pipelines.accounts.account import Account, AccountError
from pipelines.accounts.settings import AccessSettings

LONGEST = 128
_HASHER = PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)
# Each check takes 64 MiB for its time; more at once than this would let a flood of them take the machine's memory.
_AT_ONCE = threading.BoundedSemaphore(2)
_OFTEN_GUESSED = ("password", "admin", "qwerty", "123456", "abcdef", "111111", "baomi", "xinjiang",
                  "welcome", "iloveyou")  # fmt: skip
_LETTERS = "abcdefghjkmnpqrstuvwxyz"
_FIRST_PASSWORD = (_LETTERS, _LETTERS.upper(), "23456789", "-+=%@")


def hash_password(password: str) -> str:
    """Argon2id hash with its own salt."""
    with _AT_ONCE:
        return _HASHER.hash(password)


def fits(password_hash: str, password: str) -> bool:
    """Whether a password is the one that was hashed; takes its time also where there is no hash to compare with."""
    with _AT_ONCE:
        try:
            return _HASHER.verify(password_hash or _NOBODY, password[: LONGEST + 1]) and bool(password_hash)
        except (VerificationError, InvalidHashError):
            return False


def check_password(password: str, account: Account, settings: AccessSettings) -> None:
    """Take a new password or say what is wrong with it.

    Raises:
        AccountError: too short, too long, too few kinds of signs, guessed easily, or the one that it had.
    """
    kinds = [any(map(kind, password)) for kind in (str.islower, str.isupper, str.isdigit)]
    kinds.append(any(not sign.isalnum() for sign in password))
    lowered = password.lower()
    if not settings.password_length <= len(password) <= LONGEST:
        raise AccountError(f"口令应为 {settings.password_length} 至 {LONGEST} 位")
    if sum(kinds) < 3:
        raise AccountError("口令应含小写字母、大写字母、数字、符号中的至少三种")
    if len(set(password)) < 6:
        raise AccountError("口令里重复的字符太多")
    parts = [part for part in account.account_id.split("-") if len(part) > 3]
    if any(part in lowered for part in (*parts, account.account_id, *_OFTEN_GUESSED)):
        raise AccountError("口令里有账号或常被猜到的词，请换一个")
    if account.password_hash and fits(account.password_hash, password):
        raise AccountError("新口令不能与现用口令相同")


def draw_password(length: int = 16) -> str:
    """A first password: signs of four kinds, none easily taken for another."""
    signs = [secrets.choice(kind) for kind in _FIRST_PASSWORD]
    signs += [secrets.choice("".join(_FIRST_PASSWORD)) for _ in range(max(length, 12) - len(signs))]
    secrets.SystemRandom().shuffle(signs)
    return "".join(signs)


_NOBODY = _HASHER.hash(secrets.token_hex(16))
