# An image with monowheel and what it needs to build wheels for every target:
#
#   docker build --build-arg VERSION=0.1.0 -t monowheel .
#   docker run --rm -v "$PWD:/io" monowheel build
FROM python:3.13-slim-trixie

SHELL ["/bin/bash", "-o", "pipefail", "-c"]

# Build scripts and procedural macros are compiled for the image itself; bubblewrap isolates the code of others.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends bubblewrap ca-certificates curl gcc git libc6-dev make perl \
    && rm -rf /var/lib/apt/lists/*

RUN useradd --create-home --uid 1000 builder && mkdir /io && chown builder /io
USER 1000
ENV PATH=/home/builder/.cargo/bin:/home/builder/.local/bin:$PATH

# With the sources of the standard library, from which that of the other platforms is built.
ARG RUST=stable
RUN curl --proto '=https' --tlsv1.2 -fsSL https://sh.rustup.rs \
    | sh -s -- -y --no-modify-path --profile minimal --default-toolchain "$RUST" --component rust-src

ARG VERSION
RUN pip install --no-cache-dir --user "monowheel[build]==${VERSION:?docker build --build-arg VERSION=…}"

WORKDIR /io
ENTRYPOINT ["monowheel"]
CMD ["build"]
