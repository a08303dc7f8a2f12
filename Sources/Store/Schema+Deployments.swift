// Frozen flows that others may start, and the names that they are called by.

extension Schema {
    /// Deployments and tags, with the columns that owners read and write (seed 002, spec storage-and-operations 7.1).
    static let deployments = """
        -- id is a UUIDv7: the order of ids is that of creation. created_at is UTC. Nothing caches a row: each start reads it.
        -- No foreign key on entrypoint: a deployment is a frozen copy and outlives the flow that it was made from.
        CREATE TABLE flow_deployments (
            id                  uuid      PRIMARY KEY CHECK (id <> '00000000-0000-0000-0000-000000000000'),
            created_at          timestamp NOT NULL DEFAULT (now() AT TIME ZONE 'UTC'),
            user_id             uuid      NOT NULL REFERENCES users (id) ON DELETE CASCADE,
            entrypoint          integer   NOT NULL,
            start_permission    jsonb     NOT NULL DEFAULT '"Owner"'
                                CHECK (start_permission IN ('"Owner"', '"Authenticated"', '"Anonymous"')),
            output_instructions boolean   NOT NULL DEFAULT false,
            action_identity     text,
            fees                jsonb     NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(fees) = 'array'),
            solana_network      jsonb     NOT NULL CHECK (
                                jsonb_typeof(solana_network -> 'url') = 'string'
                                AND solana_network ->> 'cluster' IN ('devnet', 'testnet', 'mainnet-beta')),
            UNIQUE (id, entrypoint, user_id)
        );
        CREATE INDEX flow_deployments_by_flow ON flow_deployments (entrypoint, id DESC);
        CREATE INDEX flow_deployments_by_user ON flow_deployments (user_id, id DESC);

        -- Every flow that the deployment can come to: the entrypoint and what its nodes run, as they were then.
        CREATE TABLE flow_deployments_flows (
            deployment_id uuid    NOT NULL REFERENCES flow_deployments (id) ON DELETE CASCADE,
            flow_id       integer NOT NULL,
            flow_uuid     uuid    NOT NULL,
            user_id       uuid    NOT NULL,
            snapshot_hash bytea   NOT NULL REFERENCES flow_snapshots (hash),
            read_enabled  boolean NOT NULL DEFAULT false,
            on_crash      text    NOT NULL DEFAULT 'fail' CHECK (on_crash IN ('fail', 'resume')),
            PRIMARY KEY (deployment_id, flow_id)
        );
        CREATE INDEX flow_deployments_flows_hash ON flow_deployments_flows (snapshot_hash);

        -- The owner's kept keys that its runs may sign with; no other one is ever used for them.
        CREATE TABLE flow_deployments_wallets (
            deployment_id uuid   NOT NULL REFERENCES flow_deployments (id) ON DELETE CASCADE,
            wallet_id     bigint NOT NULL REFERENCES wallets (id) ON DELETE CASCADE,
            user_id       uuid   NOT NULL,
            PRIMARY KEY (deployment_id, wallet_id)
        );

        -- The key of three columns keeps a tag from naming somebody else's deployment, or one of another flow.
        CREATE TABLE flow_deployments_tags (
            user_id       uuid    NOT NULL,
            entrypoint    integer NOT NULL,
            tag           text    NOT NULL CHECK (tag ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$'),
            deployment_id uuid    NOT NULL,
            description   text,
            PRIMARY KEY (entrypoint, tag),
            FOREIGN KEY (deployment_id, entrypoint, user_id)
                REFERENCES flow_deployments (id, entrypoint, user_id) ON DELETE CASCADE
        );
        CREATE INDEX flow_deployments_tags_deployment ON flow_deployments_tags (deployment_id);

        -- latest moves forward with each new deployment, and comes back to the newest one that is left. The trigger's name
        -- puts it behind the foreign keys' own ones, which take the tags of a deleted deployment away.
        CREATE FUNCTION deployment_tag_latest() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'INSERT' THEN
                INSERT INTO flow_deployments_tags AS t (user_id, entrypoint, tag, deployment_id)
                VALUES (NEW.user_id, NEW.entrypoint, 'latest', NEW.id)
                ON CONFLICT (entrypoint, tag) DO UPDATE
                    SET deployment_id = EXCLUDED.deployment_id, user_id = EXCLUDED.user_id
                    WHERE t.deployment_id < EXCLUDED.deployment_id;
            ELSE
                INSERT INTO flow_deployments_tags (user_id, entrypoint, tag, deployment_id)
                SELECT d.user_id, d.entrypoint, 'latest', d.id FROM flow_deployments d
                WHERE d.entrypoint = OLD.entrypoint ORDER BY d.id DESC LIMIT 1
                ON CONFLICT (entrypoint, tag) DO NOTHING;
            END IF;
            RETURN NULL;
        END $$;
        CREATE TRIGGER zz_tag_latest AFTER INSERT OR DELETE ON flow_deployments
            FOR EACH ROW EXECUTE FUNCTION deployment_tag_latest();

        CREATE FUNCTION deployment_guard() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF (NEW.id, NEW.created_at, NEW.user_id, NEW.entrypoint)
                IS DISTINCT FROM (OLD.id, OLD.created_at, OLD.user_id, OLD.entrypoint)
            THEN
                RAISE EXCEPTION 'id, created_at, user_id and entrypoint of a deployment cannot change'
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        END $$;
        CREATE TRIGGER guard BEFORE UPDATE ON flow_deployments
            FOR EACH ROW EXECUTE FUNCTION deployment_guard();

        ALTER TABLE flow_run ADD FOREIGN KEY (deployment_id) REFERENCES flow_deployments (id) ON DELETE SET NULL;
        """
}
