-- 0120_gone_pacts.sql: which pacts a version had until it was deleted, by its name.

-- +goose Up
CREATE TABLE `gone_pacts` (
  `id` integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  `consumer` text NOT NULL,
  `version` text NOT NULL,
  `provider` text NOT NULL,
  `deleted_at` datetime NOT NULL
);
CREATE UNIQUE INDEX `gonepact_consumer_version_provider` ON `gone_pacts` (`consumer`, `version`, `provider`);

-- +goose Down
DROP TABLE `gone_pacts`;
