-- 0115_withdrawn_pacts.sql: which pacts a version had published until they were deleted.

-- +goose Up
CREATE TABLE `withdrawn_pacts` (
  `id` integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  `version_id` integer NOT NULL,
  `provider` text NOT NULL,
  `deleted_at` datetime NOT NULL
);
CREATE UNIQUE INDEX `withdrawnpact_version_id_provider` ON `withdrawn_pacts` (`version_id`, `provider`);
CREATE INDEX `withdrawnpact_provider` ON `withdrawn_pacts` (`provider`);

-- +goose Down
DROP TABLE `withdrawn_pacts`;
