// The tables of what users keep, and the functions that write them. Each function locks the user's quotas before it
// looks at anything. A statement that had to wait does not see what happened meanwhile; the next statement does. So
// counters that a single statement computes and writes would be wrong under concurrency.

extension Schema {
    /// Key-value stores (spec nodes 2.6, storage-and-operations 7.1). An item's size is that of its key and its value
    /// as stored, a store's name counts too.
    static let stores = """
        CREATE TABLE user_quotas (
            user_id             uuid   PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
            kvstore_count       bigint NOT NULL DEFAULT 0 CHECK (kvstore_count >= 0),
            kvstore_count_limit bigint NOT NULL DEFAULT 100,
            kvstore_size        bigint NOT NULL DEFAULT 0 CHECK (kvstore_size >= 0),
            kvstore_size_limit  bigint NOT NULL DEFAULT 104857600
        );

        -- stats_size is that of the items, without the name.
        CREATE TABLE kvstore_metadata (
            user_id    uuid   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
            store_name text   NOT NULL CHECK (store_name ~ '^[a-zA-Z][a-zA-Z0-9_-]{0,119}$'),
            stats_size bigint NOT NULL DEFAULT 0 CHECK (stats_size >= 0),
            PRIMARY KEY (user_id, store_name)
        );

        -- value is the tagged form. It is json, not jsonb, so that it may hold \\u0000 and keeps the order of names.
        CREATE TABLE kvstore (
            user_id      uuid        NOT NULL,
            store_name   text        NOT NULL,
            key          text        NOT NULL CHECK (octet_length(key) <= 2048),
            value        json        NOT NULL,
            last_updated timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (user_id, store_name, key),
            FOREIGN KEY (user_id, store_name) REFERENCES kvstore_metadata ON DELETE CASCADE
        );

        -- The quotas of a user, locked until the end of the transaction.
        CREATE FUNCTION lock_quotas(whose uuid) RETURNS user_quotas LANGUAGE plpgsql AS $$
        DECLARE
            quotas user_quotas;
        BEGIN
            INSERT INTO user_quotas (user_id) VALUES (whose) ON CONFLICT DO NOTHING;
            SELECT * INTO STRICT quotas FROM user_quotas WHERE user_id = whose FOR UPDATE;
            RETURN quotas;
        END $$;

        -- 'done', 'exists' or 'full'.
        CREATE FUNCTION kv_create_store(whose uuid, store text) RETURNS text LANGUAGE plpgsql AS $$
        DECLARE
            quotas user_quotas := lock_quotas(whose);
        BEGIN
            IF EXISTS (SELECT FROM kvstore_metadata m WHERE m.user_id = whose AND m.store_name = store) THEN
                RETURN 'exists';
            ELSIF quotas.kvstore_count >= quotas.kvstore_count_limit
                OR quotas.kvstore_size + octet_length(store) >= quotas.kvstore_size_limit
            THEN
                RETURN 'full';
            END IF;
            INSERT INTO kvstore_metadata (user_id, store_name) VALUES (whose, store);
            UPDATE user_quotas
            SET kvstore_count = kvstore_count + 1, kvstore_size = kvstore_size + octet_length(store)
            WHERE user_id = whose;
            RETURN 'done';
        END $$;

        -- 'done' or 'no store'.
        CREATE FUNCTION kv_delete_store(whose uuid, store text) RETURNS text LANGUAGE plpgsql AS $$
        DECLARE
            freed bigint;
        BEGIN
            PERFORM lock_quotas(whose);
            DELETE FROM kvstore_metadata m WHERE m.user_id = whose AND m.store_name = store
            RETURNING stats_size INTO freed;
            IF freed IS NULL THEN RETURN 'no store'; END IF;
            UPDATE user_quotas
            SET kvstore_count = kvstore_count - 1, kvstore_size = kvstore_size - freed - octet_length(store)
            WHERE user_id = whose;
            RETURN 'done';
        END $$;

        -- 'done', 'no store' or 'full', and the item's value before. The whole must stay below the limit, but what
        -- does not grow may always be written.
        CREATE FUNCTION kv_write_item(
            whose uuid, store text, item text, content json, OUT outcome text, OUT old_value json
        ) LANGUAGE plpgsql AS $$
        DECLARE
            quotas user_quotas := lock_quotas(whose);
            growth bigint := octet_length(content::text) + octet_length(item);
            old    json;
        BEGIN
            IF NOT EXISTS (SELECT FROM kvstore_metadata m WHERE m.user_id = whose AND m.store_name = store) THEN
                outcome := 'no store';
                RETURN;
            END IF;
            SELECT k.value INTO old FROM kvstore k
            WHERE k.user_id = whose AND k.store_name = store AND k.key = item;
            IF FOUND THEN growth := growth - octet_length(old::text) - octet_length(item); END IF;
            IF growth > 0 AND quotas.kvstore_size + growth >= quotas.kvstore_size_limit THEN
                outcome := 'full';
                RETURN;
            END IF;
            INSERT INTO kvstore (user_id, store_name, key, value) VALUES (whose, store, item, content)
            ON CONFLICT (user_id, store_name, key) DO UPDATE SET value = content, last_updated = now();
            PERFORM kv_resize(whose, store, growth);
            outcome := 'done';
            old_value := old;
        END $$;

        -- 'done' or 'no store', and the item's value before.
        CREATE FUNCTION kv_delete_item(
            whose uuid, store text, item text, OUT outcome text, OUT old_value json
        ) LANGUAGE plpgsql AS $$
        BEGIN
            PERFORM lock_quotas(whose);
            IF NOT EXISTS (SELECT FROM kvstore_metadata m WHERE m.user_id = whose AND m.store_name = store) THEN
                outcome := 'no store';
                RETURN;
            END IF;
            DELETE FROM kvstore k WHERE k.user_id = whose AND k.store_name = store AND k.key = item
            RETURNING k.value INTO old_value;
            IF FOUND THEN
                PERFORM kv_resize(whose, store, -octet_length(old_value::text) - octet_length(item));
            END IF;
            outcome := 'done';
        END $$;

        CREATE FUNCTION kv_resize(whose uuid, store text, growth bigint) RETURNS void LANGUAGE sql AS $$
            UPDATE kvstore_metadata SET stats_size = stats_size + growth
            WHERE user_id = whose AND store_name = store;
            UPDATE user_quotas SET kvstore_size = kvstore_size + growth WHERE user_id = whose;
        $$;
        """
    /// Files (spec nodes 2.7). A file is found by its owner only, so keys of different users never meet. A file's size
    /// is that of its content, its bucket and its path.
    static let files = """
        ALTER TABLE user_quotas
            ADD COLUMN file_count       bigint NOT NULL DEFAULT 0 CHECK (file_count >= 0),
            ADD COLUMN file_count_limit bigint NOT NULL DEFAULT 100000,
            ADD COLUMN file_size        bigint NOT NULL DEFAULT 0 CHECK (file_size >= 0),
            ADD COLUMN file_size_limit  bigint NOT NULL DEFAULT 1073741824;

        -- Names are compared byte by byte. Content lies apart from the row and is not compressed: what is worth it
        -- comes compressed.
        CREATE TABLE files (
            user_id      uuid        NOT NULL REFERENCES users (id) ON DELETE CASCADE,
            bucket       text        COLLATE "C" NOT NULL CHECK (bucket <> '' AND strpos(bucket, '/') = 0),
            path         text        COLLATE "C" NOT NULL CHECK (path <> ''),
            content_type text        NOT NULL,
            content      bytea       NOT NULL,
            created_at   timestamptz NOT NULL DEFAULT now(),
            modified_at  timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (user_id, bucket, path),
            CHECK (octet_length(bucket) + octet_length(path) < 1024)
        );
        ALTER TABLE files ALTER COLUMN content SET STORAGE EXTERNAL;

        -- 'done' with the time, 'exists' or 'full'. The whole must stay below the limit, but what does not grow may
        -- always be written.
        CREATE FUNCTION file_put(
            whose uuid, in_bucket text, in_path text, kind text, bytes bytea, overwrites boolean,
            OUT outcome text, OUT modified timestamptz
        ) LANGUAGE plpgsql AS $$
        DECLARE
            quotas user_quotas := lock_quotas(whose);
            growth bigint := octet_length(bytes);
            added  bigint := 0;
            old    bigint;
        BEGIN
            SELECT octet_length(f.content) INTO old FROM files f
            WHERE f.user_id = whose AND f.bucket = in_bucket AND f.path = in_path;
            IF NOT FOUND THEN
                added := 1;
                growth := growth + octet_length(in_bucket) + octet_length(in_path);
            ELSIF overwrites THEN
                growth := growth - old;
            ELSE
                outcome := 'exists';
                RETURN;
            END IF;
            IF quotas.file_count + added > quotas.file_count_limit
                OR growth > 0 AND quotas.file_size + growth >= quotas.file_size_limit
            THEN
                outcome := 'full';
                RETURN;
            END IF;
            INSERT INTO files AS f (user_id, bucket, path, content_type, content)
            VALUES (whose, in_bucket, in_path, kind, bytes)
            ON CONFLICT (user_id, bucket, path) DO UPDATE
            SET content_type = kind, content = bytes, modified_at = now()
            RETURNING f.modified_at INTO modified;
            UPDATE user_quotas SET file_count = file_count + added, file_size = file_size + growth
            WHERE user_id = whose;
            outcome := 'done';
        END $$;

        -- What was deleted; no row if there was nothing.
        CREATE FUNCTION file_delete(whose uuid, in_bucket text, in_path text)
        RETURNS TABLE (kind text, size bigint, modified timestamptz) LANGUAGE plpgsql AS $$
        BEGIN
            PERFORM lock_quotas(whose);
            DELETE FROM files f WHERE f.user_id = whose AND f.bucket = in_bucket AND f.path = in_path
            RETURNING f.content_type, octet_length(f.content), f.modified_at INTO kind, size, modified;
            IF NOT FOUND THEN RETURN; END IF;
            UPDATE user_quotas
            SET file_count = file_count - 1,
                file_size = file_size - size - octet_length(in_bucket) - octet_length(in_path)
            WHERE user_id = whose;
            RETURN NEXT;
        END $$;
        """
    /// Secrets of users (spec flow-engine 2.4).
    static let secrets = """
        -- sealed is a sealed box for this user, provider and label: it opens in no other row.
        CREATE TABLE vault_secrets (
            user_id    uuid        NOT NULL REFERENCES users (id) ON DELETE CASCADE,
            provider   text        NOT NULL CHECK (provider <> '' AND strpos(provider, '/') = 0),
            label      text        NOT NULL CHECK (label <> ''),
            sealed     bytea       NOT NULL,
            created_at timestamptz NOT NULL DEFAULT now(),
            updated_at timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (user_id, provider, label)
        );
        """
}
