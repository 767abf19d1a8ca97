# Cloud ERP Lite as one image: UI, API, worker and every verb of `erp`.
# docker build -t cloud-erp-lite .   and   docker run -p 8080:8080 --env-file .env cloud-erp-lite

FROM node:20-bookworm-slim AS ui
WORKDIR /app/ui
COPY ui/package.json ui/package-lock.json ui/.npmrc ./
RUN npm ci
COPY ui ./
RUN npm run build

FROM python:3.11-slim-bookworm AS build
WORKDIR /app
RUN python -m venv /opt/erp
COPY requirements/run.txt requirements/
RUN /opt/erp/bin/pip install --no-cache-dir --require-hashes -r requirements/run.txt
COPY . .
COPY --from=ui /app/src/erp/web/static src/erp/web/static
RUN /opt/erp/bin/python ui/build.py --mark \
 && /opt/erp/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --create-home --home-dir /data erp
# For `erp backup` on PostgreSQL: not older than the server in compose.yaml.
RUN apt-get update \
 && apt-get install --yes --no-install-recommends ca-certificates postgresql-common \
 && /usr/share/postgresql-common/pgdg/apt.postgresql.org.sh -y \
 && apt-get install --yes --no-install-recommends postgresql-client-17 \
 && rm -rf /var/lib/apt/lists/*
COPY --from=build /opt/erp /opt/erp
COPY deploy/entrypoint.sh /usr/local/bin/entrypoint.sh
ENV PATH=/opt/erp/bin:$PATH PYTHONUNBUFFERED=1 \
    HOST=0.0.0.0 PORT=8080 DATA_DIR=/data LOG_FORMAT=json
USER erp
WORKDIR /data
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s CMD ["entrypoint.sh", "healthy"]
ENTRYPOINT ["entrypoint.sh"]
CMD ["serve"]
