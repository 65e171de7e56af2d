# The practice in a container: `docker compose up` starts it with PostgreSQL and a worker (compose.yaml).
FROM python:3.13-slim AS build
WORKDIR /build
COPY requirements/ requirements/
RUN python -m venv /opt/cleanclaim \
    && /opt/cleanclaim/bin/pip install --no-cache-dir --require-hashes -r requirements/runtime.txt
COPY pyproject.toml README.md LICENSE NOTICE ./
COPY src/ src/
RUN /opt/cleanclaim/bin/pip install --no-cache-dir --no-deps --no-build-isolation ".[postgres]" \
    && /opt/cleanclaim/bin/pip install --no-cache-dir "psycopg[binary]>=3.2"

FROM python:3.13-slim
# No shell to sign in to, no privileges, nothing to write but its home.
RUN useradd --system --uid 10001 --home-dir /var/lib/cleanclaim --shell /usr/sbin/nologin cleanclaim \
    && install -d -m 700 -o cleanclaim -g cleanclaim /var/lib/cleanclaim
COPY --from=build /opt/cleanclaim /opt/cleanclaim
ENV PATH=/opt/cleanclaim/bin:$PATH CLEANCLAIM_HOME=/var/lib/cleanclaim PYTHONUNBUFFERED=1
USER cleanclaim
VOLUME /var/lib/cleanclaim
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD ["python", "-c", \
    "import urllib.request as u; u.urlopen(u.Request('http://127.0.0.1:8000/health/', headers={'Host': 'localhost', 'X-Forwarded-Proto': 'https'}), timeout=4)"]
CMD ["cleanclaim", "serve", "--host", "0.0.0.0", "--processes", "2", "--threads", "2", "--no-worker"]
