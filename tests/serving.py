"""Requests of tests are answered as a running server answers them: the middlewares are put together once, not anew for each `Client`, which would check the
policy of every route and look for every asset each time; and what a page was given is kept for the test, what its parts were given is not.
"""

from collections.abc import Iterator
from typing import Any

import pytest

BUILT = ("_view_middleware", "_template_response_middleware", "_exception_middleware", "_middleware_chain")
ASKED_EACH_TIME = {"API_LIMITS", "PASSWORD_HASHERS"}  # settings that no middleware keeps


@pytest.fixture(scope="session", autouse=True)
def as_a_server(django_test_environment: None) -> Iterator[None]:
    """For the whole session."""
    from django.template.base import Template
    from django.test.client import ClientHandler
    from django.test.signals import setting_changed, template_rendered

    load, built = ClientHandler.load_middleware, {}

    def load_once(self: ClientHandler, is_async: bool = False) -> None:
        if not built:
            load(self)
            built.update({name: getattr(self, name) for name in BUILT})
        self.__dict__.update(built)

    def render(self: Template, context: Any) -> str:
        if not str(self.name).startswith("cotton/"):
            template_rendered.send(sender=self, template=self, context=context)
        return self.nodelist.render(context)

    def anew(*, setting: str, **_signal: Any) -> None:
        if setting not in ASKED_EACH_TIME:
            built.clear()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ClientHandler, "load_middleware", load_once)
        patch.setattr(Template, "_render", render)
        setting_changed.connect(anew)
        yield
        setting_changed.disconnect(anew)
