"""Signing in: by invitation, locked after wrong guesses, second factors sealed, pages in our own look, nothing inline."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone

from cleanclaim.practice import invitations
from cleanclaim.practice.middleware import ForwardedAddress
from cleanclaim.practice.models import Role, User
from cleanclaim.practice.sealing import UnsealError
from cleanclaim.practice.sessions import written_again

PASSWORD = "seven green rivers run"  # noqa: S105 - invented
INLINE = re.compile(
    r"<script(?![^>]*\bsrc=)(?![^>]*application/json)|<style|\sstyle=|\son[a-z]+=|javascript:", re.IGNORECASE
)


@pytest.fixture(autouse=True)
def fresh_counts(db: None) -> Iterator[None]:
    del db
    cache.clear()
    yield
    cache.clear()


@pytest.fixture(autouse=True)
def quick_hashes(settings: Any) -> None:
    """A hash that is slow on purpose makes each guess take most of a second, and is Django's to test."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def person() -> User:
    return User.objects.create_user("ann@millrace.example", PASSWORD, name="Ann Lee")


def sign_in(client: Client, email: str, password: str) -> Any:
    return client.post("/account/login/", {"login": email, "password": password})


def test_a_person_signs_in_by_address_and_password(client: Client, person: User) -> None:
    answer = sign_in(client, "ANN@millrace.example", PASSWORD)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.session["_auth_user_id"] == str(person.pk)


def test_a_wrong_password_tells_nothing_of_the_address(client: Client, person: User) -> None:
    wrong = sign_in(client, person.email, "something else").content.decode()
    unknown = sign_in(client, "nobody@millrace.example", "something else").content.decode()
    said = re.findall(r'class="notice notice-error" role="alert">([^<]+)<', wrong)
    assert len(said) == 1
    assert said == re.findall(r'class="notice notice-error" role="alert">([^<]+)<', unknown)


def test_five_wrong_guesses_lock_the_address_even_for_the_right_password(client: Client, person: User) -> None:
    for _ in range(5):
        assert "_auth_user_id" not in client.session
        sign_in(client, person.email, "wrong guess here")
    answer = sign_in(client, person.email, PASSWORD)
    assert answer.status_code == 200
    assert "Too many failed login attempts" in answer.content.decode()
    assert "_auth_user_id" not in client.session


def test_four_wrong_guesses_do_not(client: Client, person: User) -> None:
    for _ in range(4):
        sign_in(client, person.email, "wrong guess here")
    assert sign_in(client, person.email, PASSWORD).status_code == 302


def test_nobody_signs_up(client: Client) -> None:
    assert "By invitation" in client.get("/account/signup/").content.decode()
    before = User.objects.count()
    client.post("/account/signup/", {"email": "x@y.example", "password1": PASSWORD, "password2": PASSWORD})
    assert User.objects.count() == before


# --- invitations -----------------------------------------------------------------------------------------


def test_a_link_sets_a_password_once(client: Client) -> None:
    user = User.objects.create_user("new@millrace.example", name="New")
    link = invitations.password_link(user, "http://testserver/")
    assert link.startswith("http://testserver/account/password/reset/key/")
    page = client.get(link, follow=True)
    assert "Choose a password" in page.content.decode()
    place = page.redirect_chain[-1][0]
    assert client.post(place, {"password1": "short", "password2": "short"}).status_code == 200
    done = client.post(place, {"password1": PASSWORD, "password2": PASSWORD}, follow=True)
    assert "Your password is set" in done.content.decode()
    assert sign_in(Client(), user.email, PASSWORD).status_code == 302
    assert "This link no longer works" in Client().get(link, follow=True).content.decode()


def test_a_link_is_mailed_where_there_is_a_server(person: User, settings: Any) -> None:
    settings.SENDS_MAIL = False
    assert invitations.send_password_link(person, "https://p.example") is False
    settings.SENDS_MAIL = True
    assert invitations.send_password_link(person, "https://p.example") is True
    (sent,) = mail.outbox
    assert sent.to == ["ann@millrace.example"]
    assert "https://p.example/account/password/reset/key/" in sent.body


# --- second factor ---------------------------------------------------------------------------------------


def test_the_secret_of_a_second_factor_is_sealed_in_the_database(client: Client, person: User) -> None:
    secret = generate_totp_secret()
    TOTP.activate(person, secret)
    stored = Authenticator.objects.get(user=person).data["secret"]
    assert secret not in stored
    assert get_adapter().decrypt(stored) == secret
    with pytest.raises(UnsealError):
        get_adapter().decrypt(stored[:-8] + "AAAAAAA=")
    answer = sign_in(client, person.email, PASSWORD)
    assert answer["Location"] == "/account/2fa/authenticate/"
    assert "_auth_user_id" not in client.session
    assert client.get("/c/millrace/today/").status_code == 302


# --- pages -----------------------------------------------------------------------------------------------

OPEN = ("/account/login/", "/account/signup/", "/account/password/reset/", "/account/password/reset/done/")
OWN = (
    "/account/2fa/", "/account/password/change/", "/account/reauthenticate/", "/account/2fa/totp/activate/",
    "/account/2fa/webauthn/", "/account/2fa/webauthn/add/", "/account/logout/",
)  # fmt: skip


@pytest.mark.parametrize("path", [*OPEN, *OWN])
def test_account_pages_are_ours_and_hold_nothing_inline(client: Client, person: User, path: str) -> None:
    if path in OWN:
        sign_in(client, person.email, PASSWORD)
    answer = client.get(path, follow=True)
    text = answer.content.decode()
    assert answer.status_code == 200
    assert 'class="door"' in text
    assert not INLINE.search(text), INLINE.search(text)
    assert text.count("<h1") == 1


@pytest.mark.parametrize("page", ["today", "calendar", "patients", "claims", "files", "figures", "guide", "trail"])
def test_pages_of_a_clinic_hold_nothing_inline(as_role: Callable[[Role], Client], page: str) -> None:
    answer = as_role(Role.OWNER).get(f"/c/millrace/{page}/", follow=True)
    assert answer.status_code == 200
    found = INLINE.search(answer.content.decode())
    assert not found, found
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert answer["Cache-Control"] == "no-store"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"


def test_a_session_ends_half_an_hour_after_the_last_request(client: Client, person: User) -> None:
    answer = sign_in(client, person.email, PASSWORD)
    assert client.session.get_expiry_age() == 1800
    cookie = answer.cookies["sessionid"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["max-age"] == ""


WHOLE = timedelta(minutes=30)


@pytest.mark.parametrize("idle", [timedelta(seconds=0), timedelta(seconds=50)])
def test_a_request_right_after_another_does_not_write_its_session(
    client: Client, person: User, idle: timedelta
) -> None:
    sign_in(client, person.email, PASSWORD)
    kept = timezone.now() + WHOLE - idle
    Session.objects.update(expire_date=kept)
    assert client.get("/").status_code == 200
    assert Session.objects.get().expire_date == kept


@pytest.mark.parametrize("idle", [timedelta(minutes=1), timedelta(minutes=29, seconds=50)])
def test_a_request_a_minute_later_prolongs_its_session_to_the_whole_idle_time(
    client: Client, person: User, idle: timedelta
) -> None:
    sign_in(client, person.email, PASSWORD)
    before = timezone.now()
    Session.objects.update(expire_date=before + WHOLE - idle)
    assert client.get("/").status_code == 200
    assert before + WHOLE <= Session.objects.get().expire_date <= timezone.now() + WHOLE


def test_a_session_that_was_idle_for_its_whole_time_is_nobodys(client: Client, person: User) -> None:
    sign_in(client, person.email, PASSWORD)
    Session.objects.update(expire_date=timezone.now())
    answer = client.get("/c/millrace/claims/")
    assert (answer.status_code, answer["Location"]) == (302, "/account/login/?next=/c/millrace/claims/")


def test_the_kept_end_lags_behind_by_a_tenth_of_a_short_idle_time(settings: Any) -> None:
    assert written_again() == timedelta(minutes=1)
    settings.SESSION_COOKIE_AGE = 120
    assert written_again() == timedelta(seconds=12)


# --- where a request comes from --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("is_behind_proxy", "header", "expected"),
    [
        (True, "203.0.113.7", "203.0.113.7"),
        (True, "6.6.6.6, 203.0.113.7", "203.0.113.7"),
        (True, "", "127.0.0.1"),
        (False, "6.6.6.6", "127.0.0.1"),
    ],
)
def test_only_the_proxys_own_word_is_taken(settings: Any, is_behind_proxy: bool, header: str, expected: str) -> None:  # noqa: FBT001 - pytest's
    settings.IS_BEHIND_PROXY = is_behind_proxy
    seen = []

    def answer(request: HttpRequest) -> HttpResponse:
        seen.append(request.META["REMOTE_ADDR"])
        return HttpResponse()

    ForwardedAddress(answer)(RequestFactory().get("/", headers={"X-Forwarded-For": header} if header else {}))
    assert seen == [expected]


def test_the_health_address_tells_only_that(client: Client) -> None:
    answer = client.get("/health/")
    assert (answer.status_code, answer.content) == (200, b"ok\n")
    assert client.post("/health/").status_code == 405
