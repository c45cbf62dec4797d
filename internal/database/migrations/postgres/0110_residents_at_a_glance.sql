-- 0110_residents_at_a_glance.sql: what is in an environment, from the index alone.

-- +goose Up
DROP INDEX "deployment_current";
CREATE INDEX "deployment_current" ON "deployments" ("environment_id", "pacticipant_id", "version_id") INCLUDE ("id", "kind", "application_instance", "created_at") WHERE current;

-- +goose Down
DROP INDEX "deployment_current";
CREATE INDEX "deployment_current" ON "deployments" ("environment_id", "pacticipant_id", "version_id") WHERE current;
