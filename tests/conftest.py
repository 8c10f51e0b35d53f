"""What every test runs on."""

import pytest
from hypothesis import HealthCheck, settings

# How long an example takes is the machine's business, and no rule of the product.
settings.register_profile(
    "anywhere", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("anywhere")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"
