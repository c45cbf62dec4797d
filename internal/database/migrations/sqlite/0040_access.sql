-- 0040_access.sql: tokens, the sessions made from them, and who wrote what.
-- +goose Up

CREATE TABLE `access_tokens` (
  `id` text NOT NULL,
  `name` text NOT NULL,
  `scopes` text NOT NULL,
  `user_ref` text NOT NULL,
  `hash` blob NOT NULL,
  `created_at` datetime NOT NULL,
  `expires_at` datetime NULL,
  `last_used_at` datetime NULL,
  `revoked_at` datetime NULL,
  PRIMARY KEY (`id`)
);

CREATE TABLE `access_sessions` (
  `id` text NOT NULL,
  `token_id` text NOT NULL,
  `created_at` datetime NOT NULL,
  `expires_at` datetime NOT NULL,
  PRIMARY KEY (`id`)
);
CREATE INDEX `accesssession_expires_at` ON `access_sessions` (`expires_at`);

CREATE TABLE `audit_entries` (
  `id` text NOT NULL,
  `at` datetime NOT NULL,
  `actor` text NOT NULL,
  `action` text NOT NULL,
  `subject` text NOT NULL,
  `request_id` text NOT NULL,
  `outcome` text NOT NULL,
  `detail` text NOT NULL,
  PRIMARY KEY (`id`)
);
CREATE INDEX `auditentry_actor_id` ON `audit_entries` (`actor`, `id`);
