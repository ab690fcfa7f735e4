# syntax=docker/dockerfile:1
# One image for every role: docker run onsale serve booking --listen 0.0.0.0:8080
# It has the program, what that is linked against, and a busybox for the health check; no package manager, and nothing that
# it writes to but /var/lib/onsale and /tmp, so that the root can be read-only. deploy/README.md says what it weighs.

FROM rust:1.95-slim-trixie AS build
# Compilers for librdkafka and ring; what deploy/image/rootfs takes along. Versions follow the base image.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends \
    busybox ca-certificates g++ libc6-dev make perl pkg-config zlib1g-dev \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
# Queries were checked when .sqlx was written (docs/adding-an-endpoint.md); no database is needed here.
ENV SQLX_OFFLINE=true
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    rustup target add wasm32-unknown-unknown \
    && cargo run --locked --release --package xtask -- site --locked --output /site \
    && cargo build --locked --profile dist --package onsale \
    && deploy/image/rootfs target/dist/onsale /site /rootfs

FROM scratch
COPY --from=build /rootfs /
USER 10001:10001
ENV ONSALE_HOME=/var/lib/onsale SITE_DIR=/usr/local/share/onsale/site METRICS_LISTEN=0.0.0.0:9464 LOG_FORMAT=json \
    MIMALLOC_ALLOW_THP=0
EXPOSE 8080 9464
# By nc: wget of busybox 1.35 ended by a segmentation fault on our answers, though not on those of others.
HEALTHCHECK --interval=5s --timeout=3s --start-period=30s --retries=5 CMD ["/bin/healthy", "8080"]
ENTRYPOINT ["/usr/local/bin/onsale"]
CMD ["serve", "gateway", "--listen", "0.0.0.0:8080"]
