-- 0080_deployments_of_a_service.sql: where the services run that a provider's pacts are with.

-- +goose Up
CREATE INDEX "deployment_pacticipant" ON "deployments" ("pacticipant_id") WHERE current;

-- +goose Down
DROP INDEX "deployment_pacticipant";
