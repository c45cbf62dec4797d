-- 0040_access.sql: tokens, the sessions made from them, and who wrote what.
-- +goose Up

CREATE TABLE "access_tokens" (
  "id" character varying NOT NULL,
  "name" character varying NOT NULL,
  "scopes" character varying NOT NULL,
  "user_ref" character varying NOT NULL,
  "hash" bytea NOT NULL,
  "created_at" timestamptz NOT NULL,
  "expires_at" timestamptz NULL,
  "last_used_at" timestamptz NULL,
  "revoked_at" timestamptz NULL,
  PRIMARY KEY ("id")
);

CREATE TABLE "access_sessions" (
  "id" character varying NOT NULL,
  "token_id" character varying NOT NULL,
  "created_at" timestamptz NOT NULL,
  "expires_at" timestamptz NOT NULL,
  PRIMARY KEY ("id")
);
CREATE INDEX "accesssession_expires_at" ON "access_sessions" ("expires_at");

CREATE TABLE "audit_entries" (
  "id" character varying NOT NULL,
  "at" timestamptz NOT NULL,
  "actor" text NOT NULL,
  "action" text NOT NULL,
  "subject" text NOT NULL,
  "request_id" text NOT NULL,
  "outcome" text NOT NULL,
  "detail" text NOT NULL,
  PRIMARY KEY ("id")
);
CREATE INDEX "auditentry_actor_id" ON "audit_entries" ("actor", "id");
