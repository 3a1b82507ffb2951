# Build: generated code is committed, so Go is all it needs.
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags="-s -w" -o /countersign . \
    && mkdir -m 0700 /data /keys

# Run: the program, certificates to reach Yoti, and nothing else.
FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=build /countersign /countersign
COPY --from=build --chown=nonroot:nonroot /data /data
COPY --from=build --chown=nonroot:nonroot /keys /keys
ENV COUNTERSIGN_ADDR=0.0.0.0:8080 \
    COUNTERSIGN_DB=/data/countersign.db \
    COUNTERSIGN_DATA_KEY_FILE=/keys/data.key \
    COUNTERSIGN_SIGNING_KEY=/keys/signing.key
# The database and the keys that seal its texts and sign its checkpoints: apart, so that
# a backup of one is not a backup of the others.
VOLUME ["/data", "/keys"]
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=3s --start-period=5s CMD ["/countersign", "healthcheck"]
ENTRYPOINT ["/countersign"]
CMD ["serve"]
