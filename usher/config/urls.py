"""Every address of the service. A view without a policy stops the process at start (usher.portal.page.check_policies)."""

from django.urls import include, path, register_converter

from usher.config.health import livez, readyz
from usher.core.ids import ShortIdConverter

register_converter(ShortIdConverter, "id")

urlpatterns = [
    path("livez", livez),
    path("readyz", readyz),
    path("", include("usher.api.urls")),
    path("", include("usher.portal.home.urls")),
    path("", include("usher.portal.roles.urls")),
    path("", include("usher.portal.people.urls")),
    path("", include("usher.portal.advanced.urls")),
    path("", include("usher.portal.groups.urls")),
    path("", include("usher.portal.sign_in.urls")),
    path("", include("usher.portal.consents.urls")),
    path("", include("usher.portal.changes.urls")),
    path("", include("usher.portal.account.urls")),
    path("", include("usher.portal.settings.urls")),
    path("", include("usher.portal.places.urls")),
    path("", include("usher.portal.domains.urls")),
    path("", include("usher.portal.content.urls")),
    path("", include("usher.portal.phone.urls")),
    path("", include("usher.portal.help.urls")),
    path("", include("usher.portal.search.urls")),
    path("", include("usher.portal.lists.urls")),
]
handler400 = "usher.portal.problem.bad_request"
handler403 = "usher.portal.problem.permission_denied"
handler404 = "usher.portal.problem.not_found"
handler500 = "usher.portal.problem.server_error"
