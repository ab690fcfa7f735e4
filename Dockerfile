# syntax=docker/dockerfile:1
# One image for every role: docker run onsale serve booking --listen 0.0.0.0:8080

FROM rust:1.95-slim-trixie AS build
# Compilers for librdkafka and ring. Versions follow the base image.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends g++ libc6-dev make perl pkg-config zlib1g-dev \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
# Queries were checked when .sqlx was written (docs/adding-an-endpoint.md); no database is needed here.
ENV SQLX_OFFLINE=true
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    rustup target add wasm32-unknown-unknown \
    && cargo run --locked --release --package xtask -- site --locked --output /usr/local/share/onsale/site \
    && cargo build --locked --profile dist --package onsale \
    && cp target/dist/onsale /usr/local/bin/onsale

FROM debian:trixie-slim
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates zlib1g \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin onsale \
    && install --directory --owner onsale --group onsale /var/lib/onsale
COPY --from=build /usr/local/bin/onsale /usr/local/bin/onsale
COPY --from=build /usr/local/share/onsale/site /usr/local/share/onsale/site
USER 10001:10001
ENV ONSALE_HOME=/var/lib/onsale SITE_DIR=/usr/local/share/onsale/site METRICS_LISTEN=0.0.0.0:9464 LOG_FORMAT=json \
    MIMALLOC_ALLOW_THP=0
EXPOSE 8080 9464
# The address is asked by the shell, so that the image needs no further program.
HEALTHCHECK --interval=5s --timeout=3s --start-period=30s --retries=5 \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8080 && printf 'GET /health/ready HTTP/1.0\\r\\nhost: localhost\\r\\n\\r\\n' >&3 && grep -q '^HTTP/1.. 200' <&3"]
ENTRYPOINT ["/usr/local/bin/onsale"]
CMD ["serve", "gateway", "--listen", "0.0.0.0:8080"]
