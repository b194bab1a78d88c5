"""The other half of the pages of test_look.py, in a file of its own: two processes look at the same time."""

import pytest

from tests.journeys.conftest import Portal
from tests.journeys.test_look import look_at_half

pytestmark = [pytest.mark.journey, pytest.mark.timeout(1200)]


def test_axe_and_width_of_the_others(portal: Portal) -> None:
    """WCAG 2.2, all rules of axe; portal.md section 12."""
    look_at_half(portal, 1)
