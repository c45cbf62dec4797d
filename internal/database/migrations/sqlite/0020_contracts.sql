-- +goose Up
-- Pacts, who verified them, and where versions are. Contents are stored once per
-- digest and verifications attach to contents, so a pact that comes again under a
-- new version is verified already.
CREATE TABLE `branches` (
  `id` integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  `pacticipant_id` integer NOT NULL,
  `name` text NOT NULL,
  `head_version_id` integer NOT NULL DEFAULT (0),
  `created_at` datetime NOT NULL
);
CREATE UNIQUE INDEX `branch_pacticipant_id_name` ON `branches` (`pacticipant_id`, `name`);

CREATE TABLE `branch_versions` (
  `id` integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  `branch_id` integer NOT NULL,
  `version_id` integer NOT NULL,
  `created_at` datetime NOT NULL
);
CREATE UNIQUE INDEX `branchversion_branch_id_version_id` ON `branch_versions` (`branch_id`, `version_id`);
CREATE INDEX `branchversion_version_id` ON `branch_versions` (`version_id`);

CREATE TABLE `deployments` (
  `id` text NOT NULL,
  `kind` text NOT NULL,
  `pacticipant_id` integer NOT NULL,
  `version_id` integer NOT NULL,
  `environment_id` text NOT NULL,
  `application_instance` text NOT NULL DEFAULT (''),
  `current` bool NOT NULL DEFAULT (true),
  `created_at` datetime NOT NULL,
  `ended_at` datetime NULL,
  PRIMARY KEY (`id`)
);
CREATE UNIQUE INDEX `deployment_instance` ON `deployments` (`pacticipant_id`, `environment_id`, `application_instance`) WHERE current AND kind = 'deployed';
CREATE UNIQUE INDEX `deployment_release` ON `deployments` (`version_id`, `environment_id`) WHERE current AND kind = 'released';
CREATE INDEX `deployment_current` ON `deployments` (`environment_id`, `pacticipant_id`) WHERE current;
CREATE INDEX `deployment_version_id` ON `deployments` (`version_id`);

CREATE TABLE `environments` (
  `id` text NOT NULL,
  `name` text NOT NULL,
  `display_name` text NOT NULL DEFAULT (''),
  `production` bool NOT NULL DEFAULT (false),
  `contacts` text NOT NULL DEFAULT (''),
  `created_at` datetime NOT NULL,
  `updated_at` datetime NULL,
  PRIMARY KEY (`id`)
);
CREATE UNIQUE INDEX `environments_name_key` ON `environments` (`name`);

CREATE TABLE `integrations` (
  `id` integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  `consumer_id` integer NOT NULL,
  `provider_id` integer NOT NULL,
  `created_at` datetime NOT NULL
);
CREATE UNIQUE INDEX `integration_consumer_id_provider_id` ON `integrations` (`consumer_id`, `provider_id`);
CREATE INDEX `integration_provider_id` ON `integrations` (`provider_id`);

CREATE TABLE `pact_contents` (
  `id` integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  `consumer_id` integer NOT NULL,
  `provider_id` integer NOT NULL,
  `sha` text NOT NULL,
  `interactions` integer NOT NULL DEFAULT (0),
  `created_at` datetime NOT NULL,
  `body` blob NOT NULL
);
CREATE UNIQUE INDEX `pactcontent_consumer_id_provider_id_sha` ON `pact_contents` (`consumer_id`, `provider_id`, `sha`);
CREATE INDEX `pactcontent_provider_id` ON `pact_contents` (`provider_id`);

CREATE TABLE `pact_publications` (
  `id` integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  `consumer_id` integer NOT NULL,
  `provider_id` integer NOT NULL,
  `consumer_version_id` integer NOT NULL,
  `content_id` integer NOT NULL,
  `revision` integer NOT NULL DEFAULT (1),
  `superseded` bool NOT NULL DEFAULT (false),
  `created_at` datetime NOT NULL
);
CREATE UNIQUE INDEX `pactpublication_consumer_version_id_provider_id` ON `pact_publications` (`consumer_version_id`, `provider_id`) WHERE NOT superseded;
CREATE INDEX `pactpublication_consumer_id_provider_id_consumer_version_id` ON `pact_publications` (`consumer_id`, `provider_id`, `consumer_version_id`);
CREATE INDEX `pactpublication_provider_id_consumer_version_id` ON `pact_publications` (`provider_id`, `consumer_version_id`);
CREATE INDEX `pactpublication_content_id` ON `pact_publications` (`content_id`);

CREATE TABLE `pacticipants` (
  `id` integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  `name` text NOT NULL,
  `display_name` text NOT NULL DEFAULT (''),
  `main_branch` text NOT NULL DEFAULT (''),
  `repository_url` text NOT NULL DEFAULT (''),
  `repository_name` text NOT NULL DEFAULT (''),
  `repository_namespace` text NOT NULL DEFAULT (''),
  `created_at` datetime NOT NULL,
  `updated_at` datetime NULL
);
CREATE UNIQUE INDEX `pacticipants_name_key` ON `pacticipants` (`name`);

CREATE TABLE `pacticipant_labels` (
  `id` integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  `pacticipant_id` integer NOT NULL,
  `name` text NOT NULL,
  `created_at` datetime NOT NULL
);
CREATE UNIQUE INDEX `pacticipantlabel_pacticipant_id_name` ON `pacticipant_labels` (`pacticipant_id`, `name`);
CREATE INDEX `pacticipantlabel_name` ON `pacticipant_labels` (`name`);

CREATE TABLE `pacticipant_versions` (
  `id` integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  `pacticipant_id` integer NOT NULL,
  `number` text NOT NULL,
  `build_url` text NOT NULL DEFAULT (''),
  `created_at` datetime NOT NULL,
  `updated_at` datetime NULL
);
CREATE UNIQUE INDEX `pacticipantversion_pacticipant_id_number` ON `pacticipant_versions` (`pacticipant_id`, `number`);
CREATE INDEX `pacticipantversion_pacticipant_id_id` ON `pacticipant_versions` (`pacticipant_id`, `id`);

CREATE TABLE `verifications` (
  `id` integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  `content_id` integer NOT NULL,
  `consumer_id` integer NOT NULL,
  `provider_id` integer NOT NULL,
  `provider_version_id` integer NOT NULL,
  `success` bool NOT NULL,
  `incomplete` bool NOT NULL DEFAULT (false),
  `pending` bool NOT NULL DEFAULT (false),
  `wip` bool NOT NULL DEFAULT (false),
  `consumer_version` text NOT NULL DEFAULT (''),
  `build_url` text NOT NULL DEFAULT (''),
  `verified_at` datetime NOT NULL
);
CREATE INDEX `verification_content_id_provider_version_id_id` ON `verifications` (`content_id`, `provider_version_id`, `id`);
CREATE INDEX `verification_provider_version_id_id` ON `verifications` (`provider_version_id`, `id`);
CREATE INDEX `verification_consumer_id_provider_id_id` ON `verifications` (`consumer_id`, `provider_id`, `id`);

CREATE TABLE `verification_details` (
  `id` integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  `interactions` text NOT NULL DEFAULT (''),
  `log` text NOT NULL DEFAULT (''),
  `verified_by` text NOT NULL DEFAULT (''),
  `test_results` text NOT NULL DEFAULT ('')
);

CREATE TABLE `version_tags` (
  `id` integer NOT NULL PRIMARY KEY AUTOINCREMENT,
  `version_id` integer NOT NULL,
  `pacticipant_id` integer NOT NULL,
  `name` text NOT NULL,
  `created_at` datetime NOT NULL
);
CREATE UNIQUE INDEX `versiontag_version_id_name` ON `version_tags` (`version_id`, `name`);
CREATE INDEX `versiontag_pacticipant_id_name_version_id` ON `version_tags` (`pacticipant_id`, `name`, `version_id`);

-- The environments every platform starts with.
INSERT INTO environments (id, name, display_name, production, contacts, created_at) VALUES
  ('0190d3a0-0000-7000-8000-000000000001', 'test', 'Test', false, '', '2026-01-01 00:00:00+00:00'),
  ('0190d3a0-0000-7000-8000-000000000002', 'production', 'Production', true, '', '2026-01-01 00:00:00+00:00');

-- +goose Down
DROP TABLE branches;
DROP TABLE branch_versions;
DROP TABLE deployments;
DROP TABLE environments;
DROP TABLE integrations;
DROP TABLE pact_contents;
DROP TABLE pact_publications;
DROP TABLE pacticipants;
DROP TABLE pacticipant_labels;
DROP TABLE pacticipant_versions;
DROP TABLE verifications;
DROP TABLE verification_details;
DROP TABLE version_tags;
