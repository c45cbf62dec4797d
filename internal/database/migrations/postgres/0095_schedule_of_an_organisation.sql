-- 0095_schedule_of_an_organisation.sql: how often an organisation is read holds for the repositories found in it.

-- +goose Up
ALTER TABLE "locations" ADD COLUMN "inherited_every" bigint NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE "locations" DROP COLUMN "inherited_every";
