// Frozen flows that others may start, and the names that they are called by.

extension Schema {
    /// Deployments and tags, with the columns that owners read and write (seed 002, spec storage-and-operations 7.1).
    static let deployments = """
        -- Pairs of a public key and an amount of the chain's smallest unit.
        CREATE FUNCTION deployment_fees_are_valid(fees jsonb) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
        DECLARE
            fee jsonb;
        BEGIN
            IF jsonb_typeof(fees) <> 'array' THEN
                RETURN false;
            END IF;
            IF jsonb_array_length(fees) > 64 THEN
                RETURN false;
            END IF;
            FOR fee IN SELECT jsonb_array_elements(fees) LOOP
                IF jsonb_typeof(fee) <> 'array' OR jsonb_array_length(fee) <> 2
                    OR jsonb_typeof(fee -> 0) <> 'string' OR jsonb_typeof(fee -> 1) <> 'number'
                    OR fee ->> 0 !~ '^[1-9A-HJ-NP-Za-km-z]{32,44}$' OR fee ->> 1 !~ '^[0-9]{1,20}$'
                    OR (fee ->> 1)::numeric > 18446744073709551615
                THEN
                    RETURN false;
                END IF;
            END LOOP;
            RETURN true;
        END $$;

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
            action_identity     text      CHECK (action_identity ~ '^[1-9A-HJ-NP-Za-km-z]{32,44}$'),
            fees                jsonb     NOT NULL DEFAULT '[]' CHECK (deployment_fees_are_valid(fees)),
            solana_network      jsonb     NOT NULL CHECK (COALESCE(
                                jsonb_typeof(solana_network -> 'url') = 'string'
                                AND solana_network ->> 'cluster' IN ('devnet', 'testnet', 'mainnet-beta'), false)),
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
        CREATE INDEX flow_deployments_flows_uuid ON flow_deployments_flows (flow_uuid);
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
        -- What a run needs to go on at another server beside the other columns: its deployment even when that is gone,
        -- its fees, its action.
        ALTER TABLE flow_run ADD COLUMN terms json;

        -- Microseconds of a UUIDv7 that was made here: twelve bits below the millisecond are a fraction of it (RFC 9562
        -- section 6.2, method 3).
        CREATE FUNCTION deployment_id_micros(id uuid) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
            SELECT ('x' || translate(left(id::text, 13), '-', ''))::bit(48)::bigint * 1000
                + ceil(('x' || substr(id::text, 16, 3))::bit(12)::integer * 1000 / 4096.0)::bigint
        $$;

        -- A frozen copy of flows that are as they are meant to be, or nothing. The lock makes the order of ids that of
        -- commits; the flows cannot change before the end of the transaction.
        CREATE FUNCTION deploy_flows(
            owner uuid, entry integer, network jsonb, numbers integer[], versions bigint[], hashes bytea[],
            documents json[], wallet_keys text[]
        ) RETURNS uuid LANGUAGE plpgsql AS $$
        DECLARE
            made uuid;
            micros bigint;
            flow_count integer;
        BEGIN
            PERFORM pg_advisory_xact_lock(hashtextextended('flow_deployments', 0));
            PERFORM 1 FROM flows f JOIN unnest(numbers, versions) AS m (number, version)
                ON f.id = m.number AND f.version = m.version
                WHERE f.user_id = owner FOR SHARE OF f;
            GET DIAGNOSTICS flow_count = ROW_COUNT;
            IF flow_count <> cardinality(numbers) THEN
                RETURN NULL;
            END IF;
            micros := GREATEST(
                (extract(epoch FROM clock_timestamp()) * 1000000)::bigint,
                (SELECT deployment_id_micros(d.id) + 1 FROM flow_deployments d ORDER BY d.id DESC LIMIT 1));
            made := (lpad(to_hex(micros / 1000), 12, '0') || '7' || lpad(to_hex(micros % 1000 * 4096 / 1000), 3, '0')
                || substr(translate(gen_random_uuid()::text, '-', ''), 17))::uuid;
            INSERT INTO flow_deployments (id, created_at, user_id, entrypoint, start_permission, solana_network)
            SELECT made, timestamp 'epoch' + micros * interval '1 microsecond', owner, entry,
                CASE WHEN NOT f.is_public OR NOT f.start_shared THEN '"Owner"'::jsonb
                    WHEN f.start_unverified THEN '"Anonymous"' ELSE '"Authenticated"' END, network
            FROM flows f WHERE f.id = entry;
            INSERT INTO flow_snapshots (hash, data) SELECT * FROM unnest(hashes, documents)
                ON CONFLICT (hash) DO NOTHING;
            INSERT INTO flow_deployments_flows
                (deployment_id, flow_id, flow_uuid, user_id, snapshot_hash, read_enabled, on_crash)
            SELECT made, f.id, f.uuid, owner, m.hash, f.read_enabled, f.on_crash
            FROM flows f JOIN unnest(numbers, hashes) AS m (number, hash) ON f.id = m.number;
            INSERT INTO flow_deployments_wallets (deployment_id, wallet_id, user_id)
            SELECT made, w.id, owner FROM wallets w
            WHERE w.user_id = owner AND w.type = 'HARDCODED' AND w.public_key = ANY (wallet_keys);
            RETURN made;
        END $$;
        """
}
