-- 0060_ignore_rules.sql: what the deploy gate does not count, for whom and until when.

-- +goose Up
CREATE TABLE "ignore_rules" (
  "id" character varying NOT NULL,
  "service" character varying NOT NULL,
  "version" character varying NOT NULL DEFAULT '',
  "owner" character varying NOT NULL,
  "reason" text NOT NULL,
  "expires_at" timestamptz NOT NULL,
  "created_at" timestamptz NOT NULL,
  "created_by" character varying NOT NULL DEFAULT '',
  PRIMARY KEY ("id")
);

-- +goose Down
DROP TABLE "ignore_rules";
