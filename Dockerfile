# Bachata Buddy: the REST API in a container.
#
#     docker build -t bachata-buddy .
#     docker run --rm --network host --volume bachata:/data bachata-buddy
#
# With accounts, workers, Postgres and object storage: compose.yaml and docs/DEPLOYMENT.md.
#
# The quick tests with what is in the image, which they are not in themselves:
#
#     docker build --target test .
#
# Without accounts (BACHATA_AUTH=on) the server listens on a loopback address only and refuses any
# other. Publishing a port (-p) does not reach it; sharing the machine's network (--network host)
# does, at http://127.0.0.1:8000 on that machine.

FROM python:3.12-slim-bookworm AS build

# Whoever builds through an index of their own names it by these build arguments.
ARG PIP_INDEX_URL
ARG UV_DEFAULT_INDEX

RUN pip install --no-cache-dir "uv>=0.13,<0.14"

ENV UV_PYTHON_DOWNLOADS=never \
    UV_COMPILE_BYTECODE=1 \
    UV_LINK_MODE=copy

WORKDIR /app

# `--build-arg EXTRA=demo` lets the image film the demo library, `EXTRA=plots` draw songs; no server needs either.
# Workers need `pgqueuer`.
ARG EXTRA

# Dependencies first: they change less often than the code. uv resolves the lock file again against
# the index it is given here, and keeps the versions and hashes that are pinned in it; the addresses
# of another index, which a work tree may hold, are taken out before.
COPY pyproject.toml uv.lock README.md ./
COPY scripts/neutral_lock.py scripts/
RUN python scripts/neutral_lock.py make \
    && uv sync --no-dev --extra pgqueuer ${EXTRA:+--extra "$EXTRA"} --no-install-project --no-cache

COPY src src
RUN uv sync --no-dev --extra pgqueuer ${EXTRA:+--extra "$EXTRA"} --no-editable --no-cache


# The quick tests with what is in the image, by `docker build --target test .`; no other build runs it.
FROM python:3.12-slim-bookworm AS test

# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ffmpeg \
    && rm -rf /var/lib/apt/lists/*

COPY --from=build /usr/local /usr/local
COPY --from=build /app /app
WORKDIR /app
COPY tests tests
RUN uv sync --no-cache \
    && .venv/bin/pytest tests/rules tests/golden tests/cases tests/contracts tests/api


FROM python:3.12-slim-bookworm

# Debian's archive has one version of a package at a time, so none can be pinned.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ffmpeg \
    && rm -rf /var/lib/apt/lists/* \
    # The home folder is where compiled functions are kept; /data is what is worth keeping.
    && useradd --create-home --uid 10001 dancer \
    && install --directory --owner=dancer --group=dancer /data

# The environment has no way into the folder it was made in but its own path, which is the same.
COPY --from=build /app/.venv /app/.venv

USER 10001
WORKDIR /app

ENV PATH="/app/.venv/bin:$PATH" \
    PYTHONUNBUFFERED=1 \
    BACHATA_DATA_DIR=/data

VOLUME /data

HEALTHCHECK --interval=30s --timeout=10s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as u; u.urlopen('http://127.0.0.1:' + os.environ.get('BACHATA_PORT', '8000') + '/health/ready', timeout=8)"]

CMD ["bachata-buddy", "serve"]
