-- 0070_provider_addresses.sql: where providers run that the server may verify.

-- +goose Up
CREATE TABLE `provider_addresses` (
  `id` text NOT NULL,
  `url` text NOT NULL,
  `states_url` text NOT NULL DEFAULT (''),
  `messages_url` text NOT NULL DEFAULT (''),
  `headers` text NOT NULL DEFAULT (''),
  `created_at` datetime NOT NULL,
  `created_by` text NOT NULL DEFAULT (''),
  PRIMARY KEY (`id`)
);

-- +goose Down
DROP TABLE `provider_addresses`;
