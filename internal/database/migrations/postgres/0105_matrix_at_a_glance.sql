-- 0105_matrix_at_a_glance.sql: the rows of gate and matrix, from their indexes alone.

-- +goose Up
DROP INDEX "pactpublication_consumer_version_id_provider_id";
CREATE UNIQUE INDEX "pactpublication_consumer_version_id_provider_id" ON "pact_publications" ("consumer_version_id", "provider_id") INCLUDE ("consumer_id", "content_id", "revision", "created_at", "id") WHERE NOT superseded;
DROP INDEX "pactpublication_consumer_id_provider_id_consumer_version_id";
CREATE INDEX "pactpublication_consumer_id_provider_id_consumer_version_id" ON "pact_publications" ("consumer_id", "provider_id", "consumer_version_id") INCLUDE ("content_id", "revision", "superseded", "created_at", "id");
DROP INDEX "verification_content_id_provider_version_id_id";
CREATE INDEX "verification_content_id_provider_version_id_id" ON "verifications" ("content_id", "provider_version_id", "id") INCLUDE ("provider_id", "success", "incomplete", "verified_at");
DROP INDEX "verification_provider_version_id_id";
CREATE INDEX "verification_provider_version_id_id" ON "verifications" ("provider_version_id", "id") INCLUDE ("content_id", "success", "incomplete", "verified_at");
DROP INDEX "deployment_version_id";
CREATE INDEX "deployment_version_id" ON "deployments" ("version_id") INCLUDE ("environment_id", "id", "current");
DROP INDEX "integration_provider_id";
CREATE INDEX "integration_provider_id_consumer_id" ON "integrations" ("provider_id", "consumer_id");

-- +goose Down
DROP INDEX "pactpublication_consumer_version_id_provider_id";
CREATE UNIQUE INDEX "pactpublication_consumer_version_id_provider_id" ON "pact_publications" ("consumer_version_id", "provider_id") WHERE NOT superseded;
DROP INDEX "pactpublication_consumer_id_provider_id_consumer_version_id";
CREATE INDEX "pactpublication_consumer_id_provider_id_consumer_version_id" ON "pact_publications" ("consumer_id", "provider_id", "consumer_version_id");
DROP INDEX "verification_content_id_provider_version_id_id";
CREATE INDEX "verification_content_id_provider_version_id_id" ON "verifications" ("content_id", "provider_version_id", "id");
DROP INDEX "verification_provider_version_id_id";
CREATE INDEX "verification_provider_version_id_id" ON "verifications" ("provider_version_id", "id");
DROP INDEX "deployment_version_id";
CREATE INDEX "deployment_version_id" ON "deployments" ("version_id");
DROP INDEX "integration_provider_id_consumer_id";
CREATE INDEX "integration_provider_id" ON "integrations" ("provider_id");
