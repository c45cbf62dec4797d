-- 0070_provider_addresses.sql: where providers run that the server may verify.

-- +goose Up
CREATE TABLE "provider_addresses" (
  "id" character varying NOT NULL,
  "url" character varying NOT NULL,
  "states_url" character varying NOT NULL DEFAULT '',
  "messages_url" character varying NOT NULL DEFAULT '',
  "headers" text NOT NULL DEFAULT '',
  "created_at" timestamptz NOT NULL,
  "created_by" character varying NOT NULL DEFAULT '',
  PRIMARY KEY ("id")
);

-- +goose Down
DROP TABLE "provider_addresses";
