# The service for production: no demonstration, no embedded database, not root.
#
#   docker build --tag hagukumi .
#   docker run --rm --env APP_DATABASE_URL hagukumi python -m alembic upgrade head      # before each new version
#   docker run --rm --env APP_DATABASE_URL hagukumi python -m app.seed                  # once: the policy
#   docker run --rm --interactive --tty --env APP_DATABASE_URL hagukumi \
#     python -m app.account sato admin                                                  # the first account
#   docker run --detach --publish 8000:8000 --env APP_DATABASE_URL --volume hagukumi-keys:/var/lib/hagukumi hagukumi
#
# APP_DATABASE_URL names a PostgreSQL 15 or newer. Containers of one service share the volume, which holds the keys
# that sign their tokens. WEB_CONCURRENCY sets the number of server processes in a container. FORWARDED_ALLOW_IPS names
# the proxy in front; without it all callers behind it count as one when wrong passwords are limited.

FROM python:3.13-slim

RUN useradd --system --uid 10001 --shell /usr/sbin/nologin hagukumi \
    && install --directory --owner hagukumi --mode 0700 /var/lib/hagukumi

WORKDIR /srv/hagukumi
ENV PATH=/srv/hagukumi/.venv/bin:$PATH \
    APP_KEYS=/var/lib/hagukumi/keys \
    PIP_NO_CACHE_DIR=1 \
    PYTHONUNBUFFERED=1

COPY scripts/__init__.py scripts/environment.py scripts/runtime.lock scripts/
RUN python scripts/environment.py --runtime

COPY LICENSE alembic.ini ./
COPY migrations migrations
COPY app app
COPY openapi/openapi.json openapi/openapi.ja.json openapi/

USER hagukumi
VOLUME /var/lib/hagukumi
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "from urllib.request import ProxyHandler, build_opener; build_opener(ProxyHandler({})).open('http://127.0.0.1:8000/readyz', timeout=4)"]
CMD ["uvicorn", "--factory", "app.main:create", "--host", "0.0.0.0", "--port", "8000", "--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "warning", "--timeout-worker-healthcheck", "30", "--timeout-graceful-shutdown", "5", "--no-server-header"]
