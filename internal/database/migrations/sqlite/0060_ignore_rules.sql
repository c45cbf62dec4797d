-- 0060_ignore_rules.sql: what the deploy gate does not count, for whom and until when.

-- +goose Up
CREATE TABLE `ignore_rules` (
  `id` text NOT NULL,
  `service` text NOT NULL,
  `version` text NOT NULL DEFAULT (''),
  `owner` text NOT NULL,
  `reason` text NOT NULL,
  `expires_at` datetime NOT NULL,
  `created_at` datetime NOT NULL,
  `created_by` text NOT NULL DEFAULT (''),
  PRIMARY KEY (`id`)
);

-- +goose Down
DROP TABLE `ignore_rules`;
