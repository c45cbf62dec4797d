-- +goose Up
CREATE TABLE items (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    quantity integer NOT NULL,
    created_at timestamptz NOT NULL
);
-- Items are listed in this order, page by page.
CREATE INDEX items_in_order ON items (created_at, id);

CREATE TABLE idempotency_keys (
    key bytea PRIMARY KEY, -- SHA-256 of what the caller sent
    request bytea NOT NULL, -- fingerprint
    status integer, -- of the answer, once there is one
    header jsonb,
    body bytea,
    expires_at timestamptz NOT NULL
);
CREATE INDEX idempotency_keys_expire ON idempotency_keys (expires_at);

-- +goose Down
DROP TABLE idempotency_keys;
DROP TABLE items;
